package viewfit.views;

import java.awt.image.DataBufferByte;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;
import java.awt.image.SampleModel;

/**
 * Raw JPEG components to RGB. YCbCr with the 16-bit constants of libjpeg (so the result equals libjpeg's own conversion), grey
 * copied to three channels, inks stored inverted as Adobe writes them and mixed without a profile as Pillow does.
 */
final class JpegColour {
    private static final int BITS = 16;
    private static final int HALF = 1 << (BITS - 1);
    private static final int[] RED_FROM_CR = new int[256];
    private static final int[] BLUE_FROM_CB = new int[256];
    private static final int[] GREEN_FROM_CR = new int[256];
    private static final int[] GREEN_FROM_CB = new int[256];

    static {
        for (int i = 0; i < 256; i++) {
            int x = i - 128;
            RED_FROM_CR[i] = (fixed(1.40200) * x + HALF) >> BITS;
            BLUE_FROM_CB[i] = (fixed(1.77200) * x + HALF) >> BITS;
            GREEN_FROM_CR[i] = -fixed(0.71414) * x;
            GREEN_FROM_CB[i] = -fixed(0.34414) * x + HALF;
        }
    }

    private JpegColour() {}

    private static int fixed(double value) {
        return (int) (value * (1 << BITS) + 0.5);
    }

    /**
     * Converts a raster as {@code ImageReader.readRaster} gives it.
     *
     * @throws IllegalArgumentException if the raster does not hold interleaved bytes with the components of the colour
     */
    static void toRgb(Raster raster, JpegHeader.Colour colour, Pixels into) {
        int bands = raster.getNumBands();
        SampleModel model = raster.getSampleModel();
        if (!(model instanceof PixelInterleavedSampleModel interleaved)
                || !(raster.getDataBuffer() instanceof DataBufferByte buffer)
                || bands != bands(colour)) {
            throw new IllegalArgumentException(
                    "JPEG raster: " + bands + " bands for " + colour + ": 8-bit interleaved");
        }
        int width = raster.getWidth();
        int height = raster.getHeight();
        into.reshape(width, height);
        byte[] from = buffer.getData();
        byte[] to = into.data();
        int[] offsets = interleaved.getBandOffsets();
        for (int y = 0; y < height; y++) {
            int p = buffer.getOffset() + y * interleaved.getScanlineStride();
            int q = 3 * y * width;
            switch (colour) {
                case GREY -> grey(from, p + offsets[0], interleaved.getPixelStride(), to, q, width);
                case RGB -> copy(from, p, interleaved, to, q, width);
                case YCBCR -> fromYcc(from, p, interleaved, to, q, width);
                default -> fromInks(from, p, interleaved, colour == JpegHeader.Colour.YCCK, to, q, width);
            }
        }
    }

    private static int bands(JpegHeader.Colour colour) {
        return switch (colour) {
            case GREY -> 1;
            case YCBCR, RGB -> 3;
            case CMYK, YCCK -> 4;
            case UNKNOWN -> -1;
        };
    }

    private static void grey(byte[] from, int start, int step, byte[] to, int at, int width) {
        for (int x = 0; x < width; x++) {
            byte v = from[start + x * step];
            to[at + 3 * x] = v;
            to[at + 3 * x + 1] = v;
            to[at + 3 * x + 2] = v;
        }
    }

    private static void copy(byte[] from, int start, PixelInterleavedSampleModel model, byte[] to, int at, int width) {
        int[] offsets = model.getBandOffsets();
        int p = start;
        for (int x = 0; x < width; x++, p += model.getPixelStride()) {
            for (int c = 0; c < 3; c++) {
                to[at + 3 * x + c] = from[p + offsets[c]];
            }
        }
    }

    private static void fromYcc(
            byte[] from, int start, PixelInterleavedSampleModel model, byte[] to, int at, int width) {
        int[] offsets = model.getBandOffsets();
        int step = model.getPixelStride();
        int yAt = start + offsets[0];
        int cbAt = start + offsets[1];
        int crAt = start + offsets[2];
        int q = at;
        for (int x = 0; x < width; x++, q += 3) {
            int luma = from[yAt + x * step] & 255;
            int cb = from[cbAt + x * step] & 255;
            int cr = from[crAt + x * step] & 255;
            to[q] = (byte) clamp(luma + RED_FROM_CR[cr]);
            to[q + 1] = (byte) clamp(luma + ((GREEN_FROM_CB[cb] + GREEN_FROM_CR[cr]) >> BITS));
            to[q + 2] = (byte) clamp(luma + BLUE_FROM_CB[cb]);
        }
    }

    private static void fromInks(
            byte[] from, int start, PixelInterleavedSampleModel model, boolean ycc, byte[] to, int at, int width) {
        int blackAt = start + model.getBandOffsets()[3];
        if (ycc) {
            fromYcc(from, start, model, to, at, width);
        } else {
            copy(from, start, model, to, at, width);
        }
        for (int x = 0; x < width; x++) {
            // Stored inverted: a high value is little ink. YCCK encodes 255 - ink, which cancels the inversion once
            // more.
            int white = from[blackAt + x * model.getPixelStride()] & 255;
            for (int c = 0; c < 3; c++) {
                int i = at + 3 * x + c;
                int stored = ycc ? 255 - (to[i] & 255) : to[i] & 255;
                to[i] = (byte) clamp(white - scale(255 - stored, white));
            }
        }
    }

    /** a * b / 255 rounded, without a division. */
    private static int scale(int a, int b) {
        int product = a * b + 128;
        return ((product >> 8) + product) >> 8;
    }

    private static int clamp(int value) {
        return Math.max(0, Math.min(255, value));
    }
}
