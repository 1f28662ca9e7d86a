package viewfit.report.results;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;

/** The cells of a sweep, as the grid stage wrote them: cell, recipe, one column per axis, seed, sha256. */
final class CellTable {

    private static final Set<String> FIXED = Set.of("cell", "recipe", "seed", "sha256");

    private CellTable() {}

    static List<Cell> read(ResultTable table) {
        List<String> ids = table.text("cell");
        List<String> recipes = table.text("recipe");
        double[] seeds = table.numbers("seed");
        List<Cell> cells = new ArrayList<>();
        Set<String> seen = new LinkedHashSet<>();
        for (int i = 0; i < ids.size(); i++) {
            if (!seen.add(ids.get(i))) {
                throw new StageFailure(
                        ExitCode.BAD_DATA, table.file() + ": cell " + ids.get(i) + " twice: cells are unique");
            }
            Map<String, String> axes = new LinkedHashMap<>();
            for (String column : table.header()) {
                if (!FIXED.contains(column)) {
                    axes.put(column, table.text(column).get(i));
                }
            }
            String sha = table.has("sha256") ? table.text("sha256").get(i) : "";
            cells.add(new Cell(ids.get(i), variant(recipes.get(i), axes), (long) seeds[i], axes, sha));
        }
        return cells;
    }

    /** Recipe name without folder and ending, then the axes that have a value. */
    static String variant(String recipe, Map<String, String> axes) {
        String name = recipe.replaceFirst("^.*/", "").replaceFirst("\\.ya?ml$", "");
        StringBuilder label = new StringBuilder(name);
        axes.forEach((axis, value) -> {
            if (!value.isEmpty()) {
                label.append(", ").append(axis).append(' ').append(value);
            }
        });
        return label.toString();
    }
}
