package viewfit.report.page;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import viewfit.report.PixelScales;
import viewfit.report.results.CellResult;
import viewfit.report.results.PixelScaleFiles;
import viewfit.report.results.ResultTable;
import viewfit.report.results.Results;
import viewfit.report.values.Text;

/** How far the pixel scales of global and local views are apart on these photographs, once for each set of views. */
final class PixelScaleSection {
    private PixelScaleSection() {}

    static String html(Results results, Outputs outputs) {
        StringBuilder parts = new StringBuilder();
        for (CellResult cell : results.cells()) {
            PixelScaleFiles scales = cell.pixelScales();
            if (scales != null) {
                parts.append(part(results, cell, scales, outputs));
            }
        }
        return parts.isEmpty()
                ? ""
                : "<h2 id=\"pixel-scale\">Pixel scale</h2>\n<p>The pixel scale of a view is its area in pixels over the"
                        + " area of its crop in the photograph. The ratio of global to local pixel scale, over pairs of boxes"
                        + " drawn as in training from photographs of these sizes, is 1 at the local size that the paper"
                        + " found best. It can be averaged in four ways; <code>size: auto</code> takes the ratio of mean"
                        + " areas. Cells with the same views share what is shown here.</p>\n" + parts;
    }

    private static String part(Results results, CellResult cell, PixelScaleFiles scales, Outputs outputs) {
        String id = cell.cell().id();
        Html html = new Html().element("h3", "", cell.cell().variant());
        ResultTable table = scales.table();
        List<String> others = same(results, cell);
        String source =
                "Cell " + id + (others.isEmpty() ? "" : ", the same views as " + String.join(", ", others)) + ".";
        if (table.rows().isEmpty()) {
            html.element("p", "", source + " No local views: there is nothing to compare.");
        } else {
            html.element("p", "", source);
            sentences(table).forEach(sentence -> html.element("p", "", sentence));
            html.table(
                    "numbers",
                    List.of("local views", "estimate", "ratio", "best local size, px", "rounded, px"),
                    rows(table));
            outputs.table("pixel-scale-" + Outputs.fileName(id), table.header(), table.rows());
        }
        Path figure = scales.figure();
        if (figure != null) {
            html.raw(outputs.picture(
                    "pixel-scale",
                    id,
                    figure,
                    "Pixel scales of the views of " + id,
                    "Pairs of boxes drawn by the sampler of training." + bins(outputs, figure, Outputs.fileName(id))));
        }
        return html.toString();
    }

    /** A link to how the pairs are distributed; the table of estimates is that of the figure. */
    private static String bins(Outputs outputs, Path figure, String id) {
        String link = outputs.tableOf(
                figure.resolveSibling("pixel-scale-bins.csv"), "pixel-scale-bins-" + id, "distributions");
        return link.isEmpty() ? "" : " <span class=\"source\">" + link + "</span>";
    }

    /** Cells of the same views, which have no figure of their own. */
    private static List<String> same(Results results, CellResult cell) {
        return results.cells().stream()
                .filter(other -> other.pixelScales() == null && PixelScales.sameViews(other, cell))
                .map(other -> other.cell().id())
                .toList();
    }

    private static List<String> sentences(ResultTable table) {
        List<String> sentences = new ArrayList<>();
        double[] ratios = table.numbers("ratio");
        double[] best = table.numbers("best_local_side");
        double[] sides = table.numbers("local_side");
        double[] rounded = table.numbers("rounded_local_side");
        for (int i = 0; i < ratios.length; i++) {
            if (table.text("estimator").get(i).equals(PixelScales.CHOSEN)) {
                sentences.add("Local views of " + Text.decimals(sides[i], 0) + " pixels have a ratio of "
                        + Text.decimals(ratios[i], 2) + " by " + PixelScales.CHOSEN + "; it would be 1 at "
                        + Text.decimals(best[i], 1) + " pixels (rounded for this network: "
                        + Text.decimals(rounded[i], 0) + ").");
            }
        }
        return sentences;
    }

    private static List<List<String>> rows(ResultTable table) {
        List<List<String>> rows = new ArrayList<>();
        List<String> estimators = table.text("estimator");
        List<String> sides = table.text("local_side");
        double[] ratios = table.numbers("ratio");
        double[] errors = table.numbers("standard_error");
        double[] best = table.numbers("best_local_side");
        double[] bestErrors = table.numbers("best_local_side_error");
        List<String> rounded = table.text("rounded_local_side");
        for (int i = 0; i < ratios.length; i++) {
            rows.add(List.of(
                    Html.escape(sides.get(i)) + "\u00A0px",
                    Html.escape(estimators.get(i)),
                    plusMinus(ratios[i], errors[i], 3),
                    plusMinus(best[i], bestErrors[i], 2),
                    Html.escape(rounded.get(i))));
        }
        return rows;
    }

    private static String plusMinus(double value, double error, int digits) {
        return Text.decimals(value, digits) + "\u00A0\u00B1\u00A0" + Text.decimals(error, digits);
    }
}
