package viewfit.report.chart;

import java.util.ArrayList;
import java.util.List;
import viewfit.report.values.MeanSd;

/**
 * An accuracy over the values of a recipe key: a marker for the mean over seeds, a bar of one standard deviation either
 * side, and a ring each around the default and around the best mean of a line. All accuracies are fractions in [0, 1].
 *
 * @param xLabel the key
 * @param yLabel the accuracy
 * @param names values of the key in their order, when they are no numbers; empty when they are
 * @param scaleLabel what the second axis has; empty for none
 * @param lines one for each value of the keys that tell lines apart
 */
public record SweepFigure(
        String id, String title, String xLabel, String yLabel, List<String> names, String scaleLabel, List<Line> lines)
        implements Figure {

    /** The points of one line, in order of x. */
    public record Line(String label, List<Point> points) {
        public Line {
            points = List.copyOf(points);
        }

        /** Index of the highest mean, the first of equal ones; -1 without points. */
        public int best() {
            int best = -1;
            for (int i = 0; i < points.size(); i++) {
                if (best < 0
                        || points.get(i).mean().mean() > points.get(best).mean().mean()) {
                    best = i;
                }
            }
            return best;
        }
    }

    /**
     * @param x value of the key, as the recipe has it
     * @param at the same as a number; of names the index
     * @param runs one for each seed, at least one
     * @param isDefault whether the value is the one to circle as the default
     * @param scale what the second axis has here, such as the ratio of the pixel scales of this cell's views; NaN for
     *     nothing
     */
    public record Point(String x, double at, List<BarFigure.Run> runs, boolean isDefault, double scale) {
        public Point {
            runs = List.copyOf(runs);
        }

        public MeanSd mean() {
            return MeanSd.of(runs.stream().map(BarFigure.Run::value).toList());
        }
    }

    public SweepFigure {
        names = List.copyOf(names);
        lines = List.copyOf(lines);
    }

    @Override
    public Drawing drawing() {
        return Pictures.of(SweepChart.draw(this));
    }

    @Override
    public List<String> header() {
        return List.of("line", "x", "cell", "seed", "value", "n", "mean", "sd", "default", "best", "scale");
    }

    @Override
    public List<List<String>> rows() {
        List<List<String>> rows = new ArrayList<>();
        for (Line line : lines) {
            for (int i = 0; i < line.points().size(); i++) {
                Point point = line.points().get(i);
                MeanSd mean = point.mean();
                for (BarFigure.Run run : point.runs()) {
                    rows.add(List.of(
                            line.label(),
                            point.x(),
                            run.cell(),
                            Long.toString(run.seed()),
                            Double.toString(run.value()),
                            Integer.toString(mean.n()),
                            Double.toString(mean.mean()),
                            mean.hasSpread() ? Double.toString(mean.sd()) : "",
                            point.isDefault() ? "yes" : "no",
                            i == line.best() ? "yes" : "no",
                            Double.isFinite(point.scale()) ? Double.toString(point.scale()) : ""));
                }
            }
        }
        return rows;
    }
}
