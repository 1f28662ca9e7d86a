package viewfit.stages.cocoexport;

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
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import viewfit.cli.ContractCheck;
import viewfit.cli.StageMain;
import viewfit.core.contract.ExitCode;
import viewfit.core.files.Hashes;
import viewfit.formats.ExportBundle;
import viewfit.formats.ExportManifest;
import viewfit.formats.Safetensors;
import viewfit.formats.Tensor;
import viewfit.formats.TensorFile;

class CocoExportStageTest {
    private static final String FIRST = "student.backbone.features.0.0.weight";

    @TempDir
    Path dir;

    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        return StageMain.execute(
                new CocoExportStage(), new PrintWriter(new StringWriter()), new PrintWriter(err, true), args);
    }

    private Path checkpoint(Map<String, Tensor> tensors, Map<String, String> metadata) {
        Path file = dir.resolve("checkpoint.safetensors");
        Safetensors.write(file, tensors.values(), metadata);
        return file;
    }

    @Test
    void theCommandLineKeepsTheContract() {
        assertEquals(List.of(), ContractCheck.differences(new CocoExportStage()));
    }

    @ParameterizedTest
    @CsvSource({"student", "teacher"})
    void exportsTheAskedNetworkAndNothingElse(String side) throws IOException {
        Map<String, Tensor> tensors = TestCheckpoints.tensors();
        Path checkpoint = checkpoint(tensors, TestCheckpoints.metadata());
        int code = run("--checkpoint", checkpoint.toString(), "--network", side, "--out", dir.toString());
        assertEquals(0, code, err.toString());
        Path export = dir.resolve("export");
        ExportManifest manifest = ExportBundle.verify(export);
        assertEquals("mobilenet_v2", manifest.arch());
        assertEquals(side, manifest.network());
        assertEquals(312, manifest.tensors());
        assertEquals("ours-s0", manifest.cell());
        assertEquals(120, manifest.step());
        assertEquals(List.of(0.485, 0.456, 0.406), manifest.preprocessing().mean());
        assertEquals(Hashes.sha256(checkpoint), manifest.provenance().checkpointSha256());
        assertEquals("ab".repeat(32), manifest.provenance().manifestSha256());
        TensorFile model = Safetensors.read(export.resolve("model.safetensors"));
        assertEquals(312, model.tensors().size());
        model.tensors().forEach((name, tensor) -> {
            Tensor original = tensors.get(side + ".backbone." + name);
            assertTrue(tensor.sameContent(original), name);
        });
        assertEquals("pt", model.meta("format"));
        assertEquals(240, model.tensor("features.0.1.num_batches_tracked").longs()[0]);
        assertEquals(0, model.tensor("features.0.1.num_batches_tracked").shape().length);
    }

    /** Every backbone after some method, with its facts; of a transformer there is nothing for Detectron2. */
    @ParameterizedTest
    @CsvSource({
        "test-swav, resnet18, 120, conv1.weight",
        "dino-resnet34-ours, resnet34, 216, layer3.5.conv2.weight",
        "supervised-resnet50, resnet50, 318, layer4.2.conv3.weight",
        "test-vit, vit_tiny, 150, blocks.11.mlp.fc2.bias",
        "dino-vit-small-ours, vit_small, 150, cls_token"
    })
    void everyBackboneIsExportedAndReadBack(String recipe, String arch, int count, String name) throws IOException {
        Map<String, Tensor> tensors = TestCheckpoints.tensors(arch, List.of("student"));
        Path checkpoint = checkpoint(tensors, TestCheckpoints.metadata(recipe));
        assertEquals(0, run("--checkpoint", checkpoint.toString(), "--out", dir.toString()), err.toString());
        Path export = dir.resolve("export");
        ExportManifest manifest = ExportBundle.verify(export);
        assertEquals(arch, manifest.arch());
        assertEquals(count, manifest.tensors());
        assertEquals(TestCheckpoints.metadata(recipe).get("method"), manifest.method());
        assertEquals(
                TestCheckpoints.metadata(recipe).get("recipe-sha256"),
                manifest.provenance().recipeSha256());
        assertEquals(Hashes.sha256(checkpoint), manifest.provenance().checkpointSha256());
        TensorFile model = Safetensors.read(export.resolve("model.safetensors"));
        assertTrue(model.tensor(name).sameContent(tensors.get("student.backbone." + name)));
        assertEquals(TestCheckpoints.metadata(recipe).get("method"), model.meta("method"));
        boolean transformer = arch.startsWith("vit_");
        assertEquals(!transformer, Files.exists(export.resolve("detectron2/backbone.pkl")));
        String readme = Files.readString(export.resolve(transformer ? "README.md" : "detectron2/README.md"));
        assertTrue(
                readme.contains("* network: student of a "
                        + TestCheckpoints.metadata(recipe).get("method") + " run"),
                readme);
        assertEquals(transformer, readme.contains("There is no `detectron2/` folder"), readme);
    }

    @Test
    void aTeacherThatIsNotThereIsRefused() throws IOException {
        Path checkpoint = checkpoint(
                TestCheckpoints.tensors("resnet18", List.of("student")), TestCheckpoints.metadata("test-swav"));
        refused(checkpoint, ExitCode.BAD_RECIPE, "--network: found teacher: must be student", "--network", "teacher");
    }

    @Test
    void twoExportsGiveTheSameBytes() throws IOException {
        Path checkpoint = checkpoint(TestCheckpoints.tensors(), TestCheckpoints.metadata());
        for (String out : List.of("a", "b", "b")) {
            assertEquals(
                    0,
                    run(
                            "--checkpoint",
                            checkpoint.toString(),
                            "--out",
                            dir.resolve(out).toString()),
                    err.toString());
        }
        List<Path> files;
        try (Stream<Path> walk = Files.walk(dir.resolve("a"))) {
            files = walk.filter(Files::isRegularFile).toList();
        }
        assertEquals(13, files.size());
        for (Path file : files) {
            Path other = dir.resolve("b").resolve(dir.resolve("a").relativize(file));
            assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(other), file.toString());
        }
    }

    @Test
    void theOrderOfTheCheckpointDoesNotMatter() throws IOException {
        Map<String, Tensor> tensors = TestCheckpoints.tensors();
        assertEquals(
                0,
                run(
                        "--checkpoint",
                        checkpoint(tensors, TestCheckpoints.metadata()).toString(),
                        "--out",
                        dir + "/a"));
        byte[] pickle = Files.readAllBytes(dir.resolve("a/export/detectron2/backbone.pkl"));
        List<Tensor> shuffled = new ArrayList<>(tensors.values());
        Collections.shuffle(shuffled, new java.util.Random(1));
        Safetensors.write(dir.resolve("checkpoint.safetensors"), shuffled, TestCheckpoints.metadata());
        assertEquals(0, run("--checkpoint", dir + "/checkpoint.safetensors", "--out", dir + "/b"));
        assertArrayEquals(pickle, Files.readAllBytes(dir.resolve("b/export/detectron2/backbone.pkl")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "schema | checkpoint/2 | found schema checkpoint/2: expected checkpoint/1",
                "schema | | no metadata schema",
                "arch | resnet999 | found arch resnet999: expected one of mobilenet_v2",
                "epoch | three | epoch: found three: expected a whole number",
                "mean | 0.5 | found mean 0.5: expected three numbers",
                "std | a,b,c | found std a,b,c: expected three numbers",
            })
    void wrongMetadataIsRefusedInOneLine(String key, String value, String message) throws IOException {
        Map<String, String> metadata = TestCheckpoints.metadata();
        if (value == null) {
            metadata.remove(key);
        } else {
            metadata.put(key, value);
        }
        refused(checkpoint(TestCheckpoints.tensors(), metadata), ExitCode.BAD_DATA, message);
    }

    @Test
    void incompleteOrForeignTensorsAreRefusedInOneLine() throws IOException {
        Map<String, Tensor> missing = TestCheckpoints.tensors();
        missing.remove(FIRST);
        refused(
                checkpoint(missing, TestCheckpoints.metadata()),
                ExitCode.BAD_DATA,
                "found a mobilenet_v2 without " + FIRST + ": expected");

        Map<String, Tensor> none = TestCheckpoints.tensors();
        none.keySet().removeIf(n -> n.startsWith("student."));
        refused(
                checkpoint(none, TestCheckpoints.metadata()),
                ExitCode.BAD_DATA,
                "features.0.1.bias and 309 more: expected");

        Map<String, Tensor> more = TestCheckpoints.tensors();
        more.put("student.backbone.fc.weight", Tensor.f32("student.backbone.fc.weight", new long[] {1}, 1));
        refused(
                checkpoint(more, TestCheckpoints.metadata()),
                ExitCode.BAD_DATA,
                "with student.backbone.fc.weight: expected");

        Map<String, Tensor> shape = TestCheckpoints.tensors();
        shape.put(FIRST, Tensor.f32(FIRST, new long[] {1}, 1));
        refused(
                checkpoint(shape, TestCheckpoints.metadata()),
                ExitCode.BAD_DATA,
                "F32 [1]: expected F32 [32, 3, 3, 3]");

        Map<String, Tensor> nan = TestCheckpoints.tensors();
        float[] values = nan.get(FIRST).floats();
        values[863] = Float.NaN;
        nan.put(FIRST, Tensor.f32(FIRST, new long[] {32, 3, 3, 3}, values));
        refused(
                checkpoint(nan, TestCheckpoints.metadata()),
                ExitCode.BAD_DATA,
                FIRST.substring(17) + " with value NaN: expected finite");
    }

    @Test
    void unreadableFilesAreRefusedInOneLine() throws IOException {
        refused(dir.resolve("nothing.safetensors"), ExitCode.NO_INPUT, "nothing.safetensors: no such file");
        Path text = Files.writeString(dir.resolve("text.safetensors"), "this is not a checkpoint");
        refused(text, ExitCode.BAD_DATA, "header length: found");
        assertEquals(ExitCode.USAGE.code(), run("--checkpoint", text.toString(), "--network", "both"));
    }

    private void refused(Path checkpoint, ExitCode code, String message, String... more) {
        err.getBuffer().setLength(0);
        List<String> args = new ArrayList<>(List.of("--checkpoint", checkpoint.toString(), "--out", dir + "/never"));
        args.addAll(List.of(more));
        int found = run(args.toArray(String[]::new));
        assertEquals(code.code(), found, err.toString());
        assertTrue(err.toString().contains(message), err.toString());
        assertEquals(1, err.toString().lines().count(), err.toString());
        assertFalse(Files.exists(dir.resolve("never")), "something was written");
    }

    @Test
    void aDryRunWritesAFolderThatCannotBeMistakenForAnExport() {
        assertEquals(0, run("--stub", "--out", dir.toString()), err.toString());
        assertTrue(Files.isDirectory(dir.resolve("export")));
        assertFalse(Files.exists(dir.resolve("export/manifest.json")));
    }
}
