package viewfit.core.recipe;

/**
 * Gaussian blur with a random radius.
 *
 * @param probability share of views blurred
 * @param sigma radius in pixels of the view
 */
public record BlurRecipe(@Range(min = 0, max = 1) double probability, RangeRecipe sigma) {
    public BlurRecipe {
        Rules.check(BlurRecipe.class, probability, sigma);
        Rules.require(sigma.low() >= 0, "sigma.low", sigma.low(), "must be >= 0");
    }
}
