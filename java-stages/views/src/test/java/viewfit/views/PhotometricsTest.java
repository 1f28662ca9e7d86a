package viewfit.views;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;

class PhotometricsTest {
    private final Photometrics photometrics = new Photometrics();

    @Test
    void blendsEqualThePlainFormula() {
        float[] factors = {0, 0.2f, 0.6f, 0.999f, 1, 1.4f, 1.8f, 3};
        for (float f : factors) {
            byte[] source = GoldenImages.bytes(TestViews.noise(31, 17, 5));
            int pixels = 31 * 17;
            int mean = naiveMean(source, pixels);
            byte[] brightness = jittered(source, TestViews.jitter(f, 1, 1));
            byte[] contrast = jittered(source, TestViews.jitter(1, f, 1));
            byte[] saturation = jittered(source, TestViews.jitter(1, 1, f));
            for (int i = 0; i < source.length; i++) {
                int v = source[i] & 255;
                assertEquals(blend(0, v, f), brightness[i] & 255, "brightness " + f);
                assertEquals(blend(mean, v, f), contrast[i] & 255, "contrast " + f);
                assertEquals(blend(naiveLuma(source, i - i % 3), v, f), saturation[i] & 255, "saturation " + f);
            }
        }
    }

    /** Factors of every size, so that some are looked up and others computed. */
    @Test
    void blendsEqualThePlainFormulaForEveryLevel() {
        RandomStream random = SeedTree.root(3).stream();
        Blend blend = new Blend();
        int[] levels = new int[256];
        int[] grey = new int[256];
        for (int i = 0; i < 3000; i++) {
            float factor = (float) random.uniform(0, i % 10 == 0 ? 300 : 2);
            int from = random.nextInt(256);
            blend.towards(from, factor);
            for (int v = 0; v < 256; v++) {
                levels[v] = v;
            }
            blend.levels(levels, 256);
            for (int v = 0; v < 256; v++) {
                assertEquals(blend(from, v, factor), levels[v], factor + " from " + from + " to " + v);
            }
            blend.towardsGrey(factor);
            for (int v = 0; v < 256; v++) {
                levels[v] = v;
                grey[v] = from;
            }
            blend.greys(grey, levels, 256);
            for (int v = 0; v < 256; v++) {
                assertEquals(blend(from, v, factor), levels[v], factor + " from grey " + from + " to " + v);
            }
        }
    }

    /** The contrast needs the mean of what came before it, wherever it stands: every order of the four operations. */
    @Test
    void everyOrderIsItsOperationsOneByOne() {
        byte[] source = GoldenImages.bytes(TestViews.noise(31, 17, 6));
        int orders = 0;
        for (int order = 0; order < 256; order++) {
            int[] places = {order & 3, (order >> 2) & 3, (order >> 4) & 3, order >> 6};
            if (Arrays.stream(places).distinct().count() < 4) {
                continue;
            }
            orders++;
            byte[] stepwise = source;
            for (int operation : places) {
                stepwise = jittered(stepwise, single(operation));
            }
            assertArrayEquals(stepwise, jittered(source, new Jitter(order, 0.5f, 1.4f, 0.3f, 0.1f, true)), "" + order);
        }
        assertEquals(24, orders);
    }

    private static Jitter single(int operation) {
        return switch (operation) {
            case Jitter.BRIGHTNESS -> TestViews.jitter(0.5f, 1, 1);
            case Jitter.CONTRAST -> TestViews.jitter(1, 1.4f, 1);
            case Jitter.SATURATION -> TestViews.jitter(1, 1, 0.3f);
            default -> new Jitter(TestViews.jitter(1, 1, 1).order(), 1, 1, 1, 0.1f, true);
        };
    }

    /** U44: threshold 128. */
    @Test
    void solarizeInvertsFrom128() {
        byte[] data = {127, (byte) 128, (byte) 255, 0, 1, (byte) 200};
        assertArrayEquals(new byte[] {127, 127, 0, 0, 1, 55}, TestViews.edit(data, 2, 1, Photometrics::solarize));
    }

