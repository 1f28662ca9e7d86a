package viewfit.goldens;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FillTest {
    private static final BigInteger MASK = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

    @Test
    void generatorEqualsTheReferenceBitForBit() {
        for (GoldenCase c : Goldens.ssl().cases("fill")) {
            for (JsonNode row : c.get("rows")) {
                String name = row.path("name").asText();
                long seed = Fill.seed(name);
                assertEquals(row.path("fnv1a64").asText(), String.format("%016x", seed), name);
                JsonNode words = row.path("words");
                assertTrue(words.size() >= 8);
                for (int i = 0; i < words.size(); i++) {
                    assertEquals(words.get(i).asText(), String.format("%016x", Fill.word(seed, i)), name);
                    assertEquals(GoldenCase.number(row.path("u").get(i)), Fill.unit(seed, i), 0.0, name);
                }
                float[] expected = c.floats(row.path("expected_f32"));
                assertArrayEquals(expected, Fill.values(name, expected.length, 1, 0), name);
            }
        }
    }

    @Test
    void rulesByKindEqualTheReference() {
        for (GoldenCase c : Goldens.ssl().cases("fill_rules")) {
            for (JsonNode row : c.get("rows")) {
                String name = row.path("name").asText();
                String kind = row.path("kind").asText();
                long[] shape = GoldenCase.longs(row.path("shape"));
                double scale = Kind.scale(kind, shape);
                double offset = Kind.offset(kind);
                assertEquals(GoldenCase.number(row.path("scale")), scale, 0.0, name);
                assertEquals(GoldenCase.number(row.path("offset")), offset, 0.0, name);
                float[] all = Fill.values(name, Fill.count(shape), scale, offset);
                float[] expected = c.floats(row.path("expected_f32"));
                assertArrayEquals(expected, java.util.Arrays.copyOf(all, expected.length), name);
                double sum = 0;
                for (float v : all) {
                    sum += v;
                }
                double reference = GoldenCase.number(row.path("sum_f64"));
                assertEquals(reference, sum, 1e-12 * Math.abs(reference), name);
            }
        }
    }

    @Test
    void scaleAndOffsetListedPerTensorFollowFromTheKind() {
        int seen = 0;
        for (GoldenCase c : Goldens.ssl().cases()) {
            for (GoldenTensor t : c.json().has("tensors") ? c.tensors() : java.util.List.<GoldenTensor>of()) {
                String where = c.id() + " " + t.name();
                assertEquals(Kind.scale(t.kind(), t.shape()), t.scale(), 0.0, where);
                assertEquals(Kind.offset(t.kind()), t.offset(), 0.0, where);
                assertEquals(Kind.isParameter(t.kind()), t.parameter(), where);
                seen++;
            }
        }
        assertTrue(seen > 1000, "only " + seen);
    }

    @Test
    void arithmeticModuloTwoToThe64EqualsBigIntegers() {
        String name = "naive/\u00e9\u6f22";
        BigInteger h = new BigInteger("cbf29ce484222325", 16);
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            h = h.xor(BigInteger.valueOf(b & 0xff))
                    .multiply(new BigInteger("100000001b3", 16))
                    .and(MASK);
        }
        assertEquals(h.longValue(), Fill.seed(name));
        for (int i = 0; i < 100; i++) {
            BigInteger z = h.add(new BigInteger("9e3779b97f4a7c15", 16).multiply(BigInteger.valueOf(i + 1L)))
                    .and(MASK);
            z = z.xor(z.shiftRight(30))
                    .multiply(new BigInteger("bf58476d1ce4e5b9", 16))
                    .and(MASK);
            z = z.xor(z.shiftRight(27))
                    .multiply(new BigInteger("94d049bb133111eb", 16))
                    .and(MASK);
            z = z.xor(z.shiftRight(31));
            assertEquals(z.longValue(), Fill.word(Fill.seed(name), i));
        }
    }

    @Test
    void imageIsCoarseCellsPlusNoise() {
        float[] image = Fill.image("a", new long[] {1, 3, 8, 8}, 4, 1.5, 0.25);
        assertEquals(3 * 64, image.length);
        assertEquals(-0.6528865f, image[0]);
        float[] coarse = Fill.values("a:coarse", 48, 1.5, 0);
        float[] noise = Fill.values("a:noise", 192, 0.25, 0);
        // plane 2, row 5, column 3 lies in cell row 2, column 1
        assertEquals(coarse[2 * 16 + 2 * 4 + 1] + noise[2 * 64 + 5 * 8 + 3], image[2 * 64 + 5 * 8 + 3]);
    }

    @Test
    void queueColumnsHaveUnitLength() {
        GoldenTensor queue = Goldens.ssl().byId("traj/moco_mobilenet_v2").tensors().stream()
                .filter(t -> t.kind().equals("queue"))
                .findFirst()
                .orElseThrow();
        long[] shape = queue.shape();
        float[] values = queue.values();
        for (int c = 0; c < shape[1]; c++) {
            double sum = 0;
            for (int r = 0; r < shape[0]; r++) {
                double v = values[r * (int) shape[1] + c];
                sum += v * v;
            }
            assertEquals(1, sum, 1e-6);
        }
        assertFalse(queue.parameter());
    }
}
