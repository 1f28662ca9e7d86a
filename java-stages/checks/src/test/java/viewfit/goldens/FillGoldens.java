package viewfit.goldens;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import viewfit.checks.GoldenCheck;
import viewfit.checks.GoldenTheme;

/** Section 1: the generator that every other case is filled with, bit for bit. */
public final class FillGoldens implements GoldenTheme {
    @Override
    public Map<String, GoldenCheck> checks() {
        return Map.of("fill", FillGoldens::generator, "fill_rules", FillGoldens::rules);
    }

    private static void generator(GoldenCase golden) {
        for (JsonNode row : golden.get("rows")) {
            String name = row.path("name").asText();
            assertEquals(
                    row.path("utf8_hex").asText(), HexFormat.of().formatHex(name.getBytes(StandardCharsets.UTF_8)));
            long seed = Fill.seed(name);
            assertEquals(row.path("fnv1a64").asText(), String.format("%016x", seed), name);
            JsonNode words = row.path("words");
            assertTrue(!words.isEmpty(), name + ": no words");
            for (int i = 0; i < words.size(); i++) {
                assertEquals(words.get(i).asText(), String.format("%016x", Fill.word(seed, i)), name);
                assertEquals(GoldenCase.number(row.path("u").get(i)), Fill.unit(seed, i), name);
            }
            float[] expected = golden.floats(row.path("expected_f32"));
            assertArrayEquals(expected, Fill.values(name, expected.length, 1, 0), name);
        }
    }

    private static void rules(GoldenCase golden) {
        for (JsonNode row : golden.get("rows")) {
            String name = row.path("name").asText();
            String kind = row.path("kind").asText();
            long[] shape = GoldenCase.longs(row.path("shape"));
            double scale = Kind.scale(kind, shape);
            double offset = Kind.offset(kind);
            assertEquals(GoldenCase.number(row.path("scale")), scale, name);
            assertEquals(GoldenCase.number(row.path("offset")), offset, name);
            float[] all = Fill.values(name, Fill.count(shape), scale, offset);
            float[] expected = golden.floats(row.path("expected_f32"));
            assertArrayEquals(expected, Arrays.copyOf(all, expected.length), name);
            double sum = 0;
            for (float v : all) {
                sum += v;
            }
            double reference = GoldenCase.number(row.path("sum_f64"));
            assertEquals(reference, sum, 1e-12 * Math.abs(reference), name);
        }
    }
}
