package viewfit.stages.cocoexport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import viewfit.cli.StageMain;
import viewfit.core.contract.ExitCode;
import viewfit.core.files.Hashes;
import viewfit.core.files.IoConsumer;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.Outcome;
import viewfit.core.metrics.Provenance;
import viewfit.formats.ExportBundle;
import viewfit.formats.ExportManifest;
import viewfit.formats.OnnxExport;
import viewfit.formats.Safetensors;
import viewfit.formats.Tensor;
import viewfit.formats.TensorFile;
import viewfit.formats.TorchExport;
import viewfit.formats.WeightFile;
import viewfit.zoo.Backbones;

/** {@code --verify} finds each kind of damage, says what is whole, and goes on after what is not. */
class VerifyExportTest {
    @TempDir
    Path dir;

    private final StringWriter err = new StringWriter();
    private Path checkpoint;
    private Path export;

    private int run(String... args) {
        err.getBuffer().setLength(0);
        return StageMain.execute(
                new CocoExportStage(), new PrintWriter(new StringWriter()), new PrintWriter(err, true), args);
    }

    @BeforeEach
    void export() throws IOException {
        checkpoint = dir.resolve("checkpoint.safetensors");
        Safetensors.write(checkpoint, TestCheckpoints.tensors().values(), TestCheckpoints.metadata());
        assertEquals(0, run("--checkpoint", checkpoint.toString(), "--out", dir.toString()), err.toString());
        export = dir.resolve("export");
    }

    private List<String> verify(ExitCode code) {
        assertEquals(code.code(), run("--verify", export.toString()), err.toString());
        return err.toString().lines().toList();
    }

    private static List<String> failures(List<String> lines) {
        return lines.stream().filter(l -> l.contains(": FAILED: ")).toList();
    }

    @Test
    void aWholeExportIsOkInEveryLine() {
        List<String> lines = verify(ExitCode.OK);
        assertTrue(lines.stream().allMatch(l -> l.startsWith("coco-export: ok: ")), err.toString());
        assertTrue(lines.contains("coco-export: ok: model.pth: tensors as in model.safetensors"), err.toString());
        assertTrue(lines.contains("coco-export: ok: model.pth: module order"), err.toString());
    }

    /** In the middle, among the values, and near the start, where files say what they are: no damage ends the checks. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFlippedByteIsFoundInEveryFile(boolean middle) throws IOException {
        List<ExportManifest.ExportedFile> files = ExportBundle.manifest(export).files();
        for (ExportManifest.ExportedFile file : files) {
            Path path = export.resolve(file.path());
            byte[] bytes = Files.readAllBytes(path);
            bytes[middle ? bytes.length / 2 : 9] ^= 1;
            Files.write(path, bytes);
        }
        List<String> failures = failures(verify(ExitCode.BAD_DATA));
        for (ExportManifest.ExportedFile file : files) {
            String line = export.resolve(file.path()) + ": found another SHA-256: expected " + file.sha256();
            assertEquals(1, failures.stream().filter(l -> l.contains(line)).count(), err.toString());
        }
    }

    @Test
    void missingAndExtraFilesAreNamedAndTheRestIsStillLookedAt() throws IOException {
        Files.delete(export.resolve("timm/config.json"));
        Files.writeString(export.resolve("detectron2/notes.txt"), "mine");
        List<String> lines = verify(ExitCode.BAD_DATA);
        List<String> failures = failures(lines);
        assertEquals(3, failures.size(), err.toString());
        assertTrue(failures.get(0).contains("found [detectron2/notes.txt]: expected"), err.toString());
        assertTrue(failures.get(1).contains("timm/config.json: found no file"), err.toString());
        assertTrue(failures.get(2).contains("timm/config.json: cannot be read"), err.toString());
        assertTrue(lines.contains("coco-export: ok: model.pth: module order"), err.toString());
        assertTrue(lines.get(lines.size() - 1).contains("found 3 of " + (lines.size() - 1) + " checks failed"));
    }

    /** Whoever changes weights may write their checksum too: the files still have to agree. */
    @Test
    void exchangedTensorsAreFoundThoughTheChecksumIsRight() throws IOException {
        WeightFile file = WeightFile.open(export.resolve("model.pth"));
        List<Tensor> tensors = new ArrayList<>(file.tensors(WeightFile.WHOLE).values());
        int a = index(tensors, "features.2.conv.0.1.weight");
        int b = index(tensors, "features.2.conv.0.1.bias");
        String name = tensors.get(a).name();
        tensors.set(a, tensors.get(b).renamed(name));
        tensors.set(b, file.tensor(WeightFile.WHOLE, name).renamed("features.2.conv.0.1.bias"));
        rewrite("model.pth", f -> TorchExport.write(f, tensors));
        List<String> failures = failures(verify(ExitCode.BAD_DATA));
        assertEquals(1, failures.size(), err.toString());
        assertTrue(
                failures.get(0).contains("model.pth: found features.2.conv.0.1.bias with other content"),
                err.toString());
    }

