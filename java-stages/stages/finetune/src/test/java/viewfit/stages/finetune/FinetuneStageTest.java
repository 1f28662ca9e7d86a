package viewfit.stages.finetune;

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
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.Outcome;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.Recipes;
import viewfit.core.table.CsvTable;
import viewfit.formats.Safetensors;
import viewfit.formats.Tensor;
import viewfit.goldens.Fill;
import viewfit.goldens.Goldens;
import viewfit.graph.Graph;
import viewfit.graph.Parameter;
import viewfit.zoo.Backbones;
import viewfit.zoo.Heads;

/** The stage as a user runs it, on photographs. */
class FinetuneStageTest {
    private static final Path IMAGES = Goldens.testData("imagenette-mini");
    private static final Path RECIPES = IMAGES.resolveSibling("..").resolve("params/recipes");

    @TempDir
    Path folder;

    @BeforeEach
    void inputs() throws IOException {
        manifest("train", 3, 4).write(folder.resolve("train.csv"));
        manifest("val", 3, 2).write(folder.resolve("heldout.csv"));
        new Classes(List.of("a", "b", "c")).write(folder.resolve("classes.csv"), Map.of());
        checkpoint(1);
    }

    private static Manifest manifest(String split, int classes, int perClass) throws IOException {
        List<ManifestRow> rows = new ArrayList<>();
        List<Path> folders = list(IMAGES.resolve(split));
        for (int label = 0; label < classes; label++) {
            for (Path image : list(folders.get(label)).subList(0, perClass)) {
                rows.add(new ManifestRow(IMAGES.relativize(image).toString(), label, 0, ""));
            }
        }
        return new Manifest(rows, Map.of());
    }

    private static List<Path> list(Path parent) throws IOException {
        try (Stream<Path> entries = Files.list(parent)) {
            return entries.sorted(Comparator.comparing(Path::toString)).toList();
        }
    }

    /** A student of the test recipe, its weights from the generator of the goldens. */
    private void checkpoint(double scale) {
        checkpoint("test-ours", scale);
    }

    private void checkpoint(String name, double scale) {
        PretrainRecipe recipe = Recipes.read(RECIPES.resolve(name + ".yml"), PretrainRecipe.class);
        List<Tensor> tensors = new ArrayList<>();
        String arch = recipe.backbone().name();
        add(tensors, "student.backbone.", Backbones.graph(arch), scale);
        add(tensors, "student.head.", Heads.dino(1280, 3, 64, 32, 64, true, false), scale);
        Map<String, String> header = Map.of("schema", "checkpoint/1", "arch", arch, "recipe", Recipes.toYaml(recipe));
        Safetensors.write(folder.resolve("checkpoint.safetensors"), tensors, header);
    }

    private static void add(List<Tensor> tensors, String prefix, Graph graph, double scale) {
        for (Parameter p : graph.state()) {
            float[] values = Fill.values(p.name(), p.size(), .5 * scale, 0);
            if (p.shape().size() == 1) {
                Arrays.fill(values, p.name().endsWith("bias") || p.name().endsWith("mean") ? .1f : 1);
            }
            long[] shape = p.shape().stream().mapToLong(Integer::longValue).toArray();
            tensors.add(Tensor.f32(prefix + p.name(), shape, values));
        }
    }

    private record Ending(int code, String err) {}

    private Ending run(String... changed) {
        List<String> args = new ArrayList<>(List.of(
                "--checkpoint=" + folder.resolve("checkpoint.safetensors"),
                "--recipe=" + RECIPES.resolve("test-finetune-1pct.yml"),
                "--train=" + folder.resolve("train.csv"),
                "--eval=" + folder.resolve("heldout.csv"),
                "--classes=" + folder.resolve("classes.csv"),
                "--images=" + IMAGES,
                "--out=" + folder.resolve("out"),
                "--device=cpu",
                "--threads=1",
                "--cell=c1"));
        for (String change : changed) {
            String name = change.substring(0, change.indexOf('=') + 1);
            args.removeIf(arg -> !name.isEmpty() && arg.startsWith(name));
            args.add(change);
        }
        StringWriter err = new StringWriter();
        int code = StageMain.execute(
                new FinetuneStage(),
                new PrintWriter(new StringWriter()),
                new PrintWriter(err),
                args.toArray(String[]::new));
        return new Ending(code, err.toString());
    }

