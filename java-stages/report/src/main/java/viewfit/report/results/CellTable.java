package viewfit.report.results;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;

/** The cells of a sweep, as the grid stage wrote them: cell, group, recipe, axes, seed, sha256 ({@code viewfit.core.grid.CellRow}). */
final class CellTable {

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
            Map<String, String> axes =
                    axes(table.has("axes") ? table.text("axes").get(i) : "");
            String sha = table.has("sha256") ? table.text("sha256").get(i) : "";
            String recipe = recipe(recipes.get(i));
            cells.add(new Cell(ids.get(i), recipe, variant(recipe, axes), (long) seeds[i], axes, sha));
        }
        return cells;
    }

    /** The point {@code key=value;key=value} as a map. */
    private static Map<String, String> axes(String point) {
        Map<String, String> axes = new LinkedHashMap<>();
        for (String part : point.split(";")) {
            int equals = part.indexOf('=');
            if (equals > 0) {
                axes.put(part.substring(0, equals), part.substring(equals + 1));
            }
        }
        return axes;
    }

    /** Recipe name without folder and ending. */
    static String recipe(String file) {
        return file.replaceFirst("^.*/", "").replaceFirst("\\.ya?ml$", "");
    }

    /** Recipe name, then the axes that have a value. */
    static String variant(String recipe, Map<String, String> axes) {
        StringBuilder label = new StringBuilder(recipe);
        axes.forEach((axis, value) -> {
            if (!value.isEmpty()) {
                label.append(", ").append(axis).append(' ').append(value);
            }
        });
        return label.toString();
    }
}
