package viewfit.core.grid;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.recipe.GridRecipe;
import viewfit.core.recipe.Recipes;

/** Reads grids, and knows those that were written before there were linked axes, conditions and figures. */
public final class GridFile {
    private static final String EARLIER = "grid/1";

    private GridFile() {}

    /**
     * Reads a grid file.
     *
     * @throws StageFailure {@link ExitCode#NO_INPUT} if there is no such file, {@link ExitCode#BAD_RECIPE} if it is no grid, or
     *     an earlier one
     */
    public static GridRecipe read(Path file) {
        return parse(Recipes.text(file), file.toString());
    }

    /**
     * Parses a grid.
     *
     * @param where what to call the text in messages
     */
    public static GridRecipe parse(String text, String where) {
        JsonNode tree = Recipes.tree(text, where);
        if (tree.path("schema").asText().equals(EARLIER)) {
            throw new StageFailure(
                    ExitCode.BAD_RECIPE,
                    where + ": schema: found " + EARLIER + ": must be " + GridRecipe.SCHEMA + ", which has the keys"
                            + " linked: [], where: [], shows: [] too: add them");
        }
        return Recipes.bind(tree, where, GridRecipe.class);
    }
}
