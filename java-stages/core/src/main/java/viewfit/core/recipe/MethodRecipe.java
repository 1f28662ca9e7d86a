package viewfit.core.recipe;

/** How the network learns; the key {@code name} selects the variant and its keys. */
public sealed interface MethodRecipe permits DinoRecipe {
    /** The selecting word. */
    String name();

    /** Weight of the global-global part of the loss; the global-local part has weight 1 - alpha. */
    double alpha();
}
