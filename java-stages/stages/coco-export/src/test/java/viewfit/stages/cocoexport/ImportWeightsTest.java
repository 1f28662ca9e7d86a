package viewfit.stages.cocoexport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import viewfit.cli.StageMain;
import viewfit.core.files.Hashes;
import viewfit.formats.ExportBundle;
import viewfit.formats.ExportManifest;
import viewfit.formats.Safetensors;
import viewfit.formats.Tensor;
import viewfit.formats.TensorFile;
import viewfit.formats.TorchExport;

/** {@code --weights}: what others trained is exported like what was trained here. */
class ImportWeightsTest {
    @TempDir
    Path dir;

    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        err.getBuffer().setLength(0);
        return StageMain.execute(
                new CocoExportStage(), new PrintWriter(new StringWriter()), new PrintWriter(err, true), args);
    }

    /** Tensors of a backbone as its library names them, with those of a classifier. */
    private static List<Tensor> library(String arch, String prefix, boolean counters) {
        List<Tensor> tensors = new ArrayList<>();
        TestCheckpoints.tensors(arch, List.of("student")).forEach((name, tensor) -> {
            if (name.startsWith("student.backbone.") && (counters || !name.endsWith("num_batches_tracked"))) {
                tensors.add(tensor.renamed(prefix + name.substring("student.backbone.".length())));
            }
        });
        tensors.add(Tensor.f32(prefix + "fc.weight", new long[] {2, 2}, 1, 2, 3, 4));
        return tensors;
    }

    private Path export(Path weights, String arch, String out, String... more) {
        List<String> args =
                new ArrayList<>(List.of("--weights", weights.toString(), "--arch", arch, "--out", dir + "/" + out));
        args.addAll(List.of(more));
        assertEquals(0, run(args.toArray(String[]::new)), err.toString());
        return dir.resolve(out).resolve("export");
    }

    private static void assertSame(List<Tensor> expected, Path export, String prefix) {
        TensorFile found = ExportBundle.model(export);
        expected.stream()
                .filter(t -> !t.name().contains("fc."))
                .forEach(t -> assertTrue(t.sameContent(found.tensor(t.name().substring(prefix.length()))), t.name()));
    }

    @Test
    void aTorchFileOfTorchvisionIsExportedAndChecked() {
        List<Tensor> tensors = library("resnet18", "", true);
        Path file = dir.resolve("resnet18.pth");
        TorchExport.write(file, tensors);
        Path export = export(file, "resnet18", "a");
        assertTrue(
                err.toString().contains("resnet18.pth: 100 tensors taken, 1 left out, such as fc.weight"),
                err.toString());
        assertSame(tensors, export, "");
        ExportManifest manifest = ExportBundle.manifest(export);
        assertEquals("imported", manifest.network());
        assertEquals("imported", manifest.method());
        assertEquals(120, manifest.tensors());
        assertEquals(List.of(0.485, 0.456, 0.406), manifest.preprocessing().mean());
        assertEquals(Hashes.sha256(file), manifest.provenance().checkpointSha256());
        assertEquals(0, run("--verify", export.toString()), err.toString());
    }

    /** An export is weights too: each of its files gives the same network again, by the names of its library. */
    @ParameterizedTest
    @CsvSource({"model.pth", "model.safetensors", "timm/model.safetensors"})
    void anExportComesBackThroughEachOfItsFiles(String name) throws IOException {
        Path checkpoint = dir.resolve("checkpoint.safetensors");
        Safetensors.write(checkpoint, TestCheckpoints.tensors().values(), TestCheckpoints.metadata());
        assertEquals(
                0,
                run("--checkpoint", checkpoint.toString(), "--network", "teacher", "--out", dir + "/a"),
                err.toString());
        Path first = dir.resolve("a/export");
        Path again = export(first.resolve(name), "mobilenet_v2", "b");
        assertEquals(-1, Files.mismatch(first.resolve("model.pth"), again.resolve("model.pth")));
        assertEquals(-1, Files.mismatch(first.resolve("onnx/backbone.onnx"), again.resolve("onnx/backbone.onnx")));
        String readme = Files.readString(again.resolve("detectron2/README.md"));
        assertTrue(readme.contains("* network: from a file of weights"), readme);
    }

    @Test
    void trainingCodeMayWrapNamesAndOldFilesLackCounters() {
        List<Tensor> tensors = new ArrayList<>(library("resnet18", "module.encoder_q.", false));
        Path file = dir.resolve("moco.safetensors");
        Safetensors.write(file, tensors, Map.of());
        Path export =
                export(file, "resnet18", "a", "--network", "student", "--mean", "0.5,0.5,0.5", "--std", "0.5,0.25,0.5");
        assertSame(tensors, export, "module.encoder_q.");
        assertEquals(
                0, ExportBundle.model(export).tensor("bn1.num_batches_tracked").longs()[0]);
        ExportManifest manifest = ExportBundle.manifest(export);
        assertEquals("student", manifest.network());
        assertEquals(List.of(0.5, 0.25, 0.5), manifest.preprocessing().std());
        assertTrue(err.toString().contains("below module.encoder_q., 20 counters missing"), err.toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "64 | --arch: found nothing: goes with --weights | --weights W",
                "64 | --arch: found resnet18: goes with --weights | --verify W --arch resnet18",
                "64 | --arch: found resnet19: must be one of mobilenet_v2, | --weights W --arch resnet19",
                "64 | --mean: found [0.5]: must be three numbers | --weights W --arch resnet18 --mean 0.5",
                "64 | --std: found [1.0, 0.0, 1.0]: must be positive | --weights W --arch resnet18 --std 1,0,1",
                "64 | need --weights: a checkpoint says its own | --checkpoint W --mean 1,1,1",
                "64 | found --weights and --verify: one of | --weights W --arch resnet18 --verify W",
                "65 | found no tensor of vit_tiny among 121 | --weights W --arch vit_tiny",
                "65 | found 100 of 180 tensors, 80 missing (layer1.2.conv1.weight, | --weights W --arch resnet34",
                "65 | found only SINGLE: expected a TEACHER network | --weights W --arch resnet18 --network teacher",
                "66 | none.pth: no such file | --weights none.pth --arch resnet18"
            })
    void whatCannotBeExportedIsRefusedInOneLine(int code, String message, String args) {
        Path file = dir.resolve("w.pth");
        TorchExport.write(file, library("resnet18", "", true));
        List<String> all = new ArrayList<>(List.of("--out", dir + "/never"));
        for (String arg : args.split(" ")) {
            all.add(arg.equals("W") ? file.toString() : arg);
        }
        assertEquals(code, run(all.toArray(String[]::new)), err.toString());
        assertTrue(err.toString().contains(message), err.toString());
        assertEquals(1, err.toString().lines().count(), err.toString());
        assertFalse(Files.exists(dir.resolve("never")));
    }
}
