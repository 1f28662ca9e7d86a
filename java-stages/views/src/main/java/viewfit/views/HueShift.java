package viewfit.views;

/**
 * Rotation of the hue, in place, with the roundings of Pillow's 8-bit HSV: H and S truncated to 0..255, H shifted modulo 256, and
 * converted back with rounding half away from zero (goldens, section 8).
 *
 * <p>The way to H and S is a table lookup. The hue of a colour depends only on which channels are its largest and smallest
 * (six arrangements) and on how far the smallest (c) and the middle one (m) are below the largest: 6 of 8 times 257 * 128 entries. The
 * tables hold what the plain formula gives. The way back is done in whole numbers, which give what the floats of the rule give for
 * every H, S and V. Nothing branches on a colour: neighbouring pixels of a photograph differ too much to be predicted. The work is
 * cut into small loops over arrays, all but the one with the lookups of a kind that becomes vector code.
 */
final class HueShift {
    private static final int TRIANGLE = 257 * 128;
    private static final int FULL = 255 * 255;

    // The first channel is the largest, the second the smallest; numbered by the signs of r - g, g - b and r - b, the
    // last
    // lowest. Two of the eight cannot be; of equal channels either arrangement gives the same hue.
    private static final int RED_BLUE = 0;
    private static final int RED_GREEN = 2 * TRIANGLE;
    private static final int BLUE_GREEN = 3 * TRIANGLE;
    private static final int GREEN_BLUE = 4 * TRIANGLE;
    private static final int GREEN_RED = 5 * TRIANGLE;
    private static final int BLUE_RED = 7 * TRIANGLE;

    /** H at {@code arrangement + c * (c + 1) / 2 + m}. */
    private static final byte[] HUE = new byte[8 * TRIANGLE];

    /** S at {@code largest * 256 + c}. */
    private static final byte[] SATURATION = new byte[256 * 256];

    /** Whether red, green and blue get the lowest (0), the middle or the highest level (2) in each sixth of the circle. */
    private static final int[][] SECTORS = {{2, 1, 0}, {1, 2, 0}, {0, 2, 1}, {0, 1, 2}, {1, 0, 2}, {2, 0, 1}};

    /** Bits of {@link #landing}: whether a channel is above the lowest level, and in the next bit whether it is the highest. */
    private static final int RED = 8;

    private static final int GREEN = 10;
    private static final int BLUE = 12;

    static {
        for (int c = 1; c < 256; c++) {
            for (int m = 0; m <= c; m++) {
                int at = c * (c + 1) / 2 + m;
                float middle = (float) m / c;
                HUE[RED_BLUE + at] = hue(1 - middle);
                HUE[RED_GREEN + at] = hue(middle - 1);
                HUE[GREEN_BLUE + at] = hue((float) (2.0 + middle - 1));
                HUE[GREEN_RED + at] = hue((float) (2.0 + 1 - middle));
                HUE[BLUE_RED + at] = hue((float) (4.0 + middle - 1));
                HUE[BLUE_GREEN + at] = hue((float) (4.0 + 1 - middle));
            }
        }
        for (int v = 1; v < 256; v++) {
            for (int c = 0; c <= v; c++) {
                SATURATION[v * 256 + c] = (byte) (int) ((float) c / v * 255.0);
            }
        }
    }

    private static byte hue(float sixths) {
        return (byte) (int) ((float) ((sixths / 6.0 + 1.0) % 1.0) * 255.0);
    }

    /**
     * For the present turn, by hue: how far the middle level is from the highest, in 255ths of the saturation, in the low 8 bits;
     * above them two bits for each channel.
     */
    private final int[] landing = new int[256];

    private int[] highest = new int[0];
    private int[] middle = new int[0];
    private int[] lowest = new int[0];
    private int[] place = new int[0];
    private int[] where = new int[0];

    /**
     * Sets the turn.
     *
     * @param factor part of a full turn, from -0.5 to 0.5
     */
    void prepare(float factor) {
        int shift = (int) (factor * 255.0);
        for (int h = 0; h < 256; h++) {
            int sixths = 6 * ((h + shift) & 255);
            int sector = sixths / 255;
            // In even sectors the middle level rises from the lowest, in odd ones it falls from the highest.
            int fall = (sector & 1) == 0 ? 255 - sixths % 255 : sixths % 255;
            int[] levels = SECTORS[sector % 6];
            landing[h] = fall | (unary(levels[0]) << RED) | (unary(levels[1]) << GREEN) | (unary(levels[2]) << BLUE);
        }
    }