    @Test
    void optionsAreThoseOfTheContract() {
        assertEquals(List.of(), ContractCheck.differences(new FinetuneStage()));
    }

    @Test
    void scoresArePutOnRecordWithTheirProvenance() throws IOException {
        Ending ending = run("--fraction=1pct");
        assertEquals(0, ending.code(), ending.err());
        Metrics metrics = Metrics.read(folder.resolve("out/metrics.json"));
        assertEquals(Outcome.OK, metrics.outcome());
        assertEquals(Map.of("network", "student", "fraction", "1pct"), metrics.facts());
        assertEquals(1, metrics.values().get("heldout.finetune.top5"));
        assertEquals(1, metrics.values().get("untrained.finetune.top5"));
        assertTrue(metrics.values().get("heldout.finetune.top1") <= 1);
        assertEquals("fine-tuned on 1pct: 12 images; batch clamped to 12", metrics.message());
        assertEquals(
                Hashes.sha256(folder.resolve("checkpoint.safetensors")),
                metrics.provenance().checkpointSha256());
        assertEquals(
                Hashes.sha256(folder.resolve("train.csv")), metrics.provenance().manifestSha256());
        String curve = Files.readString(folder.resolve("out/finetune-curve.csv"));
        assertTrue(curve.contains("\npretrained,0,") && curve.contains("\nuntrained,0,"), curve);
        CsvTable.Content<Prediction> table = Prediction.TABLE.read(folder.resolve("out/predictions.csv"));
        List<Prediction> rows = table.rows();
        assertEquals("1pct", table.header().get("fraction"));
        assertTrue(String.valueOf(table.header().get("provenance"))
                .contains("\"manifest-sha256\":\"" + Hashes.sha256(folder.resolve("heldout.csv"))));
        assertEquals(
                Manifest.read(folder.resolve("heldout.csv")).rows().stream()
                        .map(row -> row.path() + row.label())
                        .toList(),
                rows.stream().map(row -> row.path() + row.label()).toList());
        long right = rows.stream().filter(row -> row.predicted() == row.label()).count();
        assertEquals(metrics.values().get("heldout.finetune.top1"), (double) right / rows.size(), 1e-12);
    }

    @Test
    void aHeadThatIsNotThereIsAWordInTheMessage() {
        checkpoint("test-moco", 1);
        Ending ending = run("--fraction=1pct", "--no-control");
        assertEquals(0, ending.code(), ending.err());
        assertEquals(
                "fine-tuned on 1pct: 12 images; moco has no dino head: classifier on the backbone; batch clamped to 12",
                Metrics.read(folder.resolve("out/metrics.json")).message());
    }

    @Test
    void theControlCanBeLeftOut() throws IOException {
        assertEquals(0, run("--no-control").code());
        Metrics metrics = Metrics.read(folder.resolve("out/metrics.json"));
        assertFalse(metrics.values().containsKey("untrained.finetune.top1"));
        assertFalse(Files.readString(folder.resolve("out/finetune-curve.csv")).contains("untrained"));
    }

    /** Weights that overflow are a result, not the end of a sweep. */
    @Test
    void aLossThatIsNotFiniteIsOnRecordAsDiverged() {
        checkpoint(1e38);
        Ending ending = run();
        assertEquals(0, ending.code(), ending.err());
        Metrics metrics = Metrics.read(folder.resolve("out/metrics.json"));
        assertEquals(Outcome.DIVERGED, metrics.outcome());
        assertFalse(Files.exists(folder.resolve("out/predictions.csv")));
        assertTrue(metrics.message().contains("must be finite"), metrics.message());
    }

