package viewfit.core.grid;

import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.Recipes;

/**
 * One complete run of a sweep.
 *
 * @param row its line of {@code cells.csv}
 * @param recipe its recipe, complete
 */
public record Cell(CellRow row, PretrainRecipe recipe) {
    /** How the file of a cell begins. */
    public static final String FIRST_WORDS = "# Cell ";

    /** The recipe file of this cell; the same bytes whatever other cells the sweep has. */
    public String yaml() {
        String point = row.axes().isEmpty() ? "" : ", " + row.axes();
        return FIRST_WORDS + row.cell() + ": " + row.recipe() + point + ", seed " + row.seed() + ".\n"
                + Recipes.toYaml(recipe);
    }
}
