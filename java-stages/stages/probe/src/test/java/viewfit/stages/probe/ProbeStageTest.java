package viewfit.stages.probe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.cli.ContractCheck;
import viewfit.core.contract.ExitCode;
import viewfit.core.data.Manifest;
import viewfit.core.data.ManifestRow;
import viewfit.core.data.Prediction;
import viewfit.core.files.Hashes;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.Outcome;
import viewfit.formats.Safetensors;
import viewfit.formats.Tensor;
import viewfit.views.PackInfo;
import viewfit.views.PackWriter;

/** The stage as a user runs it, on photographs. */
class ProbeStageTest {
    private static final Path IMAGES = ProbeFolder.IMAGES;
    private static final Path RECIPES = ProbeFolder.RECIPES;

    @TempDir
    Path folder;

    private ProbeFolder inputs = new ProbeFolder(Path.of(""));

    @BeforeEach
    void inputs() throws IOException {
        inputs = ProbeFolder.in(folder);
    }

    private void checkpoint(double scale) {
        inputs.checkpoint("test-ours", scale);
    }

    private ProbeFolder.Ending run(String... changed) {
        return inputs.run(new ProbeStage(), changed);
    }

    @Test
    void optionsAreThoseOfTheContract() {
        assertEquals(List.of(), ContractCheck.differences(new ProbeStage()));
    }

    @Test
    void scoresArePutOnRecordWithTheirProvenance() throws IOException {
        ProbeFolder.Ending ending = run();
        assertEquals(0, ending.code(), ending.err());
        Metrics metrics = Metrics.read(folder.resolve("out/metrics.json"));
        assertEquals(Outcome.OK, metrics.outcome());
        assertEquals("student", metrics.facts().get("network"));
        for (String network : List.of("heldout", "untrained")) {
            for (String score : List.of(
                    "linear.top1",
                    "linear.top5",
                    "knn.top1",
                    "knn.top5",
                    "knn-k10.top1",
                    "knn-k12.top5",
                    "fast.top1",
                    "fast.top5")) {
                double value = metrics.values().get(network + "." + score);
                assertTrue(value >= 0 && value <= 1 && (score.endsWith("1") || value == 1), network + "." + score);
                assertEquals(
                        Math.sqrt(value * (1 - value) / 6),
                        metrics.values().get(network + "." + score + ".standard-error"),
                        1e-12);
            }
        }
        assertEquals(6, metrics.counts().get("heldout.images"));
        assertEquals(12, metrics.counts().get("knn.k"));
        assertTrue(metrics.message().startsWith("cached probe"), metrics.message());
        assertTrue(metrics.message().contains("; batch clamped to 12"), metrics.message());
        assertTrue(metrics.message().contains("; untrained floor: batch-norm statistics "), metrics.message());
        assertTrue(metrics.message().contains("only 12 training images for k = 20"), metrics.message());
        assertTrue(metrics.message().contains("; fast probe: centre crops, rate "), metrics.message());
        assertEquals(
                Hashes.sha256(folder.resolve("checkpoint.safetensors")),
                metrics.provenance().checkpointSha256());
        assertEquals(
                Hashes.sha256(folder.resolve("train.csv")), metrics.provenance().manifestSha256());
        String predictions = Files.readString(folder.resolve("out/predictions.csv"));
        assertTrue(predictions.contains(Hashes.sha256(folder.resolve("heldout.csv"))), predictions);
        assertEquals(3 + 6, predictions.lines().count());
        Map.of("predictions.csv", "linear", "predictions-fast.csv", "fast", "predictions-knn.csv", "knn")
                .forEach((file, score) -> assertEquals(
                        metrics.values().get("heldout." + score + ".top1"),
                        Prediction.TABLE.read(folder.resolve("out").resolve(file)).rows().stream()
                                .mapToInt(row -> row.label() == row.predicted() ? 1 : 0)
                                .average()
                                .orElseThrow(),
                        file));
    }

    /** The recipe is the one of the conv nets: one probe serves a grid of both. */
    @Test
    void aTransformerIsScoredByTheTokensOfItsLastBlocks() {
        inputs.checkpoint("test-vit", .1);
        ProbeFolder.Ending ending = run();
        assertEquals(0, ending.code(), ending.err());
        Metrics metrics = Metrics.read(folder.resolve("out/metrics.json"));
        assertTrue(
                metrics.message()
                        .startsWith(
                                "cached probe: features of centre crops, no augmentation; feature: class tokens of the last 4 blocks;"
                                        + " batch clamped to 12; k-NN: only 12 training images for k = 20, all of them vote; fast"),
                metrics.message());
        assertTrue(metrics.values().containsKey("untrained.knn.top1"));
        assertArrayEquals(
                new long[] {3, 4 * 192},
                Safetensors.read(folder.resolve("out/probe.safetensors"))
                        .tensor("fc.weight")
                        .shape());
    }

