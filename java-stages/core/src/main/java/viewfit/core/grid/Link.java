package viewfit.core.grid;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One value of a linked axis.
 *
 * @param keys dotted recipe key to its value
 * @param label what stands for it in names and on axes
 */
record Link(Map<String, Object> keys, String label) {
    Link {
        keys = Collections.unmodifiableMap(new LinkedHashMap<>(keys));
    }

    /** Labelled with its values without repetition, such as {@code 96-0.14}. */
    static Link brief(Map<String, Object> keys) {
        return new Link(
                keys, keys.values().stream().map(CellNames::word).distinct().collect(Collectors.joining("-")));
    }

    /** Labelled with all its values, such as {@code 96-0.14-0.14}. */
    static Link full(Map<String, Object> keys) {
        return new Link(keys, keys.values().stream().map(CellNames::word).collect(Collectors.joining("-")));
    }
}