    @Test
    void anotherOrderIsFoundThoughAllTensorsAreThere() throws IOException {
        List<Tensor> tensors = new ArrayList<>(WeightFile.open(export.resolve("model.pth"))
                .tensors(WeightFile.WHOLE)
                .values());
        Collections.swap(tensors, 3, 4);
        rewrite("model.pth", f -> TorchExport.write(f, tensors));
        List<String> failures = failures(verify(ExitCode.BAD_DATA));
        assertEquals(1, failures.size(), err.toString());
        assertTrue(failures.get(0).contains("its tensors in another order"), err.toString());
    }

    private static int index(List<Tensor> tensors, String name) {
        return tensors.stream().map(Tensor::name).toList().indexOf(name);
    }

    /** Another file whose checksum stands in the manifest. */
    private void rewrite(String name, IoConsumer<Path> write) throws IOException {
        Path file = export.resolve(name);
        String before = Hashes.sha256(file);
        long bytes = Files.size(file);
        write.accept(file);
        Path manifest = export.resolve("manifest.json");
        Files.writeString(
                manifest,
                Files.readString(manifest)
                        .replace(before, Hashes.sha256(file))
                        .replace("\"bytes\": " + bytes + ",", "\"bytes\": " + Files.size(file) + ","));
    }

    /** Weights of one file that no other file has: every comparison with it fails, by bits and by features. */
    @Test
    void otherWeightsInOneFileAreFoundByWhatTheyCompute() throws IOException {
        List<Tensor> tensors =
                new ArrayList<>(ExportBundle.model(export).tensors().values());
        Tensor first = tensors.get(index(tensors, "features.18.1.bias"));
        float[] values = first.floats();
        values[5] += 3;
        tensors.set(tensors.indexOf(first), Tensor.f32(first.name(), first.shape(), values));
        rewrite("onnx/backbone.onnx", f -> OnnxExport.write(f, Backbones.graph("mobilenet_v2"), tensors));
        List<String> failures = failures(verify(ExitCode.BAD_DATA));
        assertEquals(2, failures.size(), err.toString());
        assertTrue(failures.get(0).contains("backbone.onnx: found another model"), err.toString());
        assertTrue(failures.get(1).contains("backbone.onnx: found features at a relative distance"), err.toString());

        rewrite(
                "model.safetensors",
                f -> Safetensors.write(f, tensors, ExportBundle.model(export).metadata()));
        failures = failures(verify(ExitCode.BAD_DATA));
        assertEquals(5, failures.size(), err.toString());
        assertTrue(failures.get(1).contains("timm/model.safetensors: found bn2.bias with other"), err.toString());
        assertTrue(failures.get(2).contains("backbone.pkl: found stage5.4.1.bias with other"), err.toString());
        assertTrue(failures.get(3).contains("onnx/backbone.onnx: found features"), err.toString());
        assertTrue(failures.get(4).contains("export/model.safetensors: found features"), err.toString());
    }

    @Test
    void anotherSelfCheckIsFound() throws IOException {
        TensorFile file = Safetensors.read(export.resolve("selfcheck.safetensors"));
        Tensor x = file.tensor("x");
        assertEquals(
                List.of(2L, 3L, 224L, 224L), Arrays.stream(x.shape()).boxed().toList());
        float[] y = file.tensor("y").floats();
        y[7] += 1;
        Tensor other = Tensor.f32("y", new long[] {2, 1280}, y);
        rewrite("selfcheck.safetensors", f -> Safetensors.write(f, List.of(x, other), file.metadata()));
        List<String> failures = failures(verify(ExitCode.BAD_DATA));
        assertEquals(2, failures.size(), err.toString());
        rewrite("selfcheck.safetensors", f -> Safetensors.write(f, List.of(x), file.metadata()));
        failures = failures(verify(ExitCode.BAD_DATA));
        assertEquals(2, failures.size(), err.toString());
        assertTrue(failures.get(0).contains("selfcheck.safetensors: no tensor y among 1"), err.toString());
    }