    @Test
    void theSameInputsGiveTheSameBytes() throws IOException {
        assertEquals(0, run().code());
        assertEquals(0, run("--out=" + folder.resolve("again")).code());
        for (String file : List.of(
                "metrics.json",
                "probe-curve.csv",
                "predictions.csv",
                "probe.safetensors",
                "probe-fast.csv",
                "predictions-fast.csv",
                "predictions-knn.csv")) {
            assertEquals(
                    Hashes.sha256(folder.resolve("out").resolve(file)),
                    Hashes.sha256(folder.resolve("again").resolve(file)),
                    file);
        }
    }

    /** Mode fast has no name of the linear probe anywhere, and features that were kept give the same bytes. */
    @Test
    void theFastProbeAloneIsNeverCalledLinear() throws IOException {
        withChecksums("train.csv");
        withChecksums("heldout.csv");
        Path recipe = folder.resolve("fast.yml");
        String text = Files.readString(RECIPES.resolve("test-probe.yml"));
        Files.writeString(recipe, text.replace("mode: cached", "mode: fast"));
        String kept = "--feature-cache=" + folder.resolve("kept");
        ProbeFolder.Ending ending = run("--recipe=" + recipe, kept);
        assertEquals(0, ending.code(), ending.err());
        Metrics metrics = Metrics.read(folder.resolve("out/metrics.json"));
        assertTrue(metrics.message().startsWith("fast probe alone: no linear probe"), metrics.message());
        assertFalse(metrics.values().keySet().stream().anyMatch(key -> key.contains("linear")));
        assertTrue(metrics.values().keySet().containsAll(List.of("heldout.fast.top1", "untrained.fast.top1")));
        assertTrue(metrics.values().keySet().containsAll(List.of("heldout.knn.top1", "untrained.knn.top1")));
        for (String file : List.of("probe-curve.csv", "predictions.csv", "probe.safetensors")) {
            assertFalse(Files.exists(folder.resolve("out").resolve(file)), file);
        }
        assertTrue(Files.exists(folder.resolve("out/predictions-knn.csv")));
        String table = Files.readString(folder.resolve("out/probe-fast.csv"));
        assertEquals(2, table.lines().filter(line -> line.endsWith(",true")).count(), table);
        assertEquals(6, ProbeFolder.list(folder.resolve("kept")).size());
        ProbeFolder.Ending again = run("--recipe=" + recipe, kept, "--out=" + folder.resolve("again"));
        assertEquals(0, again.code(), again.err());
        for (Path file : ProbeFolder.list(folder.resolve("out"))) {
            assertEquals(
                    Hashes.sha256(file),
                    Hashes.sha256(folder.resolve("again").resolve(file.getFileName())),
                    file.toString());
        }
        for (Path file : ProbeFolder.list(folder.resolve("kept"))) {
            assertTrue(
                    again.err().contains("features of ")
                            && again.err().contains(file.getFileName().toString()),
                    again.err());
        }
    }

    /** What select holds the cells of a sweep to. */
    @Test
    void theScoredImagesAreOnRecord() throws IOException {
        List<ManifestRow> rows = new ArrayList<>();
        for (Path file : List.of(folder.resolve("train.csv"), folder.resolve("heldout.csv"))) {
            List<ManifestRow> whole = new ArrayList<>();
            for (ManifestRow row : Manifest.read(file).rows()) {
                Path image = IMAGES.resolve(row.path());
                whole.add(new ManifestRow(row.path(), row.label(), Files.size(image), Hashes.sha256(image)));
            }
            new Manifest(whole, Map.of()).write(file);
            rows.addAll(whole);
        }
        Path pack = folder.resolve("pack");
        PackWriter.write(pack, IMAGES, rows, List.of(), new PackWriter.Options(PackInfo.Store.PIXELS, 64, 1 << 20, 1));
        ProbeFolder.Ending ending = run("--images=" + pack);
        assertEquals(0, ending.code(), ending.err());
        Metrics metrics = Metrics.read(folder.resolve("out/metrics.json"));
        assertEquals(64, metrics.counts().get("images.short-side"));
        assertEquals(
                Hashes.sha256(folder.resolve("heldout.csv")), metrics.facts().get("eval.manifest-sha256"));
    }

    private void withChecksums(String name) throws IOException {
        List<ManifestRow> rows = new ArrayList<>();
        for (ManifestRow row : Manifest.read(folder.resolve(name)).rows()) {
            Path image = IMAGES.resolve(row.path());
            rows.add(new ManifestRow(row.path(), row.label(), Files.size(image), Hashes.sha256(image)));
        }
        new Manifest(rows, Map.of()).write(folder.resolve(name));
    }

