package viewfit.core.recipe;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Maps of a grid that keep the order they are written in, and those that say which cells are meant. */
final class WhenRules {
    private WhenRules() {}

    /**
     * A map of key to the value it must have, or to a list of values.
     *
     * @param name what messages call it
     * @param least how many keys it must have
     */
    static Map<String, Object> check(String name, Map<String, Object> when, int least) {
        Rules.require(when.size() >= least, name, "no key", "must name at least one");
        when.forEach((key, value) -> {
            Rules.require(
                    !(value instanceof Map), name + "." + key, "a mapping", "must be a value or a list of values");
            if (value instanceof List<?> values) {
                boolean plain = values.stream().noneMatch(each -> each instanceof Map || each instanceof List);
                Rules.require(plain, name + "." + key, "a list of lists or mappings", "must be a list of values");
                Rules.require(!values.isEmpty(), name + "." + key, "no value", "must have at least one");
            }
        });
        return Collections.unmodifiableMap(new LinkedHashMap<>(when));
    }

    static List<Map<String, Object>> ordered(List<Map<String, Object>> maps) {
        return maps.stream()
                .map(map -> Collections.unmodifiableMap(new LinkedHashMap<>(map)))
                .toList();
    }
}
