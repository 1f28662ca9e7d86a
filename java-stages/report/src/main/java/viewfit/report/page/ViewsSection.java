package viewfit.report.page;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import viewfit.report.results.CellResult;
import viewfit.report.results.ResultTable;
import viewfit.report.results.Results;
import viewfit.report.values.Text;

/** The views actually sampled, one contact sheet per recipe, with the mean pixel scale of each kind of view. */
final class ViewsSection {

    private ViewsSection() {}

    static String html(Results results, Outputs outputs) {
        StringBuilder sheets = new StringBuilder();
        for (String variant : results.variants()) {
            for (CellResult cell : results.of(variant)) {
                Path png = cell.viewsPng();
                if (png != null) {
                    sheets.append("<h3>").append(Html.escape(variant)).append("</h3>\n");
                    sheets.append(outputs.picture(
                            "views",
                            cell.cell().id(),
                            png,
                            "Views sampled by " + variant,
                            Html.escape("Cell " + cell.cell().id() + ". " + scales(cell.views()))));
                    break;
                }
            }
        }
        return sheets.isEmpty()
                ? ""
                : "<h2 id=\"views\">Views</h2>\n<p>What the network saw: crops as sampled during training, after all colour"
                        + " changes. The pixel scale of a view is its area in pixels over the area of its crop in the"
                        + " photograph; small networks learn best when global and local views have about the same.</p>\n"
                        + sheets;
    }

    /** Mean pixel scale by kind, and the mean of global over local over all pairs of one image (paper, equation 1). */
    static String scales(@org.jspecify.annotations.Nullable ResultTable views) {
        if (views == null || !views.has("kind") || !views.has("pixel_scale")) {
            return "";
        }
        List<String> kinds = views.text("kind");
        double[] scales = views.numbers("pixel_scale");
        Map<String, double[]> sums = new LinkedHashMap<>();
        for (int i = 0; i < scales.length; i++) {
            double[] sum = sums.computeIfAbsent(kinds.get(i).toLowerCase(Locale.ROOT), k -> new double[2]);
            sum[0] += scales[i];
            sum[1]++;
        }
        List<String> parts = new ArrayList<>();
        sums.forEach((kind, sum) -> parts.add(kind + " " + Text.decimals(sum[0] / sum[1], 2)));
        double ratio = ratio(views, kinds, scales);
        if (Double.isFinite(ratio)) {
            parts.add("global over local " + Text.decimals(ratio, 2));
        }
        return "Mean pixel scale of the views drawn: " + String.join(", ", parts) + ".";
    }

    /** Mean of PS(global) / PS(local) over all pairs within an image; NaN without pairs. */
    private static double ratio(ResultTable views, List<String> kinds, double[] scales) {
        if (!views.has("image")) {
            return Double.NaN;
        }
        List<String> images = views.text("image");
        double sum = 0;
        int pairs = 0;
        for (int g = 0; g < scales.length; g++) {
            for (int l = 0; l < scales.length; l++) {
                boolean pair =
                        kinds.get(g).equalsIgnoreCase("global") && kinds.get(l).equalsIgnoreCase("local");
                if (pair && images.get(g).equals(images.get(l))) {
                    sum += scales[g] / scales[l];
                    pairs++;
                }
            }
        }
        return pairs == 0 ? Double.NaN : sum / pairs;
    }
}
