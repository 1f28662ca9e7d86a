package viewfit.goldens;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FillTest {
    private static final BigInteger MASK = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

    /** The worked examples of the description. */
    @Test
    void namesGiveTheirPublishedValues() {
        long seed = Fill.seed("a");
        assertEquals(0xaf63dc4c8601ec8cL, seed);
        assertEquals(0x5f29c2aadd9b8527L, Fill.word(seed, 0));
        assertEquals(0xfdfab147e960346eL, Fill.word(seed, 2));
        assertEquals(-0.25653807312918175, Fill.unit(seed, 0));
        assertArrayEquals(new float[] {-0.25653806f, 0.9962446f, 0.98421305f}, Fill.values("a", 3, 1, 0));
        long[] shape = {32, 3, 3, 3};
        double scale = Kind.scale("conv_weight", shape);
        assertEquals(0.4714045207910317, scale);
        assertArrayEquals(
                new float[] {-0.119043216f, -0.017468292f},
                Fill.values("dev/mobilenet_v2/features.0.0.weight", 2, scale, Kind.offset("conv_weight")));
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
