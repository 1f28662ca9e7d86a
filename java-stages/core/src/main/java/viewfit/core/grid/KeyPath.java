package viewfit.core.grid;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.recipe.Spelling;

/** A dotted path into a recipe, such as {@code optimizer.lr} or {@code views.groups.2.size}. */
record KeyPath(String text) {
    List<String> segments() {
        return Arrays.asList(text.split("\\.", -1));
    }

    /**
     * Replaces the value at this path, which must exist: a sweep changes recipes, it does not add to them.
     *
     * @param where names grid and recipe in messages
     * @throws StageFailure {@link ExitCode#BAD_RECIPE} with the nearest key there is
     */
    void set(JsonNode tree, JsonNode value, String where) {
        JsonNode at = tree;
        List<String> segments = segments();
        for (int i = 0; i < segments.size(); i++) {
            String segment = segments.get(i);
            boolean last = i == segments.size() - 1;
            JsonNode next = child(at, segment);
            if (next == null) {
                throw unknown(at, segments.subList(0, i + 1), where);
            }
            if (last && at instanceof ObjectNode object) {
                object.set(segment, value);
            } else if (last && at instanceof ArrayNode array) {
                array.set(Integer.parseInt(segment), value);
            }
            at = next;
        }
    }

    /** Whether setting one of two paths sets the other or a part of it. */
    boolean overlaps(KeyPath other) {
        return (text + ".").startsWith(other.text + ".") || (other.text + ".").startsWith(text + ".");
    }

    /** The value at this path, or null if there is none. */
    @Nullable
    JsonNode get(JsonNode tree) {
        JsonNode at = tree;
        for (String segment : segments()) {
            at = at == null ? null : child(at, segment);
        }
        return at;
    }

    private static @Nullable JsonNode child(JsonNode node, String segment) {
        if (node.isArray()) {
            return segment.matches("[0-9]{1,6}") ? node.get(Integer.parseInt(segment)) : null;
        }
        return node.get(segment);
    }

    private static StageFailure unknown(JsonNode at, List<String> path, String where) {
        List<String> keys = new ArrayList<>();
        at.fieldNames().forEachRemaining(keys::add);
        for (int i = 0; i < at.size() && at.isArray(); i++) {
            keys.add(Integer.toString(i));
        }
        String meant = at.isArray() ? null : Spelling.nearest(path.get(path.size() - 1), keys);
        String hint = meant == null ? "" : "did you mean '" + meant + "'? ";
        String allowed = keys.isEmpty() ? "there is nothing below this key" : "allowed are " + String.join(", ", keys);
        return new StageFailure(
                ExitCode.BAD_RECIPE, where + ": " + String.join(".", path) + ": unknown key: " + hint + allowed);
    }
}
