package viewfit.core.recipe;

import java.util.List;
import java.util.Map;

/**
 * Takes axes away from cells: what these set stays as the recipe has it, and the cell is there once.
 *
 * @param when for which cells; names none of these axes
 * @param without axes, by key or by name
 */
public record WithoutRecipe(Map<String, Object> when, @Length(min = 1) List<String> without) implements WhereRecipe {
    public WithoutRecipe {
        when = WhenRules.check("when", when, 1);
        without = List.copyOf(without);
        Rules.check(WithoutRecipe.class, when, without);
        for (String axis : without) {
            Rules.require(!when.containsKey(axis), "when." + axis, "an axis that is taken away", "must be another key");
        }
    }
}
