package viewfit.report.page;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import viewfit.report.results.ResultTable;
import viewfit.report.values.Text;

/** The paper's own numbers, set apart: another data set, longer training, never in one figure with small runs. */
final class PaperSection {

    private PaperSection() {}

    static String html() {
        return "<h2 id=\"paper\">The paper's numbers</h2>\n<div class=\"paper\">\n"
                + "<p>Paper, ImageNet, 200 epochs: linear probe, percent on the official validation set."
                + " <strong>Not comparable with runs on small data;</strong> they are here for the direction and size of the"
                + " effect only. Source: Tan, Saleh and Martinez, Effective Self-supervised Pre-training on Low-compute"
                + " Networks without Distillation, ICLR 2023.</p>\n"
                + "<h3>Methods on MobileNetV2 (table 2), top-1</h3>\n"
                + table("paper/table2.csv", List.of("ssl_method"), "baseline")
                + "<h3>Networks, DINO (table 3), top-1</h3>\n"
                + table("paper/table3.csv", List.of("backbone", "params_m", "gflops"), "dino")
                + "</div>\n";
    }

    /** One row per method or network: supervised, the stock views, the paper's views, and the difference. */
    private static String table(String resource, List<String> columns, String stock) {
        ResultTable table = ResultTable.parse(java.nio.file.Path.of(resource), PageResources.text(resource));
        Map<String, List<String>> rows = new LinkedHashMap<>();
        List<String> variants = List.of("supervised", stock, "ours");
        for (int i = 0; i < table.rows().size(); i++) {
            int at = i;
            List<String> row = rows.computeIfAbsent(table.text(columns.get(0)).get(i), name -> {
                List<String> fresh = new ArrayList<>();
                columns.forEach(c -> fresh.add(Html.escape(table.text(c).get(at))));
                fresh.addAll(List.of(Text.NONE, Text.NONE, Text.NONE, Text.NONE));
                return fresh;
            });
            String variant = table.text("variant").get(i);
            int column = columns.size() + variants.indexOf(variant.isEmpty() ? "supervised" : variant);
            row.set(column, Html.escape(table.text("top1").get(i)));
            if (variant.equals("ours")) {
                row.set(column + 1, Html.escape(table.text("delta_top1").get(i)));
            }
        }
        List<String> header =
                new ArrayList<>(columns.stream().map(PaperSection::title).toList());
        header.addAll(List.of("supervised", "baseline", "ours", "ours \u2212 baseline"));
        return new Html().table("numbers", header, List.copyOf(rows.values())).toString();
    }

    private static String title(String column) {
        return switch (column) {
            case "ssl_method" -> "method";
            case "params_m" -> "parameters, millions";
            case "gflops" -> "GFLOPs";
            default -> column;
        };
    }
}