    /** Features of another width are another model's, not a reason to stop. */
    @Test
    void theNetworkOfAnotherArchitectureIsFoundAndTheRestIsStillLookedAt() throws IOException {
        int lines = verify(ExitCode.OK).size();
        List<Tensor> tensors = TestCheckpoints.tensors("resnet18", List.of("student")).values().stream()
                .filter(t -> t.name().startsWith("student.backbone."))
                .map(t -> t.renamed(t.name().substring("student.backbone.".length())))
                .toList();
        rewrite("onnx/backbone.onnx", f -> OnnxExport.write(f, Backbones.graph("resnet18"), tensors));
        List<String> said = verify(ExitCode.BAD_DATA);
        assertEquals(lines + 1, said.size(), err.toString());
        List<String> failures = failures(said);
        assertEquals(2, failures.size(), err.toString());
        assertTrue(failures.get(0).contains("backbone.onnx: found another model"), err.toString());
        assertTrue(failures.get(1).contains("backbone.onnx: found 1024 features: expected 2560"), err.toString());
    }

    /** A transformer takes one size of image. */
    @Test
    void aSelfCheckOfAnotherSizeIsFoundBeforeAnythingIsComputed() throws IOException {
        Path file = dir.resolve("vit.safetensors");
        Safetensors.write(
                file,
                TestCheckpoints.tensors("vit_tiny", List.of("student")).values(),
                TestCheckpoints.metadata("test-vit"));
        Path out = dir.resolve("vit");
        assertEquals(0, run("--checkpoint", file.toString(), "--out", out.toString()), err.toString());
        export = out.resolve("export");
        TensorFile check = Safetensors.read(export.resolve("selfcheck.safetensors"));
        Tensor y = check.tensor("y");
        Tensor x = Tensor.f32("x", new long[] {2, 3, 32, 32}, new float[2 * 3 * 32 * 32]);
        rewrite("selfcheck.safetensors", f -> Safetensors.write(f, List.of(x, y), check.metadata()));
        List<String> failures = failures(verify(ExitCode.BAD_DATA));
        assertEquals(2, failures.size(), err.toString());
        failures.forEach(l -> assertTrue(l.contains("expected x F32 [n, 3, 224, 224] and y F32 [n, 192]"), l));
    }

    @Test
    void anExportWithoutManifestIsNoneAndOneOfAnotherVersionIsRefused() throws IOException {
        Path manifest = export.resolve("manifest.json");
        String text = Files.readString(manifest);
        Files.writeString(manifest, text.replace("export/2", "export/1"));
        assertTrue(verify(ExitCode.BAD_DATA).get(0).contains("found export/1: expected export/2"), err.toString());
        Files.delete(manifest);
        assertTrue(verify(ExitCode.NO_INPUT).get(0).contains("manifest.json: does not exist"), err.toString());
    }

    @Test
    void scoresOfThisCheckpointAndNoOtherGoIntoTheManifest() {
        Path metrics = dir.resolve("metrics.json");
        metrics(Hashes.sha256(checkpoint)).write(metrics);
        String[] args = {"--checkpoint", checkpoint.toString(), "--metrics", metrics.toString(), "--out", dir.toString()
        };
        assertEquals(0, run(args), err.toString());
        assertEquals(
                Map.of("heldout.linear.top1", 0.5),
                ExportBundle.manifest(export).scores());
        metrics("ab".repeat(32)).write(metrics);
        assertEquals(ExitCode.BAD_DATA.code(), run(args));
        assertTrue(err.toString().contains("metrics.json: found measured with the checkpoint"), err.toString());
        assertEquals(1, err.toString().lines().count(), err.toString());
    }

    private static Metrics metrics(String checkpoint) {
        Provenance provenance = new Provenance("0.1.0+test", "", "", checkpoint, "", "", 0);
        Map<String, Double> values = Map.of("heldout.linear.top1", 0.5);
        Map<String, String> facts = Map.of("network", "student");
        return new Metrics(Metrics.SCHEMA, "probe", "", Outcome.OK, "", values, Map.of(), facts, provenance);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--metrics=a.json", "--network=student", "--norm=syncbn", "--cell=a"})
    void whatSaysHowToWriteIsRefusedWhereNothingIsWritten(String option) {
        assertEquals(ExitCode.USAGE.code(), run("--verify", export.toString(), option));
        String name = option.substring(0, option.indexOf('='));
        assertTrue(err.toString().contains(name + ": found it with --verify: goes with --checkpoint"), err.toString());
    }

    @Test
    void oneThingAtATime() {
        assertEquals(ExitCode.USAGE.code(), run("--out", dir.toString()));
        assertTrue(
                err.toString().contains("--checkpoint: found nothing: one of --checkpoint, --weights, --verify"),
                err.toString());
        assertEquals(
                ExitCode.USAGE.code(),
                run("--verify", export.toString(), "--checkpoint", checkpoint.toString()),
                err.toString());
    }
}
