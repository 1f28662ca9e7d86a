package viewfit.report.page;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import viewfit.report.results.ResultTable;
import viewfit.report.values.Text;

/** The paper's own numbers, set apart: another data set, longer training, never in one figure with small runs. */
final class PaperSection {

    private static final Map<String, String> TITLES = new TreeMap<>(Map.of(
            "table1", "Methods on MobileNetV2, linear probe",
            "table2", "Methods on MobileNetV2 with both sets of views, linear probe",
            "table3", "Networks with both sets of views, linear probe",
            "table4", "Detection on COCO, average precision",
            "table5", "Beside methods with a teacher, linear probe",
            "table6", "Fine-tuning on few labels",
            "table7", "Fine-tuning of ResNet-18 on few labels, beside methods with a teacher",
            "table8", "Detection with MobileNetV2 beside SimReg, average precision",
            "table9", "Detection with ResNet-18 beside methods with a teacher, average precision"));

    private static final String PROBE =
            "Linear probe on ImageNet, percent of the official validation images, after 200 epochs of pre-training;"
                    + " supervised rows are of training with all labels.";
    private static final String DETECTOR =
            "Mask R-CNN trained and scored on COCO, average precision of boxes (bb) and masks (mk) in percent, 1x or 2x"
                    + " schedule";
    private static final String FINETUNED =
            "Fine-tuning on 1 % or 10 % of the labels of ImageNet, percent of the official validation images, after as many"
                    + " epochs of pre-training as column pretrain epochs has";

    /** What the numbers of a table measure, on what data, and after how many epochs. */
    private static final Map<String, String> MEASURES = Map.of(
            "table1",
            PROBE,
            "table2",
            PROBE,
            "table3",
            PROBE,
            "table4",
            DETECTOR + "; the backbones are after as many epochs of pre-training as column pretrain epochs has.",
            "table5",
            "Linear probe on ImageNet, percent of the official validation images, after as many epochs as column train"
                    + " epochs has; the supervised row is of training with all labels.",
            "table6",
            FINETUNED + ".",
            "table7",
            FINETUNED + ", top-1.",
            "table8",
            DETECTOR + "; the backbones of the paper are after 400 epochs of pre-training.",
            "table9",
            DETECTOR + "; the backbones of the paper are after 400 epochs of pre-training.");

    private PaperSection() {}

    static String html() {
        return "<h2 id=\"paper\">The paper's numbers</h2>\n<div class=\"paper\">\n"
                + "<p><strong>Not comparable with runs on small data;</strong> they are here for the direction and size of the"
                + " effect only. Source: Tan, Saleh and Martinez, Effective Self-supervised Pre-training on Low-compute"
                + " Networks without Distillation, ICLR 2023.</p>\n"
                + "<h3>Methods on MobileNetV2 (table 2), top-1</h3>\n"
                + measure("table2")
                + table("table2", List.of("ssl_method"), "baseline")
                + "<h3>Networks, DINO (table 3), top-1</h3>\n"
                + measure("table3")
                + table("table3", List.of("backbone", "params_m", "gflops"), "dino")
                + others() + "</div>\n";
    }

    /** The tables that are not drawn up above, as published. */
    private static String others() {
        StringBuilder html = new StringBuilder();
        TITLES.forEach((table, title) -> {
            if (!table.equals("table2") && !table.equals("table3")) {
                html.append(Html.details(title + " (" + table.replace("table", "table ") + ")", published(table)));
            }
        });
        return html.toString();
    }

    /** A table of the paper as published, folded away, to stand beside one's own; nothing without a name. */
    static String beside(String table) {
        return table.isEmpty()
                ? ""
                : Html.details(
                        "Table " + table.replace("table", "") + " of the paper: " + TITLES.get(table),
                        published(table));
    }

    private static String measure(String table) {
        return new Html()
                .element("p", "class=\"note\"", MEASURES.getOrDefault(table, ""))
                .toString();
    }

    /** What it measures, then row by row; a dash where the paper reports nothing. */
    private static String published(String name) {
        ResultTable table = PaperNumbers.csv(name);
        List<List<String>> rows = table.rows().stream()
                .map(row -> row.stream()
                        .map(cell -> cell.isEmpty() ? Text.NONE : Html.escape(cell))
                        .toList())
                .toList();
        List<String> header = table.header().stream()
                .map(column -> Html.escape(column.replace('_', ' ')))
                .toList();
        return measure(name) + new Html().table("numbers", header, rows);
    }

    /** One row per method or network: supervised, the stock views, the paper's views, and the difference. */
    private static String table(String name, List<String> columns, String stock) {
        ResultTable table = PaperNumbers.csv(name);
        Map<String, List<String>> rows = new LinkedHashMap<>();
        List<String> variants = List.of("supervised", stock, "ours");
        for (int i = 0; i < table.rows().size(); i++) {
            int at = i;
            List<String> row = rows.computeIfAbsent(table.text(columns.get(0)).get(i), first -> {
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
