package viewfit.core.grid;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.LongNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.recipe.GridRecipe;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.Recipes;
import viewfit.core.recipe.RecordTree;

/**
 * Expands a sweep to its cells: recipes x axes x seeds, in this order. Every cell is parsed as strictly as a recipe by
 * hand, so that a typo costs a second here and not a job on a GPU. A cell depends on nothing but its own recipe, point
 * and seed: another cell more or less leaves its name and its bytes alone.
 */
public final class GridExpander {
    private final GridRecipe grid;
    private final String where;
    private final CellNames names;
    private final @Nullable LocalSizes sizes;

    /**
     * @param where names the grid file in messages
     * @param sizes what stands for open sizes of local views; null if every size must be a number
     * @throws StageFailure {@link ExitCode#BAD_RECIPE} if an axis is empty, repeats a value, or sets the seed
     */
    public GridExpander(GridRecipe grid, String where, @Nullable LocalSizes sizes) {
        this.grid = grid;
        this.where = where;
        this.sizes = sizes;
        this.names = new CellNames(List.copyOf(grid.axes().keySet()));
        distinct("recipes", grid.recipes());
        distinct("seeds", grid.seeds());
        grid.axes().forEach((axis, values) -> {
            distinct("axes." + axis, values);
            namedApart("axes." + axis, values);
            refuseSeed("axes." + axis, axis);
            if (values.isEmpty()) {
                throw bad("axes." + axis, "found no value: must have at least one");
            }
            if (grid.set().containsKey(axis)) {
                throw bad("set." + axis, "found an axis of the same name: must be one or the other");
            }
        });
        grid.set().keySet().forEach(key -> refuseSeed("set." + key, key));
    }

    /**
     * All cells.
     *
     * @param folders where the recipe names are looked up, first match first
     * @throws StageFailure {@link ExitCode#NO_INPUT} if a recipe is nowhere, {@link ExitCode#BAD_RECIPE} if a cell is
     *     not a valid recipe or two cells would have one name
     */
    public List<Cell> expand(List<Path> folders) {
        List<Cell> cells = new ArrayList<>();
        Map<String, String> owners = new HashMap<>();
        for (String recipe : grid.recipes()) {
            Path file = find(recipe, folders);
            JsonNode tree = Recipes.tree(Recipes.text(file), file.toString());
            // The recipe itself must be right before anything in it is replaced.
            AutoSizes.check(tree, file.toString());
            for (Map<String, Object> point : points()) {
                for (long seed : grid.seeds()) {
                    Cell cell = cell(tree, recipe, point, seed);
                    String owner = owners.put(cell.row().cell(), recipe);
                    if (owner != null) {
                        throw bad(
                                "recipes",
                                "found cell " + cell.row().cell() + " twice, from " + owner + " and " + recipe
                                        + ": recipes of one grid need different names");
                    }
                    cells.add(cell);
                }
            }
        }
        return cells;
    }

    private Cell cell(JsonNode recipeTree, String recipe, Map<String, Object> point, long seed) {
        JsonNode tree = recipeTree.deepCopy();
        String place = where + ": " + recipe;
        grid.set().forEach((key, value) -> new KeyPath(key).set(tree, RecordTree.node(value), place));
        point.forEach((key, value) -> new KeyPath(key).set(tree, RecordTree.node(value), place));
        new KeyPath("seed").set(tree, LongNode.valueOf(seed), place);
        String axes = CellNames.axes(point);
        String here = axes.isEmpty() ? place : place + " at " + axes;
        List<String> notes = AutoSizes.fill(tree, here, sizes);
        PretrainRecipe complete = Recipes.bind(tree, here, PretrainRecipe.class);
        String group = names.group(complete.name(), point);
        return new Cell(
                new CellRow(CellNames.cell(group, seed), group, recipe, axes, seed, Recipes.sha256(complete)),
                complete,
                notes);
    }

    /** The product of the axes, the last one varying fastest; one empty point without axes. */
    private List<Map<String, Object>> points() {
        List<Map<String, Object>> points = List.of(Map.of());
        for (Map.Entry<String, List<Object>> axis : grid.axes().entrySet()) {
            List<Map<String, Object>> longer = new ArrayList<>();
            for (Map<String, Object> point : points) {
                for (Object value : axis.getValue()) {
                    Map<String, Object> next = new LinkedHashMap<>(point);
                    next.put(axis.getKey(), value);
                    longer.add(next);
                }
            }
            points = longer;
        }
        return points;
    }

    private Path find(String recipe, List<Path> folders) {
        for (Path folder : folders) {
            Path file = folder.resolve(recipe);
            if (Files.isRegularFile(file)) {
                return file;
            }
        }
        throw new StageFailure(
                ExitCode.NO_INPUT, where + ": recipes: " + recipe + " does not exist: must be a file in " + folders);
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
                        "found '" + owner + "' and '" + value + "', in cell names both '" + CellNames.value(value)
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
        if (key.equals("seed") || key.equals("name")) {
            throw bad(
                    place,
                    "found " + key + ": must not be set here, use " + (key.equals("seed") ? "seeds" : "recipes"));
        }
    }

    private StageFailure bad(String key, String message) {
        return new StageFailure(ExitCode.BAD_RECIPE, where + ": " + key + ": " + message);
    }
}
