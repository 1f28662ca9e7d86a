package viewfit.views;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static viewfit.views.ImageFiles.COLOURS;
import static viewfit.views.ImageFiles.bytes;
import static viewfit.views.ImageFiles.chunk;
import static viewfit.views.ImageFiles.deflate;
import static viewfit.views.ImageFiles.header;
import static viewfit.views.ImageFiles.join;
import static viewfit.views.ImageFiles.png;
import static viewfit.views.ImageFiles.row;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import viewfit.core.data.Damage;
import viewfit.core.data.DamagedImage;

/** Every kind of PNG against samples that are written bit by bit; the odd cases against what Pillow 12.3 says. */
class PngDecoderTest {
    private static final int[][] WHOLE = {{0, 0, 1, 1}};
    private static final int[][] ADAM7 = {
        {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
    };

    private final ImageDecoder decoder = new ImageDecoder();
    private final Pixels pixels = new Pixels();

    private byte[] decode(byte[] file) {
        decoder.decode(file, "x", pixels);
        return GoldenImages.bytes(pixels);
    }

    private void refuses(Damage reason, String found, byte[] file) {
        DamagedImage e = assertThrows(DamagedImage.class, () -> decoder.decode(file, "x", pixels));
        assertEquals(reason, e.reason());
        assertEquals(found, e.found());
    }

    private void grey(byte[] file, int... levels) {
        byte[] found = decode(file);
        for (int i = 0; i < levels.length; i++) {
            assertEquals(levels[i], found[3 * i] & 255, "pixel " + i);
            assertEquals(found[3 * i], found[3 * i + 1]);
            assertEquals(found[3 * i], found[3 * i + 2]);
        }
        assertEquals(3 * levels.length, found.length);
    }

    /** Packs samples most significant bit first, each row with another filter. */
    private static byte[] rows(int[][] samples, int bits, int perPixel, int[][] passes, int width) {
        byte[] out = new byte[0];
        int filter = 0;
        for (int[] pass : passes) {
            byte[] above = new byte[0];
            for (int y = pass[1]; y < samples.length; y += pass[3]) {
                StringBuilder text = new StringBuilder();
                for (int x = pass[0]; x < width; x += pass[2]) {
                    for (int s = 0; s < perPixel; s++) {
                        String sample = Integer.toBinaryString(samples[y][x * perPixel + s] | 1 << bits);
                        text.append(sample.substring(1));
                    }
                }
                if (text.isEmpty()) {
                    continue;
                }
                text.append("0".repeat((8 - text.length() % 8) % 8));
                byte[] plain = new byte[text.length() / 8];
                for (int i = 0; i < plain.length; i++) {
                    plain[i] = (byte) Integer.parseInt(text.substring(8 * i, 8 * i + 8), 2);
                }
                above = above.length == 0 ? new byte[plain.length] : above;
                out = join(out, filtered(plain, above, Math.max(1, bits * perPixel / 8), filter++ % 5));
                above = plain;
            }
        }
        return out;
    }

    private static byte[] filtered(byte[] row, byte[] above, int step, int filter) {
        byte[] out = new byte[row.length + 1];
        out[0] = (byte) filter;
        for (int i = 0; i < row.length; i++) {
            int a = i < step ? 0 : row[i - step] & 255;
            int b = above[i] & 255;
            int c = i < step ? 0 : above[i - step] & 255;
            int nearest = a;
            for (int candidate : new int[] {b, c}) {
                nearest = Math.abs(a + b - c - candidate) < Math.abs(a + b - c - nearest) ? candidate : nearest;
            }
            int prediction = new int[] {0, a, b, (a + b) / 2, nearest}[filter];
            out[i + 1] = (byte) (row[i] - prediction);
        }
        return out;
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1", "0, 2", "0, 4", "0, 8", "0, 16", "2, 8", "2, 16", "3, 1", "3, 2", "3, 4", "3, 8", "4, 8", "4, 16",
        "6, 8", "6, 16"
    })
    void everyKindOfPng(int type, int bits) {
        int perPixel = new int[] {1, 0, 3, 1, 2, 0, 4}[type];
        byte[] palette = ImageFiles.noise(768, 4);
        for (int[] size : new int[][] {{1, 1}, {5, 3}, {17, 13}, {9, 8}}) {
            int[][] samples = new int[size[1]][size[0] * perPixel];
            byte[] expected = new byte[3 * size[0] * size[1]];
            byte[] noise = ImageFiles.noise(2 * size[1] * size[0] * perPixel, type * 100 + bits);
            for (int y = 0, n = 0; y < size[1]; y++) {
                for (int s = 0; s < size[0] * perPixel; s++, n += 2) {
                    int wide = (noise[n] & 255) << 8 | (noise[n + 1] & 255);
                    // Deep grey has small values among the large, or all would be cut off.
                    samples[y][s] = bits == 16 && n % 3 == 0 ? wide >> 8 : wide >> (16 - bits);
                }
                for (int x = 0; x < size[0]; x++) {
                    for (int c = 0; c < 3; c++) {
                        int sample = samples[y][x * perPixel + (perPixel < 3 ? 0 : c)];
                        expected[3 * (y * size[0] + x) + c] = (byte) eight(type, bits, sample, palette, c);
                    }
                }
            }
            byte[] colours = type == 3 ? chunk("PLTE", Arrays.copyOf(palette, 3 << bits)) : new byte[0];
            for (int interlace = 0; interlace < 2; interlace++) {
                byte[] rows = rows(samples, bits, perPixel, interlace == 0 ? WHOLE : ADAM7, size[0]);
                byte[] file = png(size[0], size[1], bits, type, interlace, rows, colours);
                assertArrayEquals(expected, decode(file), size[0] + "x" + size[1] + " interlaced " + interlace);
                byte[] transparent = chunk("tRNS", new byte[type == 2 ? 6 : 2]);
                if (type < 4) {
                    assertArrayEquals(
                            expected, decode(png(size[0], size[1], bits, type, interlace, rows, colours, transparent)));
                }
            }
        }
    }

