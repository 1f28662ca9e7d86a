package viewfit.report;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import viewfit.report.chart.BarFigure;
import viewfit.report.chart.LineFigure;
import viewfit.report.results.CellResult;
import viewfit.report.results.ResultTable;
import viewfit.report.results.Results;
import viewfit.report.values.MeanSd;
import viewfit.report.values.Text;

/** The figures of a report, in page order, as plain records. A figure without any data is left out. */
public final class Figures {

    /** A curve of more rows is drawn as this many means over equal runs of rows: more would not fit the pixels. */
    static final int MAX_POINTS = 240;

    private Figures() {}

    /** Linear and k-NN top-1 on the held-out images, beside the untrained network. */
    public static BarFigure accuracy(Results results) {
        List<BarFigure.Bar> bars = new ArrayList<>();
        List<String> variants = results.variants();
        String[] measures = {Summary.LINEAR, Summary.KNN};
        for (int g = 0; g < measures.length; g++) {
            for (int v = 0; v < variants.size(); v++) {
                List<BarFigure.Run> trained = Summary.trained(results, variants.get(v), measures[g]);
                bars.add(new BarFigure.Bar(
                        g,
                        v,
                        trained,
                        Summary.floor(results, variants.get(v), measures[g]),
                        Summary.note(results, variants.get(v), trained.size())));
            }
        }
        return new BarFigure(
                "accuracy",
                "Frozen backbone, top-1 on held-out images",
                "top-1 accuracy",
                List.of("linear probe", "k-NN"),
                variants,
                bars,
                Summary.chance(results));
    }

    /** Top-1 after fine-tuning on label subsets; null when nobody was fine-tuned. */
    public static @Nullable BarFigure finetune(Results results) {
        List<String> fractions = results.fractions();
        if (fractions.isEmpty()) {
            return null;
        }
        List<String> variants = results.variants();
        List<BarFigure.Bar> bars = new ArrayList<>();
        for (int g = 0; g < fractions.size(); g++) {
            for (int v = 0; v < variants.size(); v++) {
                List<BarFigure.Run> runs = Summary.finetuned(results, variants.get(v), fractions.get(g), "top1");
                bars.add(new BarFigure.Bar(
                        g,
                        v,
                        runs,
                        Summary.finetuneFloor(results, variants.get(v), fractions.get(g), "top1"),
                        Summary.note(results, variants.get(v), runs.size())));
            }
        }
        return new BarFigure(
                "finetune",
                "Fine-tuned on few labels, top-1 on held-out images",
                "top-1 accuracy",
                fractions.stream().map(Text::fraction).toList(),
                variants,
                bars,
                Summary.chance(results));
    }

    /** The curves and health panels that have data. */
    public static List<LineFigure> curves(Results results) {
        List<LineFigure.Reference> lnK = references(results, Figures::lnOutDim, "ln K", 2);
        List<LineFigure.Reference> spread = references(results, Figures::healthySpread, "1/\u221Ad", 4);
        List<LineFigure> figures = new ArrayList<>();
        addIfDrawn(figures, curve(results, Panel.LOSS, lnK));
        addIfDrawn(figures, knn(results));
        addIfDrawn(figures, curve(results, Panel.ENTROPY, lnK));
        addIfDrawn(figures, curve(results, Panel.AGREEMENT, List.of()));
        addIfDrawn(figures, curve(results, Panel.SPREAD, spread));
        addIfDrawn(figures, curve(results, Panel.RATE, List.of()));
        addIfDrawn(figures, curve(results, Panel.THROUGHPUT, List.of()));
        return figures;
    }

    private static final String KNN = "knn_student";

    /** A column of curve.csv and how it is drawn. */
    private record Panel(String id, String title, String yLabel, String column, LineFigure.YScale scale) {
        static final Panel LOSS = new Panel("loss", "Loss", "cross entropy (nats)", "loss", LineFigure.YScale.DATA);
        static final Panel ENTROPY = new Panel(
                "teacher-entropy", "Teacher entropy", "entropy (nats)", "teacher_entropy", LineFigure.YScale.DATA);
        static final Panel AGREEMENT = new Panel(
                "view-correlation",
                "Agreement of two views",
                "correlation of teacher logits",
                "view_correlation",
                LineFigure.YScale.DATA);
        static final Panel SPREAD = new Panel(
                "feature-std",
                "Spread of normalised features",
                "mean standard deviation",
                "feature_std",
                LineFigure.YScale.FROM_ZERO);
        static final Panel RATE =
                new Panel("learning-rate", "Learning rate", "learning rate", "lr", LineFigure.YScale.FROM_ZERO);
        static final Panel THROUGHPUT = new Panel(
                "throughput", "Throughput", "images per second", "images_per_second", LineFigure.YScale.FROM_ZERO);
    }