    /** A network of zeros trains its new layer alone and bears any learning rate; the untrained one does not. */
    @Test
    void aControlThatDivergesIsLeftOut() throws IOException {
        checkpoint(0);
        Path recipe = folder.resolve("finetune.yml");
        Files.writeString(
                recipe,
                Files.readString(RECIPES.resolve("test-finetune-1pct.yml"))
                        .replaceFirst("\\nepochs: \\d+", "\nepochs: 2")
                        .replaceFirst("head-layers: \\d", "head-layers: 0")
                        .replaceFirst("  lr: [^\n]+", "  lr: 1.0e30"));
        Ending ending = run("--recipe=" + recipe);
        assertEquals(0, ending.code(), ending.err());
        Metrics metrics = Metrics.read(folder.resolve("out/metrics.json"));
        assertEquals(Outcome.OK, metrics.outcome(), metrics.message());
        assertTrue(metrics.values().containsKey("heldout.finetune.top1"));
        assertFalse(metrics.values().containsKey("untrained.finetune.top1"));
        assertTrue(metrics.message().contains("; untrained network: finetune: epoch 1"), metrics.message());
    }

    @Test
    void wrongInputsEndWithOneLine() throws IOException {
        assertEnds(ExitCode.NO_INPUT, "none.safetensors", "--checkpoint=" + folder.resolve("none.safetensors"));
        assertEnds(ExitCode.BAD_DATA, "classes.csv", "--checkpoint=" + folder.resolve("classes.csv"));
        assertEnds(ExitCode.NO_INPUT, "nowhere", "--images=" + folder.resolve("nowhere"));
        Manifest unlabelled = new Manifest(List.of(new ManifestRow("train/a.jpg", -1, 0, "")), Map.of());
        unlabelled.write(folder.resolve("flat.csv"));
        assertEnds(ExitCode.BAD_DATA, "found no label", "--eval=" + folder.resolve("flat.csv"));
        Manifest gone = new Manifest(List.of(new ManifestRow("train/gone.jpg", 0, 0, "")), Map.of());
        gone.write(folder.resolve("gone.csv"));
        assertEnds(ExitCode.NO_INPUT, "gone.jpg", "--eval=" + folder.resolve("gone.csv"));
        Path recipe = folder.resolve("finetune.yml");
        String text = Files.readString(RECIPES.resolve("test-finetune-1pct.yml"));
        Files.writeString(recipe, text.replace("mean: [0.485", "mean: [0.5"));
        assertEnds(ExitCode.BAD_RECIPE, "must be as in pre-training", "--recipe=" + recipe);
        Files.writeString(recipe, text.replace("epochs:", "epoch:"));
        assertEquals(ExitCode.BAD_RECIPE.code(), run("--recipe=" + recipe).code());
        Files.writeString(recipe, text.replaceFirst("head-layers: \\d", "head-layers: 3"));
        assertEnds(ExitCode.BAD_RECIPE, "hidden layers to keep 0 .. 2", "--recipe=" + recipe);
        checkpoint("test-supervised", 1);
        Files.writeString(recipe, text.replace("network: student", "network: teacher"));
        assertEnds(ExitCode.BAD_RECIPE, "network: found teacher: must be student", "--recipe=" + recipe);
    }

    private void assertEnds(ExitCode code, String part, String change) {
        Ending ending = run(change);
        assertEquals(code.code(), ending.code(), ending.err());
        assertTrue(ending.err().contains(part), ending.err());
        assertEquals(1, ending.err().lines().count(), ending.err());
        assertFalse(Files.exists(folder.resolve("out/metrics.json")));
        assertFalse(Files.exists(folder.resolve("out/finetune-curve.csv")));
    }
}
