package viewfit.views;

/**
 * Rotation of the hue on interleaved 8-bit RGB, in place, with the roundings of Pillow's 8-bit HSV: H and S truncated to
 * 0..255, H shifted modulo 256, and converted back with rounding half away from zero (goldens, section 8).
 *
 * <p>The way to H and S is a table lookup. The hue of a colour depends only on which channels are its largest and smallest
 * (six arrangements) and on how far the smallest (c) and the middle one (m) are below the largest: 6 * 257 * 128 entries. The
 * tables hold what the plain formula gives, so the results are the same to the last bit.
 */
final class HueShift {
    private static final int TRIANGLE = 257 * 128;

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

    /** The smallest channel after the way back, at {@code s * 256 + largest}. */
    private static final byte[] LOWEST = new byte[256 * 256];

    private static final float[] FRACTION = new float[256];

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
        for (int s = 0; s < 256; s++) {
            FRACTION[s] = (float) (s / 255.0);
            for (int v = 0; v < 256; v++) {
                LOWEST[s * 256 + v] = (byte) (int) (v * (1.0 - FRACTION[s]) + 0.5);
            }
        }
    }

    private static byte hue(float sixths) {
        return (byte) (int) ((float) ((sixths / 6.0 + 1.0) % 1.0) * 255.0);
    }

    // For the shift of the present call: where hue h lands, which sixth of the circle that is, and how far into it.
    private final byte[] sector = new byte[256];
    private final float[] position = new float[256];

    /**
     * Shifts the hue of every pixel.
     *
     * @param data interleaved RGB
     * @param pixels how many pixels from the start of the buffer
     * @param factor part of a full turn, from -0.5 to 0.5
     */
    void shift(byte[] data, int pixels, float factor) {
        prepare((int) (factor * 255) & 255);
        for (int i = 0; i < 3 * pixels; i += 3) {
            int r = data[i] & 255;
            int g = data[i + 1] & 255;
            int b = data[i + 2] & 255;
            int v = Math.max(r, Math.max(g, b));
            int c = v - Math.min(r, Math.min(g, b));
            if (c == 0) {
                continue;
            }
            int corner = c * (c + 1) / 2 + v;
            int h;
            if (r == v) {
                h = b <= g ? HUE[RED_BLUE + corner - g] : HUE[RED_GREEN + corner - b];
            } else if (g == v) {
                h = b <= r ? HUE[GREEN_BLUE + corner - r] : HUE[GREEN_RED + corner - b];
            } else {
                h = r <= g ? HUE[BLUE_RED + corner - g] : HUE[BLUE_GREEN + corner - r];
            }
            back(data, i, h & 255, SATURATION[v * 256 + c] & 255, v);
        }
    }

    private void prepare(int shift) {
        for (int h = 0; h < 256; h++) {
            double sixths = ((h + shift) & 255) * 6.0 / 255.0;
            int whole = (int) sixths;
            sector[h] = (byte) (whole % 6);
            position[h] = (float) (sixths - whole);
        }
    }

    private void back(byte[] data, int i, int h, int s, int v) {
        byte high = (byte) v;
        byte low = LOWEST[s * 256 + v];
        int where = sector[h];
        // In even sectors the middle channel rises from the lowest, in odd ones it falls from the highest. The float
        // and
        // double products are those of the rule, not a matter of taste.
        double part = (where & 1) == 0 ? FRACTION[s] * (1.0 - position[h]) : FRACTION[s] * position[h];
        byte middle = (byte) (int) (v * (1.0 - part) + 0.5);
        switch (where) {
            case 0 -> put(data, i, high, middle, low);
            case 1 -> put(data, i, middle, high, low);
            case 2 -> put(data, i, low, high, middle);
            case 3 -> put(data, i, low, middle, high);
            case 4 -> put(data, i, middle, low, high);
            default -> put(data, i, high, low, middle);
        }
    }

    private static void put(byte[] data, int i, byte r, byte g, byte b) {
        data[i] = r;
        data[i + 1] = g;
        data[i + 2] = b;
    }
}
