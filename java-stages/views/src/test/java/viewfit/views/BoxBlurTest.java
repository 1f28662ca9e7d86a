package viewfit.views;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class BoxBlurTest {
    private final BoxBlur blur = new BoxBlur();

    /** U44: the box radii that stand for these standard deviations, to the six decimals given. */
    @Test
    void boxRadius() {
        assertEquals(0.001672, BoxBlur.boxRadius(0.1f), 1e-6);
        assertEquals(0.045455, BoxBlur.boxRadius(0.5f), 1e-6);
        assertEquals(0.25, BoxBlur.boxRadius(1), 1e-6);
        assertEquals(1.038462, BoxBlur.boxRadius(1.5f), 1e-6);
        assertEquals(1.375, BoxBlur.boxRadius(2), 1e-6);
    }

    @Test
    void equalsTheNaiveTwin() {
        int[][] sizes = {{1, 1}, {1, 9}, {9, 1}, {2, 3}, {7, 5}, {36, 36}, {64, 20}};
        float[] sigmas = {0.01f, 0.1f, 0.7f, 1.5f, 2, 3.3f, 6};
        for (int[] size : sizes) {
            for (float sigma : sigmas) {
                Pixels picture = TestViews.noise(size[0], size[1], 3);
                byte[] expected = naive(picture, sigma);
                byte[] blurred = TestViews.edit(
                        GoldenImages.bytes(picture), size[0], size[1], canvas -> blur.blur(canvas, sigma));
                assertArrayEquals(expected, blurred, size[0] + "x" + size[1] + " sigma " + sigma);
            }
        }
    }

    private static byte[] naive(Pixels picture, float sigma) {
        int width = picture.width();
        int height = picture.height();
        byte[] now = GoldenImages.bytes(picture);
        for (int pass = 0; pass < 6; pass++) {
            byte[] next = new byte[now.length];
            boolean across = pass < 3;
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    for (int c = 0; c < 3; c++) {
                        next[(y * width + x) * 3 + c] = (byte) box(now, width, height, x, y, c, across, sigma);
                    }
                }
            }
            now = next;
        }
        return now;
    }

    private static int box(byte[] data, int width, int height, int x, int y, int c, boolean across, float sigma) {
        float radius = BoxBlur.boxRadius(sigma);
        int whole = (int) radius;
        long inner = (long) ((1 << 24) / (2 * radius + 1));
        long outer = ((1 << 24) - (2L * whole + 1) * inner) / 2;
        long sum = 1 << 23;
        for (int k = -whole - 1; k <= whole + 1; k++) {
            int px = across ? Math.max(0, Math.min(width - 1, x + k)) : x;
            int py = across ? y : Math.max(0, Math.min(height - 1, y + k));
            long weight = Math.abs(k) <= whole ? inner : outer;
            sum += weight * (data[(py * width + px) * 3 + c] & 255);
        }
        return (int) (sum >> 24);
    }
}
