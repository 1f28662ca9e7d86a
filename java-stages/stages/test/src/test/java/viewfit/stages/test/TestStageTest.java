package viewfit.stages.test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.cli.ContractCheck;
import viewfit.cli.StageMain;
import viewfit.core.contract.ExitCode;
import viewfit.core.data.Classes;
import viewfit.core.data.Manifest;
import viewfit.core.data.ManifestRow;
import viewfit.core.data.Prediction;
import viewfit.core.files.Hashes;
import viewfit.core.metrics.Provenance;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.ProbeRecipe;
import viewfit.core.recipe.Recipes;
import viewfit.core.select.Selection;
import viewfit.core.select.TestMetrics;
import viewfit.eval.ClassifierFile;
import viewfit.formats.Safetensors;
import viewfit.formats.Tensor;
import viewfit.goldens.Fill;
import viewfit.goldens.Goldens;
import viewfit.graph.Parameter;
import viewfit.zoo.Backbones;

/** The stage as a user runs it, on photographs. */
class TestStageTest {
    private static final Path IMAGES = Goldens.testData("imagenette-mini");
    private static final Path RECIPES = IMAGES.resolveSibling("..").resolve("params/recipes");
    private static final int CLASSES = 3;
    private static final int FAVOURITE = 1;

    @TempDir
    Path folder;

    @BeforeEach
    void inputs() throws IOException {
        new Manifest(rows("train", 4), Map.of()).write(folder.resolve("train.csv"));
        Manifest.ofTest(rows("val", 2), Map.of()).write(folder.resolve("test.csv"));
        new Classes(List.of("a", "b", "c")).write(folder.resolve("classes.csv"), Map.of());
        int width = checkpoint();
        classifier(width, provenance(""));
        selection("c1");
    }

    private static List<ManifestRow> rows(String split, int perClass) throws IOException {
        List<ManifestRow> rows = new ArrayList<>();
        List<Path> folders = list(IMAGES.resolve(split));
        for (int label = 0; label < CLASSES; label++) {
            for (Path image : list(folders.get(label)).subList(0, perClass)) {
                rows.add(new ManifestRow(IMAGES.relativize(image).toString(), label, 0, ""));
            }
        }
        return rows;
    }

    private static List<Path> list(Path parent) throws IOException {
        try (Stream<Path> entries = Files.list(parent)) {
            return entries.sorted(Comparator.comparing(Path::toString)).toList();
        }
    }

    /** A student without a head; returns the width of its features. */
    private int checkpoint() {
        PretrainRecipe recipe = Recipes.read(RECIPES.resolve("test-ours.yml"), PretrainRecipe.class);
        String arch = recipe.backbone().name();
        List<Tensor> tensors = new ArrayList<>();
        for (Parameter p : Backbones.graph(arch).state()) {
            float[] values = Fill.values(p.name(), p.size(), .5, 0);
            if (p.shape().size() == 1) {
                Arrays.fill(values, p.name().endsWith("bias") || p.name().endsWith("mean") ? .1f : 1);
            }
            long[] shape = p.shape().stream().mapToLong(Integer::longValue).toArray();
            tensors.add(Tensor.f32("student.backbone." + p.name(), shape, values));
        }
        Map<String, String> header = Map.of("schema", "checkpoint/1", "arch", arch, "recipe", Recipes.toYaml(recipe));
        Safetensors.write(folder.resolve("checkpoint.safetensors"), tensors, header);
        return Backbones.graph(arch).outputWidth();
    }

    /** What probe leaves: of this network, recipe and training images. */
    private Provenance provenance(String otherNetwork) {
        ProbeRecipe recipe = Recipes.read(RECIPES.resolve("test-probe.yml"), ProbeRecipe.class);
        return new Provenance(
                "",
                Recipes.sha256(recipe),
                Hashes.sha256(folder.resolve("train.csv")),
                Hashes.sha256(folder.resolve("checkpoint.safetensors")) + otherNetwork,
                "",
                "",
                0);
    }

