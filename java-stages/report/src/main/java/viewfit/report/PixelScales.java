package viewfit.report;

import java.util.List;
import org.jspecify.annotations.Nullable;
import viewfit.report.results.CellResult;
import viewfit.report.results.PixelScaleFiles;
import viewfit.report.results.ResultTable;
import viewfit.report.results.Results;

/** Which cells have the same views, and what their pixel scales are: stage views measures each set of views once. */
public final class PixelScales {
    /** The estimate that {@code size: auto} takes. */
    public static final String CHOSEN = "ratio of mean areas";

    private PixelScales() {}

    /**
     * Whether both have the same view keys in their recipes, and a backbone of the same patch: what the grid makes one of.
     * Nothing is known of a cell without a recipe.
     */
    public static boolean sameViews(CellResult a, CellResult b) {
        return !a.recipe().isEmpty() && !b.recipe().isEmpty() && views(a).equals(views(b)) && patches(a) == patches(b);
    }

    /** Global over local pixel scale of a group of local views by {@link #CHOSEN}; NaN where it was not measured. */
    public static double ratio(Results results, CellResult cell, int group) {
        ResultTable table = table(results, cell);
        if (table == null) {
            return Double.NaN;
        }
        List<String> groups = table.text("group");
        List<String> estimators = table.text("estimator");
        double[] ratios = table.numbers("ratio");
        for (int i = 0; i < ratios.length; i++) {
            if (estimators.get(i).equals(CHOSEN) && groups.get(i).equals(Integer.toString(group))) {
                return ratios[i];
            }
        }
        return Double.NaN;
    }

    private static @Nullable ResultTable table(Results results, CellResult cell) {
        PixelScaleFiles own = cell.pixelScales();
        if (own != null) {
            return own.table();
        }
        return results.cells().stream()
                .filter(other -> other.pixelScales() != null && sameViews(cell, other))
                .map(CellResult::pixelScales)
                .findFirst()
                .map(PixelScaleFiles::table)
                .orElse(null);
    }

    /** Whether the backbone takes its image in patches, which bind the size of a view; all transformers have the same. */
    private static boolean patches(CellResult cell) {
        return cell.recipe().getOrDefault("backbone.name", "").startsWith("vit_");
    }

    private static List<String> views(CellResult cell) {
        return cell.recipe().entrySet().stream()
                .filter(entry -> entry.getKey().startsWith("views."))
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .sorted()
                .toList();
    }
}
