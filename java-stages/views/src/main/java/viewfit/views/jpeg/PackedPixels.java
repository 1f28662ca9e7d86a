package viewfit.views.jpeg;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Pixels in one int each, red in the low 8 bits, then green, then blue: the step between channels of ints and RGB bytes. */
public final class PackedPixels {
    private static final int CHANNELS = 3;
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private PackedPixels() {}

    /** Packs n pixels; {@code to} may be one of the channels. */
    public static void join(int[] red, int[] green, int[] blue, int[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = red[i] | (green[i] << 8) | (blue[i] << 16);
        }
    }

    /**
     * Writes n pixels as interleaved bytes. They are written four bytes at a time: the fourth is overwritten by the next pixel.
     *
     * @param rgb receives 3 n bytes
     * @param at the first of them
     */
    public static void store(int[] packed, int n, byte[] rgb, int at) {
        int q = at;
        for (int i = 0; i < n - 1; i++, q += CHANNELS) {
            INT.set(rgb, q, packed[i]);
        }
        int last = packed[n - 1];
        rgb[q] = (byte) last;
        rgb[q + 1] = (byte) (last >> 8);
        rgb[q + 2] = (byte) (last >> 16);
    }
}
