package viewfit.report.page;

import java.util.ArrayList;
import java.util.List;
import viewfit.report.Text;
import viewfit.report.results.ResultTable;

/** The paper's own numbers, set apart: another data set, longer training, never in one figure with small runs. */
final class PaperSection {

    private PaperSection() {}

    static String html() {
        return "<h2 id=\"paper\">The paper's numbers</h2>\n<div class=\"paper\">\n"
                + "<p>Paper, ImageNet, 200 epochs: linear probe top-1 and top-5 in percent on the official validation set."
                + " <strong>Not comparable with runs on small data;</strong> they are here for the direction and size of the"
                + " effect only. Source: Tan, Saleh and Martinez, Effective Self-supervised Pre-training on Low-compute"
                + " Networks without Distillation, ICLR 2023.</p>\n"
                + "<h3>Methods on MobileNetV2 (table 2)</h3>\n"
                + table("paper/table2.csv", List.of("ssl_method", "variant", "top1", "top5", "delta_top1"))
                + "<h3>Networks, DINO (table 3)</h3>\n"
                + table("paper/table3.csv", List.of("backbone", "variant", "params_m", "gflops", "top1", "top5", "delta_top1"))
                + "</div>\n";
    }

    private static String table(String resource, List<String> columns) {
        ResultTable table = ResultTable.parse(java.nio.file.Path.of(resource), PageResources.text(resource));
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < table.rows().size(); i++) {
            List<String> row = new ArrayList<>();
            for (String column : columns) {
                String value = table.text(column).get(i);
                row.add(value.isEmpty() ? Text.NONE : Html.escape(value));
            }
            rows.add(row);
        }
        return new Html().table("numbers", columns.stream().map(PaperSection::title).toList(), rows).toString();
    }

    private static String title(String column) {
        return switch (column) {
            case "ssl_method" -> "method";
            case "params_m" -> "parameters, millions";
            case "gflops" -> "GFLOPs";
            case "top1" -> "top-1";
            case "top5" -> "top-5";
            case "delta_top1" -> "ours \u2212 baseline";
            default -> column;
        };
    }
}
