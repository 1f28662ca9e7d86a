package viewfit.core.recipe;

/**
 * Colour jitter: the four operations in random order, factors uniform in [1 - s, 1 + s], hue in [-s, s].
 *
 * @param probability share of views jittered
 * @param brightness strength
 * @param contrast strength
 * @param saturation strength
 * @param hue strength in turns of the colour circle
 */
public record JitterRecipe(
        @Range(min = 0, max = 1) double probability,
        @Range(min = 0) double brightness,
        @Range(min = 0) double contrast,
        @Range(min = 0) double saturation,
        @Range(min = 0, max = 0.5) double hue) {
    public JitterRecipe {
        Rules.check(JitterRecipe.class, probability, brightness, contrast, saturation, hue);
    }
}
