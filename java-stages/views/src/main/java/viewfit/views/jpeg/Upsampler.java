package viewfit.views.jpeg;

/**
 * Rows of a component at the size of the picture. Half-size chroma is interpolated by the triangle filter of libjpeg ("fancy
 * upsampling": three quarters of the nearer sample, one of the farther), other factors repeat samples; both as libjpeg rounds.
 * Keeps its buffers.
 */
final class Upsampler {
    private int[] near = new int[0];
    private int[] line = new int[0];

    /**
     * Writes one row.
     *
     * @param y row of the picture
     * @param factorX samples of the picture per sample of the component, across
     * @param factorY the same, down
     * @param out receives at least as many samples as the picture is wide
     */
    void row(byte[] planes, Component c, int y, int factorX, int factorY, int[] out) {
        int row = y / factorY;
        int at = c.start + row * c.stride;
        if (factorX == 1 && factorY == 1) {
            widen(planes, at, c.width, out);
            return;
        }
        if (near.length < c.width) {
            near = new int[c.width];
            line = new int[c.width];
        }
        boolean triangleDown = factorY == 2 && (factorX == 1 || (factorX == 2 && c.width > 2));
        if (triangleDown) {
            int other = Math.max(0, Math.min(c.height - 1, y % 2 == 0 ? row - 1 : row + 1));
            widen(planes, at, c.width, near);
            widen(planes, c.start + other * c.stride, c.width, line);
            weigh(near, line, c.width);
            if (factorX == 1) {
                shift(line, y % 2 == 0 ? 1 : 2, c.width, out);
            } else {
                across(line, c.width, 8, 7, 4, out);
            }
        } else if (factorX == 2 && factorY == 1 && c.width > 2) {
            widen(planes, at, c.width, line);
            across(line, c.width, 1, 2, 2, out);
        } else {
            widen(planes, at, c.width, line);
            for (int i = 0; i < c.width; i++) {
                for (int k = 0; k < factorX; k++) {
                    out[i * factorX + k] = line[i];
                }
            }
        }
    }

    private static void widen(byte[] from, int at, int n, int[] to) {
        for (int i = 0; i < n; i++) {
            to[i] = from[at + i] & 255;
        }
    }

    /** b becomes 3 a + b. */
    private static void weigh(int[] a, int[] b, int n) {
        for (int i = 0; i < n; i++) {
            b[i] += 3 * a[i];
        }
    }

    private static void shift(int[] from, int bias, int n, int[] to) {
        for (int i = 0; i < n; i++) {
            to[i] = (from[i] + bias) >> 2;
        }
    }

    /** Two samples for each: 3/4 itself and 1/4 its left neighbour, then 1/4 its right one; beyond the edges it is its own. */
    private static void across(int[] from, int n, int leftBias, int rightBias, int bits, int[] to) {
        int before = from[0];
        int here = before;
        for (int i = 0; i < n - 1; i++) {
            int after = from[i + 1];
            int three = 3 * here;
            to[2 * i] = (three + before + leftBias) >> bits;
            to[2 * i + 1] = (three + after + rightBias) >> bits;
            before = here;
            here = after;
        }
        to[2 * n - 2] = (3 * here + before + leftBias) >> bits;
        to[2 * n - 1] = (4 * here + rightBias) >> bits;
    }
}
