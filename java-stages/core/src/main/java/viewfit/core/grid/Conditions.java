package viewfit.core.grid;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.recipe.SetRecipe;
import viewfit.core.recipe.SkipRecipe;
import viewfit.core.recipe.WhereRecipe;
import viewfit.core.recipe.WithoutRecipe;

/**
 * The conditions of a sweep. They look at a cell as recipe, {@code set} and axes make it, and not at what other conditions set;
 * only axes are taken away first. So their order plays no part.
 */
final class Conditions {
    private final List<WhereRecipe> conditions;
    private final String where;
    private final Set<Integer> met = new HashSet<>();
    private final Set<String> known = new HashSet<>();

    Conditions(List<WhereRecipe> conditions, String where) {
        this.conditions = conditions;
        this.where = where;
    }

    /** A point without the axes that are taken away there. */
    Map<String, Object> reduce(Map<String, Object> point, CellValues values) {
        Map<String, Object> own = new LinkedHashMap<>(point);
        for (int i = 0; i < conditions.size(); i++) {
            if (conditions.get(i) instanceof WithoutRecipe without && holds(i, values)) {
                own.keySet().removeAll(without.without());
            }
        }
        return own;
    }

    /** Whether a cell is left out. */
    boolean skip(CellValues values) {
        boolean skipped = false;
        for (int i = 0; i < conditions.size(); i++) {
            // No short way out: a condition counts as met wherever it holds.
            skipped |= conditions.get(i) instanceof SkipRecipe && holds(i, values);
        }
        return skipped;
    }

    /**
     * What is set in a cell.
     *
     * @param point its value on each axis that was not taken away
     * @throws StageFailure if an axis or two conditions set one key there
     */
    Map<String, Object> set(CellValues values, Map<String, Object> point) {
        Map<String, Object> keys = new LinkedHashMap<>();
        for (int i = 0; i < conditions.size(); i++) {
            if (conditions.get(i) instanceof SetRecipe set && holds(i, values)) {
                for (Map.Entry<String, Object> each : set.set().entrySet()) {
                    KeyPath key = new KeyPath(each.getKey());
                    String place = "set." + key.text();
                    if (keys.containsKey(key.text())) {
                        throw bad(i, place, "found a key that an earlier entry sets in the same cell");
                    }
                    for (String other : keys.keySet()) {
                        if (key.overlaps(new KeyPath(other))) {
                            throw bad(i, place, "found a key that overlaps with " + other + ", set in the same cell");
                        }
                    }
                    for (String other : Points.keys(point).keySet()) {
                        if (key.overlaps(new KeyPath(other))) {
                            String same = key.text().equals(other) ? "a key of" : "a key that overlaps with";
                            String found = "found " + same + " the axis of " + other;
                            throw bad(i, place, found + ", which a cell has: must be one that no axis sets there");
                        }
                    }
                    keys.put(key.text(), each.getValue());
                }
            }
        }
        return keys;
    }

    private boolean holds(int condition, CellValues values) {
        Map<String, Object> when = conditions.get(condition).when();
        when.keySet().stream().filter(key -> values.text(key) != null).forEach(known::add);
        boolean holds = values.match(when);
        if (holds) {
            met.add(condition);
        }
        return holds;
    }

    /**
     * To be called when all cells were asked for: a condition that never held has a typo.
     *
     * @throws StageFailure about the first of them
     */
    void requireMet() {
        for (int i = 0; i < conditions.size(); i++) {
            if (met.contains(i)) {
                continue;
            }
            Map<String, Object> when = conditions.get(i).when();
            for (String key : when.keySet()) {
                if (!known.contains(key)) {
                    throw bad(i, "when." + key, "unknown key: " + CellValues.KEYS);
                }
            }
            throw bad(i, "when", "found " + when + ", which no cell has: must hold for at least one");
        }
    }

    private StageFailure bad(int condition, String key, String message) {
        return new StageFailure(ExitCode.BAD_RECIPE, where + ": where[" + condition + "]." + key + ": " + message);
    }
}
