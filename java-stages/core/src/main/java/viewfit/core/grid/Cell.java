package viewfit.core.grid;

import java.util.List;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.Recipes;

/**
 * One complete run of a sweep.
 *
 * @param row its line of {@code cells.csv}
 * @param recipe its recipe, complete
 * @param notes where numbers are from that stand for open ones, one line each
 */
public record Cell(CellRow row, PretrainRecipe recipe, List<String> notes) {
    /** How the file of a cell begins. */
    public static final String FIRST_WORDS = "# Cell ";

    public Cell {
        notes = List.copyOf(notes);
    }

    /** The recipe file of this cell; the same bytes whatever other cells the sweep has. */
    public String yaml() {
        String point = row.axes().isEmpty() ? "" : ", " + row.axes();
        StringBuilder comments = new StringBuilder();
        notes.forEach(note -> comments.append("# ").append(note).append(".\n"));
        return FIRST_WORDS + row.cell() + ": " + row.recipe() + point + ", seed " + row.seed() + ".\n"
                + comments
                + Recipes.toYaml(recipe);
    }
}
