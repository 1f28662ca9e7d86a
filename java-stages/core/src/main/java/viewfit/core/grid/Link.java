package viewfit.core.grid;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One value of a linked axis.
 *
 * @param keys dotted recipe key to its value
 */
record Link(Map<String, Object> keys) {
    Link {
        keys = Collections.unmodifiableMap(new LinkedHashMap<>(keys));
    }

    /** Its values without repetition, such as {@code 96-0.14}: what stands for it in names and on axes. */
    String label() {
        return keys.values().stream().map(CellNames::word).distinct().collect(Collectors.joining("-"));
    }
}
