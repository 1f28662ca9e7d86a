package viewfit.core.grid;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.Recipes;
import viewfit.core.recipe.RecordTree;

/**
 * One complete run of a sweep.
 *
 * @param row its line of {@code cells.csv}
 * @param recipe its recipe, complete
 * @param point its value on each axis, as text, in their order
 * @param notes where numbers are from that stand for open ones, one line each
 */
public record Cell(CellRow row, PretrainRecipe recipe, Map<String, String> point, List<String> notes) {
    /** How the file of a cell begins. */
    public static final String FIRST_WORDS = "# Cell ";

    public Cell {
        point = Collections.unmodifiableMap(new LinkedHashMap<>(point));
        notes = List.copyOf(notes);
    }

    /** The recipe file of this cell; the same bytes whatever other cells the sweep has. */
    public String yaml() {
        String at = row.axes().isEmpty() ? "" : ", " + row.axes();
        StringBuilder comments = new StringBuilder();
        notes.forEach(note -> comments.append("# ").append(note).append(".\n"));
        return FIRST_WORDS + row.cell() + ": " + row.recipe() + at + ", seed " + row.seed() + ".\n"
                + comments
                + Recipes.toYaml(recipe);
    }

    /** Whether a number of the recipe stands for an open one: notes begin with their keys. */
    boolean isOpen(String key) {
        return notes.stream().anyMatch(note -> note.startsWith(key + ": "));
    }

    /** What keys stand for in this cell. */
    CellValues values() {
        return new CellValues(row.recipe(), point, RecordTree.of(recipe));
    }
}