    /** It says the same of every image, so that its score is known. */
    private void classifier(int width, Provenance of) {
        float[] bias = new float[CLASSES];
        bias[FAVOURITE] = 1;
        ClassifierFile.write(
                folder.resolve("probe.safetensors"),
                new float[CLASSES * width],
                bias,
                Map.of("provenance", of.toJson()));
    }

    private void selection(String cell) {
        selection(cell, 0);
    }

    private void selection(String cell, long shortSide) {
        Provenance of = provenance("");
        new Selection(
                        Selection.SCHEMA,
                        "heldout.linear.top1",
                        "",
                        List.of(choice("vit_tiny", "v", "v_s0"), choice("mobilenet_v2", "c", cell)),
                        List.of(new Selection.Tested(cell, "c", Selection.CHOSEN, .5, of.checkpointSha256())),
                        List.of(),
                        Map.of("images.short-side", shortSide),
                        of)
                .write(folder.resolve("selection.json"));
    }

    private static Selection.Choice choice(String backbone, String group, String cell) {
        return new Selection.Choice(
                "dino",
                backbone,
                group,
                "",
                List.of(new Selection.Candidate(1, group, group + ".yml", List.of(cell), 1, Map.of("mean", .5))));
    }

    private record Ending(int code, String err) {}

    private Ending run(String... changed) {
        List<String> args = new ArrayList<>(List.of(
                "--selection=" + folder.resolve("selection.json"),
                "--checkpoint=" + folder.resolve("checkpoint.safetensors"),
                "--classifier=" + folder.resolve("probe.safetensors"),
                "--recipe=" + RECIPES.resolve("test-probe.yml"),
                "--train=" + folder.resolve("train.csv"),
                "--test=" + folder.resolve("test.csv"),
                "--classes=" + folder.resolve("classes.csv"),
                "--images=" + IMAGES,
                "--out=" + folder.resolve("test/c1"),
                "--device=cpu",
                "--threads=1",
                "--cell=c1"));
        for (String change : changed) {
            String name = change.substring(0, change.indexOf('=') + 1);
            args.removeIf(arg -> arg.startsWith(name));
            if (!change.endsWith("=")) {
                args.add(change);
            }
        }
        StringWriter err = new StringWriter();
        int code = StageMain.execute(
                new TestStage(),
                new PrintWriter(new StringWriter()),
                new PrintWriter(err),
                args.toArray(String[]::new));
        return new Ending(code, err.toString());
    }

    @Test
    void keepsItsContract() {
        assertEquals(List.of(), ContractCheck.differences(new TestStage()));
    }

    @Test
    void scoresTheStoredClassifierAndNeighbours() throws IOException {
        Ending ending = run();
        assertEquals(0, ending.code(), ending.err());
        Path file = folder.resolve("test/c1/test-metrics.json");
        TestMetrics metrics = TestMetrics.read(file);
        assertEquals(1. / CLASSES, metrics.values().get("test.linear.top1"), 1e-12);
        assertEquals(Math.sqrt(2. / 9 / 6), metrics.values().get("test.linear.top1.standard-error"), 1e-12);
        assertTrue(metrics.values().containsKey("test.knn.top1"));
        assertEquals("chosen of 1 candidates of dino mobilenet_v2 by heldout.linear.top1", metrics.message());
        assertEquals(Selection.read(folder.resolve("selection.json")).choiceSha256(), metrics.choiceSha256());
        assertEquals(
                Hashes.sha256(folder.resolve("test.csv")), metrics.provenance().manifestSha256());
        List<Prediction> rows = Prediction.TABLE
                .read(folder.resolve("test/c1/predictions-test.csv"))
                .rows();
        assertEquals(2 * CLASSES, rows.size());
        assertTrue(rows.stream()
                .allMatch(row -> row.predicted() == FAVOURITE && row.path().startsWith("val/")));
        byte[] first = Files.readAllBytes(file);
        assertEquals(0, run().code());
        assertArrayEquals(first, Files.readAllBytes(file));
    }

