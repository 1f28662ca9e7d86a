package viewfit.views;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.Deflater;
import viewfit.core.data.Damage;
import viewfit.core.data.DamagedImage;

/**
 * Decodes a picture of many pixels in few bytes; run in a Java machine with a small heap. Arguments: its kind, width, height.
 * Exit codes: 0 for a picture, {@link #REFUSED} for one with too many pixels, {@link #NO_HEAP} by the Java machine.
 */
final class HundredMegapixels {
    static final int REFUSED = 65;

    /** Of {@code -XX:+ExitOnOutOfMemoryError}, as of the stages. */
    static final int NO_HEAP = 3;

    private HundredMegapixels() {}

    public static void main(String[] args) {
        int width = Integer.parseInt(args[1]);
        int height = Integer.parseInt(args[2]);
        byte[] file = file(args[0], width, height);
        Pixels pixels = new Pixels();
        try (ImageDecoder decoder = new ImageDecoder()) {
            decoder.decode(file, "large", pixels);
        } catch (DamagedImage e) {
            if (e.reason() != Damage.TOO_LARGE) {
                throw e;
            }
            System.exit(REFUSED);
        }
        if (pixels.width() != width || pixels.height() != height) {
            throw new IllegalStateException(pixels.width() + "x" + pixels.height());
        }
    }

    static byte[] file(String kind, int width, int height) {
        return switch (kind) {
            case "png-grey" -> png(width, height, 8, 0, 1);
            case "png-deep" -> png(width, height, 16, 6, 8);
            case "jpeg" -> jpeg(width, height);
            case "gif" -> gif(width, height);
            case "bmp" -> bmp(width, height);
            case "webp" -> webp(width, height);
            default -> throw new IllegalArgumentException(kind);
        };
    }

    /** A JPEG with few of its bytes, and its end mark. */
    static byte[] cutJpeg(int width, int height, int length) {
        return ImageFiles.join(Arrays.copyOf(jpeg(width, height), length), ImageFiles.bytes(0xFF, 0xD9));
    }

    private static byte[] png(int width, int height, int bits, int type, int pixelBytes) {
        Deflater deflater = new Deflater(Deflater.BEST_SPEED);
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        // Zeros whatever the rows: few at a time, so that it is the decoder that needs the memory.
        byte[] zeros = new byte[1 << 16];
        byte[] buffer = new byte[1 << 16];
        for (long left = height * (1L + (long) width * pixelBytes); left > 0; left -= zeros.length) {
            deflater.setInput(zeros, 0, (int) Math.min(left, zeros.length));
            while (!deflater.needsInput()) {
                packed.write(buffer, 0, deflater.deflate(buffer));
            }
        }
        deflater.finish();
        while (!deflater.finished()) {
            packed.write(buffer, 0, deflater.deflate(buffer));
        }
        deflater.end();
        return ImageFiles.join(
                ImageFiles.header(width, height, bits, type, 0),
                ImageFiles.chunk("IDAT", packed.toByteArray()),
                ImageFiles.chunk("IEND", new byte[0]));
    }

    /** A grey JPEG whose blocks are all alike: one code of one bit for the level, one for the end of the block. */
    private static byte[] jpeg(int width, int height) {
        byte[] quantiser = new byte[64];
        Arrays.fill(quantiser, (byte) 1);
        byte[] frame = ImageFiles.bytes(
                0xFF, 0xC0, 0, 11, 8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0);
        byte[] one = new byte[17];
        one[0] = 1;
        byte[] scan = ImageFiles.bytes(0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0);
        // Each block takes two zero bits.
        int blocks = ((width + 7) / 8) * ((height + 7) / 8);
        return ImageFiles.join(
                ImageFiles.bytes(0xFF, 0xD8, 0xFF, 0xDB, 0, 67, 0),
                quantiser,
                frame,
                ImageFiles.bytes(0xFF, 0xC4, 0, 20, 0x00),
                one,
                ImageFiles.bytes(0xFF, 0xC4, 0, 20, 0x10),
                one,
                scan,
                new byte[(2 * blocks + 7) / 8],
                ImageFiles.bytes(0xFF, 0xD9));
    }

    /** A frame of one pixel on a large canvas. */
    private static byte[] gif(int width, int height) {
        return ImageFiles.gif(width, height, ImageFiles.COLOURS, new byte[0], ImageFiles.frame(0, 0, 1, 1, 0, 4, 1, 5));
    }

    /** Nothing but skips of 255 rows. */
    private static byte[] bmp(int width, int height) {
        byte[] skips = new byte[4 * (height / 255 + 1)];
        for (int i = 0; i < skips.length; i += 4) {
            skips[i + 1] = 2;
            skips[i + 3] = (byte) 255;
        }
        return ImageFiles.bmp(width, height, 8, 1, ImageFiles.bmpColours(2), skips);
    }

    /** A lossless WebP each of whose five codes has one symbol, of no bits. */
    private static byte[] webp(int width, int height) {
        long bits = width - 1L | (height - 1L) << 14;
        // No alpha, version 0; no transform, no cache, no further codes; then five times: simple, one symbol, of one
        // bit, 0.
        byte[] codes = new byte[8];
        int at = 3;
        for (int code = 0; code < 5; code++) {
            codes[at / 8] |= (byte) (1 << at % 8);
            at += 4;
        }
        byte[] picture = ByteBuffer.allocate(5 + codes.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 0x2F)
                .putInt((int) bits)
                .put(codes)
                .array();
        ByteBuffer file = ByteBuffer.allocate(20 + picture.length + picture.length % 2)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put("RIFF".getBytes(StandardCharsets.ISO_8859_1))
                .putInt(12 + picture.length + picture.length % 2)
                .put("WEBPVP8L".getBytes(StandardCharsets.ISO_8859_1))
                .putInt(picture.length)
                .put(picture);
        return file.array();
    }
}
