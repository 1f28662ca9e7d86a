package viewfit.views;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ResamplerTest {
    private final Resampler resampler = new Resampler();
    private final Canvas canvas = new Canvas();

    @Test
    void equalsTheNaiveTwinOnAwkwardSizes() {
        int[][] sizes = {
            // width, height, x, y, w, h, out width, out height
            {1, 1, 0, 0, 1, 1, 36, 36},
            {1, 40, 0, 3, 1, 30, 8, 9},
            {300, 2, 10, 0, 280, 2, 16, 16},
            {50, 40, 0, 0, 50, 40, 50, 40},
            {50, 40, 0, 0, 50, 40, 12, 7},
            {50, 40, 7, 9, 11, 13, 36, 36},
            {200, 150, 3, 5, 190, 140, 8, 8},
            {128, 128, 17, 30, 61, 73, 64, 64},
        };
        for (int[] s : sizes) {
            Pixels picture = TestViews.noise(s[0], s[1], 7);
            Crop box = new Crop(s[2], s[3], s[4], s[5]);
            for (Filter filter : Filter.values()) {
                byte[] expected = naive(picture, box, s[6], s[7], filter);
                byte[] actual = resized(picture, box, s[6], s[7], filter, false);

                assertArrayEquals(expected, actual, filter + " " + Arrays.toString(s));
            }
        }
    }

    /**
     * Bilinear against values of Pillow 9.4: {@code Image.resize((4, 3), BILINEAR)} of a 7 x 5 picture whose pixel (x, y)
     * is (37 x + 11 y mod 256, 255 - 29 x, 17 x y mod 256).
     */
    @Test
    void bilinearEqualsPillow() {
        Pixels picture = new Pixels(7, 5);
        for (int y = 0; y < 5; y++) {
            for (int x = 0; x < 7; x++) {
                int at = (y * 7 + x) * 3;
                picture.data()[at] = (byte) (37 * x + 11 * y);
                picture.data()[at + 1] = (byte) (255 - 29 * x);
                picture.data()[at + 2] = (byte) (17 * x * y);
            }
        }
        byte[] out = resized(picture, Crop.whole(7, 5), 4, 3, Filter.BILINEAR, false);
        int[] actual = new int[out.length];
        for (int i = 0; i < out.length; i++) {
            actual[i] = out[i] & 255;
        }
        assertArrayEquals(
                new int[] {
                    24, 240, 4, 82, 195, 15, 150, 141, 29, 208, 96, 40, 41, 240, 18, 99, 195, 71, 167, 141, 133, 225,
                    96, 156, 58, 240, 32, 116, 195, 126, 184, 141, 133, 166, 96, 128
                },
                actual);
    }

    @Test
    void aMirroredResultIsTheResultMirrored() {
        Pixels picture = TestViews.noise(33, 21, 1);
        Crop box = new Crop(2, 3, 25, 17);
        byte[] plain = resized(picture, box, 10, 8, Filter.BICUBIC, false);
        byte[] mirrored = resized(picture, box, 10, 8, Filter.BICUBIC, true);
        for (int y = 0; y < 8; y++) {
            for (int x = 0; x < 10; x++) {
                for (int c = 0; c < 3; c++) {
                    assertEquals(plain[(y * 10 + x) * 3 + c], mirrored[(y * 10 + 9 - x) * 3 + c]);
                }
            }
        }
    }

    @Test
    void aWindowIsAPartOfTheWhole() {
        Pixels picture = TestViews.noise(70, 45, 2);
        Crop all = Crop.whole(70, 45);
        byte[] whole = resized(picture, all, 40, 30, Filter.BICUBIC, false);
        Crop window = new Crop(5, 6, 20, 11);
        resampler.resizePart(picture, all, 40, 30, window, Filter.BICUBIC, false, canvas);
        byte[] part = TestViews.bytes(canvas);
        for (int y = 0; y < 11; y++) {
            assertArrayEquals(
                    Arrays.copyOfRange(whole, ((y + 6) * 40 + 5) * 3, ((y + 6) * 40 + 25) * 3),
                    Arrays.copyOfRange(part, y * 60, y * 60 + 60));
        }
    }

    /** Of a very long side only the taps of the window are worked out: 16.7 million would take half a gigabyte. */
    @Test
    void aWindowOfAVeryLongSideIsAPartOfTheWhole() {
        Pixels picture = TestViews.noise(30, 1, 2);
        Crop all = Crop.whole(30, 1);
        byte[] whole = resized(picture, all, 5000, 3, Filter.BICUBIC, false);
        resampler.resizePart(picture, all, 5000, 3, new Crop(4321, 1, 40, 2), Filter.BICUBIC, false, canvas);
        byte[] part = TestViews.bytes(canvas);
        for (int y = 0; y < 2; y++) {
            int from = ((y + 1) * 5000 + 4321) * 3;
            assertArrayEquals(
                    Arrays.copyOfRange(whole, from, from + 120), Arrays.copyOfRange(part, y * 120, y * 120 + 120));
        }
        Pixels thin = new Pixels(65_500, 1);
        Arrays.fill(thin.data(), (byte) 77);
        resampler.resizePart(
                thin,
                Crop.whole(65_500, 1),
                256 * 65_500,
                256,
                new Crop(8_384_000, 16, 224, 224),
                Filter.BICUBIC,
                false,
                canvas);
        byte[] flat = new byte[3 * 224 * 224];
        Arrays.fill(flat, (byte) 77);
        assertArrayEquals(flat, TestViews.bytes(canvas));
    }

    /** Weights of the reduction 1000 : 1 reach over the whole box and still sum to one. */
    @Test
    void aFlatPictureStaysFlat() {
        Pixels picture = new Pixels(1000, 3);
        Arrays.fill(picture.data(), (byte) 201);
        byte[] out = resized(picture, Crop.whole(1000, 3), 1, 1, Filter.BICUBIC, false);
        assertArrayEquals(new byte[] {(byte) 201, (byte) 201, (byte) 201}, out);
    }

    @Test
    void aBoxOutsideThePictureIsRefused() {
        Pixels picture = new Pixels(10, 10);
        assertThrows(
                IllegalArgumentException.class,
                () -> resampler.resize(picture, new Crop(1, 0, 10, 10), 4, 4, Filter.BICUBIC, false, canvas));
    }

    private byte[] resized(Pixels picture, Crop box, int width, int height, Filter filter, boolean mirror) {
        resampler.resize(picture, box, width, height, filter, mirror, canvas);
        return TestViews.bytes(canvas);
    }

    /** One output sample at a time, straight from the rule, columns of intermediate values instead of rows. */
    private static byte[] naive(Pixels picture, Crop box, int outWidth, int outHeight, Filter filter) {
        byte[] out = new byte[3 * outWidth * outHeight];
        int[] column = new int[box.height()];
        for (int x = 0; x < outWidth; x++) {
            for (int c = 0; c < 3; c++) {
                for (int y = 0; y < box.height(); y++) {
                    int[] line = new int[box.width()];
                    for (int i = 0; i < line.length; i++) {
                        int at = ((box.y() + y) * picture.width() + box.x() + i) * 3 + c;
                        line[i] = picture.data()[at] & 255;
                    }
                    column[y] = sample(line, x, outWidth, filter);
                }
                for (int y = 0; y < outHeight; y++) {
                    out[(y * outWidth + x) * 3 + c] = (byte) sample(column, y, outHeight, filter);
                }
            }
        }
        return out;
    }

    private static int sample(int[] line, int j, int out, Filter filter) {
        int reach = filter == Filter.BICUBIC ? 2 : 1;
        double scale = (double) line.length / out;
        double widening = Math.max(1, scale);
        double centre = (j + 0.5) * scale;
        int low = Math.max(0, (int) (centre - reach * widening + 0.5));
        int high = Math.min(line.length, (int) (centre + reach * widening + 0.5));
        double total = 0;
        for (int i = low; i < high; i++) {
            total += kernel((i - centre + 0.5) / widening, filter);
        }
        long sum = 1 << 21;
        for (int i = low; i < high; i++) {
            double weight = kernel((i - centre + 0.5) / widening, filter) / total * (1 << 22);
            long rounded = (long) Math.floor(Math.abs(weight) + 0.5);
            sum += (weight < 0 ? -rounded : rounded) * line[i];
        }
        return (int) Math.max(0, Math.min(255, sum >> 22));
    }

    private static double kernel(double at, Filter filter) {
        double x = Math.abs(at);
        if (filter == Filter.BILINEAR) {
            return x < 1 ? 1 - x : 0;
        }
        if (x < 1) {
            return 1.5 * x * x * x - 2.5 * x * x + 1;
        }
        return x < 2 ? -0.5 * x * x * x + 2.5 * x * x - 4 * x + 2 : 0;
    }
}
