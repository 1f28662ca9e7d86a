package viewfit.core.select;

import java.nio.file.Path;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.grid.CellRow;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.Recipes;
import viewfit.core.recipe.SupervisedRecipe;

/**
 * What recipes are compared by: {@link Selector} chooses among those of one method and backbone, {@link Halving} stops among those
 * that have the same epochs too.
 *
 * @param epochs of pre-training, all of them
 */
public record Training(String method, String backbone, int epochs) {
    /** That of a recipe. */
    public static Training of(PretrainRecipe recipe) {
        return new Training(recipe.method().name(), recipe.backbone().name(), recipe.epochs());
    }

    /**
     * That of a cell, by its own recipe.
     *
     * @param grid folder of the sweep, as stage grid wrote it
     * @throws StageFailure {@link ExitCode#BAD_DATA} if it is not the recipe that the table of cells knows
     */
    public static Training read(Path grid, CellRow cell) {
        Path file = grid.resolve("cells").resolve(cell.cell() + ".yml");
        PretrainRecipe recipe = Recipes.read(file, PretrainRecipe.class);
        String found = Recipes.sha256(recipe);
        if (!found.equals(cell.sha256())) {
            throw new StageFailure(
                    ExitCode.BAD_DATA,
                    file + ": found checksum " + found + ": must be " + cell.sha256() + ", as in cells.csv");
        }
        return of(recipe);
    }

    /** Whether it learns from labels: what others are measured by, which no score can rule out. */
    public boolean reference() {
        return method.equals(SupervisedRecipe.NAME);
    }
}
