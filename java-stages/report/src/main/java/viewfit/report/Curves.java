package viewfit.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import viewfit.report.chart.LineFigure;
import viewfit.report.chart.LineFigure.YScale;
import viewfit.report.results.CellResult;
import viewfit.report.results.Curve;
import viewfit.report.results.ResultTable;
import viewfit.report.results.Results;
import viewfit.report.values.MeanSd;
import viewfit.report.values.Text;

/**
 * The curves and health panels of a report, in page order. Every method measures some of the columns; a cell is drawn where
 * it has a finite value, a panel without any such cell is left out, and both are told in words.
 */
public final class Curves {
    private static final String KNN = "knn_student";
    private static final String EPOCH = "epoch";

    /** A column and how it is drawn. */
    private record Panel(String id, String title, String yLabel, String column, YScale scale, boolean byEpoch) {
        /** Of curve.csv, over steps. */
        static Panel step(String id, String title, String yLabel, String column, YScale scale) {
            return new Panel(id, title, yLabel, column, scale, false);
        }

        /** Of monitor.csv, over epochs. */
        static Panel epoch(String id, String title, String yLabel, String column, YScale scale) {
            return new Panel(id, title, yLabel, column, scale, true);
        }
    }

    private static final List<Panel> PANELS = List.of(
            Panel.step("loss", "Loss", "cross entropy (nats)", "loss", YScale.DATA),
            Panel.epoch("knn-by-epoch", "k-NN during training", "top-1 accuracy", KNN, YScale.PERCENT),
            Panel.step("online-probe", "Online linear probe", "top-1 on the batch", "probe_top1", YScale.PERCENT),
            Panel.step("train-top1", "Own task", "top-1 on the batch", "top1", YScale.PERCENT),
            Panel.step("teacher-entropy", "Entropy of the targets", "entropy (nats)", "teacher_entropy", YScale.DATA),
            Panel.step(
                    "view-correlation",
                    "Agreement of two views",
                    "correlation of teacher logits",
                    "view_correlation",
                    YScale.DATA),
            Panel.step("prototypes", "Prototypes in use", "effective number", "prototypes", YScale.FROM_ZERO),
            Panel.epoch(
                    "prototypes-used",
                    "Prototypes that are some image\u2019s nearest",
                    "share",
                    "prototypes_used",
                    YScale.PERCENT),
            Panel.step(
                    "feature-std",
                    "Spread of normalised features",
                    "mean standard deviation",
                    "feature_std",
                    YScale.FROM_ZERO),
            Panel.step(
                    "feature-cosine",
                    "Likeness of two images",
                    "mean cosine of features",
                    "feature_cosine",
                    YScale.DATA),
            Panel.step("learning-rate", "Learning rate", "learning rate", "lr", YScale.FROM_ZERO),
            Panel.step("throughput", "Throughput", "images per second", "images_per_second", YScale.FROM_ZERO),
            Panel.step("data-wait", "Waiting for views", "share of the time", "data_wait_share", YScale.PERCENT));

    private Curves() {}

    /** The panels that have data. */
    public static List<LineFigure> figures(Results results) {
        return PANELS.stream()
                .map(panel -> figure(results, panel))
                .filter(figure -> !figure.lines().isEmpty())
                .toList();
    }

    /** Titles of the panels that no cell has data for, though some cell has a curve. */
    public static List<String> leftOut(Results results) {
        if (results.cells().stream().noneMatch(cell -> hasRows(cell.curve()))) {
            return List.of();
        }
        return PANELS.stream()
                .filter(panel -> figure(results, panel).lines().isEmpty())
                .map(Panel::title)
                .toList();
    }

    /**
     * Who is not drawn in a figure although it was trained: methods of which no cell has the column, else the cells.
     */
    public static List<String> unmeasured(Results results, LineFigure figure) {
        Set<String> drawn = new TreeSet<>();
        figure.lines().forEach(line -> drawn.add(line.cell()));
        Map<String, List<String>> missing = new LinkedHashMap<>();
        Set<String> measured = new TreeSet<>();
        for (CellResult cell : results.cells()) {
            if (drawn.contains(cell.cell().id())) {
                measured.add(cell.method());
            } else if (hasRows(cell.curve())) {
                missing.computeIfAbsent(cell.method(), m -> new ArrayList<>())
                        .add(cell.cell().id());
            }
        }
        Set<String> names = new LinkedHashSet<>();
        missing.forEach((method, cells) -> {
            if (method.isEmpty() || measured.contains(method)) {
                names.addAll(cells);
            } else {
                names.add(method);
            }
        });
        return List.copyOf(names);
    }

    private static boolean hasRows(@Nullable Curve curve) {
        return curve != null && curve.rows() > 0;
    }

