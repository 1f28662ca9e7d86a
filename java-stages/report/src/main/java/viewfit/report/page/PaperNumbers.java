package viewfit.report.page;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import viewfit.report.Summary;
import viewfit.report.SweepTable;
import viewfit.report.results.CellResult;
import viewfit.report.results.ResultTable;

/**
 * Which row of a table of the paper is that of a row of one's own, and what it says, in percent. Rows are matched by
 * method, backbone and views (baseline, ours, two views); of two lengths of training by the epochs, or by which is longer.
 */
final class PaperNumbers {
    private static final Map<String, String> METHODS = Map.of(
            "Supervised",
            "supervised",
            "supervised",
            "supervised",
            "MoCo-v2",
            "moco",
            "MoCo-v2*",
            "moco",
            "SwAV",
            "swav",
            "DINO",
            "dino");
    private static final Map<String, String> BACKBONES = Map.of(
            "MobileNetV2",
            "mobilenet_v2",
            "ResNet18",
            "resnet18",
            "ResNet34",
            "resnet34",
            "ResNet50",
            "resnet50",
            "ViT-Ti/16",
            "vit_tiny",
            "ViT-S/16",
            "vit_small");
    private static final String OURS = "ours";
    private static final String BASELINE = "baseline";
    private static final String TWO_VIEWS = "two views";
    private static final String SUPERVISED = "supervised";
    private static final String TOP5 = "linear.top5";

    /** What is trained, and for how long; 0 epochs where the paper has one length alone. */
    private record Row(String method, String backbone, String views, int epochs) {}

    private final Map<Row, Map<String, Double>> rows = new LinkedHashMap<>();

    private PaperNumbers() {}

    /**
     * @param table name of the file, or empty; tables of detectors have nothing to put beside a probe
     */
    static PaperNumbers of(String table) {
        PaperNumbers numbers = new PaperNumbers();
        if (!table.isEmpty()) {
            ResultTable csv = csv(table);
            BiConsumer<ResultTable, Integer> read =
                    switch (table) {
                        case "table1" -> numbers::methods;
                        case "table2" -> numbers::pairs;
                        case "table3" -> numbers::backbones;
                        case "table5" -> numbers::lengths;
                        case "table6" -> numbers::labels;
                        case "table7" -> numbers::fewLabels;
                        default -> (t, i) -> {};
                    };
            for (int i = 0; i < csv.rows().size(); i++) {
                read.accept(csv, i);
            }
        }
        return numbers;
    }

