package viewfit.views;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static viewfit.views.ImageFiles.COLOURS;
import static viewfit.views.ImageFiles.bmp;
import static viewfit.views.ImageFiles.bmpColours;
import static viewfit.views.ImageFiles.bytes;
import static viewfit.views.ImageFiles.frame;
import static viewfit.views.ImageFiles.gif;
import static viewfit.views.ImageFiles.join;

import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import viewfit.core.data.Damage;
import viewfit.core.data.DamagedImage;

/** GIF, BMP and WebP; expected values are what Pillow 12.3 says about the same bytes. */
class SmallFormatsTest {
    private static final byte[] NONE = {};

    private final ImageDecoder decoder = new ImageDecoder();
    private final Pixels pixels = new Pixels();

    /** Pixels by the red of their colours. */
    private void reds(byte[] file, int width, int height, int... reds) {
        decoder.decode(file, "x", pixels);
        assertEquals(width + "x" + height, pixels.width() + "x" + pixels.height());
        int[] found = new int[width * height];
        for (int i = 0; i < found.length; i++) {
            found[i] = pixels.data()[3 * i] & 255;
        }
        assertArrayEquals(reds, found, Arrays.toString(found));
    }

    private void rgb(byte[] file, int... values) {
        decoder.decode(file, "x", pixels);
        assertArrayEquals(bytes(values), GoldenImages.bytes(pixels), Arrays.toString(GoldenImages.bytes(pixels)));
    }

    private void refuses(Damage reason, byte[] file) {
        DamagedImage e = assertThrows(DamagedImage.class, () -> decoder.decode(file, "x", pixels));
        assertEquals(reason, e.reason(), e.getMessage());
    }

    @Test
    void aFrameLiesOnItsTransparentColourOrOnTheFirst() {
        byte[] frame = frame(1, 1, 2, 1, 0, 4, 1, 2, 5);
        reds(gif(3, 2, COLOURS, NONE, frame), 3, 2, 10, 10, 10, 10, 40, 70);
        byte[] control = bytes('!', 0xF9, 4, 1, 0, 0, 2, 0);
        reds(gif(3, 2, COLOURS, control, frame), 3, 2, 70, 70, 70, 70, 40, 70);
        byte[] comment = bytes('!', 0xFE, 2, 'h', 'i', 0);
        reds(gif(3, 2, COLOURS, join(comment, control), frame), 3, 2, 70, 70, 70, 70, 40, 70);
    }

    @Test
    void aFrameMayEnlargeTheCanvas() {
        byte[] frame = frame(2, 1, 2, 2, 0, 4, 0, 1, 4, 2, 3, 5);
        reds(gif(3, 2, COLOURS, NONE, frame), 4, 3, 10, 10, 10, 10, 10, 10, 10, 40, 10, 10, 70, 100);
        reds(gif(0, 0, COLOURS, NONE, frame(0, 0, 3, 1, 0, 4, 0, 1, 2, 5)), 3, 1, 10, 40, 70);
    }

    @Test
    void palettesOfGifs() {
        byte[] plain = frame(0, 0, 3, 1, 0, 4, 0, 1, 3, 5);
        reds(gif(3, 1, NONE, NONE, plain), 3, 1, 0, 1, 3);
        reds(gif(3, 1, Arrays.copyOf(COLOURS, 6), NONE, plain), 3, 1, 10, 40, 0);
        reds(gif(3, 1, bytes(0, 0, 0, 1, 1, 1), NONE, plain), 3, 1, 0, 1, 3);
        byte[] own = frame(0, 0, 3, 1, 0x81, 4, 0, 1, 2, 5);
        byte[] local = join(
                Arrays.copyOf(own, 10),
                bytes(7, 0, 0, 8, 0, 0, 9, 0, 0, 6, 0, 0),
                Arrays.copyOfRange(own, 10, own.length));
        reds(gif(3, 1, COLOURS, NONE, local), 3, 1, 7, 8, 9);
    }

