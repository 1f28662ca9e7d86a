package viewfit.views;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;
import viewfit.goldens.GoldenCase;
import viewfit.goldens.Goldens;

/** Statistics of the crop sampler; all draws come from fixed seeds, so a failure is a change and not bad luck. */
class CropSamplerTest {
    private static final int DRAWS = 100_000;

    /** Quantiles and moments against the reference sample, within five standard errors of the difference. */
    @TestFactory
    Stream<DynamicTest> distributionOfTheReference() {
        return Goldens.ssl().cases("rrc_distribution").stream()
                .map(c -> DynamicTest.dynamicTest(c.id(), () -> checkDistribution(c)));
    }

    private static void checkDistribution(GoldenCase golden) {
        int width = golden.get("width").asInt();
        int height = golden.get("height").asInt();
        CropSampler sampler = sampler(
                golden.get("scale").get(0).asDouble(),
                golden.get("scale").get(1).asDouble());
        RandomStream random = SeedTree.root(1).at(golden.id()).stream();
        double[] areas = new double[DRAWS];
        double[] aspects = new double[DRAWS];
        double inverse = 0;
        double logAspect = 0;
        double left = 0;
        double top = 0;
        for (int i = 0; i < DRAWS; i++) {
            Crop crop = sampler.sample(random, width, height);
            assertTrue(crop.fits(width, height), crop::toString);
            areas[i] = (double) crop.area() / (width * height);
            aspects[i] = (double) crop.width() / crop.height();
            inverse += 1 / areas[i];
            logAspect += Math.log(aspects[i]);
            left += (double) crop.x() / Math.max(1, width - crop.width());
            top += (double) crop.y() / Math.max(1, height - crop.height());
        }
        double spread = 5 * Math.sqrt(1 + (double) golden.get("draws").asInt() / DRAWS);
        double mean = Arrays.stream(areas).average().orElseThrow();
        close(golden, "area_mean", mean, spread);
        close(golden, "inv_area_mean", inverse / DRAWS, spread);
        close(golden, "log_aspect_mean", logAspect / DRAWS, spread);
        // Positions are uniform where there is room: standard error 1/sqrt(12 n) at most, on both sides.
        double positionError = spread / Math.sqrt(12.0 * DRAWS) * 1.5;
        assertEquals(golden.get("left_fraction_mean").asDouble(), left / DRAWS, positionError, "left");
        assertEquals(golden.get("top_fraction_mean").asDouble(), top / DRAWS, positionError, "top");
        quantiles(golden, "area_fraction", "area_fraction_se", areas, spread);
        quantiles(golden, "aspect_w_over_h", "aspect_se", aspects, spread);
    }

    private static void close(GoldenCase golden, String name, double actual, double spread) {
        double tolerance = spread * golden.get(name + "_se").asDouble();
        assertEquals(golden.get(name).asDouble(), actual, tolerance, name);
    }

    private static void quantiles(GoldenCase golden, String name, String errors, double[] values, double spread) {
        Arrays.sort(values);
        JsonNode at = golden.get("quantiles");
        for (int i = 0; i < at.size(); i++) {
            double actual = values[(int) (at.get(i).asDouble() * (DRAWS - 1))];
            // The reference prints five decimals.
            double tolerance = spread * golden.get(errors).get(i).asDouble() + 1e-5;
            assertEquals(golden.get(name).get(i).asDouble(), actual, tolerance, name + " quantile " + at.get(i));
        }
    }

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
            sum += sampler.sample(random, width, height).area();
        }
        return sum / DRAWS / width / height;
    }

    private static CropSampler sampler(double low, double high) {
        return new CropSampler(low, high, 3.0 / 4, 4.0 / 3);
    }
}
