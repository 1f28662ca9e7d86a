package viewfit.core.recipe;

import java.util.List;
import java.util.Map;

/**
 * An axis whose values set several recipe keys together.
 *
 * @param name what cells and figures call it
 * @param values each a dotted recipe key to its value; all with the same keys
 */
public record LinkedAxisRecipe(
        @Length(min = 1, max = 40) String name, @Length(min = 1) List<Map<String, Object>> values) {
    private static final String NAME = "[a-z][a-z0-9-]*";

    public LinkedAxisRecipe {
        Rules.check(LinkedAxisRecipe.class, name, values);
        Rules.require(
                name.matches(NAME),
                "name",
                "'" + name + "'",
                "must be small letters, digits and dashes, a letter first");
        values = WhenRules.ordered(values);
        for (int i = 0; i < values.size(); i++) {
            Map<String, Object> value = values.get(i);
            Rules.require(!value.isEmpty(), "values[" + i + "]", "no key", "must set at least one");
            Rules.require(
                    value.keySet().equals(values.get(0).keySet()),
                    "values[" + i + "]",
                    String.join(", ", value.keySet()),
                    "must set the keys of the first value, "
                            + String.join(", ", values.get(0).keySet()));
        }
    }
}
