package viewfit.report.page;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import viewfit.report.Summary;
import viewfit.report.SweepTable;
import viewfit.report.ViewKind;
import viewfit.report.results.ResultTable;

/**
 * Which row of a table of the paper is that of a row of one's own, and what it says, as fractions. Rows are matched by
 * method, backbone, {@link ViewKind} and epochs; where no length of training is one of the paper's and there are as many,
 * by the order of the lengths.
 */
final class PaperNumbers {
    private static final Map<String, String> METHODS =
            Map.of("Supervised", "supervised", "MoCo-v2", "moco", "MoCo-v2*", "moco", "SwAV", "swav", "DINO", "dino");
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
    private static final String SUPERVISED = "supervised";
    private static final String TOP5 = "linear" + Summary.TOP5;

    /** Epochs of the paper's tables of one length. */
    private static final String USUAL = "200";

    /** A run of one of the paper's lengths never stands for another. */
    private static final Set<Integer> LENGTHS = Set.of(200, 400);

    /** What is trained, and for how long; 0 epochs where the paper does not say, as of supervised training. */
    private record Row(String method, String backbone, ViewKind views, int epochs) {}

    private final Map<Row, Map<String, Double>> rows = new LinkedHashMap<>();

    /** The paper's row of each row of a table that has one; worked out once, since all rows of a table have a say in it. */
    private final IdentityHashMap<SweepTable, IdentityHashMap<SweepTable.Row, Row>> matches = new IdentityHashMap<>();

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
        Row found = match(table, row);
        return found == null ? Double.NaN : rows.getOrDefault(found, Map.of()).getOrDefault(measure, Double.NaN);
    }

    /** Epochs of pre-training that the paper's row has; 0 where it names none or there is no such row. */
    int epochs(SweepTable table, SweepTable.Row row) {
        Row found = match(table, row);
        return found == null ? 0 : found.epochs();
    }

    /** The paper's row that is this one's and no other's of the table; null for none. */
    private @Nullable Row match(SweepTable table, SweepTable.Row row) {
        return matches.computeIfAbsent(table, this::matches).get(row);
    }

    private IdentityHashMap<SweepTable.Row, Row> matches(SweepTable table) {
        IdentityHashMap<SweepTable.Row, Row> found = new IdentityHashMap<>();
        Map<Row, Integer> times = new HashMap<>();
        for (SweepTable.Row row : table.rows()) {
            Row candidate = candidate(table, row);
            if (candidate != null) {
                found.put(row, candidate);
                times.merge(candidate, 1, Integer::sum);
            }
        }
        found.values().removeIf(candidate -> times.getOrDefault(candidate, 0) > 1);
        return found;
    }

    private @Nullable Row candidate(SweepTable table, SweepTable.Row row) {
        int epochs = length(row);
        TreeSet<Integer> lengths = new TreeSet<>();
        for (SweepTable.Row other : table.rows()) {
            if (method(other).equals(method(row)) && backbone(other).equals(backbone(row))) {
                lengths.add(length(other));
            }
        }
        TreeSet<Integer> theirs = new TreeSet<>();
        for (Row paper : rows.keySet()) {
            if (paper.method().equals(method(row)) && paper.backbone().equals(backbone(row)) && paper.epochs() > 0) {
                theirs.add(paper.epochs());
            }
        }
        // Lengths of training stand for the paper's by their order only if all of them are other lengths, and as many.
        boolean byRank = lengths.size() == theirs.size()
                && lengths.stream().noneMatch(length -> length == 0 || LENGTHS.contains(length));
        ViewKind views = row.views();
        int wanted = byRank ? List.copyOf(theirs).get(lengths.headSet(epochs).size()) : epochs;
        return rows.keySet().stream()
                .filter(paper -> paper.method().equals(method(row))
                        && paper.backbone().equals(backbone(row))
                        && paper.views() == views
                        && (paper.epochs() == 0 || paper.epochs() == wanted))
                .findFirst()
                .orElse(null);
    }

    private static String method(SweepTable.Row row) {
        return row.first().method();
    }

    private static String backbone(SweepTable.Row row) {
        return row.first().backbone();
    }

    /** Epochs of all cells of a row; 0 if they differ or are not known. */
    private static int length(SweepTable.Row row) {
        List<String> epochs = row.cells().stream()
                .map(cell -> cell.setting("epochs"))
                .distinct()
                .toList();
        return epochs.size() == 1 && epochs.get(0).matches("\\d{1,6}") ? Integer.parseInt(epochs.get(0)) : 0;
    }

    private void put(String method, String backbone, ViewKind views, String epochs, String measure, String percent) {
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
        ViewKind views = at(table, "group", i).equals("two_views") ? ViewKind.TWO_VIEWS : ViewKind.STOCK;
        if (!method.isEmpty()) {
            top(table, i, method, "mobilenet_v2", views);
        }
    }

    private void pairs(ResultTable table, int i) {
        String method = METHODS.getOrDefault(at(table, "ssl_method", i), "");
        top(table, i, method, "mobilenet_v2", views(at(table, "variant", i)));
    }

    private void backbones(ResultTable table, int i) {
        String variant = at(table, "variant", i);
        String method = variant.equals(SUPERVISED) ? SUPERVISED : "dino";
        top(table, i, method, BACKBONES.getOrDefault(at(table, "backbone", i), ""), views(variant));
    }

    private static ViewKind views(String variant) {
        return variant.equals("ours") ? ViewKind.OURS : ViewKind.STOCK;
    }

    private void top(ResultTable table, int i, String method, String backbone, ViewKind views) {
        boolean supervised = method.equals(SUPERVISED);
        ViewKind kind = supervised ? ViewKind.SUPERVISED : views;
        String epochs = supervised ? "" : USUAL;
        put(method, backbone, kind, epochs, Summary.LINEAR, at(table, "top1", i));
        put(method, backbone, kind, epochs, TOP5, at(table, "top5", i));
    }

    private void lengths(ResultTable table, int i) {
        String name = at(table, "method", i);
        boolean supervised = name.equals("Supervised");
        if (supervised || name.equals("Ours")) {
            String method = supervised ? SUPERVISED : "dino";
            ViewKind views = supervised ? ViewKind.SUPERVISED : ViewKind.OURS;
            String epochs = at(table, "train_epochs", i);
            Map.of("mnv2", "mobilenet_v2", "r18", "resnet18", "r34", "resnet34").forEach((column, backbone) -> {
                put(method, backbone, views, epochs, Summary.LINEAR, at(table, column + "_top1", i));
                put(method, backbone, views, epochs, TOP5, at(table, column + "_top5", i));
            });
        }
    }

    private void labels(ResultTable table, int i) {
        String backbone = BACKBONES.getOrDefault(at(table, "backbone", i), "");
        ViewKind views = views(at(table, "variant", i));
        String epochs = at(table, "pretrain_epochs", i);
        String fraction = at(table, "labels", i).replace("%", "pct");
        put("dino", backbone, views, epochs, fraction, at(table, "top1", i));
        put("dino", backbone, views, epochs, fraction + Summary.TOP5, at(table, "top5", i));
    }

    private void fewLabels(ResultTable table, int i) {
        if (at(table, "method", i).equals("Ours")) {
            String epochs = at(table, "pretrain_epochs", i);
            put("dino", "resnet18", ViewKind.OURS, epochs, "1pct", at(table, "top1_1pct", i));
            put("dino", "resnet18", ViewKind.OURS, epochs, "10pct", at(table, "top1_10pct", i));
        }
    }
}
