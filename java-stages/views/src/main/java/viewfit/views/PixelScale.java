package viewfit.views;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;
import viewfit.core.recipe.ViewGroup;
import viewfit.core.recipe.ViewKind;
import viewfit.core.recipe.ViewRecipe;

/**
 * How much the pixel scales of global and local views differ (Tan et al. 2023, equation 1; recipes, sections A.3 and A.4). The
 * pixel scale of a view is its output pixels per source pixel; the discrepancy is PS(global) / PS(local) over pairs of views of
 * one picture, and the paper's claim is that the best local view size makes it about 1. It does not say how pairs are averaged,
 * so all four usual statistics are given.
 *
 * @param globalSide side of the global views in pixels
 * @param localSide side of the local views in pixels
 * @param pairs number of pairs drawn
 * @param meanOfRatios mean of PS(global) / PS(local)
 * @param ratioOfMeanAreas from the mean area fractions of local and global boxes
 * @param medianRatio median of PS(global) / PS(local)
 * @param meanLinearRatio square of the mean of sqrt(PS(global) / PS(local)), that is, of ratios of lengths
 */
public record PixelScale(
        int globalSide,
        int localSide,
        int pairs,
        Statistic meanOfRatios,
        Statistic ratioOfMeanAreas,
        Statistic medianRatio,
        Statistic meanLinearRatio) {
    /**
     * One way to average.
     *
     * @param name what is averaged, in words
     * @param ratio the discrepancy; 1 where global and local views have equal scale
     * @param bestLocalSide the local view side, in pixels, that would make the discrepancy 1
     */
    public record Statistic(String name, double ratio, double bestLocalSide) {}

    /**
     * Size of a picture.
     *
     * @param width in pixels
     * @param height in pixels
     */
    public record Shape(int width, int height) {}

    /** The four statistics, from the one most sensitive to outliers to the least. */
    public List<Statistic> statistics() {
        return List.of(meanOfRatios, meanLinearRatio, medianRatio, ratioOfMeanAreas);
    }

    /**
     * Draws pairs of boxes with the recipe's sampler and measures them. The first global and the first local group count.
     *
     * @param shapes sizes of the pictures, each as often as it occurs; drawn in turn
     * @param pairs number of pairs, at least 1
     * @param seed root of the draws
     * @return the estimate, or empty if the recipe has no local views
     */
    public static Optional<PixelScale> estimate(ViewRecipe recipe, List<Shape> shapes, int pairs, long seed) {
        Optional<ViewGroup> global = first(recipe, ViewKind.GLOBAL);
        Optional<ViewGroup> local = first(recipe, ViewKind.LOCAL);
        if (shapes.isEmpty() || pairs < 1) {
            throw new IllegalArgumentException(
                    "pixel scale: " + shapes.size() + " shapes, " + pairs + " pairs: at least 1 of each");
        }
        if (global.isEmpty() || local.isEmpty()) {
            return Optional.empty();
        }
        CropSampler globals = sampler(recipe, global.get());
        CropSampler locals = sampler(recipe, local.get());
        SeedTree seeds = SeedTree.root(seed).at("pixel-scale");
        double[] ratios = new double[pairs];
        double globalArea = 0;
        double localArea = 0;
        for (int i = 0; i < pairs; i++) {
            Shape shape = shapes.get(i % shapes.size());
            RandomStream random = seeds.at(i).stream();
            double whole = (double) shape.width() * shape.height();
            long g = globals.sample(random, shape.width(), shape.height()).area();
            long l = locals.sample(random, shape.width(), shape.height()).area();
            ratios[i] = (double) l / g;
            globalArea += g / whole;
            localArea += l / whole;
        }
        return Optional.of(of(global.get().size(), local.get().size(), ratios, localArea / globalArea));
    }

    private static PixelScale of(int globalSide, int localSide, double[] areaRatios, double meanAreaRatio) {
        double mean = Arrays.stream(areaRatios).average().orElseThrow();
        double linear = Arrays.stream(areaRatios).map(Math::sqrt).average().orElseThrow();
        double[] sorted = areaRatios.clone();
        Arrays.sort(sorted);
        int n = sorted.length;
        double median = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
        return new PixelScale(
                globalSide,
                localSide,
                n,
                statistic("mean of ratios", globalSide, localSide, mean),
                statistic("ratio of mean areas", globalSide, localSide, meanAreaRatio),
                statistic("median ratio", globalSide, localSide, median),
                statistic("mean linear ratio", globalSide, localSide, linear * linear));
    }

    /** PS(g)/PS(l) = (GC/LC)^2 * area(l)/area(g), which is 1 at LC = GC * sqrt(area ratio). */
    private static Statistic statistic(String name, int globalSide, int localSide, double areaRatio) {
        double sides = (double) globalSide / localSide;
        return new Statistic(name, sides * sides * areaRatio, globalSide * Math.sqrt(areaRatio));
    }

    private static Optional<ViewGroup> first(ViewRecipe recipe, ViewKind kind) {
        return recipe.groups().stream().filter(g -> g.kind() == kind).findFirst();
    }

    private static CropSampler sampler(ViewRecipe recipe, ViewGroup group) {
        return new CropSampler(
                group.scale().low(),
                group.scale().high(),
                recipe.aspect().low(),
                recipe.aspect().high());
    }
}
