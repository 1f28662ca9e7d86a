package viewfit.views;

/**
 * Rotation of the hue, in place, with the roundings of Pillow's 8-bit HSV: H and S truncated to 0..255, H shifted modulo 256, and
 * converted back with rounding half away from zero (goldens, section 8).
 *
 * <p>The way to H and S is a table lookup. The hue of a colour depends only on which channels are its largest and smallest
 * (six arrangements) and on how far the smallest (c) and the middle one (m) are below the largest: 6 * 257 * 128 entries. The
 * tables hold what the plain formula gives. The way back is done in whole numbers, which give what the floats of the rule give for
 * every H, S and V. Nothing branches on a colour: neighbouring pixels of a photograph differ too much to be predicted.
 */
final class HueShift {
    private static final int TRIANGLE = 257 * 128;
    private static final int FULL = 255 * 255;

    // The first channel is the largest, the second the smallest.
    private static final int RED_BLUE = 0;
    private static final int RED_GREEN = TRIANGLE;
    private static final int GREEN_BLUE = 2 * TRIANGLE;
    private static final int GREEN_RED = 3 * TRIANGLE;
    private static final int BLUE_RED = 4 * TRIANGLE;
    private static final int BLUE_GREEN = 5 * TRIANGLE;

    /** H at {@code arrangement + c * (c + 1) / 2 + m}. */
    private static final byte[] HUE = new byte[6 * TRIANGLE];

    /** S at {@code largest * 256 + c}. */
    private static final byte[] SATURATION = new byte[256 * 256];

    /**
     * Where an arrangement starts, by the signs of r - g, g - b and r - b, the last lowest. Two of the eight cannot be; of equal
     * channels either arrangement gives the same hue.
     */
    private static final int[] ARRANGEMENT = {RED_BLUE, 0, RED_GREEN, BLUE_GREEN, GREEN_BLUE, GREEN_RED, 0, BLUE_RED};

    /** Which of the highest, the middle and the lowest level a channel gets in each sixth of the circle: red, green, blue. */
    private static final int[][] SECTORS = {{0, 1, 2}, {1, 0, 2}, {2, 0, 1}, {2, 1, 0}, {1, 2, 0}, {0, 2, 1}};

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
     * above them, for red, green and blue, the place of their level among three, as multiples of 8 bits.
     */
    private final int[] landing = new int[256];

    /**
     * Sets the turn.
     *
     * @param factor part of a full turn, from -0.5 to 0.5
     */
    void prepare(float factor) {
        int shift = (int) (factor * 255);
        for (int h = 0; h < 256; h++) {
            int sixths = 6 * ((h + shift) & 255);
            int sector = sixths / 255;
            // In even sectors the middle level rises from the lowest, in odd ones it falls from the highest.
            int fall = (sector & 1) == 0 ? 255 - sixths % 255 : sixths % 255;
            int[] places = SECTORS[sector % 6];
            landing[h] = fall | (places[0] << 11) | (places[1] << 19) | (places[2] << 27);
        }
    }

    /** Turns n pixels. */
    void shift(int[] red, int[] green, int[] blue, int n) {
        for (int i = 0; i < n; i++) {
            int r = red[i];
            int g = green[i];
            int b = blue[i];
            int highest = Math.max(r, Math.max(g, b));
            int lowest = Math.min(r, Math.min(g, b));
            int middle = r + g + b - highest - lowest;
            int c = highest - lowest;
            int arrangement = ((r - g) >>> 31 << 2) | ((g - b) >>> 31 << 1) | ((r - b) >>> 31);
            int h = HUE[ARRANGEMENT[arrangement] + c * (c + 1) / 2 + highest - middle] & 255;
            int s = SATURATION[highest * 256 + c] & 255;
            int where = landing[h];
            int levels = highest | (part(highest, s * (where & 255)) << 8) | (part(highest, s * 255) << 16);
            red[i] = (levels >>> (where >> 8)) & 255;
            green[i] = (levels >>> (where >> 16)) & 255;
            blue[i] = (levels >>> (where >> 24)) & 255;
        }
    }

    /** {@code v * (1 - share / 255^2)}, rounded; v up to 255, share up to 255^2. */
    private static int part(int v, int share) {
        return divide255(divide255(v * (FULL - share) + FULL / 2));
    }

    /** x / 255 for x from 0 to 255^3 + 255^2 / 2, fractions dropped. */
    private static int divide255(int x) {
        return (x + (x >> 8) + (x >> 16) + 1) >> 8;
    }
}
