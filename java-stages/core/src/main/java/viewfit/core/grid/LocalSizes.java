package viewfit.core.grid;

import viewfit.core.recipe.PretrainRecipe;

/** What stands for {@code size: auto} of local views: an estimate over the picture sizes of a data set. */
public interface LocalSizes {
    /**
     * An estimate.
     *
     * @param side the side in pixels, not rounded
     * @param source what it is and what it was estimated from, for the recipe's reader
     */
    record Estimate(double side, String source) {}

    /**
     * The best side of one group of local views; the same for the same recipe, whatever the seed.
     *
     * @param recipe complete but for this size, which must not be looked at
     * @param group number of the group, from 0
     */
    Estimate best(PretrainRecipe recipe, int group);
}
