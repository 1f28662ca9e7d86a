package viewfit.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import viewfit.goldens.Goldens;

class Detectron2NamesTest {
    private static final String BOTTOM_UP = "backbone.bottom_up.";

    @Test
    void mobilenetNamesEqualTheOfficialDetectionModel() {
        JsonNode rows = Goldens.coco().json("mnv2_d2_map.json");
        for (JsonNode row : rows) {
            assertEquals(
                    row.get(1).asText(),
                    BOTTOM_UP
                            + Detectron2Names.of("mobilenet_v2", row.get(0).asText())
                                    .orElseThrow());
        }
        assertEquals(312, rows.size());
    }

    @Test
    void resnet18CoversTheBottomUpOfDetectron2sModel() {
        Map<String, String> expected = new HashMap<>();
        for (Map.Entry<String, JsonNode> e :
                Goldens.coco().json("d2_r18_fpn_names.json").properties()) {
            if (e.getKey().startsWith(BOTTOM_UP)) {
                expected.put(
                        e.getKey().substring(BOTTOM_UP.length()), e.getValue().toString());
            }
        }
        Map<String, String> found = new HashMap<>();
        for (JsonNode row : Goldens.coco().json("names.json").path("torchvision/resnet18")) {
            Detectron2Names.of("resnet18", row.get(0).asText())
                    .ifPresent(name -> found.put(name, row.get(1).toString()));
        }
        assertEquals(expected, found);
    }

    @Test
    void everyTorchvisionNameIsMappedOrBelongsToTheClassifier() {
        JsonNode names = Goldens.coco().json("names.json");
        for (String arch : Detectron2Export.architectures()) {
            JsonNode rows = names.path("torchvision/" + arch);
            assertTrue(rows.size() > 100, arch);
            long left = 0;
            for (JsonNode row : rows) {
                left += Detectron2Names.of(arch, row.get(0).asText()).isEmpty() ? 1 : 0;
            }
            assertEquals(2, left, arch);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "resnet18, layer5.0.conv1.weight",
        "resnet18, features.0.0.weight",
        "resnet18, layer1.0.conv4.weight",
        "resnet18, conv1",
        "mobilenet_v2, features.19.0.weight",
        "mobilenet_v2, conv1.weight",
        "vit_tiny, cls_token"
    })
    void refusesNamesOfOtherNetworks(String arch, String name) {
        assertThrows(IllegalArgumentException.class, () -> Detectron2Names.of(arch, name));
    }
}
