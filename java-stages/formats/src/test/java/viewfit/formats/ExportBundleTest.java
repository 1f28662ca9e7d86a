package viewfit.formats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;

class ExportBundleTest {
    private static final Map<String, String> METADATA = Map.of("format", "pt", "arch", "x");

    @TempDir
    Path folder;

    private Path write(String name, String arch) {
        List<Tensor> tensors = TestBackbones.tensors(arch, "dev/names/" + arch + "/");
        Path target = folder.resolve(name);
        ExportBundle.write(
                target, TestBackbones.export(arch, tensors), METADATA, TestBackbones.facts(arch, tensors.size()));
        return target;
    }

    @ParameterizedTest
    @CsvSource({"mobilenet_v2, 312, 12", "resnet18, 120, 11", "resnet34, 216, 11", "vit_tiny, 150, 7"})
    void twoExportsHaveTheSameBytesAndAreReadBack(String arch, int tensors, int files) throws IOException {
        Path a = write("a", arch);
        Path b = write("b", arch);
        ExportManifest manifest = ExportBundle.verify(a);
        assertEquals(tensors, manifest.tensors());
        assertEquals(files, manifest.files().size());
        for (ExportManifest.ExportedFile file : manifest.files()) {
            assertArrayEquals(
                    Files.readAllBytes(a.resolve(file.path())),
                    Files.readAllBytes(b.resolve(file.path())),
                    file.path());
        }
        assertEquals(Files.readString(a.resolve("manifest.json")), Files.readString(b.resolve("manifest.json")));
        ExportBundle.write(
                a,
                TestBackbones.export(arch, TestBackbones.tensors(arch, "dev/names/" + arch + "/")),
                METADATA,
                TestBackbones.facts(arch, tensors));
        assertEquals(manifest, ExportBundle.verify(a));
    }

    @Test
    void theModelFilesHoldTheTensorsInModuleOrderUnderTheRightNames() {
        Path export = write("a", "mobilenet_v2");
        List<Tensor> tensors = TestBackbones.tensors("mobilenet_v2", "dev/names/mobilenet_v2/");
        TensorFile model = Safetensors.read(export.resolve("model.safetensors"));
        assertEquals(METADATA, model.metadata());
        tensors.forEach(t -> assertTrue(t.sameContent(model.tensor(t.name())), t.name()));
        Map<?, ?> pickled = (Map<?, ?>)
                PickleReader.read(export.resolve("detectron2/backbone.pkl")).get("model");
        List<String> names = tensors.stream()
                .map(t -> Detectron2Names.of("mobilenet_v2", t.name()).orElseThrow())
                .toList();
        assertEquals(names, List.copyOf(pickled.keySet()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model.safetensors",
                "model.pth",
                "onnx/backbone.onnx",
                "selfcheck.safetensors",
                "timm/model.safetensors",
                "timm/config.json",
                "torchvision/README.md",
                "detectron2/backbone.pkl",
                "detectron2/mask_rcnn_1x.yaml",
                "detectron2/mask_rcnn_2x.yaml"
            })
    void aChangedByteIsFound(String file) throws IOException {
        Path export = write("a", "mobilenet_v2");
        Path path = export.resolve(file);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.write(java.nio.ByteBuffer.wrap(new byte[] {'#'}), channel.size() - 3);
        }
        StageFailure failure = assertThrows(StageFailure.class, () -> ExportBundle.verify(export));
        assertEquals(ExitCode.BAD_DATA, failure.exitCode());
        assertTrue(failure.getMessage().startsWith(path + ": found another SHA-256"), failure.getMessage());
        Files.delete(path);
        assertTrue(assertThrows(StageFailure.class, () -> ExportBundle.verify(export))
                .getMessage()
                .startsWith(path + ": found no file"));
    }

