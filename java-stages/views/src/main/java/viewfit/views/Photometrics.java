package viewfit.views;

/**
 * Point operations on interleaved 8-bit RGB, in place, with the rounding of Pillow's ImageEnhance and ImageOps (goldens,
 * section 8): {@code degenerate + f * (image - degenerate)} in float32, clamped, truncated. Every method works on
 * {@code pixels} pixels from the start of the buffer. One object per thread; nothing is allocated per call.
 */
final class Photometrics {
    private final byte[] table = new byte[256];
    private final float[] scaled = new float[511];

    /** Luma of Pillow's RGB to L conversion, 0 to 255. */
    static int luma(int r, int g, int b) {
        return (19595 * r + 38470 * g + 7471 * b + 32768) >> 16;
    }

    /** Brightness: blend with black. Factor 1 changes nothing. */
    void brightness(byte[] data, int pixels, float factor) {
        blendWithConstant(data, pixels, 0, factor);
    }

    /** Contrast: blend with the mean luma of the picture, rounded to a whole level. */
    void contrast(byte[] data, int pixels, float factor) {
        blendWithConstant(data, pixels, meanLuma(data, pixels), factor);
    }

    /** Mean of the grey picture, rounded half up. */
    static int meanLuma(byte[] data, int pixels) {
        long sum = 0;
        for (int i = 0; i < 3 * pixels; i += 3) {
            sum += luma(data[i] & 255, data[i + 1] & 255, data[i + 2] & 255);
        }
        return (int) ((double) sum / pixels + 0.5);
    }

    private void blendWithConstant(byte[] data, int pixels, int constant, float factor) {
        for (int v = 0; v < 256; v++) {
            table[v] = (byte) truncate(constant + factor * (v - constant));
        }
        apply(data, pixels);
    }

    /** Saturation: blend with the grey picture. */
    void saturation(byte[] data, int pixels, float factor) {
        for (int d = -255; d <= 255; d++) {
            scaled[d + 255] = factor * d;
        }
        for (int i = 0; i < 3 * pixels; i += 3) {
            int r = data[i] & 255;
            int g = data[i + 1] & 255;
            int b = data[i + 2] & 255;
            int grey = luma(r, g, b);
            int zero = 255 - grey;
            data[i] = (byte) truncate(grey + scaled[r + zero]);
            data[i + 1] = (byte) truncate(grey + scaled[g + zero]);
            data[i + 2] = (byte) truncate(grey + scaled[b + zero]);
        }
    }

    /** The grey picture in three equal channels. */
    static void grayscale(byte[] data, int pixels) {
        for (int i = 0; i < 3 * pixels; i += 3) {
            byte grey = (byte) luma(data[i] & 255, data[i + 1] & 255, data[i + 2] & 255);
            data[i] = grey;
            data[i + 1] = grey;
            data[i + 2] = grey;
        }
    }

    /** Solarisation with threshold 128: levels from 128 up are inverted. */
    static void solarize(byte[] data, int pixels) {
        for (int i = 0; i < 3 * pixels; i++) {
            byte v = data[i];
            // A negative byte is a level from 128 up; inverting its bits is 255 - level.
            data[i] = (byte) (v ^ (v >> 7));
        }
    }

    private void apply(byte[] data, int pixels) {
        byte[] t = table;
        for (int i = 0; i < 3 * pixels; i++) {
            data[i] = t[data[i] & 255];
        }
    }

    private static int truncate(float value) {
        return Math.max(0, Math.min(255, (int) value));
    }
}
