package viewfit.views;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.Shapes;
import viewfit.core.recipe.RangeRecipe;
import viewfit.core.recipe.ViewKind;
import viewfit.core.recipe.ViewRecipe;

class PixelScaleTest {
    private static final Shapes SQUARE = shapes(500, 500, 1);

    private static Shapes shapes(long... widthHeightImages) {
        List<Shapes.Row> rows = new ArrayList<>();
        for (int i = 0; i < widthHeightImages.length; i += 3) {
            rows.add(new Shapes.Row(
                    (int) widthHeightImages[i], (int) widthHeightImages[i + 1], widthHeightImages[i + 2]));
        }
        return new Shapes(rows);
    }

    private static PixelScale estimate(double split, int local, Shapes shapes, int pairs) {
        return PixelScale.estimate(TestViews.ours(224, local, split), shapes, pairs, 41, 2)
                .get(0);
    }

    /**
     * U41: the best local sides of the specification's table A.4, which has one decimal and was drawn with 300,000 pairs
     * too: within five standard errors of the difference and that rounding, which is nowhere 0.7 pixels.
     */
    @Test
    void bestLocalSides() {
        double[][] table = {
            // width, height, split, mean of ratios, mean linear ratio, median ratio, ratio of mean areas
            {500, 500, 0.14, 109.1, 104.5, 97.1, 96.8},
            {500, 500, 0.30, 127.8, 123.3, 121.9, 122.0},
            {500, 400, 0.14, 111.6, 107.0, 100.4, 99.3},
            {500, 400, 0.30, 130.2, 125.6, 124.3, 124.3},
            {500, 375, 0.14, 113.5, 109.0, 102.6, 101.4},
            {500, 375, 0.30, 132.1, 127.6, 126.6, 126.6},
            {500, 333, 0.14, 117.7, 113.5, 107.8, 106.5},
            {500, 333, 0.30, 136.5, 132.1, 131.9, 131.8},
        };
        for (double[] row : table) {
            PixelScale scale = estimate(row[2], 128, shapes((long) row[0], (long) row[1], 1), 300_000);
            for (int i = 0; i < 4; i++) {
                PixelScale.Statistic s = scale.statistics().get(i);
                double tolerance = 5 * Math.sqrt(2) * s.bestLocalSideError() + 0.051;
                String where = row[0] + "x" + row[1] + " S=" + row[2] + " " + s.name();
                assertTrue(tolerance < 0.7, where + ": " + tolerance);
                assertEquals(row[3 + i], s.bestLocalSide(), tolerance, where);
            }
        }
    }

    /** Section A.4: ratios that the specification names for 4:3 pictures. */
    @Test
    void ratiosOfThePublishedRecipes() {
        Shapes photographs = shapes(500, 375, 1);
        PixelScale ours = estimate(0.3, 128, photographs, 100_000);
        assertEquals(1.06, ours.meanOfRatios().ratio(), 0.02);
        assertEquals(0.98, ours.ratioOfMeanAreas().ratio(), 0.01);
        assertEquals(
                1.89, estimate(0.3, 96, photographs, 100_000).meanOfRatios().ratio(), 0.03);
        assertEquals(
                1.40, estimate(0.14, 96, photographs, 100_000).meanOfRatios().ratio(), 0.02);
        assertEquals(
                1.756, estimate(0.25, 96, photographs, 100_000).meanOfRatios().ratio(), 0.025);
    }

    /** Areas below 3/4 of a square are never rejected; then the closed forms of uniform areas hold. */
    @Test
    void closedFormWithoutRejection() {
        double low = 0.2;
        double high = 0.6;
        ViewRecipe views = new ViewRecipe(
                new RangeRecipe(0.99, 1.01),
                "bicubic",
                TestViews.ours(224, 96, 0.3).normalize(),
                List.of(
                        TestViews.group(ViewKind.GLOBAL, 2, 224, low, high, 0, 0),
                        TestViews.group(ViewKind.LOCAL, 2, 96, 0.05, low, 0, 0)));
        PixelScale scale =
                PixelScale.estimate(views, shapes(2000, 2000, 1), 200_000, 1, 2).get(0);
        double sides = Math.pow(224.0 / 96, 2);
        double meanOfRatios = sides * (0.05 + low) / 2 * Math.log(high / low) / (high - low);
        double ratioOfMeans = sides * (0.05 + low) / (low + high);
        double linear = Math.pow(
                2
                        * (Math.pow(low, 1.5) - Math.pow(0.05, 1.5))
                        / (3 * (low - 0.05))
                        * 2
                        * (Math.sqrt(high) - Math.sqrt(low))
                        / (high - low),
                2);
        near(meanOfRatios, scale.meanOfRatios());
        near(ratioOfMeans, scale.ratioOfMeanAreas());
        near(sides * linear, scale.meanLinearRatio());
        assertEquals((low + high) / 2, scale.globalShare(), 1e-3);
        assertEquals((0.05 + low) / 2, scale.localShare(), 1e-3);
    }