    @Test
    void weightsThatDifferBetweenTheTwoFilesAreFound() {
        Path export = write("a", "mobilenet_v2");
        List<Tensor> others = TestBackbones.tensors("mobilenet_v2", "dev/other/");
        StageFailure failure = assertThrows(
                StageFailure.class,
                () -> Detectron2Export.verify(export.resolve("detectron2"), "mobilenet_v2", others));
        assertTrue(failure.getMessage().contains("stem.0.0.weight with other content"), failure.getMessage());
        StageFailure fewer = assertThrows(
                StageFailure.class,
                () -> Detectron2Export.verify(export.resolve("detectron2"), "mobilenet_v2", others.subList(0, 311)));
        assertTrue(fewer.getMessage().contains("found 312 tensors, 0 missing (), 1 unknown ("), fewer.getMessage());
    }

    @Test
    void anEntryOfThePickleThatIsNoTensorIsRefused() throws IOException {
        Path folder = write("a", "resnet18").resolve("detectron2");
        List<Tensor> tensors = TestBackbones.tensors("resnet18", "dev/");
        Map<String, Object> model = new LinkedHashMap<>(Detectron2Export.model("resnet18", tensors));
        model.put("note", "mine");
        Map<String, Object> content = Map.of("model", model, "__author__", "Viewfit", "matching_heuristics", true);
        try (OutputStream out = Files.newOutputStream(folder.resolve("backbone.pkl"))) {
            new PickleWriter(out).write(content);
        }
        StageFailure failure =
                assertThrows(StageFailure.class, () -> Detectron2Export.verify(folder, "resnet18", tensors));
        assertTrue(failure.getMessage().contains("found note that is no tensor: expected"), failure.getMessage());
    }

    @Test
    void preprocessingOfTheManifestIsThatOfTheTimmFolder() throws IOException {
        Path export = write("a", "vit_tiny");
        Path manifest = export.resolve("manifest.json");
        String text = Files.readString(manifest);
        assertTrue(text.contains("\"resize\": 256"), text);
        Files.writeString(manifest, text.replace("\"crop\": 224", "\"crop\": 192"));
        StageFailure failure = assertThrows(StageFailure.class, () -> ExportBundle.verify(export));
        assertTrue(failure.getMessage().contains("config.json: line "), failure.getMessage());
        assertTrue(failure.getMessage().contains("192"), failure.getMessage());
    }

    @Test
    void foreignFilesAreNeitherOverwrittenNorMixedIn() throws IOException {
        Path export = write("a", "mobilenet_v2");
        StageFailure failure = assertThrows(StageFailure.class, () -> write("a", "resnet18"));
        assertEquals(ExitCode.USAGE, failure.exitCode());
        assertTrue(failure.getMessage().contains("viewfit_mobilenet_v2.py"), failure.getMessage());
        assertFalse(Files.readString(export.resolve("manifest.json")).contains("resnet18"));
        ExportBundle.verify(export);
    }

    @Test
    void theConfigurationSaysWhatTheReferenceSays() throws IOException {
        Map<String, Object> ours =
                new Yaml().load(Files.readString(write("a", "resnet18").resolve("detectron2/mask_rcnn_1x.yaml")));
        Map<String, Object> reference =
                new Yaml().load(Files.readString(viewfit.goldens.Goldens.coco().file("d2_r18_1x.yaml")));
        child(reference, "MODEL").put("WEIGHTS", "backbone.pkl");
        assertEquals(reference, ours);
    }

    @Test
    void theLongScheduleDiffersInItsStepsAlone() throws IOException {
        Path export = write("a", "resnet18").resolve("detectron2");
        Map<String, Object> once = new Yaml().load(Files.readString(export.resolve("mask_rcnn_1x.yaml")));
        Map<String, Object> twice = new Yaml().load(Files.readString(export.resolve("mask_rcnn_2x.yaml")));
        assertEquals("(120000, 160000)", child(twice, "SOLVER").put("STEPS", "(60000, 80000)"));
        assertEquals(180000, child(twice, "SOLVER").put("MAX_ITER", 90000));
        assertEquals(once, twice);
    }

