package viewfit.core.grid;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.recipe.GridRecipe;
import viewfit.core.recipe.LinkedAxisRecipe;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.Recipes;
import viewfit.core.recipe.RecordTree;
import viewfit.core.recipe.ViewGroup;

/**
 * Expands a sweep to its cells: recipes x axes x linked axes x seeds, in this order, less what conditions leave out. Every cell is
 * parsed as strictly as a recipe by hand, so that a typo costs a second here and not a job on a GPU. A cell depends on nothing but
 * its own recipe, point and seed: another cell more or less leaves its name and its bytes alone. Cells with the same complete
 * recipe are one, the first of them.
 */
public final class GridExpander {
    private final GridRecipe grid;
    private final String where;
    private final CellNames names;
    private final @Nullable LocalSizes sizes;

    /**
     * @param where names the grid file in messages
     * @param sizes what stands for open sizes of local views; null if every size must be a number
     * @throws StageFailure {@link ExitCode#BAD_RECIPE} if an axis is empty, repeats a value, or sets what is set elsewhere
     */
    public GridExpander(GridRecipe grid, String where, @Nullable LocalSizes sizes) {
        this.grid = grid;
        this.where = where;
        this.sizes = sizes;
        this.names = new CellNames(
                List.copyOf(grid.axes().keySet()),
                grid.linked().stream().map(LinkedAxisRecipe::name).toList());
        GridChecks.check(grid, where, names);
    }

    /** A combination: recipe file, its tree as recipe, {@code set}, axes and seed make it, the point, and the seed. */
    private record Draft(String recipe, JsonNode tree, Map<String, Object> point, long seed) {
        CellValues values() {
            return new CellValues(recipe, Points.texts(point), tree);
        }
    }

    /**
     * All cells.
     *
     * @param folders where the recipe names are looked up, first match first
     * @throws StageFailure {@link ExitCode#NO_INPUT} if a recipe is nowhere, {@link ExitCode#BAD_RECIPE} if a cell is
     *     not a valid recipe, two cells would have one name, a condition holds nowhere, or no cell is left
     */
    public Sweep expand(List<Path> folders) {
        List<Cell> cells = new ArrayList<>();
        List<Twin> twins = new ArrayList<>();
        Map<String, Cell> byName = new HashMap<>();
        Map<String, Cell> byRecipe = new HashMap<>();
        Conditions conditions = new Conditions(grid.where(), where);
        for (Draft draft : drafts(folders, conditions)) {
            Cell cell = cell(draft, conditions.set(draft.values(), draft.point()));
            Cell owner = byName.put(cell.row().cell(), cell);
            if (owner != null) {
                throw bad(
                        "recipes",
                        "found cell " + cell.row().cell() + " twice, from "
                                + owner.row().recipe() + " and " + cell.row().recipe()
                                + ": recipes of one grid need different names");
            }
            Cell first = byRecipe.putIfAbsent(cell.row().sha256(), cell);
            if (first == null) {
                cells.add(cell);
            } else {
                twins.add(new Twin(cell, first));
            }
        }
        conditions.requireMet();
        if (cells.isEmpty()) {
            throw bad("where", "found no cell that is left: must leave at least one");
        }
        return new Sweep(cells, twins);
    }

    /** Every combination that is not left out, once. */
    private List<Draft> drafts(List<Path> folders, Conditions conditions) {
        List<Draft> drafts = new ArrayList<>();
        List<Map<String, Object>> points = Points.of(grid);
        for (String recipe : grid.recipes()) {
            Path file = find(recipe, folders);
            JsonNode tree = Recipes.tree(Recipes.text(file), file.toString());
            // The recipe itself must be right before anything in it is replaced.
            AutoSizes.check(tree, file.toString());
            requireOwnNames(tree);
            Set<Map.Entry<Map<String, Object>, Long>> seen = new HashSet<>();
            for (Map<String, Object> point : points) {
                for (long seed : grid.seeds()) {
                    // Conditions may take away what this recipe has no key for: only what is left has to fit.
                    CellValues values = draft(recipe, tree, point, seed, true).values();
                    Map<String, Object> own = conditions.reduce(point, values);
                    values = draft(recipe, tree, own, seed, true).values();
                    if (seen.add(Map.entry(own, seed)) && !conditions.skip(values)) {
                        drafts.add(draft(recipe, tree, own, seed, false));
                    }
                }
            }
        }
        return drafts;
    }

    /**
     * Builds a combination.
     *
     * @param lenient whether keys that the recipe does not have are passed over
     */
    private Draft draft(String recipe, JsonNode recipeTree, Map<String, Object> point, long seed, boolean lenient) {
        JsonNode tree = recipeTree.deepCopy();
        set(tree, grid.set(), recipe, lenient);
        set(tree, Points.keys(point), recipe, lenient);
        set(tree, Map.of("seed", seed), recipe, false);
        return new Draft(recipe, tree, point, seed);
    }

    private void set(JsonNode tree, Map<String, Object> keys, String recipe, boolean lenient) {
        keys.forEach((text, value) -> {
            KeyPath key = new KeyPath(text);
            if (!lenient || key.get(tree) != null) {
                key.set(tree, RecordTree.node(value), where + ": " + recipe);
            }
        });
    }

    private Cell cell(Draft draft, Map<String, Object> more) {
        JsonNode tree = draft.tree().deepCopy();
        String recipe = draft.recipe();
        set(tree, more, recipe, false);
        long seed = draft.seed();
        String axes = CellNames.axes(draft.point());
        String here = where + ": " + recipe + (axes.isEmpty() ? "" : " at " + axes);
        List<String> notes = AutoSizes.fill(tree, here, sizes);
        PretrainRecipe complete = Recipes.bind(tree, here, PretrainRecipe.class);
        requireWholePatches(complete, here);
        String group = names.group(complete.name(), draft.point());
        return new Cell(
                new CellRow(CellNames.cell(group, seed), group, recipe, axes, seed, Recipes.sha256(complete)),
                complete,
                Points.texts(draft.point()),
                notes);
    }

    /** A transformer floors its grid of patches: two sizes of a sweep could be one, and none of them is what it says. */
    private static void requireWholePatches(PretrainRecipe recipe, String here) {
        int patch = recipe.backbone().patch();
        List<ViewGroup> groups = recipe.views().groups();
        for (int i = 0; i < groups.size(); i++) {
            int size = groups.get(i).size();
            if (size % patch != 0) {
                throw new StageFailure(
                        ExitCode.BAD_RECIPE,
                        here + ": views.groups[" + i + "].size: found " + size + ": must be a multiple of " + patch
                                + ", the patch of " + recipe.backbone().name() + ", or be left out in where");
            }
        }
    }

    /** The name of a linked axis must not be a key that conditions could mean as well. */
    private void requireOwnNames(JsonNode tree) {
        for (int i = 0; i < grid.linked().size(); i++) {
            String name = grid.linked().get(i).name();
            if (tree.has(name)) {
                throw bad("linked[" + i + "].name", "found " + name + ", a key of recipes: must be another name");
            }
        }
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

    private StageFailure bad(String key, String message) {
        return new StageFailure(ExitCode.BAD_RECIPE, where + ": " + key + ": " + message);
    }
}
