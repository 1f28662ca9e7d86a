package viewfit.core.recipe;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Sets keys of cells.
 *
 * @param when for which cells
 * @param set dotted recipe key to its value there; goes before the {@code set} of all cells
 */
public record SetRecipe(Map<String, Object> when, Map<String, Object> set) implements WhereRecipe {
    public SetRecipe {
        when = WhenRules.check("when", when, 1);
        set = Collections.unmodifiableMap(new LinkedHashMap<>(set));
        Rules.require(!set.isEmpty(), "set", "no key", "must set at least one");
    }
}
