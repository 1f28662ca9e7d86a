package viewfit.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import viewfit.core.contract.StageFailure;
import viewfit.goldens.Goldens;

class TimmExportTest {
    @TempDir
    Path folder;

    /** The golden map pairs the two libraries' state dictionaries by position; classifiers are at its end. */
    @Test
    void mobilenetNamesAreTimmsAndComeBack() {
        JsonNode rows = Goldens.coco().json("mnv2_timm_map.json");
        int checked = 0;
        for (JsonNode row : rows) {
            if (!row.get(0).asText().startsWith("classifier.")) {
                String timm = TimmNames.of("mobilenet_v2", row.get(0).asText());
                assertEquals(row.get(1).asText(), timm);
                assertEquals(row.get(0).asText(), BackboneNames.of("mobilenet_v2", timm));
                checked++;
            }
        }
        assertEquals(312, checked);
    }

    /** The names of torchvision and timm agree where no map is needed. */
    @ParameterizedTest
    @CsvSource({
        "vit_tiny, timm/vit_tiny_patch16_224",
        "vit_small, timm/vit_small_patch16_224",
        "resnet18, timm/resnet18"
    })
    void theOthersKeepTheirNames(String arch, String golden) {
        List<String> expected = new ArrayList<>();
        for (JsonNode row : Goldens.coco().json("names.json").path(golden)) {
            String name = row.get(0).asText();
            if (!name.startsWith("fc.") && !name.startsWith("head.")) {
                expected.add(name);
            }
        }
        List<String> found = TestBackbones.tensors(arch, "x/").stream()
                .map(t -> TimmNames.of(arch, t.name()))
                .toList();
        assertEquals(expected, found);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"features.19.0.weight", "features.1.conv.3.weight", "features.0.conv.0.0.weight", "fc.weight"})
    void namesOfOtherNetworksAreRefused(String name) {
        assertThrows(IllegalArgumentException.class, () -> TimmNames.of("mobilenet_v2", name));
    }

    @ParameterizedTest
    @CsvSource({
        "mobilenet_v2, mobilenetv2_100, 1280, conv_stem",
        "resnet50, resnet50, 2048, conv1",
        "vit_tiny, vit_tiny_patch16_224, 192, patch_embed.proj"
    })
    void theConfigurationSaysOurPreprocessing(String arch, String model, int width, String first) throws IOException {
        List<Tensor> tensors = TestBackbones.tensors(arch, "x/");
        TimmExport.write(folder, TestBackbones.export(arch, tensors));
        TimmExport.verify(folder, arch, tensors);
        JsonNode config = new ObjectMapper().readTree(Files.readString(folder.resolve("config.json")));
        assertEquals(model, config.path("architecture").asText());
        assertEquals(width, config.path("num_features").asInt());
        assertEquals(0, config.path("num_classes").asInt(-1));
        JsonNode cfg = config.path("pretrained_cfg");
        assertEquals("[0.485,0.456,0.406]", cfg.path("mean").toString());
        assertEquals("[0.229,0.224,0.225]", cfg.path("std").toString());
        assertEquals("[3,224,224]", cfg.path("input_size").toString());
        assertEquals("bicubic", cfg.path("interpolation").asText());
        assertEquals(0.875, cfg.path("crop_pct").asDouble());
        assertEquals(first, cfg.path("first_conv").asText());
        assertTrue(Safetensors.read(folder.resolve("model.safetensors")).has(first + ".weight"));
    }

    @Test
    void exchangedTensorsAreFound() {
        List<Tensor> tensors = TestBackbones.tensors("resnet18", "x/");
        TimmExport.write(folder, TestBackbones.export("resnet18", tensors));
        List<Tensor> others = new ArrayList<>(tensors);
        int a = index(tensors, "layer1.0.conv1.weight");
        int b = index(tensors, "layer1.0.conv2.weight");
        others.set(a, tensors.get(b).renamed(tensors.get(a).name()));
        others.set(b, tensors.get(a).renamed(tensors.get(b).name()));
        StageFailure failure = assertThrows(StageFailure.class, () -> TimmExport.verify(folder, "resnet18", others));
        assertTrue(failure.getMessage().contains("layer1.0.conv1.weight with other content"), failure.getMessage());
    }

    private static int index(List<Tensor> tensors, String name) {
        return tensors.stream().map(Tensor::name).toList().indexOf(name);
    }
}