    private static void near(double expected, PixelScale.Statistic found) {
        assertEquals(expected, found.ratio(), 4 * found.standardError(), found.name());
        assertTrue(found.standardError() < 0.005 * found.ratio(), found::toString);
    }

    /** Errors state what a second draw would move: deviations over them, over many seeds, have a deviation of 1. */
    @Test
    void standardErrorsAreHonest() {
        int seeds = 200;
        int pairs = 2_000;
        Shapes mixed = shapes(500, 375, 3, 375, 500, 1, 500, 500, 1, 900, 300, 1);
        ViewRecipe views = TestViews.ours(224, 96, 0.3);
        PixelScale exact = PixelScale.estimate(views, mixed, 2_000_000, 7, 2).get(0);
        double[] squares = new double[4];
        double[] sideSquares = new double[4];
        for (int seed = 100; seed < 100 + seeds; seed++) {
            PixelScale one = PixelScale.estimate(views, mixed, pairs, seed, 1).get(0);
            for (int i = 0; i < 4; i++) {
                PixelScale.Statistic s = one.statistics().get(i);
                PixelScale.Statistic t = exact.statistics().get(i);
                squares[i] += Math.pow((s.ratio() - t.ratio()) / s.standardError(), 2) / seeds;
                sideSquares[i] += Math.pow((s.bestLocalSide() - t.bestLocalSide()) / s.bestLocalSideError(), 2) / seeds;
            }
        }
        // Chi-square over 200: standard deviation 0.1; the error of a median is itself uncertain by some 15 %.
        for (int i = 0; i < 4; i++) {
            String name = exact.statistics().get(i).name();
            assertEquals(1, squares[i], 0.4, name);
            assertEquals(1, sideSquares[i], 0.4, name);
        }
    }

    /** At the best local side the statistic is 1 by definition; side enters as (GC/LC) squared. */
    @Test
    void theRatioIsOneAtTheBestSide() {
        PixelScale scale = estimate(0.3, 112, shapes(500, 375, 1), 1000);
        for (PixelScale.Statistic s : scale.statistics()) {
            assertEquals(s.ratio(), Math.pow(s.bestLocalSide() / 112, 2), 1e-12, s.name());
        }
        int best = (int) Math.round(scale.ratioOfMeanAreas().bestLocalSide());
        assertEquals(
                1,
                estimate(0.3, best, shapes(500, 375, 1), 1000)
                        .ratioOfMeanAreas()
                        .ratio(),
                1.01 / best);
    }

    @Test
    void largerSplitsNeedLargerViewsAndLargerViewsLowerTheRatio() {
        double before = 0;
        for (double split : new double[] {0.14, 0.2, 0.3, 0.5, 0.8}) {
            double side = estimate(split, 96, SQUARE, 20_000).ratioOfMeanAreas().bestLocalSide();
            assertTrue(side > before, split + ": " + side);
            before = side;
        }
        double ratio = Double.POSITIVE_INFINITY;
        for (int local : new int[] {32, 96, 128, 224}) {
            double found = estimate(0.3, local, SQUARE, 1000).medianRatio().ratio();
            assertTrue(found < ratio, local + ": " + found);
            ratio = found;
        }
    }

    /** A size with a weight is as many pictures of this size. */
    @Test
    void weightsAreRepeatedSizes() {
        Shapes weighted = shapes(300, 500, 2, 500, 375, 3);
        Shapes repeated = shapes(300, 500, 1, 300, 500, 1, 500, 375, 2, 500, 375, 1);
        assertEquals(estimate(0.3, 96, repeated, 5000), estimate(0.3, 96, weighted, 5000));
        // As many boxes from each size as it has pictures: the mean is the weighted mean.
        double thin = estimate(0.3, 96, shapes(900, 300, 1), 50_000).globalShare();
        double square = estimate(0.3, 96, SQUARE, 50_000).globalShare();
        double mixed =
                estimate(0.3, 96, shapes(500, 500, 1, 900, 300, 2), 50_000).globalShare();
        assertEquals((square + 2 * thin) / 3, mixed, 0.005);
        // Where one size is nearly all, it is nearly all of the estimate.
        double many = estimate(0.3, 96, shapes(500, 100, 1, 500, 500, 9_999_999_999L), 50_000)
                .globalShare();
        assertEquals(estimate(0.3, 96, SQUARE, 50_000).globalShare(), many, 1e-12);
    }

