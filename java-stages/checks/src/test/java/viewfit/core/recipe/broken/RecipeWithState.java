package viewfit.core.recipe.broken;

/** A recipe that is a class. */
public class RecipeWithState {
    int value;
}
