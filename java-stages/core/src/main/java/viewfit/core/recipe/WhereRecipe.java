package viewfit.core.recipe;

import java.util.Map;

/**
 * Something that holds for some cells of a sweep. What it does is said by the one other key it has: {@code skip},
 * {@code without} or {@code set}.
 */
@ChosenBy(ChosenBy.OWN_KEY)
public sealed interface WhereRecipe permits SkipRecipe, WithoutRecipe, SetRecipe {
    /**
     * For which cells: each key has this value, or one of these. A key is {@code recipe}, the name of a linked axis, or a dotted
     * recipe key.
     */
    Map<String, Object> when();
}
