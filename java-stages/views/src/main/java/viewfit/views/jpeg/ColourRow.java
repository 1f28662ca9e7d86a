package viewfit.views.jpeg;

/**
 * One row of components to interleaved RGB bytes. YCbCr is converted as libjpeg does: 16-bit constants, the products of red and of
 * blue rounded each, those of green together. One small loop per step: the just-in-time compiler makes no vector code of large ones.
 */
final class ColourRow {
    private static final int BITS = 16;
    private static final int HALF = 1 << (BITS - 1);
    private static final int MIDDLE = 128;
    private static final int RED_FROM_CR = fixed(1.40200);
    private static final int BLUE_FROM_CB = fixed(1.77200);
    private static final int GREEN_FROM_CR = -fixed(0.71414);
    private static final int GREEN_FROM_CB = -fixed(0.34414);

    private int[] red = new int[0];
    private int[] green = new int[0];
    private int[] blue = new int[0];

    private static int fixed(double value) {
        return (int) (value * (1 << BITS) + 0.5);
    }

    /** Writes n grey pixels. */
    void fromGrey(int[] level, int n, byte[] rgb, int at) {
        makeRoom(n);
        PackedPixels.join(level, level, level, red, n);
        PackedPixels.store(red, n, rgb, at);
    }

    /** Writes n pixels whose components are red, green and blue. */
    void fromRgb(int[] r, int[] g, int[] b, int n, byte[] rgb, int at) {
        makeRoom(n);
        PackedPixels.join(r, g, b, red, n);
        PackedPixels.store(red, n, rgb, at);
    }

    /** Writes n pixels whose components are luma and the two chroma. */
    void fromYcc(int[] luma, int[] cb, int[] cr, int n, byte[] rgb, int at) {
        makeRoom(n);
        channel(luma, cr, RED_FROM_CR, red, n);
        channel(luma, cb, cr, GREEN_FROM_CB, GREEN_FROM_CR, green, n);
        channel(luma, cb, BLUE_FROM_CB, blue, n);
        PackedPixels.join(red, green, blue, red, n);
        PackedPixels.store(red, n, rgb, at);
    }

    private void makeRoom(int n) {
        if (red.length < n) {
            red = new int[n];
            green = new int[n];
            blue = new int[n];
        }
    }

    private static void channel(int[] luma, int[] chroma, int weight, int[] to, int n) {
        int offset = HALF - MIDDLE * weight;
        for (int i = 0; i < n; i++) {
            int v = luma[i] + ((weight * chroma[i] + offset) >> BITS);
            v &= ~(v >> 31);
            to[i] = (v | ((255 - v) >> 31)) & 255;
        }
    }

    private static void channel(int[] luma, int[] cb, int[] cr, int fromCb, int fromCr, int[] to, int n) {
        int offset = HALF - MIDDLE * (fromCb + fromCr);
        for (int i = 0; i < n; i++) {
            int v = luma[i] + ((fromCb * cb[i] + fromCr * cr[i] + offset) >> BITS);
            v &= ~(v >> 31);
            to[i] = (v | ((255 - v) >> 31)) & 255;
        }
    }
}
