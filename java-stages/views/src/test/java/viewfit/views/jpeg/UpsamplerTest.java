package viewfit.views.jpeg;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;

class UpsamplerTest {
    /** Every factor from 1 to 4 in both directions, sizes from one sample up, against the rule one sample at a time. */
    @Test
    void equalsTheRule() {
        Upsampler upsampler = new Upsampler();
        RandomStream random = SeedTree.root(5).stream();
        int[][] factors = {{1, 1}, {2, 1}, {1, 2}, {2, 2}, {4, 1}, {1, 4}, {4, 2}, {2, 4}, {3, 1}, {3, 3}};
        for (int[] factor : factors) {
            for (int width = 1; width < 12; width++) {
                for (int height = 1; height < 5; height++) {
                    Component c = new Component(1, 1, 1, 0);
                    c.width = width;
                    c.height = height;
                    c.stride = 16;
                    c.start = 3;
                    byte[] planes = new byte[3 + 16 * 8];
                    for (int i = 0; i < planes.length; i++) {
                        planes[i] = (byte) random.nextInt(256);
                    }
                    int[] row = new int[width * factor[0] + 8];
                    for (int y = 0; y < height * factor[1]; y++) {
                        upsampler.row(planes, c, y, factor[0], factor[1], row);
                        for (int x = 0; x < width * factor[0]; x++) {
                            assertEquals(
                                    sample(planes, c, x, y, factor[0], factor[1]),
                                    row[x],
                                    factor[0] + "x" + factor[1] + ", " + width + "x" + height + " at " + x + "," + y);
                        }
                    }
                }
            }
        }
    }

    private static int sample(byte[] planes, Component c, int x, int y, int fx, int fy) {
        boolean wide = c.width > 2;
        int cx = x / fx;
        int cy = y / fy;
        int besideX = x % 2 == 0 ? cx - 1 : cx + 1;
        int besideY = y % 2 == 0 ? cy - 1 : cy + 1;
        if (fx == 2 && fy == 2 && wide) {
            // 9/16 the nearest, 3/16 each neighbour, 1/16 the diagonal one; the left of two rounds up from 8, the right
            // from 7.
            int here = 3 * at(planes, c, cx, cy) + at(planes, c, cx, besideY);
            int beside = 3 * at(planes, c, besideX, cy) + at(planes, c, besideX, besideY);
            return (3 * here + beside + (x % 2 == 0 ? 8 : 7)) >> 4;
        }
        if (fx == 2 && fy == 1 && wide) {
            if (besideX < 0 || besideX >= c.width) {
                return at(planes, c, cx, cy);
            }
            return (3 * at(planes, c, cx, cy) + at(planes, c, besideX, cy) + (x % 2 == 0 ? 1 : 2)) >> 2;
        }
        if (fx == 1 && fy == 2) {
            return (3 * at(planes, c, cx, cy) + at(planes, c, cx, besideY) + (y % 2 == 0 ? 1 : 2)) >> 2;
        }
        return at(planes, c, cx, cy);
    }

    private static int at(byte[] planes, Component c, int x, int y) {
        int nearX = Math.max(0, Math.min(c.width - 1, x));
        int nearY = Math.max(0, Math.min(c.height - 1, y));
        return planes[c.start + nearY * c.stride + nearX] & 255;
    }
}
