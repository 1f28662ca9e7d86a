package viewfit.views;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import viewfit.core.recipe.ViewKind;
import viewfit.core.recipe.ViewRecipe;

class PixelScaleTest {
    private static PixelScale estimate(double split, int local, int width, int height, int pairs) {
        return PixelScale.estimate(
                        TestViews.ours(224, local, split), List.of(new PixelScale.Shape(width, height)), pairs, 41)
                .orElseThrow();
    }

    /** U41: the best local sides of the specification's table A.4, within one pixel at 300,000 pairs. */
    @Test
    void bestLocalSides() {
        double[][] table = {
            // width, height, split, mean of ratios, ratio of mean areas, median ratio, mean linear ratio
            {500, 500, 0.14, 109.1, 96.8, 97.1, 104.5},
            {500, 500, 0.30, 127.8, 122.0, 121.9, 123.3},
            {500, 400, 0.14, 111.6, 99.3, 100.4, 107.0},
            {500, 400, 0.30, 130.2, 124.3, 124.3, 125.6},
            {500, 375, 0.14, 113.5, 101.4, 102.6, 109.0},
            {500, 375, 0.30, 132.1, 126.6, 126.6, 127.6},
            {500, 333, 0.14, 117.7, 106.5, 107.8, 113.5},
            {500, 333, 0.30, 136.5, 131.8, 131.9, 132.1},
        };
        for (double[] row : table) {
            PixelScale scale = estimate(row[2], 128, (int) row[0], (int) row[1], 300_000);
            String where = row[0] + "x" + row[1] + " S=" + row[2];
            assertEquals(row[3], scale.meanOfRatios().bestLocalSide(), 1, where);
            assertEquals(row[4], scale.ratioOfMeanAreas().bestLocalSide(), 1, where);
            assertEquals(row[5], scale.medianRatio().bestLocalSide(), 1, where);
            assertEquals(row[6], scale.meanLinearRatio().bestLocalSide(), 1, where);
        }
    }

    /** At the best local side the statistic is 1 by definition; side enters as (GC/LC) squared. */
    @Test
    void theRatioIsOneAtTheBestSide() {
        PixelScale scale = estimate(0.3, 112, 500, 375, 1000);
        for (PixelScale.Statistic s : scale.statistics()) {
            assertEquals(s.ratio(), Math.pow(s.bestLocalSide() / 112, 2), 1e-12, s.name());
        }
    }

    @Test
    void noLocalViewsNoEstimate() {
        ViewRecipe globals = TestViews.recipe(TestViews.group(ViewKind.GLOBAL, 2, 64, 0.3, 1, 1, 0));
        assertTrue(PixelScale.estimate(globals, List.of(new PixelScale.Shape(5, 5)), 10, 1)
                .isEmpty());
        assertThrows(IllegalArgumentException.class, () -> PixelScale.estimate(globals, List.of(), 10, 1));
    }
}