    @Test
    void threadsPlayNoPart() {
        Shapes mixed = shapes(300, 500, 2, 500, 375, 3);
        ViewRecipe views = TestViews.ours(224, 96, 0.3);
        PixelScales one = PixelScales.measure(views, mixed, 50_000, 3, 1);
        assertEquals(one, PixelScales.measure(views, mixed, 50_000, 3, 2));
        assertEquals(one, PixelScales.measure(views, mixed, 50_000, 3, 7));
        assertNotEquals(one, PixelScales.measure(views, mixed, 50_000, 4, 7));
    }

    @Test
    void everyLocalGroupIsMeasured() {
        ViewRecipe views = TestViews.recipe(
                TestViews.group(ViewKind.GLOBAL, 2, 224, 0.3, 1, 1, 0),
                TestViews.group(ViewKind.LOCAL, 2, 96, 0.05, 0.14, 1, 0),
                TestViews.group(ViewKind.LOCAL, 4, 128, 0.05, 0.3, 1, 0));
        List<PixelScale> scales = PixelScale.estimate(views, SQUARE, 1000, 1, 1);
        assertEquals(List.of(1, 2), scales.stream().map(PixelScale::group).toList());
        assertEquals(0.095, scales.get(0).localShare(), 0.003);
        assertEquals(0.175, scales.get(1).localShare(), 0.01);
    }

    @Test
    void binsHoldEveryPair() {
        PixelScales scales = PixelScales.measure(TestViews.ours(224, 96, 0.3), shapes(500, 375, 1), 20_000, 1, 1);
        for (int group : new int[] {0, 2}) {
            for (String quantity : List.of(ScaleBin.PIXEL_SCALE, ScaleBin.AREA)) {
                List<ScaleBin> bins = scales.bins(group, quantity);
                assertEquals(1, bins.stream().mapToDouble(ScaleBin::share).sum(), 1e-9);
                assertTrue(bins.get(0).share() > 0 && bins.get(bins.size() - 1).share() > 0, quantity);
            }
        }
        // The mean of the bins' middles is the mean of the areas, within a bin.
        double mean = scales.bins(0, ScaleBin.AREA).stream()
                .mapToDouble(bin -> bin.share() * (bin.low() + bin.high()) / 2)
                .sum();
        assertEquals(scales.groups().get(0).globalShare(), mean, 0.01);
        assertEquals(
                1,
                scales.bins(0, ScaleBin.AREA).stream()
                        .mapToDouble(ScaleBin::high)
                        .max()
                        .orElseThrow(),
                1e-9);
        assertEquals(List.of(), scales.bins(0, ScaleBin.RATIO));
        List<ScaleBin> whole = ScaleBin.bins(0, ScaleBin.AREA, new double[] {1, 1}, 0.02);
        assertEquals(1, whole.size());
        assertEquals(1, whole.get(0).high(), 1e-12);
    }

    @Test
    void noLocalViewsNoEstimate() {
        ViewRecipe globals = TestViews.recipe(TestViews.group(ViewKind.GLOBAL, 2, 64, 0.3, 1, 1, 0));
        assertEquals(List.of(), PixelScale.estimate(globals, SQUARE, 100, 1, 1));
        assertTrue(!PixelScales.measure(globals, SQUARE, 100, 1, 1).bins().isEmpty());
    }

    @Test
    void withoutPicturesOrPairsThereIsNothingToDraw() {
        ViewRecipe views = TestViews.ours(224, 96, 0.3);
        StageFailure none =
                assertThrows(StageFailure.class, () -> PixelScale.estimate(views, new Shapes(List.of()), 100, 1, 1));
        assertEquals(ExitCode.BAD_DATA, none.exitCode());
        assertThrows(IllegalArgumentException.class, () -> PixelScale.estimate(views, SQUARE, 99, 1, 1));
    }
}