    @Test
    void codesOfGifs() {
        reds(gif(4, 1, COLOURS, NONE, frame(0, 0, 4, 1, 0, 4, 1, 6, 0, 5)), 4, 1, 40, 40, 40, 10);
        reds(gif(3, 1, COLOURS, NONE, frame(0, 0, 3, 1, 0, 0, 1, 2, 5)), 3, 1, 10, 40, 70);
        reds(gif(3, 1, COLOURS, NONE, frame(0, 0, 3, 1, 0, 4, 0, 1, 2)), 3, 1, 10, 40, 70);
        reds(gif(1, 5, COLOURS, NONE, frame(0, 0, 1, 5, 0x40, 4, 0, 1, 4, 2, 3, 4, 0, 5)), 1, 5, 10, 100, 70, 10, 40);
        refuses(Damage.CORRUPT, gif(3, 1, COLOURS, NONE, frame(0, 0, 3, 1, 0, 4, 0, 7, 2, 5)));
        refuses(Damage.CORRUPT, gif(3, 1, COLOURS, NONE, frame(0, 0, 3, 1, 0, 4, 7, 1, 2, 5)));
        refuses(Damage.TRUNCATED, gif(3, 2, COLOURS, NONE, frame(0, 0, 3, 2, 0, 4, 0, 1, 2, 5)));
        refuses(Damage.CORRUPT, gif(3, 1, COLOURS, NONE, frame(0, 0, 0, 0, 0, 4, 5)));
        refuses(Damage.CORRUPT, gif(3, 1, COLOURS, NONE, NONE));
    }

    /** Codes that grow to twelve bits and a full table. */
    @Test
    void longGifsEqualTheJdk() {
        BufferedImage image = new BufferedImage(150, 130, BufferedImage.TYPE_BYTE_INDEXED);
        byte[] noise = ImageFiles.noise(150 * 130, 3);
        image.getRaster().setDataElements(0, 0, 150, 130, noise);
        for (boolean interlaced : new boolean[] {false, true}) {
            decoder.decode(ImageFiles.encode(image, "gif", interlaced), "x", pixels);
            for (int i = 0; i < noise.length; i++) {
                int rgb = image.getRGB(i % 150, i / 150);
                assertEquals((byte) (rgb >> 16), pixels.data()[3 * i]);
                assertEquals((byte) rgb, pixels.data()[3 * i + 2]);
            }
        }
    }

    @Test
    void depthsOfBmps() {
        byte[] two = bytes(1, 2, 3, 4, 5, 6, 0, 0, 7, 8, 9, 10, 11, 12, 0, 0);
        rgb(bmp(2, 2, 24, 0, NONE, two), 9, 8, 7, 12, 11, 10, 3, 2, 1, 6, 5, 4);
        rgb(bmp(2, -2, 24, 0, NONE, two), 3, 2, 1, 6, 5, 4, 9, 8, 7, 12, 11, 10);
        rgb(bmp(2, 1, 32, 0, NONE, bytes(1, 2, 3, 4, 5, 6, 7, 8)), 3, 2, 1, 7, 6, 5);
        byte[] words = bytes(0x1f, 0x7c, 0x34, 0x12);
        rgb(bmp(2, 1, 16, 0, NONE, words), 255, 0, 255, 32, 139, 164);
        rgb(bmp(2, 1, 16, 3, masks(0xF800, 0x7E0, 0x1F), words), 123, 129, 255, 16, 68, 164);
        rgb(bmp(2, 1, 16, 3, masks(0x7C00, 0x3E0, 0x1F), words), 255, 0, 255, 32, 139, 164);
        byte[] pixels32 = bytes(1, 2, 3, 4, 5, 6, 7, 8);
        rgb(bmp(2, 1, 32, 3, masks(0xFF000000, 0xFF0000, 0xFF00), pixels32), 4, 3, 2, 8, 7, 6);
        rgb(bmp(2, 1, 32, 3, masks(0xFF000000, 0xFF00, 0xFF), pixels32), 4, 2, 1, 8, 6, 5);
        rgb(bmp(2, 1, 32, 3, masks(0, 0, 0), pixels32), 3, 2, 1, 7, 6, 5);
        refuses(Damage.UNSUPPORTED, bmp(2, 1, 16, 3, masks(0xF00, 0xF0, 0xF), words));
        refuses(Damage.UNSUPPORTED, bmp(2, 1, 24, 4, NONE, two));
        refuses(Damage.UNSUPPORTED, bmp(2, 1, 2, 0, bmpColours(4), two));
        refuses(Damage.CORRUPT, bmp(2, 0, 24, 0, NONE, two));
    }

