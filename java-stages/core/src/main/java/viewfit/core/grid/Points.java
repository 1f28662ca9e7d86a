package viewfit.core.grid;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import viewfit.core.recipe.GridRecipe;
import viewfit.core.recipe.LinkedAxisRecipe;

/** The combinations of the values on the axes of a sweep: axis to value, a {@link Link} on linked ones. */
final class Points {
    private Points() {}

    /** The product of the axes, then of the linked ones, the last one varying fastest; one empty point without axes. */
    static List<Map<String, Object>> of(GridRecipe grid) {
        List<Map<String, Object>> points = List.of(Map.of());
        for (Map.Entry<String, List<Object>> axis : grid.axes().entrySet()) {
            points = times(points, axis.getKey(), axis.getValue());
        }
        for (LinkedAxisRecipe axis : grid.linked()) {
            points = times(points, axis.name(), links(axis));
        }
        return points;
    }

    /** The values of a linked axis. One whose brief label an earlier value has gets the full one, so that more values rename none. */
    static List<Object> links(LinkedAxisRecipe axis) {
        Set<String> taken = new HashSet<>();
        List<Object> links = new ArrayList<>();
        for (Map<String, Object> keys : axis.values()) {
            Link brief = Link.brief(keys);
            links.add(taken.add(CellNames.value(brief)) ? brief : Link.full(keys));
        }
        return links;
    }

    private static List<Map<String, Object>> times(List<Map<String, Object>> points, String axis, List<Object> values) {
        List<Map<String, Object>> longer = new ArrayList<>();
        for (Map<String, Object> point : points) {
            for (Object value : values) {
                Map<String, Object> next = new LinkedHashMap<>(point);
                next.put(axis, value);
                longer.add(next);
            }
        }
        return longer;
    }

    /** What a point sets: dotted recipe key to value. */
    static Map<String, Object> keys(Map<String, Object> point) {
        Map<String, Object> keys = new LinkedHashMap<>();
        point.forEach((axis, value) -> {
            if (value instanceof Link link) {
                keys.putAll(link.keys());
            } else {
                keys.put(axis, value);
            }
        });
        return keys;
    }

    /** Its values as text. */
    static Map<String, String> texts(Map<String, Object> point) {
        Map<String, String> texts = new LinkedHashMap<>();
        point.forEach((axis, value) -> texts.put(axis, CellNames.plain(value)));
        return texts;
    }
}
