package viewfit.core.recipe;

/**
 * Views for scoring: shorter side to {@code resize}, then the central {@code crop} square.
 *
 * @param resize shorter side in pixels
 * @param crop side of the square in pixels
 */
public record EvalViewRecipe(@Range(min = 8, max = 2048) int resize, @Range(min = 8, max = 2048) int crop) {
    public EvalViewRecipe {
        Rules.check(EvalViewRecipe.class, resize, crop);
        Rules.require(crop <= resize, "crop", crop, "must be <= resize = " + resize);
    }
}
