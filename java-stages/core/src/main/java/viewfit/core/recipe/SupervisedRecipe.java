package viewfit.core.recipe;

/**
 * Training with labels, the upper reference of the tables: cross-entropy of a linear classifier over all views.
 *
 * @param name {@code supervised}
 * @param labelSmoothing share of the target that is spread over all classes
 */
public record SupervisedRecipe(
        @OneOf(SupervisedRecipe.NAME) String name, @Range(min = 0, max = 1, below = true) double labelSmoothing)
        implements MethodRecipe {
    public static final String NAME = "supervised";

    public SupervisedRecipe {
        Rules.check(SupervisedRecipe.class, name, labelSmoothing);
    }
}