    private static int eight(int type, int bits, int sample, byte[] palette, int c) {
        if (type == 3) {
            return palette[3 * sample + c];
        }
        if (bits == 16) {
            return type == 0 ? Math.min(255, sample) : sample / 256;
        }
        return sample * 255 / ((1 << bits) - 1);
    }

    @Test
    void deepGreyIsCutOffAndDeepGreyWithAlphaIsNot() {
        grey(png(4, 1, 16, 0, 0, row(0, 0, 0, 200, 1, 44, 156, 64)), 0, 200, 255, 255);
        grey(png(2, 1, 16, 4, 0, row(1, 44, 0, 3, 156, 64, 0, 4)), 1, 156);
    }

    @Test
    void aPaletteMayBeShortOrAbsentAndNotLong() {
        byte[] two = chunk("PLTE", Arrays.copyOf(COLOURS, 6));
        assertArrayEquals(
                bytes(10, 20, 30, 40, 50, 60, 0, 0, 0, 0, 0, 0), decode(png(4, 1, 8, 3, 0, row(0, 1, 2, 200), two)));
        byte[] odd = chunk("PLTE", Arrays.copyOf(COLOURS, 5));
        assertArrayEquals(bytes(10, 20, 30, 0, 0, 0), decode(png(2, 1, 8, 3, 0, row(0, 1), odd)));
        assertArrayEquals(new byte[6], decode(png(2, 1, 8, 3, 0, row(0, 1))));
        byte[] big = png(2, 1, 8, 3, 0, row(0, 1), chunk("PLTE", new byte[771]));
        refuses(Damage.CORRUPT, "a PNG with a palette of 771 bytes", big);
    }

    @Test
    void checksumsBeforeThePixelsCountAndThoseBehindDoNot() {
        byte[] file = png(2, 1, 8, 0, 0, row(1, 2), chunk("tEXt", bytes('a', 0, 'b')));
        grey(file, 1, 2);
        refuses(Damage.CORRUPT, "a PNG with a wrong checksum in IHDR", flipped(file, 29));
        refuses(Damage.CORRUPT, "a PNG with a wrong checksum in tEXt", flipped(file, 33 + 8 + 3));
        int pixelsEnd = file.length - 12;
        grey(flipped(file, pixelsEnd - 1), 1, 2);
        grey(flipped(file, file.length - 1), 1, 2);
        refuses(Damage.CORRUPT, "a PNG with damaged pixels (incorrect data check)", flipped(file, pixelsEnd - 5));
        // All that is behind the last pixel may be missing.
        grey(Arrays.copyOf(file, pixelsEnd), 1, 2);
        grey(Arrays.copyOf(file, pixelsEnd - 8), 1, 2);
    }