    @Test
    void greyIsTheLumaInEveryChannel() {
        byte[] source = GoldenImages.bytes(TestViews.noise(31, 17, 7));
        byte[] grey = TestViews.edit(source, 31, 17, canvas -> photometrics.apply(canvas, null, true));
        for (int i = 0; i < source.length; i++) {
            assertEquals(naiveLuma(source, i - i % 3), grey[i] & 255);
        }
    }

    private byte[] jittered(byte[] source, Jitter jitter) {
        return TestViews.edit(source, 31, 17, canvas -> photometrics.apply(canvas, jitter, false));
    }

    /** All 16.7 million colours for one turn, every 97th for others. */
    @Test
    void hueEqualsThePlainFormula() {
        HueShift shift = new HueShift();
        float[] turns = {0.07f, -0.1f, 0, 0.5f, -0.5f, 0.2f, -0.003f};
        int[] red = new int[4096];
        int[] green = new int[4096];
        int[] blue = new int[4096];
        for (int t = 0; t < turns.length; t++) {
            int step = t == 0 ? 1 : 97;
            shift.prepare(turns[t]);
            for (int first = 0; first < 1 << 24; first += 4096 * step) {
                for (int i = 0; i < 4096; i++) {
                    int colour = Math.min(first + i * step, 0xFFFFFF);
                    red[i] = colour >> 16;
                    green[i] = (colour >> 8) & 255;
                    blue[i] = colour & 255;
                }
                shift.shift(red, green, blue, 4096);
                for (int i = 0; i < 4096; i++) {
                    int colour = Math.min(first + i * step, 0xFFFFFF);
                    int actual = red[i] << 16 | green[i] << 8 | blue[i];
                    int expected = naiveHue(colour >> 16, (colour >> 8) & 255, colour & 255, turns[t]);
                    if (expected != actual) {
                        assertEquals(
                                Integer.toHexString(expected),
                                Integer.toHexString(actual),
                                Integer.toHexString(colour) + " turned by " + turns[t]);
                    }
                }
            }
        }
    }

    private static int blend(int from, int to, float factor) {
        float value = from + factor * (to - from);
        return value <= 0 ? 0 : value >= 255 ? 255 : (int) value;
    }

    private static int naiveLuma(byte[] data, int at) {
        long sum = 19595L * (data[at] & 255) + 38470L * (data[at + 1] & 255) + 7471L * (data[at + 2] & 255);
        return (int) ((sum + 32768) / 65536);
    }

    private static int naiveMean(byte[] data, int pixels) {
        double sum = 0;
        for (int i = 0; i < pixels; i++) {
            sum += naiveLuma(data, 3 * i);
        }
        return (int) Math.floor(sum / pixels + 0.5);
    }

    /** RGB to 8-bit HSV and back as the rule says it, without tables. */
    private static int naiveHue(int r, int g, int b, float turn) {
        int max = Math.max(r, Math.max(g, b));
        int min = Math.min(r, Math.min(g, b));
        int hue = 0;
        int saturation = 0;
        if (max != min) {
            float range = max - min;
            float rc = (max - r) / range;
            float gc = (max - g) / range;
            float bc = (max - b) / range;
            float h = r == max ? bc - gc : g == max ? (float) (2.0 + rc - bc) : (float) (4.0 + gc - rc);
            h = (float) ((h / 6.0 + 1.0) % 1.0);
            hue = (int) (h * 255.0);
            saturation = (int) (range / max * 255.0);
        }
        hue = (hue + (int) (turn * 255.0)) & 255;
        if (saturation == 0) {
            return max << 16 | max << 8 | max;
        }
        double sixths = hue * 6.0 / 255.0;
        int sector = (int) Math.floor(sixths);
        float f = (float) (sixths - sector);
        float s = (float) (saturation / 255.0);
        int p = (int) Math.floor(max * (1.0 - s) + 0.5);
        int q = (int) Math.floor(max * (1.0 - s * f) + 0.5);
        int t = (int) Math.floor(max * (1.0 - s * (1.0 - f)) + 0.5);
        int[][] byCase = {{max, t, p}, {q, max, p}, {p, max, t}, {p, q, max}, {t, p, max}, {max, p, q}};
        int[] rgb = byCase[sector % 6];
        return rgb[0] << 16 | rgb[1] << 8 | rgb[2];
    }
}
