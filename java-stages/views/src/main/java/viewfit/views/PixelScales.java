package viewfit.views;

import java.util.ArrayList;
import java.util.List;
import viewfit.core.data.Shapes;
import viewfit.core.recipe.ViewKind;
import viewfit.core.recipe.ViewRecipe;

/**
 * The pixel scales of the views of one recipe on one data set.
 *
 * @param groups global against local views, one estimate for each group of local ones
 * @param bins how ratios, pixel scales and areas are distributed
 */
public record PixelScales(List<PixelScale> groups, List<ScaleBin> bins) {
    /** Octaves. */
    private static final double SCALE_BIN = 0.125;

    private static final double SHARE_BIN = 0.02;

    public PixelScales {
        groups = List.copyOf(groups);
        bins = List.copyOf(bins);
    }

    /**
     * Draws pairs of boxes and measures them; see {@link PixelScale#estimate}.
     *
     * @throws IllegalArgumentException if pairs are too few
     * @throws viewfit.core.contract.StageFailure if there are no pictures
     */
    public static PixelScales measure(ViewRecipe recipe, Shapes shapes, int pairs, long seed, int threads) {
        if (pairs < PixelScale.MIN_PAIRS) {
            throw new IllegalArgumentException("pixel scale: " + pairs + " pairs: at least " + PixelScale.MIN_PAIRS);
        }
        List<PixelScale> scales = new ArrayList<>();
        List<ScaleBin> bins = new ArrayList<>();
        int global = PixelScale.first(recipe, ViewKind.GLOBAL);
        BoxSample globals = BoxSample.draw(recipe, global, shapes, pairs, seed, threads);
        double[] globalScales = globals.logScales(recipe.groups().get(global).size());
        bins.addAll(ScaleBin.bins(global, ScaleBin.PIXEL_SCALE, globalScales, SCALE_BIN));
        bins.addAll(ScaleBin.bins(global, ScaleBin.AREA, globals.shares(), SHARE_BIN));
        for (int i = 0; i < recipe.groups().size(); i++) {
            if (recipe.groups().get(i).kind() == ViewKind.LOCAL) {
                BoxSample locals = BoxSample.draw(recipe, i, shapes, pairs, seed, threads);
                double[] localScales = locals.logScales(recipe.groups().get(i).size());
                double[] ratios = new double[pairs];
                for (int k = 0; k < pairs; k++) {
                    ratios[k] = globalScales[k] - localScales[k];
                }
                scales.add(PixelScale.of(recipe, i, globals, locals));
                bins.addAll(ScaleBin.bins(i, ScaleBin.RATIO, ratios, SCALE_BIN));
                bins.addAll(ScaleBin.bins(i, ScaleBin.PIXEL_SCALE, localScales, SCALE_BIN));
                bins.addAll(ScaleBin.bins(i, ScaleBin.AREA, locals.shares(), SHARE_BIN));
            }
        }
        return new PixelScales(scales, bins);
    }

    /** The bins of one group and quantity, in order. */
    public List<ScaleBin> bins(int group, String quantity) {
        return bins.stream()
                .filter(bin -> bin.group() == group && bin.quantity().equals(quantity))
                .toList();
    }
}