    /** Weights that overflow are a result, not the end of a sweep. */
    @Test
    void featuresThatAreNotFiniteAreOnRecordAsDiverged() {
        checkpoint(1e38);
        ProbeFolder.Ending ending = run();
        assertEquals(0, ending.code(), ending.err());
        Metrics metrics = Metrics.read(folder.resolve("out/metrics.json"));
        assertEquals(Outcome.DIVERGED, metrics.outcome());
        assertTrue(metrics.message().contains("must be finite"), metrics.message());
        assertFalse(Files.exists(folder.resolve("out/predictions.csv")));
    }

    /** Features that are all zero bear any learning rate; those of the untrained network do not. */
    @Test
    void aControlThatDivergesIsLeftOut() throws IOException {
        checkpoint(0);
        Path recipe = folder.resolve("probe.yml");
        Files.writeString(
                recipe,
                Files.readString(RECIPES.resolve("test-probe.yml")).replaceFirst("  lr: [^\n]+", "  lr: 1.0e38"));
        ProbeFolder.Ending ending = run("--recipe=" + recipe);
        assertEquals(0, ending.code(), ending.err());
        Metrics metrics = Metrics.read(folder.resolve("out/metrics.json"));
        assertEquals(Outcome.OK, metrics.outcome(), metrics.message());
        assertTrue(metrics.values().containsKey("heldout.linear.top1"));
        assertFalse(metrics.values().keySet().stream().anyMatch(key -> key.startsWith("untrained.linear")));
        assertTrue(metrics.message().contains("; untrained network: probe: epoch"), metrics.message());
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
        Path recipe = folder.resolve("probe.yml");
        String text = Files.readString(RECIPES.resolve("test-probe.yml"));
        Files.writeString(recipe, text.replace("mean: [0.485", "mean: [0.5"));
        assertEnds(ExitCode.BAD_RECIPE, "must be as in pre-training", "--recipe=" + recipe);
        inputs.checkpoint("test-swav", 1);
        Files.writeString(recipe, text.replace("network: student", "network: teacher"));
        assertEnds(ExitCode.BAD_RECIPE, "network: found teacher: must be student", "--recipe=" + recipe);
        Files.writeString(recipe, text.replace("epochs:", "epoch:"));
        assertEquals(ExitCode.BAD_RECIPE.code(), run("--recipe=" + recipe).code());
    }

    private void assertEnds(ExitCode code, String part, String change) {
        ProbeFolder.Ending ending = run(change);
        assertEquals(code.code(), ending.code(), ending.err());
        assertTrue(ending.err().contains(part), ending.err());
        assertEquals(1, ending.err().lines().count(), ending.err());
        assertFalse(Files.exists(folder.resolve("out/metrics.json")));
        assertFalse(Files.exists(folder.resolve("out/probe-curve.csv")));
    }

    /** The same weights under torchvision's names, in a file that pretrain did not write. */
    @Test
    void weightsOfOthersScoreAsTheyDoInACheckpoint() {
        assertEquals(0, run().code());
        Metrics own = Metrics.read(folder.resolve("out/metrics.json"));
        Path file = folder.resolve("torchvision.safetensors");
        List<Tensor> tensors =
                Safetensors.read(folder.resolve("checkpoint.safetensors")).below("student.backbone.");
        Safetensors.write(file, tensors, Map.of());
        String[] given = {"--checkpoint=", "--weights=" + file, "--arch=mobilenet_v2"};
        ProbeFolder.Ending ending = run(given);
        assertEquals(0, ending.code(), ending.err());
        Metrics others = Metrics.read(folder.resolve("out/metrics.json"));
        // The untrained network is another one: nobody knows how this one was drawn.
        assertEquals(heldout(own), heldout(others));
        assertEquals(Hashes.sha256(file), others.provenance().checkpointSha256());
        assertTrue(others.message().contains("weights of torchvision.safetensors: "), others.message());

        for (String[] wrong : new String[][] {
            {"--weights=" + file, "--arch=mobilenet_v2"},
            {"--checkpoint="},
            {"--checkpoint=", "--weights=" + file},
            {"--arch=mobilenet_v2"},
            {"--checkpoint=", "--weights=" + file, "--arch=alexnet"}
        }) {
            assertEquals(
                    ExitCode.USAGE.code(), run(wrong).code(), List.of(wrong).toString());
        }
        ending = run("--checkpoint=", "--weights=" + file, "--arch=resnet18");
        assertEquals(ExitCode.BAD_DATA.code(), ending.code());
        assertEquals(1, ending.err().lines().count(), ending.err());
        assertEquals(
                ExitCode.NO_INPUT.code(),
                run("--checkpoint=", "--weights=" + folder.resolve("none.pth"), "--arch=resnet18")
                        .code());
    }

    private static Map<String, Double> heldout(Metrics metrics) {
        Map<String, Double> values = new TreeMap<>(metrics.values());
        values.keySet().removeIf(name -> !name.startsWith("heldout."));
        assertFalse(values.isEmpty());
        return values;
    }
}
