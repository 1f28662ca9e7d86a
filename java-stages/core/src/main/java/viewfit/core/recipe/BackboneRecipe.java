package viewfit.core.recipe;

/**
 * The network to train.
 *
 * @param name a name known to the zoo, such as {@code mobilenet_v2}
 */
public record BackboneRecipe(@Length(min = 1, max = 80) String name) {
    public BackboneRecipe {
        Rules.check(BackboneRecipe.class, name);
    }
}