    @Test
    void theMobilenetConfigurationHasItsOwnPyramidAndAnchors() throws IOException {
        Map<String, Object> model = child(
                new Yaml().load(Files.readString(write("a", "mobilenet_v2").resolve("detectron2/mask_rcnn_1x.yaml"))),
                "MODEL");
        assertEquals(
                "build_viewfit_mobilenet_v2_fpn_backbone",
                child(model, "BACKBONE").get("NAME"));
        assertEquals(0, child(model, "BACKBONE").get("FREEZE_AT"));
        assertEquals("SyncBN", child(model, "RESNETS").get("NORM"));
        assertEquals(List.of("stage4", "stage5"), child(model, "FPN").get("IN_FEATURES"));
        assertEquals("", child(model, "FPN").get("NORM"));
        assertEquals(List.of("p4", "p5", "p6"), child(model, "RPN").get("IN_FEATURES"));
        assertEquals(2000, child(model, "RPN").get("POST_NMS_TOPK_TRAIN"));
        assertEquals(1000, child(model, "RPN").get("POST_NMS_TOPK_TEST"));
        assertEquals(List.of("p4", "p5"), child(model, "ROI_HEADS").get("IN_FEATURES"));
        assertEquals(
                List.of(List.of(32, 64, 128), List.of(64, 128, 256), List.of(128, 256, 512)),
                child(model, "ANCHOR_GENERATOR").get("SIZES"));
        assertEquals(List.of(123.675, 116.28, 103.53), model.get("PIXEL_MEAN"));
        assertEquals(List.of(58.395, 57.12, 57.375), model.get("PIXEL_STD"));
    }

    @SuppressWarnings("unchecked") // YAML mappings are maps with text keys
    private static Map<String, Object> child(Map<String, Object> map, String key) {
        return (Map<String, Object>) map.get(key);
    }

    /** A manifest of weights alone does not pass for a convolutional network's, nor the other way round. */
    @Test
    void aTransformerHasWeightsAndTheReasonWhyNothingElse() throws IOException {
        Path export = write("vit", "vit_tiny");
        assertEquals(
                List.of(
                        "README.md",
                        "model.pth",
                        "model.safetensors",
                        "onnx/backbone.onnx",
                        "selfcheck.safetensors",
                        "timm/config.json",
                        "timm/model.safetensors"),
                ExportBundle.verify(export).files().stream()
                        .map(ExportManifest.ExportedFile::path)
                        .toList());
        String readme = Files.readString(export.resolve("README.md"));
        assertTrue(readme.startsWith("# A vit_tiny backbone\n"), readme);
        assertTrue(readme.contains("150 tensors") && readme.contains("* network: student after 3 epochs"), readme);
        Path manifest = export.resolve("manifest.json");
        Files.writeString(manifest, Files.readString(manifest).replace("vit_tiny", "resnet18"));
        StageFailure failure = assertThrows(StageFailure.class, () -> ExportBundle.verify(export));
        assertTrue(
                failure.getMessage().contains("found files [README.md, model.pth, model.safetensors"),
                failure.getMessage());
    }

    @Test
    void normAndInstructionsFollowTheRequest() throws IOException {
        List<Tensor> tensors = TestBackbones.tensors("resnet50", "x/");
        BackboneExport export = new BackboneExport(
                viewfit.zoo.Backbones.graph("resnet50"),
                tensors,
                List.of(0.5, 0.5, 0.5),
                TestBackbones.STD,
                BackboneExport.Norm.BN,
                Map.of("method", "dino"),
                TestBackbones.selfCheck());
        Detectron2Export.write(folder, export);
        Detectron2Export.verify(folder, "resnet50", tensors);
        String yaml = Files.readString(folder.resolve("mask_rcnn_1x.yaml"));
        assertTrue(yaml.contains("NORM: \"BN\""));
        assertTrue(yaml.contains("DEPTH: 50") && yaml.contains("RES2_OUT_CHANNELS: 256"));
        assertTrue(yaml.contains("PIXEL_MEAN: [127.5, 127.5, 127.5]"));
        String readme = Files.readString(folder.resolve("README.md"));
        assertTrue(readme.contains("* method: dino") && readme.contains("318 tensors"), readme);
        assertFalse(Files.exists(folder.resolve("viewfit_mobilenet_v2.py")));
    }

    @Test
    void unknownArchitecturesAreRefusedWithTheList() {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> TestBackbones.export("vit_base", List.of()));
        assertTrue(
                e.getMessage().endsWith("one of mobilenet_v2, resnet18, resnet34, resnet50, vit_tiny, vit_small"),
                e.getMessage());
    }
}
