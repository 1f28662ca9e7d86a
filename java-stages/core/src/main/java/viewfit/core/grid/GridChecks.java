package viewfit.core.grid;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.recipe.GridRecipe;
import viewfit.core.recipe.LinkedAxisRecipe;
import viewfit.core.recipe.SetRecipe;
import viewfit.core.recipe.ShowRecipe;
import viewfit.core.recipe.WhereRecipe;
import viewfit.core.recipe.WithoutRecipe;

/** What can be wrong with a grid before any recipe is read: values twice, keys that two places set, names that clash. */
final class GridChecks {
    private static final String SEED = "seed";

    private final GridRecipe grid;
    private final String where;
    private final CellNames names;
    /** What sets a key: the key to the place that sets it in the grid. */
    private final Map<String, String> setters = new LinkedHashMap<>();

    private GridChecks(GridRecipe grid, String where, CellNames names) {
        this.grid = grid;
        this.where = where;
        this.names = names;
    }

    /**
     * Checks a grid.
     *
     * @throws StageFailure {@link ExitCode#BAD_RECIPE} about the first thing that is wrong
     */
    static void check(GridRecipe grid, String where, CellNames names) {
        GridChecks checks = new GridChecks(grid, where, names);
        checks.distinct("recipes", grid.recipes());
        checks.distinct("seeds", grid.seeds());
        checks.axes();
        checks.linked();
        grid.set().keySet().forEach(key -> checks.once(key, "set." + key));
        for (int i = 0; i < grid.where().size(); i++) {
            checks.condition(grid.where().get(i), "where[" + i + "]");
        }
        checks.distinct("shows", grid.shows().stream().map(ShowRecipe::id).toList());
        checks.distinct(
                "shows",
                grid.shows().stream().flatMap(show -> show.names().stream()).toList());
    }

    private void axes() {
        grid.axes().forEach((axis, values) -> {
            String place = "axes." + axis;
            distinct(place, values);
            namedApart(place, values);
            if (values.isEmpty()) {
                throw bad(place, "found no value: must have at least one");
            }
            once(axis, place);
        });
    }

    private void linked() {
        List<String> labels =
                new ArrayList<>(grid.axes().keySet().stream().map(names::label).toList());
        labels.addAll(List.of(CellValues.RECIPE, SEED));
        for (int i = 0; i < grid.linked().size(); i++) {
            LinkedAxisRecipe axis = grid.linked().get(i);
            String place = "linked[" + i + "]";
            if (labels.contains(axis.name())) {
                throw bad(
                        place + ".name",
                        "found " + axis.name() + ": must not be recipe, seed, or what cells call another axis");
            }
            labels.add(axis.name());
            distinct(place + ".values", axis.values());
            namedApart(place + ".values", Points.links(axis));
            axis.values().get(0).keySet().forEach(key -> once(key, place + "." + key));
        }
    }

    private void condition(WhereRecipe condition, String place) {
        if (condition instanceof SetRecipe set) {
            set.set().keySet().forEach(key -> refuseSeed(place + ".set." + key, key));
            if (set.when().containsKey(SEED)) {
                throw bad(
                        place + ".when.seed",
                        "found seed beside set: must be beside skip, cells of one group differ in their seed alone");
            }
        }
        if (condition instanceof WithoutRecipe without) {
            List<String> axes = new ArrayList<>(grid.axes().keySet());
            grid.linked().forEach(axis -> axes.add(axis.name()));
            for (String axis : without.without()) {
                if (!axes.contains(axis)) {
                    throw bad(
                            place + ".without",
                            "found " + axis + ": "
                                    + (axes.isEmpty()
                                            ? "the grid has no axis"
                                            : "must be one of " + String.join(", ", axes)));
                }
            }
        }
    }

    /** A key is set in one place. */
    private void once(String key, String place) {
        refuseSeed(place, key);
        String other = setters.put(key, place);
        if (other != null) {
            String what = other.startsWith("axes.") ? "an axis of the same name" : "a key that " + other + " sets";
            throw bad(place, "found " + what + ": must be one or the other");
        }
        setters.forEach((another, its) -> {
            if (!another.equals(key) && new KeyPath(another).overlaps(new KeyPath(key))) {
                throw bad(place, "found a key that overlaps with " + its + ": must be one or the other");
            }
        });
    }

    private void distinct(String key, List<?> values) {
        for (Object value : new HashSet<>(values)) {
            // 1 and 1.0 are one value to a recipe.
            if (values.stream().filter(other -> same(other, value)).count() > 1) {
                throw bad(key, "found " + value + " twice: values must differ");
            }
        }
    }

    private void namedApart(String key, List<Object> values) {
        Map<String, Object> owners = new HashMap<>();
        for (Object value : values) {
            Object owner = owners.put(CellNames.value(value), value);
            if (owner != null) {
                throw bad(
                        key,
                        "found '" + CellNames.plain(owner) + "' and '" + CellNames.plain(value)
                                + "', in cell names both '" + CellNames.value(value)
                                + "': must differ in letters, digits, dots or dashes");
            }
        }
    }

    private static boolean same(Object a, Object b) {
        if (a instanceof Number x && b instanceof Number y) {
            return Double.compare(x.doubleValue(), y.doubleValue()) == 0;
        }
        return a.equals(b);
    }

    private void refuseSeed(String place, String key) {
        if (key.equals(SEED) || key.equals("name")) {
            throw bad(
                    place, "found " + key + ": must not be set here, use " + (key.equals(SEED) ? "seeds" : "recipes"));
        }
    }

    private StageFailure bad(String key, String message) {
        return new StageFailure(ExitCode.BAD_RECIPE, where + ": " + key + ": " + message);
    }
}