    private static void addIfDrawn(List<LineFigure> figures, LineFigure figure) {
        if (!figure.lines().isEmpty()) {
            figures.add(figure);
        }
    }

    private static LineFigure curve(Results results, Panel panel, List<LineFigure.Reference> references) {
        List<LineFigure.Line> lines = new ArrayList<>();
        for (CellResult cell : results.cells()) {
            ResultTable table = cell.curve();
            if (table != null && table.has(panel.column()) && !table.rows().isEmpty()) {
                List<LineFigure.Point> points =
                        binned(table.numbers("step"), table.numbers(panel.column()), MAX_POINTS);
                lines.add(line(results, cell, points));
            }
        }
        return new LineFigure(
                panel.id(),
                panel.title(),
                "optimiser step",
                panel.yLabel(),
                panel.scale(),
                results.variants(),
                seedNames(results),
                lines,
                references);
    }

    /** k-NN of the student, the network the other scores are of, over epochs, with the untrained floor of the same monitor if it has one. */
    private static LineFigure knn(Results results) {
        List<LineFigure.Line> lines = new ArrayList<>();
        List<Double> floors = new ArrayList<>();
        for (CellResult cell : results.cells()) {
            ResultTable table = cell.monitor();
            if (table == null || table.rows().isEmpty() || !table.has(KNN)) {
                continue;
            }
            double[] epochs = table.numbers("epoch");
            double[] accuracy = table.numbers(KNN);
            List<LineFigure.Point> points = new ArrayList<>();
            for (int i = 0; i < epochs.length; i++) {
                if (epochs[i] == 0 && Double.isFinite(accuracy[i])) {
                    floors.add(accuracy[i]);
                }
                points.add(new LineFigure.Point(epochs[i], accuracy[i]));
            }
            lines.add(line(results, cell, points));
        }
        MeanSd floor = MeanSd.of(floors);
        List<LineFigure.Reference> references = floor.isMeasured()
                ? List.of(new LineFigure.Reference("untrained " + Text.percent(floor.mean()) + " %", floor.mean()))
                : List.of();
        return new LineFigure(
                "knn-by-epoch",
                "k-NN during training",
                "epoch",
                "top-1 accuracy",
                LineFigure.YScale.PERCENT,
                results.variants(),
                seedNames(results),
                lines,
                references);
    }

    private static List<String> seedNames(Results results) {
        return results.seeds().stream().map(s -> "seed " + s).toList();
    }

    private static LineFigure.Line line(Results results, CellResult cell, List<LineFigure.Point> points) {
        return new LineFigure.Line(
                cell.cell().id(),
                results.variants().indexOf(cell.cell().variant()),
                results.seeds().indexOf(cell.cell().seed()),
                points,
                cell.status() == CellResult.Status.DIVERGED);
    }

    /** Means over equal runs of rows; as many points as rows when they are few. */
    static List<LineFigure.Point> binned(double[] x, double[] y, int most) {
        int bins = Math.min(most, x.length);
        List<LineFigure.Point> points = new ArrayList<>(bins);
        for (int b = 0; b < bins; b++) {
            int from = (int) ((long) b * x.length / bins);
            int to = (int) ((long) (b + 1) * x.length / bins);
            double sumX = 0;
            double sumY = 0;
            for (int i = from; i < to; i++) {
                sumX += x[i];
                sumY += y[i];
            }
            points.add(new LineFigure.Point(sumX / (to - from), sumY / (to - from)));
        }
        return points;
    }

    /** One line for each distinct value among the cells: two recipes may have two head widths. */
    private static List<LineFigure.Reference> references(
            Results results, Function<CellResult, OptionalDouble> of, String label, int decimals) {
        return results.cells().stream()
                .map(of)
                .flatMapToDouble(OptionalDouble::stream)
                .distinct()
                .mapToObj(y -> new LineFigure.Reference(label + " = " + Text.decimals(y, decimals), y))
                .toList();
    }

    /** ln K: the loss and the teacher entropy of a network that says nothing. */
    private static OptionalDouble lnOutDim(CellResult cell) {
        double k = positive(cell, "head.out-dim", "method.head.out-dim");
        return k > 0 ? OptionalDouble.of(Math.log(k)) : OptionalDouble.empty();
    }

    /** 1 / sqrt(d): the spread of unit vectors in all directions; features near 0 have collapsed to a point. */
    private static OptionalDouble healthySpread(CellResult cell) {
        double d = positive(cell, "feature.dim", "");
        return d > 0 ? OptionalDouble.of(1 / Math.sqrt(d)) : OptionalDouble.empty();
    }

    private static double positive(CellResult cell, String count, String recipeKey) {
        if (cell.pretrain() != null && cell.pretrain().count(count) > 0) {
            return cell.pretrain().count(count);
        }
        String value = cell.recipe().getOrDefault(recipeKey, "");
        return value.matches("\\d+") ? Double.parseDouble(value) : -1;
    }
}
