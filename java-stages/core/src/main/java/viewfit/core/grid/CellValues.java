package viewfit.core.grid;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a key of a grid's conditions, figures and tables stands for in one cell.
 *
 * @param recipe file name of its recipe
 * @param point its value on each axis, as text
 * @param tree its recipe
 */
record CellValues(String recipe, Map<String, String> point, JsonNode tree) {
    /** The key that stands for the file name of the recipe. */
    static final String RECIPE = "recipe";

    /** What a key may be, for messages. */
    static final String KEYS = "must be recipe, the name of a linked axis, or a dotted key of a recipe";

    /** The value of a key as column {@code axes} of {@code cells.csv} writes it; null where this cell has none. */
    @Nullable
    String text(String key) {
        if (key.equals(RECIPE)) {
            return recipe;
        }
        JsonNode node = new KeyPath(key).get(tree);
        return node == null ? point.get(key) : text(node);
    }

    /** Whether each key has the value given, or one of those given. */
    boolean match(Map<String, Object> when) {
        return when.entrySet().stream().allMatch(e -> {
            List<?> values = e.getValue() instanceof List<?> list ? list : List.of(e.getValue());
            String found = text(e.getKey());
            return values.stream().anyMatch(value -> CellNames.plain(value).equals(found));
        });
    }

    private static String text(JsonNode node) {
        if (node.isIntegralNumber()) {
            return CellNames.plain(node.longValue());
        }
        return node.isNumber()
                ? CellNames.plain(node.doubleValue())
                : node.isTextual() ? node.textValue() : node.toString();
    }
}
