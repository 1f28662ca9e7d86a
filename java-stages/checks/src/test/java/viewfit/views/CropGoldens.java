package viewfit.views;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import viewfit.checks.GoldenCheck;
import viewfit.checks.GoldenTheme;
import viewfit.core.data.Shapes;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;
import viewfit.core.recipe.BlurRecipe;
import viewfit.core.recipe.JitterRecipe;
import viewfit.core.recipe.NormalizeRecipe;
import viewfit.core.recipe.RangeRecipe;
import viewfit.core.recipe.ViewGroup;
import viewfit.core.recipe.ViewKind;
import viewfit.core.recipe.ViewRecipe;
import viewfit.goldens.GoldenCase;

/** Section 8: statistics of the crop sampler. All draws come from fixed seeds, so a failure is a change and not bad luck. */
public final class CropGoldens implements GoldenTheme {
    private static final int DRAWS = 100_000;

    /** Smallest area of a local view, in the definition of the pixel-scale cases. */
    private static final Pattern LOCAL_LOW = Pattern.compile("global scale range \\(S,1\\), local \\(([\\d.]+),S\\)");

    @Override
    public Map<String, GoldenCheck> checks() {
        return Map.of("rrc_distribution", CropGoldens::distribution, "pixel_scale_ratio", CropGoldens::pixelScale);
    }

    /** Quantiles and moments against the reference sample, within five standard errors of the difference. */
    private static void distribution(GoldenCase golden) {
        int width = golden.get("width").asInt();
        int height = golden.get("height").asInt();
        double[] scale = GoldenCase.doubles(golden.get("scale"));
        double[] ratio = GoldenCase.doubles(golden.get("ratio"));
        CropSampler sampler = new CropSampler(scale[0], scale[1], ratio[0], ratio[1]);
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
        double spread = 5 * Math.sqrt(1 + golden.get("draws").asDouble() / DRAWS);
        close(golden, "area_mean", Arrays.stream(areas).average().orElseThrow(), spread);
        close(golden, "inv_area_mean", inverse / DRAWS, spread);
        close(golden, "log_aspect_mean", logAspect / DRAWS, spread);
        // Positions are uniform where there is room and 0 elsewhere: standard error at most 1.5/sqrt(12 n), on both
        // sides.
        double sides = Math.sqrt(1.0 / DRAWS + 1 / golden.get("draws").asDouble());
        double positionError = 5 * 1.5 * sides / Math.sqrt(12);
        assertEquals(golden.get("left_fraction_mean").asDouble(), left / DRAWS, positionError, "left");
        assertEquals(golden.get("top_fraction_mean").asDouble(), top / DRAWS, positionError, "top");
        quantiles(golden, "area_fraction", "area_fraction_se", areas, spread);
        quantiles(golden, "aspect_w_over_h", "aspect_se", aspects, spread);
    }

    private static void close(GoldenCase golden, String name, double actual, double spread) {
        // The values are printed with six digits.
        double tolerance = spread * golden.get(name + "_se").asDouble()
                + 1e-6 * (1 + Math.abs(golden.get(name).asDouble()));
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

    /** The reference's mean ratios, within five standard errors of the difference of two samples of equal size. */
    private static void pixelScale(GoldenCase golden) {
        int pairs = golden.get("draws").asInt();
        Matcher definition = LOCAL_LOW.matcher(golden.get("definition").asText());
        assertTrue(definition.find(), "cannot read: " + golden.get("definition"));
        double lowest = Double.parseDouble(definition.group(1));
        for (JsonNode row : golden.get("rows")) {
            double split = row.get("S").asDouble();
            ViewRecipe views = new ViewRecipe(
                    new RangeRecipe(3.0 / 4, 4.0 / 3),
                    "bicubic",
                    new NormalizeRecipe(List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0)),
                    List.of(
                            group(ViewKind.GLOBAL, row.get("global_px").asInt(), split, 1),
                            group(ViewKind.LOCAL, row.get("local_px").asInt(), lowest, split)));
            Shapes shapes = new Shapes(List.of(
                    new Shapes.Row(row.get("width").asInt(), row.get("height").asInt(), 1)));
            PixelScale found = PixelScale.estimate(views, shapes, pairs, 41, 2).get(0);
            double tolerance = 5 * Math.sqrt(2) * row.get("se").asDouble();
            assertEquals(row.get("mean_ratio").asDouble(), found.meanOfRatios().ratio(), tolerance, row::toString);
        }
    }

    private static ViewGroup group(ViewKind kind, int size, double low, double high) {
        RangeRecipe none = new RangeRecipe(0.1, 0.1);
        return new ViewGroup(
                kind,
                2,
                size,
                new RangeRecipe(low, high),
                0,
                new JitterRecipe(0, 0, 0, 0, 0),
                0,
                new BlurRecipe(0, none),
                0);
    }
}
