package viewfit.views;

import viewfit.core.random.RandomStream;
import viewfit.core.recipe.RangeRecipe;
import viewfit.core.recipe.ViewGroup;

/** Draws the random numbers of the views of one group (recipes, section A.1). Immutable. */
final class ViewSampler {
    private final ViewGroup group;
    private final CropSampler crops;
    private final Filter filter;

    /**
     * A sampler.
     *
     * @param aspect range of width over height of the boxes
     * @param filter kernel of the resampling
     */
    ViewSampler(ViewGroup group, RangeRecipe aspect, Filter filter) {
        this.group = group;
        this.filter = filter;
        this.crops = new CropSampler(group.scale().low(), group.scale().high(), aspect.low(), aspect.high());
    }

    /** Draws one view of a picture of this size. */
    ViewDraw draw(RandomStream random, int width, int height) {
        Crop crop = crops.sample(random, width, height);
        boolean flip = random.chance(group.flip());
        boolean jittered = random.chance(group.jitter().probability());
        Jitter jitter = jittered ? Jitter.draw(group.jitter(), random) : null;
        boolean grayscale = random.chance(group.grayscale());
        boolean blurred = random.chance(group.blur().probability());
        RangeRecipe sigma = group.blur().sigma();
        float blur = blurred ? (float) random.uniform(sigma.low(), sigma.high()) : 0;
        boolean solarize = random.chance(group.solarize());
        return new ViewDraw(crop, filter, flip, jitter, grayscale, blur, solarize);
    }
}
