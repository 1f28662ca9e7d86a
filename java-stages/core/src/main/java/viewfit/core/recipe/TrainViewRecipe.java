package viewfit.core.recipe;

/**
 * Views for supervised training: a random crop and a flip.
 *
 * @param size output side in pixels
 * @param scale share of the image area a crop covers
 * @param flip probability of mirroring
 * @param aspect width over height of a crop
 */
public record TrainViewRecipe(
        @Range(min = 8, max = 1024) int size,
        RangeRecipe scale,
        @Range(min = 0, max = 1) double flip,
        RangeRecipe aspect) {
    public TrainViewRecipe {
        Rules.check(TrainViewRecipe.class, size, scale, flip, aspect);
        Rules.require(scale.low() > 0, "scale.low", scale.low(), "must be > 0");
        Rules.require(scale.high() <= 1, "scale.high", scale.high(), "must be <= 1");
        Rules.require(aspect.low() > 0, "aspect.low", aspect.low(), "must be > 0");
    }
}
