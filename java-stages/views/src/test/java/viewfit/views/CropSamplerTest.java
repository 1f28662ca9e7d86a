package viewfit.views;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;

/** Statistics of the crop sampler; all draws come from fixed seeds, so a failure is a change and not bad luck. */
class CropSamplerTest {
    private static final int DRAWS = 100_000;

    /** U40. */
    @Test
    void meanAreaFractions() {
        assertEquals(0.0950, meanArea(0.05, 0.14, 500, 375), 5e-4);
        assertEquals(0.1750, meanArea(0.05, 0.30, 500, 375), 1e-3);
        assertEquals(0.4637, meanArea(0.14, 1, 500, 375), 2.5e-3);
        assertEquals(0.5482, meanArea(0.30, 1, 500, 375), 2.5e-3);
        assertEquals(0.5088, meanArea(0.14, 1, 500, 500), 2.5e-3);
        assertEquals(0.5903, meanArea(0.30, 1, 500, 500), 2.5e-3);
    }

    /** U43: on a huge square picture small boxes are never rejected, so the log aspect is centred on 0. */
    @Test
    void logAspectIsCentredWhereNothingIsRejected() {
        RandomStream random = SeedTree.root(43).stream();
        CropSampler sampler = sampler(0.01, 0.02);
        double sum = 0;
        for (int i = 0; i < DRAWS; i++) {
            Crop crop = sampler.sample(random, 4000, 4000);
            sum += Math.log((double) crop.width() / crop.height());
        }
        // Uniform on +-0.2877: standard error 0.166 / sqrt(n), five of them.
        assertEquals(0, sum / DRAWS, 5 * 0.1661 / Math.sqrt(DRAWS));
    }

    @Test
    void thinPicturesFallBackToTheLargestCentredBox() {
        RandomStream random = SeedTree.root(1).stream();
        CropSampler sampler = sampler(0.9, 1);
        assertEquals(new Crop(433, 0, 133, 100), sampler.sample(random, 1000, 100));
        assertEquals(new Crop(0, 433, 100, 133), sampler.sample(random, 100, 1000));
        assertEquals(new Crop(499, 0, 1, 1), sampler.sample(random, 1000, 1));
        assertEquals(new Crop(0, 0, 1, 1), sampler.sample(random, 1, 1));
    }

    @Test
    void rangesAreChecked() {
        assertThrows(IllegalArgumentException.class, () -> sampler(0, 1));
        assertThrows(IllegalArgumentException.class, () -> sampler(0.5, 0.4));
        assertThrows(IllegalArgumentException.class, () -> sampler(0.5, 1.1));
        assertThrows(IllegalArgumentException.class, () -> new CropSampler(0.1, 1, 2, 1));
    }

    private static double meanArea(double low, double high, int width, int height) {
        RandomStream random = SeedTree.root(40).stream();
        CropSampler sampler = sampler(low, high);
        double sum = 0;
        for (int i = 0; i < DRAWS; i++) {
            Crop crop = sampler.sample(random, width, height);
            assertTrue(crop.fits(width, height), crop::toString);
            sum += crop.area();
        }
        return sum / DRAWS / width / height;
    }

    private static CropSampler sampler(double low, double high) {
        return new CropSampler(low, high, 3.0 / 4, 4.0 / 3);
    }
}
