package viewfit.stages.cocoeval;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import viewfit.coco.Axes;
import viewfit.coco.Cells;
import viewfit.coco.CurvePoint;
import viewfit.coco.IouType;
import viewfit.report.chart.LineFigure;

/** Precision over recall, mean over the classes, for some overlaps and the mean of all ten. */
final class CurveFigure {
    static final int WIDTH = 760;
    static final int HEIGHT = 470;

    /** Indexes of 0.50, 0.60, 0.70, 0.75 and 0.90: as many as the eye keeps apart beside the mean. */
    private static final int[] SHOWN = {0, 2, 4, 5, 8};

    private CurveFigure() {}

    static LineFigure of(Cells cells, IouType type, boolean proposals) {
        List<String> names = new ArrayList<>();
        List<LineFigure.Line> lines = new ArrayList<>();
        double[] mean = CurvePoint.mean(cells, 0);
        for (int t = 1; t < Axes.IOUS; t++) {
            double[] more = CurvePoint.mean(cells, t);
            for (int r = 0; r < mean.length; r++) {
                mean[r] += more[r];
            }
        }
        for (int r = 0; r < mean.length; r++) {
            mean[r] /= Axes.IOUS;
        }
        add("IoU, mean of 0.50 to 0.95", mean, names, lines);
        for (int t : SHOWN) {
            add(String.format(Locale.ROOT, "IoU %.2f", Axes.iou(t)), CurvePoint.mean(cells, t), names, lines);
        }
        String what = type == IouType.BBOX ? "boxes" : "masks";
        String over = proposals ? "classes left out of account" : "mean over the classes";
        return new LineFigure(
                "coco-curves",
                "Precision over recall of " + what + ", " + over,
                "recall (%)",
                "precision",
                LineFigure.YScale.PERCENT,
                names,
                List.of(""),
                lines,
                List.of());
    }

    private static void add(String name, double[] precision, List<String> names, List<LineFigure.Line> lines) {
        List<LineFigure.Point> points = new ArrayList<>();
        for (int r = 0; r < precision.length; r++) {
            points.add(new LineFigure.Point(100 * Axes.recall(r), precision[r]));
        }
        String score = precision.length == 0
                ? "no objects"
                : String.format(
                        Locale.ROOT,
                        "%.3f",
                        DoubleStream.of(precision).average().orElseThrow());
        names.add(name + ": " + score);
        lines.add(new LineFigure.Line(name, names.size() - 1, 0, points, false));
    }
}
