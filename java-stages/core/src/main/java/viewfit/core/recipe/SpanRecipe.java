package viewfit.core.recipe;

/**
 * A value that moves over training.
 *
 * @param start at the first step
 * @param end approached at the last step
 */
public record SpanRecipe(double start, double end) {
    public SpanRecipe {
        Rules.check(SpanRecipe.class, start, end);
    }
}