    @Test
    void withoutAClassifierNeighboursScoreAlone() {
        Ending ending = run("--classifier=");
        assertEquals(0, ending.code(), ending.err());
        TestMetrics metrics = TestMetrics.read(folder.resolve("test/c1/test-metrics.json"));
        assertFalse(metrics.values().containsKey("test.linear.top1"));
        assertTrue(metrics.message().contains("no linear classifier"), metrics.message());
    }

    @Test
    void whatIsNotSelectedIsRefusedBeforeTheSplitIsOpened() {
        Ending ending = run("--cell=c2");
        assertEquals(ExitCode.BAD_DATA.code(), ending.code());
        assertTrue(ending.err().contains("must be one of [c1]"), ending.err());
        ending = run("--recipe=" + RECIPES.resolve("demo-probe.yml"));
        assertEquals(ExitCode.BAD_RECIPE.code(), ending.code(), ending.err());
        assertTrue(Files.notExists(folder.resolve("test/test-opened.json")));
    }

    @Test
    void theSplitIsNotOpenedForAnotherSelection() {
        assertEquals(0, run().code());
        selection("c2");
        Ending ending = run("--cell=c2", "--out=" + folder.resolve("test/c2"));
        assertEquals(ExitCode.BAD_DATA.code(), ending.code());
        assertTrue(ending.err().contains("was opened for the choice with checksum"), ending.err());
        assertTrue(Files.notExists(folder.resolve("test/c2/test-metrics.json")));
    }

    /** Without a classifier nothing else would say which images the network is to be compared with. */
    @Test
    void neighboursAreThoseOfTheSelection() throws IOException {
        new Manifest(rows("train", 3), Map.of()).write(folder.resolve("fewer.csv"));
        Ending ending = run("--classifier=", "--train=" + folder.resolve("fewer.csv"));
        assertEquals(ExitCode.BAD_DATA.code(), ending.code());
        assertTrue(ending.err().contains("must be those of the selection"), ending.err());
        assertTrue(Files.notExists(folder.resolve("test/test-opened.json")));
    }

    @Test
    void picturesThatWereShrunkForTheProbeAreToldOf() {
        selection("c1", 128);
        Ending ending = run("--classifier=");
        assertEquals(0, ending.code(), ending.err());
        String message =
                TestMetrics.read(folder.resolve("test/c1/test-metrics.json")).message();
        assertTrue(
                message.contains("scored on pictures as they are, selected and fitted on pictures that were shrunk to"
                        + " a short side of 128"),
                message);
    }

    /** However the folder is spelled, the ledger is beside it. */
    @Test
    void theLedgerIsBesideTheCell() {
        Ending ending = run("--classifier=", "--out=" + folder.resolve("test/c1/."));
        assertEquals(0, ending.code(), ending.err());
        assertTrue(Files.exists(folder.resolve("test/test-opened.json")));
        assertEquals(ExitCode.USAGE.code(), run("--out=/").code());
    }

    @Test
    void theClassifierIsThatOfTheNetwork() {
        int width = checkpoint();
        classifier(width, provenance("0"));
        Ending ending = run();
        assertEquals(ExitCode.BAD_DATA.code(), ending.code());
        assertTrue(ending.err().contains("found a classifier of the network with checksum"), ending.err());
    }

    @Test
    void partsAreNotExchanged() {
        Ending ending = run("--test=" + folder.resolve("train.csv"));
        assertEquals(ExitCode.BAD_DATA.code(), ending.code());
        assertTrue(ending.err().contains("must be the test.csv that split wrote"), ending.err());
        ending = run("--train=" + folder.resolve("test.csv"));
        assertEquals(ExitCode.BAD_DATA.code(), ending.code());
        assertTrue(ending.err().contains("found the test split"), ending.err());
    }
}
