package viewfit.views;

import java.util.Arrays;
import java.util.List;
import viewfit.core.data.Shapes;
import viewfit.core.recipe.ViewKind;
import viewfit.core.recipe.ViewRecipe;

/**
 * How much the pixel scales of global and local views differ (Tan et al. 2023, equation 1; recipes, sections A.3 and A.4). The
 * pixel scale of a view is its output pixels per source pixel; the discrepancy is PS(global) / PS(local) over pairs of views of
 * one picture, and the paper's claim is that the best local view size makes it about 1. It does not say how pairs are averaged,
 * so all four usual statistics are given.
 *
 * @param group number of the group of local views in the recipe
 * @param globalSide side of the global views in pixels
 * @param localSide side of the local views in pixels
 * @param pairs number of pairs drawn
 * @param globalShare mean share of the picture that a global box covers
 * @param localShare mean share of the picture that a local box covers
 * @param meanOfRatios mean of PS(global) / PS(local)
 * @param ratioOfMeanAreas from the mean area fractions of local and global boxes
 * @param medianRatio median of PS(global) / PS(local)
 * @param meanLinearRatio square of the mean of sqrt(PS(global) / PS(local)), that is, of ratios of lengths
 */
public record PixelScale(
        int group,
        int globalSide,
        int localSide,
        int pairs,
        double globalShare,
        double localShare,
        Statistic meanOfRatios,
        Statistic ratioOfMeanAreas,
        Statistic medianRatio,
        Statistic meanLinearRatio) {
    /** Fewest pairs: standard errors need some. */
    public static final int MIN_PAIRS = 100;

    /** Pairs that bring the standard error of a local side of about 100 pixels below a tenth of a pixel. */
    public static final int PAIRS = 200_000;

    /** Root of the draws: an estimate belongs to recipe and data, not to the seed of a run. */
    public static final long SEED = 0;

    /**
     * One way to average. Standard errors are those of the draw of pairs: by the delta method; of the median, half the
     * distance of the order statistics half a square root of n to both sides of it.
     *
     * @param name what is averaged, in words
     * @param ratio the discrepancy; 1 where global and local views have equal scale
     * @param standardError of the ratio
     * @param bestLocalSide the local view side, in pixels, that would make the discrepancy 1
     * @param bestLocalSideError standard error of that side
     */
    public record Statistic(
            String name, double ratio, double standardError, double bestLocalSide, double bestLocalSideError) {}

    /** The four statistics, from the one most sensitive to outliers to the least. */
    public List<Statistic> statistics() {
        return List.of(meanOfRatios, meanLinearRatio, medianRatio, ratioOfMeanAreas);
    }

    /**
     * Draws pairs of boxes with the recipe's sampler and measures them: every group of local views against the first group of
     * global ones.
     *
     * @param shapes sizes of the pictures
     * @param pairs number of pairs, at least {@link #MIN_PAIRS}
     * @param seed root of the draws, see {@link #SEED}
     * @param threads plays no part in the result
     * @return one estimate for each group of local views
     */
    public static List<PixelScale> estimate(ViewRecipe recipe, Shapes shapes, int pairs, long seed, int threads) {
        return PixelScales.measure(recipe, shapes, pairs, seed, threads).groups();
    }

    /** Measures one group. */
    static PixelScale of(ViewRecipe recipe, int group, BoxSample globals, BoxSample locals) {
        int n = globals.size();
        double[] ratios = new double[n];
        double[] roots = new double[n];
        double globalShare = 0;
        double localShare = 0;
        for (int i = 0; i < n; i++) {
            ratios[i] = locals.share(i) / globals.share(i);
            roots[i] = Math.sqrt(ratios[i]);
            globalShare += globals.share(i) / n;
            localShare += locals.share(i) / n;
        }
        double ratioOfMeans = localShare / globalShare;
        double[] residuals = new double[n];
        for (int i = 0; i < n; i++) {
            residuals[i] = (locals.share(i) - ratioOfMeans * globals.share(i)) / globalShare;
        }
        int globalSide = recipe.groups().get(first(recipe, ViewKind.GLOBAL)).size();
        int localSide = recipe.groups().get(group).size();
        Sides sides = new Sides(globalSide, localSide);
        double root = mean(roots);
        Arrays.sort(ratios);
        return new PixelScale(
                group,
                globalSide,
                localSide,
                n,
                globalShare,
                localShare,
                sides.statistic("mean of ratios", mean(ratios), error(ratios)),
                sides.statistic("ratio of mean areas", ratioOfMeans, error(residuals)),
                sides.statistic("median ratio", quantile(ratios, 0), medianError(ratios)),
                sides.statistic("mean linear ratio", root * root, 2 * root * error(roots)));
    }

    /** PS(g)/PS(l) = (GC/LC)^2 * area(l)/area(g), which is 1 at LC = GC * sqrt(area ratio). */
    private record Sides(int global, int local) {
        Statistic statistic(String name, double areaRatio, double error) {
            double factor = Math.pow((double) global / local, 2);
            double root = Math.sqrt(areaRatio);
            return new Statistic(name, factor * areaRatio, factor * error, global * root, global * error / (2 * root));
        }
    }

    /** Number of the first group of a kind; of local views there may be none, then -1. */
    static int first(ViewRecipe recipe, ViewKind kind) {
        for (int i = 0; i < recipe.groups().size(); i++) {
            if (recipe.groups().get(i).kind() == kind) {
                return i;
            }
        }
        return -1;
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double each : values) {
            sum += each;
        }
        return sum / values.length;
    }

    /** Standard error of a mean. */
    private static double error(double[] values) {
        double mean = mean(values);
        double squares = 0;
        for (double each : values) {
            squares += (each - mean) * (each - mean);
        }
        return Math.sqrt(squares / (values.length - 1) / values.length);
    }

    /** The value so many places above the middle of sorted ones, between two of them by linear interpolation. */
    private static double quantile(double[] sorted, double places) {
        double at = (sorted.length - 1) / 2.0 + places;
        int low = (int) Math.floor(at);
        double part = at - low;
        return part == 0 ? sorted[low] : sorted[low] + part * (sorted[low + 1] - sorted[low]);
    }

    /** The number of values below the true median is binomial: n/2, with a deviation of half the root of n. */
    private static double medianError(double[] sorted) {
        double places = Math.sqrt(sorted.length) / 2;
        return (quantile(sorted, places) - quantile(sorted, -places)) / 2;
    }
}