    private static byte[] flipped(byte[] file, int at) {
        byte[] copy = file.clone();
        copy[at] ^= 1;
        return copy;
    }

    @Test
    void pixelsMayLieInSeveralChunksNextToEachOther() {
        byte[] packed = deflate(row(1, 2));
        byte[] head = header(2, 1, 8, 0, 0);
        byte[] first = chunk("IDAT", Arrays.copyOf(packed, 3));
        byte[] rest = chunk("IDAT", Arrays.copyOfRange(packed, 3, packed.length));
        byte[] none = chunk("IDAT", new byte[0]);
        byte[] end = chunk("IEND", new byte[0]);
        grey(join(head, first, none, rest, end), 1, 2);
        grey(join(head, none, first, rest, end), 1, 2);
        refuses(
                Damage.TRUNCATED,
                "a PNG that ends too early",
                join(head, first, chunk("tEXt", new byte[3]), rest, end));
    }

    @Test
    void rowsMayBeTooManyAndNotTooFew() {
        grey(png(2, 1, 8, 0, 0, join(row(1, 2), row(3, 4))), 1, 2);
        refuses(Damage.TRUNCATED, "a PNG that ends too early", png(2, 3, 8, 0, 0, join(row(1, 2), row(3, 4))));
        refuses(Damage.TRUNCATED, "a PNG that ends too early", png(2, 2, 8, 0, 0, join(row(1, 2), bytes(0, 3))));
    }

    @Test
    void wrongHeadersAreCorruptOrUnsupported() {
        refuses(Damage.CORRUPT, "a PNG with an unknown filter 5", png(1, 1, 8, 0, 0, bytes(5, 1)));
        refuses(Damage.CORRUPT, "a PNG with an unknown filter 255", png(1, 1, 8, 0, 0, bytes(255, 1)));
        refuses(Damage.CORRUPT, "a PNG of colour type 0 with 3 bits", png(1, 1, 3, 0, 0, row(1)));
        refuses(Damage.CORRUPT, "a PNG of colour type 2 with 4 bits", png(1, 1, 4, 2, 0, row(1)));
        refuses(Damage.CORRUPT, "a PNG of 0x1 pixels", png(0, 1, 8, 0, 0, row()));
        refuses(
                Damage.UNSUPPORTED,
                "a PNG with an unknown compression, filter or interlace method",
                png(1, 1, 8, 0, 2, row(1)));
        byte[] empty = join(header(1, 1, 8, 0, 0), chunk("IEND", new byte[0]));
        refuses(Damage.CORRUPT, "a PNG without pixels", empty);
    }

    /** Kilobytes that ask for gigabytes: refused by the header, or because so few bytes cannot hold so many pixels. */
    @Test
    void bombsAllocateNothing() {
        refuses(Damage.TOO_LARGE, "50000x50000", png(50_000, 50_000, 8, 2, 0, new byte[100_000]));
        refuses(Damage.TOO_LARGE, "100000000x1", png(100_000_000, 1, 16, 6, 0, new byte[100_000]));
        refuses(Damage.TOO_LARGE, "1x100000000", png(1, 100_000_000, 16, 6, 0, new byte[100_000]));
        refuses(Damage.TRUNCATED, "a PNG that ends too early", png(9_999, 9_999, 8, 2, 0, new byte[100_000]));
        assertTrue(pixels.data().length < 1000, "nothing was allocated");
        byte[] profile = chunk("iCCP", join(bytes('a', 0, 0), deflate(new byte[50_000_000])));
        byte[] text = chunk("zTXt", join(bytes('a', 0, 0), deflate(new byte[50_000_000])));
        grey(png(2, 1, 8, 0, 0, row(1, 2), profile, text), 1, 2);
    }
}