    private static byte[] masks(int... masks) {
        ByteBuffer bytes = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
        Arrays.stream(masks).forEach(bytes::putInt);
        return bytes.array();
    }

    @Test
    void palettesOfBmps() {
        reds(bmp(3, 1, 8, 0, bmpColours(256), bytes(0, 1, 255, 0)), 3, 1, 0, 7, 249);
        reds(bmp(3, 1, 8, 0, bmpColours(2), bytes(0, 1, 255, 0)), 3, 1, 0, 7, 0);
        reds(bmp(3, 1, 4, 0, bmpColours(16), bytes(0x12, 0xF0, 0, 0)), 3, 1, 7, 14, 105);
        reds(
                bmp(10, 1, 1, 0, bytes(3, 5, 7, 0, 6, 10, 14, 0), bytes(0xA0, 0x40, 0, 0)),
                10,
                1,
                14,
                7,
                14,
                7,
                7,
                7,
                7,
                7,
                7,
                14);
        byte[] ramp = new byte[64];
        for (int i = 0; i < 64; i++) {
            ramp[i] = (byte) (i % 4 == 3 ? 0 : i / 4);
        }
        reds(bmp(3, 1, 8, 0, ramp, bytes(2, 240, 0, 0)), 3, 1, 2, 240, 0);
        // By the format's definition; Pillow takes the packed bytes for levels.
        reds(bmp(3, 1, 4, 0, ramp, bytes(0x12, 0xF0, 0, 0)), 3, 1, 1, 2, 15);
    }

    /** The place of the pixels may be that of the palette, or none. */
    @Test
    void thePlaceOfThePixelsMayBeWrong() {
        byte[] file = bmp(3, 1, 8, 0, bmpColours(256), bytes(0, 1, 255, 0));
        for (int place : new int[] {54, 0}) {
            byte[] moved = file.clone();
            moved[10] = (byte) place;
            moved[11] = 0;
            reds(moved, 3, 1, 0, 7, 249);
        }
    }

    @Test
    void runsOfBmps() {
        byte[] colours = bmpColours(256);
        byte[] mixed = bytes(3, 1, 2, 2, 0, 0, 0, 3, 5, 6, 7, 0, 2, 9, 0, 1);
        reds(bmp(5, 2, 8, 1, colours, mixed), 5, 2, 35, 42, 49, 63, 63, 7, 7, 7, 14, 14);
        reds(bmp(5, -2, 8, 1, colours, mixed), 5, 2, 7, 7, 7, 14, 14, 35, 42, 49, 63, 63);
        reds(bmp(5, 2, 8, 1, colours, bytes(9, 1, 0, 0, 5, 2, 0, 1)), 5, 2, 14, 14, 14, 14, 14, 7, 7, 7, 7, 7);
        reds(bmp(4, 1, 4, 2, bmpColours(16), bytes(4, 0x12, 0, 1)), 4, 1, 7, 14, 7, 14);
        reds(bmp(5, 1, 4, 2, bmpColours(16), bytes(0, 5, 0x12, 0x34, 0x50, 0, 0, 1)), 5, 1, 7, 14, 21, 28, 35);
        byte[] skip = bytes(1, 1, 0, 2, 2, 1, 2, 3, 0, 0, 5, 4, 0, 1);
        reds(bmp(5, 3, 8, 1, colours, skip), 5, 3, 28, 28, 28, 28, 28, 0, 0, 0, 21, 21, 7, 0, 0, 0, 0);
        refuses(Damage.TRUNCATED, bmp(5, 2, 8, 1, colours, bytes(3, 1, 0, 1)));
        refuses(Damage.TRUNCATED, bmp(5, 2, 8, 1, colours, bytes(5, 1, 5, 2)));
    }

