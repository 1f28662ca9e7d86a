package viewfit.core.recipe;

/**
 * An interval a value is drawn from.
 *
 * @param low smallest value
 * @param high largest value, not below {@code low}
 */
public record RangeRecipe(double low, double high) {
    public RangeRecipe {
        Rules.check(RangeRecipe.class, low, high);
        Rules.require(low <= high, "high", high, "must be >= low = " + low);
    }
}