    private static int unary(int level) {
        return (1 << level) - 1;
    }

    /** Turns n pixels. */
    void shift(int[] red, int[] green, int[] blue, int n) {
        if (highest.length < n) {
            highest = new int[n];
            middle = new int[n];
            lowest = new int[n];
            place = new int[n];
            where = new int[n];
        }
        largest(red, green, blue, highest, n);
        smallest(red, green, blue, lowest, n);
        between(red, green, blue, highest, lowest, middle, n);
        arrange(red, green, blue, place, n);
        address(highest, middle, lowest, place, n);
        look(n);
        part(highest, lowest, n);
        part(highest, middle, n);
        choose(where, RED, red, n);
        choose(where, GREEN, green, n);
        choose(where, BLUE, blue, n);
    }

    private static void largest(int[] a, int[] b, int[] c, int[] to, int n) {
        for (int i = 0; i < n; i++) {
            int v = a[i] - ((a[i] - b[i]) & ((a[i] - b[i]) >> 31));
            to[i] = v - ((v - c[i]) & ((v - c[i]) >> 31));
        }
    }

    private static void smallest(int[] a, int[] b, int[] c, int[] to, int n) {
        for (int i = 0; i < n; i++) {
            int v = b[i] + ((a[i] - b[i]) & ((a[i] - b[i]) >> 31));
            to[i] = c[i] + ((v - c[i]) & ((v - c[i]) >> 31));
        }
    }

    private static void between(int[] a, int[] b, int[] c, int[] most, int[] least, int[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = a[i] + b[i] + c[i] - most[i] - least[i];
        }
    }

    private static void arrange(int[] r, int[] g, int[] b, int[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = (((r[i] - g[i]) >> 31) & GREEN_BLUE) + (((g[i] - b[i]) >> 31) & RED_GREEN);
        }
        for (int i = 0; i < n; i++) {
            to[i] += ((r[i] - b[i]) >> 31) & TRIANGLE;
        }
    }

    /** The place becomes that in {@link #HUE}, the lowest level the distance to the highest. */
    private static void address(int[] most, int[] mid, int[] least, int[] place, int n) {
        for (int i = 0; i < n; i++) {
            int c = most[i] - least[i];
            least[i] = c;
            place[i] += ((c * (c + 1)) >> 1) + most[i] - mid[i];
        }
    }

    /** The share of the highest level that the middle and the lowest fall short of it, in 255ths of 255ths. */
    private void look(int n) {
        for (int i = 0; i < n; i++) {
            int at = landing[HUE[place[i]] & 255];
            int s = SATURATION[highest[i] * 256 + lowest[i]] & 255;
            where[i] = at;
            middle[i] = s * (at & 255);
            lowest[i] = s * 255;
        }
    }

    /** A share becomes {@code v * (1 - share / 255^2)}, rounded; v up to 255, share up to 255^2. */
    private static void part(int[] v, int[] share, int n) {
        for (int i = 0; i < n; i++) {
            int x = v[i] * (FULL - share[i]) + FULL / 2;
            // Twice x / 255 with the fraction dropped, exact up to 255^3 + 255^2 / 2.
            x = (x + (x >> 8) + (x >> 16) + 1) >> 8;
            share[i] = (x + (x >> 8) + 1) >> 8;
        }
    }

    private void choose(int[] bits, int first, int[] to, int n) {
        choose(bits, 31 - first, highest, middle, lowest, to, n);
    }

    private static void choose(int[] bits, int shift, int[] most, int[] mid, int[] least, int[] to, int n) {
        for (int i = 0; i < n; i++) {
            int above = (bits[i] << shift) >> 31;
            int top = (bits[i] << (shift - 1)) >> 31;
            to[i] = least[i] + ((mid[i] - least[i]) & above) + ((most[i] - mid[i]) & top);
        }
    }
}
