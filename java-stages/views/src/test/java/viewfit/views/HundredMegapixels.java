package viewfit.views;

import java.io.ByteArrayOutputStream;
import java.util.zip.Deflater;

/** Decodes a picture of 100 million pixels; run in a Java machine with a small heap. */
final class HundredMegapixels {
    private static final int SIDE = 10_000;

    private HundredMegapixels() {}

    public static void main(String[] args) {
        byte[] file = args[0].equals("png") ? png() : jpeg();
        Pixels pixels = new Pixels();
        try (ImageDecoder decoder = new ImageDecoder()) {
            decoder.decode(file, "large", pixels);
        }
        if (pixels.width() != SIDE || pixels.height() != SIDE) {
            throw new IllegalStateException(pixels.width() + "x" + pixels.height());
        }
    }

    private static byte[] png() {
        Deflater deflater = new Deflater(Deflater.BEST_SPEED);
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        byte[] row = new byte[SIDE + 1];
        byte[] buffer = new byte[1 << 16];
        for (int y = 0; y < SIDE; y++) {
            deflater.setInput(row);
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
                ImageFiles.header(SIDE, SIDE, 8, 0, 0),
                ImageFiles.chunk("IDAT", packed.toByteArray()),
                ImageFiles.chunk("IEND", new byte[0]));
    }

    /** A grey JPEG whose blocks are all alike: one code of one bit for the level, one for the end of the block. */
    private static byte[] jpeg() {
        byte[] quantiser = new byte[64];
        java.util.Arrays.fill(quantiser, (byte) 1);
        byte[] frame =
                ImageFiles.bytes(0xFF, 0xC0, 0, 11, 8, SIDE >> 8, SIDE & 255, SIDE >> 8, SIDE & 255, 1, 1, 0x11, 0);
        byte[] one = new byte[17];
        one[0] = 1;
        byte[] scan = ImageFiles.bytes(0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0);
        // Each block takes two zero bits.
        int blocks = (SIDE / 8) * (SIDE / 8);
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
}