    private static LineFigure figure(Results results, Panel panel) {
        List<CellResult> drawn = new ArrayList<>();
        List<LineFigure.Line> lines = new ArrayList<>();
        for (CellResult cell : results.cells()) {
            List<LineFigure.Point> points =
                    panel.byEpoch() ? points(cell.monitor(), panel.column()) : points(cell.curve(), panel.column());
            if (points.stream().anyMatch(p -> Double.isFinite(p.y()))) {
                lines.add(line(results, cell, points));
                drawn.add(cell);
            }
        }
        return new LineFigure(
                panel.id(),
                panel.title(),
                panel.byEpoch() ? EPOCH : "optimiser step",
                panel.yLabel(),
                panel.scale(),
                results.variants(),
                results.seeds().stream().map(s -> "seed " + s).toList(),
                lines,
                references(panel, drawn));
    }

    private static List<LineFigure.Point> points(@Nullable Curve curve, String column) {
        List<LineFigure.Point> points = new ArrayList<>();
        if (curve != null && curve.has(column)) {
            double[] steps = curve.means("step");
            double[] y = curve.means(column);
            for (int i = 0; i < steps.length; i++) {
                points.add(new LineFigure.Point(steps[i], y[i]));
            }
        }
        return points;
    }

    private static List<LineFigure.Point> points(@Nullable ResultTable monitor, String column) {
        List<LineFigure.Point> points = new ArrayList<>();
        if (monitor != null && monitor.has(column)) {
            double[] epochs = monitor.numbers(EPOCH);
            double[] y = monitor.numbers(column);
            for (int i = 0; i < epochs.length; i++) {
                // Before the first step no prototype was anybody's.
                if (epochs[i] > 0 || column.equals(KNN)) {
                    points.add(new LineFigure.Point(epochs[i], y[i]));
                }
            }
        }
        return points;
    }

    private static LineFigure.Line line(Results results, CellResult cell, List<LineFigure.Point> points) {
        return new LineFigure.Line(
                cell.cell().id(),
                results.variants().indexOf(cell.cell().variant()),
                results.seeds().indexOf(cell.cell().seed()),
                points,
                cell.status() == CellResult.Status.DIVERGED);
    }

    private static List<LineFigure.Reference> references(Panel panel, List<CellResult> cells) {
        return switch (panel.id()) {
            case "loss", "teacher-entropy" -> references(cells, Curves::lnCodes, "ln K", 2);
            case "feature-std" -> references(cells, Curves::healthySpread, "1/\u221Ad", 4);
            case "knn-by-epoch" -> untrained(cells);
            default -> List.of();
        };
    }

    /** One line for each distinct value among the cells: two recipes may have two head widths. */
    private static List<LineFigure.Reference> references(
            List<CellResult> cells, Function<CellResult, OptionalDouble> of, String label, int decimals) {
        Map<String, Double> lines = new LinkedHashMap<>();
        for (CellResult cell : cells) {
            of.apply(cell).ifPresent(y -> lines.putIfAbsent(label + " = " + Text.decimals(y, decimals), y));
        }
        return lines.entrySet().stream()
                .map(e -> new LineFigure.Reference(e.getKey(), e.getValue()))
                .toList();
    }

    /** The floor of the same monitor, epoch 0; of several backbones each has its own, which its line begins with. */
    private static List<LineFigure.Reference> untrained(List<CellResult> cells) {
        List<Double> floors = new ArrayList<>();
        for (CellResult cell : cells) {
            ResultTable table = java.util.Objects.requireNonNull(cell.monitor());
            double[] epochs = table.numbers(EPOCH);
            double[] accuracy = table.numbers(KNN);
            for (int i = 0; i < epochs.length; i++) {
                if (epochs[i] == 0 && Double.isFinite(accuracy[i])) {
                    floors.add(accuracy[i]);
                }
            }
        }
        long backbones = cells.stream().map(CellResult::backbone).distinct().count();
        double mean = MeanSd.of(floors).mean();
        return floors.isEmpty() || backbones > 1
                ? List.of()
                : List.of(new LineFigure.Reference("untrained " + Text.percent(mean) + " %", mean));
    }

    /** ln K: the loss and the entropy of a network that says nothing; K counts outputs, prototypes, answers, or classes. */
    private static OptionalDouble lnCodes(CellResult cell) {
        if (cell.pretrain() != null && Double.isFinite(cell.pretrain().value("loss.max"))) {
            return OptionalDouble.of(cell.pretrain().value("loss.max"));
        }
        double k =
                switch (cell.method()) {
                    case "dino" -> number(cell, "method.head.out-dim");
                    case "swav" -> number(cell, "method.head.prototypes");
                    case "moco" -> number(cell, "method.queue-length") + 1;
                    default -> 0;
                };
        return k > 1 ? OptionalDouble.of(Math.log(k)) : OptionalDouble.empty();
    }

    /** 1 / sqrt(d): the spread of unit vectors in all directions; features near 0 have collapsed to a point. */
    private static OptionalDouble healthySpread(CellResult cell) {
        long d = cell.pretrain() == null ? -1 : cell.pretrain().count("feature.dim");
        return d > 0 ? OptionalDouble.of(1 / Math.sqrt((double) d)) : OptionalDouble.empty();
    }

    private static double number(CellResult cell, String recipeKey) {
        String value = cell.recipe().getOrDefault(recipeKey, "");
        return value.matches("\\d+") ? Double.parseDouble(value) : -1;
    }
}
