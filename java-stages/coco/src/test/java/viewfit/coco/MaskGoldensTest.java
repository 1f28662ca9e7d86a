package viewfit.coco;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import viewfit.goldens.Goldens;

/** Polygons, boxes, runs and overlaps of masks against what the COCO tools made of them. */
class MaskGoldensTest {
    private static double[] numbers(JsonNode node) {
        double[] values = new double[node.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = node.get(i).asDouble();
        }
        return values;
    }

    private static double[] numbers(Box box) {
        return new double[] {box.x(), box.y(), box.width(), box.height()};
    }

    @Test
    void everyCase() {
        JsonNode cases = Goldens.coco().json("mask_cases.json");
        Set<String> kinds = new TreeSet<>();
        assertTrue(cases.size() >= 450, "cases");
        for (int c = 0; c < cases.size(); c++) {
            JsonNode golden = cases.get(c);
            String where = "case " + c + " " + golden.get("kind").asText();
            kinds.add(golden.get("kind").asText());
            int h = golden.get("h").asInt();
            int w = golden.get("w").asInt();
            List<Mask> masks = new ArrayList<>();
            for (JsonNode polygon : golden.get("polys")) {
                masks.add(Mask.ofPolygon(numbers(polygon), h, w));
            }
            for (int i = 0; i < masks.size(); i++) {
                assertEquals(
                        golden.get("poly_rle").get(i).asText(), masks.get(i).text(), where);
                byte[] text = masks.get(i).text().getBytes(StandardCharsets.US_ASCII);
                assertArrayEquals(masks.get(i).runs(), Mask.ofText(text, h, w).runs(), where);
            }
            Mask union = masks.stream().reduce(Mask::union).orElseThrow();
            assertEquals(golden.get("merge").asText(), union.text(), where);
            assertEquals(
                    golden.get("inter").asText(),
                    masks.stream().reduce(Mask::intersection).orElseThrow().text(),
                    where);
            assertEquals(golden.get("area").asLong(), union.area(), where);
            assertArrayEquals(numbers(golden.get("bbox")), numbers(union.box()), where);
            double[] box = numbers(golden.get("box"));
            assertEquals(
                    golden.get("box_rle").asText(),
                    Mask.ofBox(new Box(box[0], box[1], box[2], box[3]), h, w).text(),
                    where);
            double[] overlaps = new double[2 * masks.size() * masks.size()];
            int at = 0;
            for (Mask each : masks) {
                for (Mask other : masks) {
                    overlaps[at++] = each.iou(other, false);
                    overlaps[at++] = each.iou(other, true);
                }
            }
            assertArrayEquals(numbers(golden.get("iou")), overlaps, where);
        }
        assertEquals(Set.of("point", "random", "tiny", "smooth", "far", "int", "line", "dup", "half"), kinds);
    }
}