    @Test
    void theLastPaddingOfABmpMayBeMissing() {
        byte[] file = bmp(2, 2, 24, 0, NONE, bytes(1, 2, 3, 4, 5, 6, 0, 0, 7, 8, 9, 10, 11, 12, 0, 0));
        rgb(Arrays.copyOf(file, file.length - 2), 9, 8, 7, 12, 11, 10, 3, 2, 1, 6, 5, 4);
        refuses(Damage.TRUNCATED, Arrays.copyOf(file, file.length - 3));
    }

    @Test
    void losslessWebpIsExactWithAlphaAndAnimatedToo() {
        for (byte[] file :
                new byte[][] {ImageFiles.webpLossless(), ImageFiles.webpAlpha(), ImageFiles.webpAnimation()}) {
            decoder.decode(file, "x", pixels);
            assertEquals("24x17", pixels.width() + "x" + pixels.height());
            for (int i = 0; i < 24 * 17; i++) {
                int x = i % 24;
                int y = i / 24;
                assertEquals((byte) (11 * x + 3 * y), pixels.data()[3 * i]);
                assertEquals((byte) (15 * y), pixels.data()[3 * i + 1]);
                assertEquals((byte) (2 * x * y), pixels.data()[3 * i + 2]);
            }
        }
    }

    @Test
    void lossyWebpIsNear() {
        decoder.decode(ImageFiles.webpLossy(), "x", pixels);
        double[] means = {115.0515, 119.9191, 143.1029};
        for (int c = 0; c < 3; c++) {
            double sum = 0;
            for (int i = 0; i < 24 * 17; i++) {
                sum += pixels.data()[3 * i + c] & 255;
            }
            assertEquals(means[c], sum / (24 * 17), 2);
        }
        int middle = 3 * (8 * 24 + 12);
        int[] expected = {119, 120, 142};
        for (int c = 0; c < 3; c++) {
            assertEquals(expected[c], pixels.data()[middle + c] & 255, 8);
        }
    }

    /** 512x512 pixels in 34 bytes. */
    @Test
    void aWebpOfOneColourIsReadWhateverItsSize() {
        decoder.decode(HundredMegapixels.file("webp", 512, 512), "x", pixels);
        assertEquals(512, pixels.height());
        assertArrayEquals(new byte[3 * 512 * 512], GoldenImages.bytes(pixels));
    }

    /** Headers that ask for gigabytes. */
    @Test
    void bombsAllocateNothing() {
        refuses(Damage.TOO_LARGE, gif(65_535, 65_535, COLOURS, NONE, frame(0, 0, 3, 1, 0, 4, 0, 1, 2, 5)));
        refuses(Damage.TRUNCATED, gif(9_999, 9_999, COLOURS, NONE, frame(0, 0, 9_999, 9_999, 0, 4, 0, 1, 2, 5)));
        refuses(Damage.TOO_LARGE, gif(65_501, 1, COLOURS, NONE, frame(0, 0, 3, 1, 0, 4, 0, 1, 2, 5)));
        refuses(Damage.TOO_LARGE, bmp(65_501, 1, 24, 0, NONE, new byte[8]));
        refuses(Damage.TOO_LARGE, bmp(50_000, 50_000, 24, 0, NONE, new byte[8]));
        refuses(Damage.TRUNCATED, bmp(9_999, 9_999, 24, 0, NONE, new byte[8]));
        refuses(Damage.TRUNCATED, bmp(9_999, 9_999, 8, 1, bmpColours(2), bytes(0, 1)));
        byte[] webp = ImageFiles.webpLossless();
        for (int i = 21; i < 25; i++) {
            webp[i] = (byte) (i == 24 ? 0x0F : 0xFF);
        }
        refuses(Damage.TOO_LARGE, webp);
        byte[] lossy = ImageFiles.webpLossy();
        lossy[26] = 0x10;
        lossy[27] = 0x27;
        lossy[28] = 0x10;
        lossy[29] = 0x27;
        refuses(Damage.TRUNCATED, lossy);
        refuses(Damage.TRUNCATED, HundredMegapixels.cutJpeg(10_000, 10_000, 2_000));
        refuses(Damage.TRUNCATED, HundredMegapixels.cutJpeg(4_000, 4_000, 2_000));
        assertTrue(pixels.data().length < 1000, "nothing was allocated");
    }
}
