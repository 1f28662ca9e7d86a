package viewfit.core.recipe;

import java.util.Map;

/**
 * Leaves cells out.
 *
 * @param when for which cells
 * @param skip {@code true}
 */
public record SkipRecipe(Map<String, Object> when, boolean skip) implements WhereRecipe {
    public SkipRecipe {
        when = WhenRules.check("when", when, 1);
        Rules.require(skip, "skip", skip, "must be true; without the entry nothing is left out");
    }
}