    /** A table of the paper as published. */
    static ResultTable csv(String table) {
        String resource = "paper/" + table + ".csv";
        return ResultTable.parse(Path.of(resource), PageResources.text(resource));
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    /** What the paper has for this row, as a fraction; NaN for nothing. */
    double value(SweepTable table, SweepTable.Row row, String measure) {
        Row own = kind(row.first());
        List<Row> same = rows.keySet().stream()
                .filter(r -> r.method().equals(own.method())
                        && r.backbone().equals(own.backbone())
                        && r.views().equals(own.views()))
                .sorted(Comparator.comparingInt(Row::epochs))
                .toList();
        if (same.isEmpty()) {
            return Double.NaN;
        }
        int at = 0;
        if (same.size() > 1) {
            int exact = same.stream().map(Row::epochs).toList().indexOf(own.epochs());
            at = exact >= 0 ? exact : rank(table, own);
        }
        return at < same.size()
                ? rows.getOrDefault(same.get(at), Map.of()).getOrDefault(measure, Double.NaN)
                : Double.NaN;
    }

    /** The how-manieth of its lengths of training this is, from 0. */
    private static int rank(SweepTable table, Row own) {
        TreeSet<Integer> epochs = new TreeSet<>();
        for (SweepTable.Row row : table.rows()) {
            Row other = kind(row.first());
            if (new Row(other.method(), other.backbone(), other.views(), own.epochs()).equals(own)) {
                epochs.add(other.epochs());
            }
        }
        return epochs.headSet(own.epochs()).size();
    }

    /** What a cell is: views by the name of its recipe, else by its alpha (the paper's best are in 0.3 to 0.4). */
    private static Row kind(CellResult cell) {
        String name = cell.cell().recipe();
        String alpha = cell.setting("method.alpha");
        String views;
        if (cell.method().equals(SUPERVISED)) {
            views = SUPERVISED;
        } else if (name.contains("two-view")) {
            views = TWO_VIEWS;
        } else if (name.contains(BASELINE)) {
            views = BASELINE;
        } else if (name.contains(OURS) || alpha.matches("0\\.[34]\\d*")) {
            views = OURS;
        } else {
            views = "";
        }
        String epochs = cell.setting("epochs");
        return new Row(
                cell.method(), cell.backbone(), views, epochs.matches("\\d{1,6}") ? Integer.parseInt(epochs) : 0);
    }

    private void put(String method, String backbone, String views, String epochs, String measure, String percent) {
        if (!percent.isEmpty()) {
            Row row = new Row(method, backbone, views, epochs.isEmpty() ? 0 : Integer.parseInt(epochs));
            rows.computeIfAbsent(row, r -> new LinkedHashMap<>()).put(measure, Double.parseDouble(percent) / 100);
        }
    }

    private static String at(ResultTable table, String column, int row) {
        return table.text(column).get(row);
    }

    private void methods(ResultTable table, int i) {
        String name = at(table, "method", i);
        String method = METHODS.getOrDefault(name, "");
        String views = method.equals(SUPERVISED)
                ? SUPERVISED
                : at(table, "group", i).equals("two_views") ? TWO_VIEWS : BASELINE;
        if (!method.isEmpty()) {
            top(table, i, method, "mobilenet_v2", views);
        }
    }

    private void pairs(ResultTable table, int i) {
        String method = METHODS.getOrDefault(at(table, "ssl_method", i), "");
        String views = at(table, "variant", i);
        top(table, i, method, "mobilenet_v2", views.isEmpty() ? SUPERVISED : views);
    }

    private void backbones(ResultTable table, int i) {
        String variant = at(table, "variant", i);
        String method = variant.equals(SUPERVISED) ? SUPERVISED : "dino";
        String views = variant.equals("dino") ? BASELINE : variant;
        top(table, i, method, BACKBONES.getOrDefault(at(table, "backbone", i), ""), views);
    }

    private void top(ResultTable table, int i, String method, String backbone, String views) {
        put(method, backbone, views, "", Summary.LINEAR, at(table, "top1", i));
        put(method, backbone, views, "", TOP5, at(table, "top5", i));
    }

    private void lengths(ResultTable table, int i) {
        String name = at(table, "method", i);
        boolean supervised = name.equals("Supervised");
        if (supervised || name.equals("Ours")) {
            List<String[]> columns = new ArrayList<>(
                    List.of(new String[] {"mnv2", "mobilenet_v2"}, new String[] {"r18", "resnet18"}, new String[] {
                        "r34", "resnet34"
                    }));
            for (String[] column : columns) {
                String method = supervised ? SUPERVISED : "dino";
                String views = supervised ? SUPERVISED : OURS;
                String epochs = at(table, "train_epochs", i);
                put(method, column[1], views, epochs, Summary.LINEAR, at(table, column[0] + "_top1", i));
                put(method, column[1], views, epochs, TOP5, at(table, column[0] + "_top5", i));
            }
        }
    }

    private void labels(ResultTable table, int i) {
        String variant = at(table, "variant", i);
        put(
                "dino",
                BACKBONES.getOrDefault(at(table, "backbone", i), ""),
                variant.equals("dino") ? BASELINE : variant,
                at(table, "pretrain_epochs", i),
                at(table, "labels", i).replace("%", "pct"),
                at(table, "top1", i));
    }

    private void fewLabels(ResultTable table, int i) {
        if (at(table, "method", i).equals("Ours")) {
            String epochs = at(table, "pretrain_epochs", i);
            put("dino", "resnet18", OURS, epochs, "1pct", at(table, "top1_1pct", i));
            put("dino", "resnet18", OURS, epochs, "10pct", at(table, "top1_10pct", i));
        }
    }
}
