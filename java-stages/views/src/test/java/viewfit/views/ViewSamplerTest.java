package viewfit.views;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;
import viewfit.core.recipe.BlurRecipe;
import viewfit.core.recipe.JitterRecipe;
import viewfit.core.recipe.RangeRecipe;
import viewfit.core.recipe.ViewGroup;
import viewfit.core.recipe.ViewKind;

class ViewSamplerTest {
    private static final int DRAWS = 40_000;

    /** U44: five binomial standard errors. */
    @Test
    void frequenciesOfTheSecondGlobalView() {
        ViewSampler sampler = new ViewSampler(
                TestViews.group(ViewKind.GLOBAL, 1, 64, 0.3, 1, 0.1, 0.2), TestViews.ASPECT, Filter.BICUBIC);
        int[] counts = new int[5];
        int[] first = new int[4];
        int[] orders = new int[256];
        for (int i = 0; i < DRAWS; i++) {
            ViewDraw draw = sampler.draw(SeedTree.root(9).at(i).stream(), 128, 128);
            counts[0] += draw.flip() ? 1 : 0;
            counts[1] += draw.grayscale() ? 1 : 0;
            counts[2] += draw.blur() > 0 ? 1 : 0;
            counts[3] += draw.solarize() ? 1 : 0;
            Jitter jitter = draw.jitter();
            if (jitter != null) {
                counts[4]++;
                first[jitter.operation(0)]++;
                orders[jitter.order()]++;
                assertTrue(jitter.brightness() >= 0.6f && jitter.brightness() <= 1.4f);
                assertTrue(jitter.contrast() >= 0.6f && jitter.contrast() <= 1.4f);
                assertTrue(jitter.saturation() >= 0.8f && jitter.saturation() <= 1.2f);
                assertTrue(Math.abs(jitter.hue()) <= 0.1f);
            }
        }
        double[] expected = {0.5, 0.2, 0.1, 0.2, 0.8};
        for (int i = 0; i < expected.length; i++) {
            binomial(expected[i], counts[i], DRAWS);
        }
        for (int count : first) {
            binomial(0.25, count, counts[4]);
        }
        assertEquals(24, Arrays.stream(orders).filter(n -> n > 0).count(), "orders of four operations");
    }

    private static void binomial(double p, int count, int n) {
        assertEquals(p, (double) count / n, 5 * Math.sqrt(p * (1 - p) / n));
    }

    @Test
    void probabilitiesOfZeroAndOneAreCertain() {
        ViewSampler sampler = new ViewSampler(
                TestViews.group(ViewKind.GLOBAL, 1, 64, 0.3, 1, 1, 0), TestViews.ASPECT, Filter.BICUBIC);
        for (int i = 0; i < 2000; i++) {
            ViewDraw draw = sampler.draw(SeedTree.root(3).at(i).stream(), 90, 128);
            assertTrue(draw.blur() >= 0.1f && draw.blur() <= 2);
            assertFalse(draw.solarize());
        }
    }

    /** Strength 0 must leave hue out: turning by 0 would round the colours through 8-bit HSV. */
    @Test
    void jitterOfStrengthZeroChangesNothing() {
        ViewGroup still = new ViewGroup(
                ViewKind.GLOBAL,
                1,
                16,
                new RangeRecipe(1, 1),
                0,
                new JitterRecipe(1, 0, 0, 0, 0),
                0,
                new BlurRecipe(0, new RangeRecipe(1, 1)),
                0);
        RandomStream random = SeedTree.root(1).stream();
        ViewDraw draw = new ViewSampler(still, new RangeRecipe(1, 1), Filter.BICUBIC).draw(random, 16, 16);
        assertNotNull(draw.jitter());
        Pixels picture = TestViews.noise(16, 16, 4);
        ByteBuffer out = ByteBuffer.allocate(picture.byteCount());
        new ViewPainter().paint(picture, draw, 16, out, 0);
        assertArrayEquals(GoldenImages.bytes(picture), out.array());
    }

    /** The operations one after another on a copy: crop and resize, flip, jitter in its order, grey, blur, solarise. */
    @Test
    void paintAppliesTheDrawInOrder() {
        Pixels picture = TestViews.noise(90, 70, 8);
        ViewPainter painter = new ViewPainter();
        // Hue, contrast, brightness, saturation.
        int order = Jitter.HUE | (Jitter.CONTRAST << 2) | (Jitter.BRIGHTNESS << 4) | (Jitter.SATURATION << 6);
        Jitter jitter = new Jitter(order, 0.7f, 1.3f, 1.1f, 0.06f, true);
        Crop crop = new Crop(5, 6, 60, 50);
        ByteBuffer out = ByteBuffer.allocate(3 * 24 * 24 + 10);
        painter.paint(picture, new ViewDraw(crop, Filter.BICUBIC, true, jitter, false, 1.2f, true), 24, out, 10);

        byte[] expected = TestViews.resized(picture, crop, 24, 24, Filter.BICUBIC, true);
        expected = TestViews.edit(expected, 24, 24, canvas -> {
            Photometrics photometrics = new Photometrics();
            photometrics.apply(canvas, new Jitter(order, 1, 1, 1, 0.06f, true), false);
            photometrics.apply(canvas, TestViews.jitter(1, 1.3f, 1), false);
            photometrics.apply(canvas, TestViews.jitter(0.7f, 1, 1), false);
            photometrics.apply(canvas, TestViews.jitter(1, 1, 1.1f), false);
            new BoxBlur().blur(canvas, 1.2f);
            Photometrics.solarize(canvas);
        });
        assertArrayEquals(expected, Arrays.copyOfRange(out.array(), 10, out.capacity()));

        painter.paint(picture, new ViewDraw(crop, Filter.BICUBIC, true, null, true, 0, false), 24, out, 0);
        expected = TestViews.edit(
                TestViews.resized(picture, crop, 24, 24, Filter.BICUBIC, true), 24, 24, canvas -> new Photometrics()
                        .apply(canvas, null, true));
        assertArrayEquals(expected, Arrays.copyOf(out.array(), expected.length));
    }

    @Test
    void blocksJoinNeighboursOfEqualSize() {
        assertEquals(
                List.of(new ViewBlock(0, 2, 64), new ViewBlock(2, 6, 36)), ViewBlock.of(TestViews.ours(64, 36, 0.3)));
        assertEquals(List.of(new ViewBlock(0, 8, 64)), ViewBlock.of(TestViews.ours(64, 64, 0.3)));
    }

    /** U42. */
    @Test
    void pixelScaleOfABox() {
        Crop crop = new Crop(3, 4, 100, 100);
        assertEquals(5.0176, crop.pixelScale(224), 1e-12);
        assertEquals(0.9216, crop.pixelScale(96), 1e-12);
    }
}
