package viewfit.report.chart;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Shape;
import java.awt.Stroke;
import java.awt.geom.Ellipse2D;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.LegendItemCollection;
import org.jfree.chart.axis.AxisLocation;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYErrorRenderer;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.data.xy.XYIntervalSeries;
import org.jfree.data.xy.XYIntervalSeriesCollection;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;
import viewfit.report.values.MeanSd;

/** Draws a {@link SweepFigure}. */
final class SweepChart {
    /** Layers in drawing order. */
    static final int BARS = 0;

    static final int LINES = 1;
    static final int DEFAULTS = 2;
    static final int BESTS = 3;

    private static final double MARKER = 3.6;

    /** Radii of the rings: one fits into the other where the default is the best. */
    private static final double DEFAULT_RING = 7.5;

    private static final double BEST_RING = 10.5;

    /** Neither is a colour of the lines; dashes tell them apart without colours. */
    private static final Color DEFAULT = new Color(0xC1121F);

    private static final Color BEST = new Color(0x5E2B7E);
    private static final Stroke DEFAULT_STROKE = new BasicStroke(1.8f, 0, 0, 10f, new float[] {3f, 2f}, 0f);
    private static final Stroke BEST_STROKE = new BasicStroke(1.8f);

    private static final double X_MARGIN = 0.07;
    private static final double Y_MARGIN = 0.12;

    /** Axes beside the first; of more lines the numbers are in the table alone. */
    private static final int MOST_SCALES = 4;

    /** Names of more letters than this stand upright below the axis. */
    private static final int LETTERS = 52;

    private SweepChart() {}

    static JFreeChart draw(SweepFigure figure) {
        double[] range = range(figure);
        NumberAxis x = figure.names().isEmpty() ? numbers(figure, range) : names(figure, range);
        NumberAxis y = new NumberAxis(figure.yLabel());
        // Ticks as close as a hundredth of a percent have a number of their own.
        y.setNumberFormatOverride(new DecimalFormat("0.## %", DecimalFormatSymbols.getInstance(Locale.ROOT)));
        XYPlot plot = new XYPlot(null, x, y, null);
        PaperTheme.style(plot);
        plot.setDataset(BARS, bars(figure));
        plot.setRenderer(BARS, barRenderer(figure));
        plot.setDataset(LINES, lines(figure));
        plot.setRenderer(LINES, lineRenderer(figure));
        boolean defaults = ring(plot, DEFAULTS, rings(figure, true), DEFAULT_RING, DEFAULT, DEFAULT_STROKE);
        boolean bests = ring(plot, BESTS, rings(figure, false), BEST_RING, BEST, BEST_STROKE);
        scales(figure, plot, range);
        limits(figure, y);
        plot.setFixedLegendItems(legend(figure, defaults, bests));
        return PaperTheme.chart(figure.title(), plot);
    }

    private static double[] range(SweepFigure figure) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (SweepFigure.Line line : figure.lines()) {
            for (SweepFigure.Point point : line.points()) {
                low = Math.min(low, point.at());
                high = Math.max(high, point.at());
            }
        }
        if (low > high) {
            return new double[] {0, 1};
        }
        double margin = high > low ? X_MARGIN * (high - low) : Math.max(0.5, 0.1 * Math.abs(low));
        return new double[] {low - margin, high + margin};
    }

    private static NumberAxis numbers(SweepFigure figure, double[] range) {
        NumberAxis axis = new NumberAxis(figure.xLabel());
        axis.setNumberFormatOverride(new DecimalFormat("0.######", DecimalFormatSymbols.getInstance(Locale.ROOT)));
        axis.setRange(range[0], range[1]);
        return axis;
    }

    private static NumberAxis names(SweepFigure figure, double[] range) {
        List<SlotAxis.Slot> slots = new ArrayList<>();
        for (int i = 0; i < figure.names().size(); i++) {
            slots.add(new SlotAxis.Slot(figure.names().get(i), i));
        }
        SlotAxis axis = new SlotAxis(slots, range[0], range[1]);
        axis.setLabel(figure.xLabel());
        axis.setVerticalTickLabels(
                figure.names().stream().mapToInt(String::length).sum() > LETTERS);
        return axis;
    }

    private static XYSeriesCollection lines(SweepFigure figure) {
        XYSeriesCollection lines = new XYSeriesCollection();
        for (int i = 0; i < figure.lines().size(); i++) {
            XYSeries series = new XYSeries(i + " " + figure.lines().get(i).label(), false, true);
            figure.lines()
                    .get(i)
                    .points()
                    .forEach(p -> series.add(p.at(), p.mean().mean()));
            lines.addSeries(series);
        }
        return lines;
    }

    private static XYLineAndShapeRenderer lineRenderer(SweepFigure figure) {
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(true, true);
        renderer.setDrawSeriesLineAsPath(true);
        for (int i = 0; i < figure.lines().size(); i++) {
            renderer.setSeriesPaint(i, PaperTheme.colour(i));
            renderer.setSeriesStroke(i, PaperTheme.dash(i, 1.8f));
            renderer.setSeriesShape(i, PaperTheme.marker(i, MARKER));
        }
        return renderer;
    }

    /** One series for each line; one run has no bar. */
    private static XYIntervalSeriesCollection bars(SweepFigure figure) {
        XYIntervalSeriesCollection bars = new XYIntervalSeriesCollection();
        for (int i = 0; i < figure.lines().size(); i++) {
            XYIntervalSeries series = new XYIntervalSeries("sd " + i);
            for (SweepFigure.Point p : figure.lines().get(i).points()) {
                MeanSd mean = p.mean();
                if (mean.hasSpread()) {
                    series.add(p.at(), p.at(), p.at(), mean.mean(), mean.mean() - mean.sd(), mean.mean() + mean.sd());
                }
            }
            bars.addSeries(series);
        }
        return bars;
    }

    private static XYErrorRenderer barRenderer(SweepFigure figure) {
        XYErrorRenderer renderer = new XYErrorRenderer();
        renderer.setDrawXError(false);
        renderer.setDefaultShapesVisible(false);
        renderer.setCapLength(7);
        renderer.setErrorStroke(new BasicStroke(1.3f));
        for (int i = 0; i < figure.lines().size(); i++) {
            renderer.setSeriesShapesVisible(i, false);
            renderer.setSeriesPaint(i, PaperTheme.colour(i));
        }
        return renderer;
    }

    /** Where the rings are: of the default, or of the best of each line that has something to choose from. */
    private static XYSeries rings(SweepFigure figure, boolean ofDefault) {
        XYSeries rings = new XYSeries(ofDefault ? "default" : "best", false, true);
        for (SweepFigure.Line line : figure.lines()) {
            for (int i = 0; i < line.points().size(); i++) {
                SweepFigure.Point p = line.points().get(i);
                boolean best = line.points().size() > 1 && i == line.best();
                if (ofDefault ? p.isDefault() : best) {
                    rings.add(p.at(), p.mean().mean());
                }
            }
        }
        return rings;
    }

    private static boolean ring(XYPlot plot, int layer, XYSeries rings, double radius, Color colour, Stroke stroke) {
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(false, true);
        renderer.setSeriesShape(0, circle(radius));
        renderer.setSeriesShapesFilled(0, false);
        renderer.setUseOutlinePaint(true);
        renderer.setSeriesOutlinePaint(0, colour);
        renderer.setSeriesOutlineStroke(0, stroke);
        plot.setDataset(layer, new XYSeriesCollection(rings));
        plot.setRenderer(layer, renderer);
        return !rings.isEmpty();
    }

    private static Shape circle(double radius) {
        return new Ellipse2D.Double(-radius, -radius, 2 * radius, 2 * radius);
    }

    /** An axis above for each line, whose only ticks are the measured numbers at their places. */
    private static void scales(SweepFigure figure, XYPlot plot, double[] range) {
        if (figure.scaleLabel().isEmpty() || figure.lines().size() > MOST_SCALES) {
            return;
        }
        int axes = 0;
        for (int i = 0; i < figure.lines().size(); i++) {
            SweepFigure.Line line = figure.lines().get(i);
            Map<Double, SlotAxis.Slot> slots = new TreeMap<>();
            for (SweepFigure.Point p : line.points()) {
                if (Double.isFinite(p.scale())) {
                    slots.put(p.at(), new SlotAxis.Slot(String.format(Locale.ROOT, "%.2f", p.scale()), p.at()));
                }
            }
            if (slots.isEmpty()) {
                continue;
            }
            Color colour = figure.lines().size() > 1 ? PaperTheme.colour(i) : PaperTheme.SOFT;
            SlotAxis axis = new SlotAxis(List.copyOf(slots.values()), range[0], range[1]);
            axis.leaveOutWhereTheyMeet();
            axis.setLabel(figure.scaleLabel() + (figure.lines().size() > 1 ? ", " + line.label() : ""));
            axis.setLabelFont(PaperTheme.font(11.5f));
            axis.setLabelPaint(colour);
            axis.setTickLabelFont(PaperTheme.font(11.5f));
            axis.setTickLabelPaint(colour);
            axis.setAxisLinePaint(colour);
            axis.setTickMarkPaint(colour);
            axis.setTickMarkInsideLength(0f);
            axis.setTickMarkOutsideLength(3f);
            axes++;
            plot.setDomainAxis(axes, axis);
            plot.setDomainAxisLocation(axes, AxisLocation.TOP_OR_LEFT);
        }
    }

    /** All means and bars, with room for the rings; never below zero. */
    private static void limits(SweepFigure figure, NumberAxis y) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (SweepFigure.Line line : figure.lines()) {
            for (SweepFigure.Point p : line.points()) {
                MeanSd mean = p.mean();
                double sd = mean.hasSpread() ? mean.sd() : 0;
                low = Math.min(low, mean.mean() - sd);
                high = Math.max(high, mean.mean() + sd);
            }
        }
        if (low > high) {
            return;
        }
        double margin = high > low ? Y_MARGIN * (high - low) : Math.max(0.005, 0.05 * Math.abs(high));
        y.setRange(low >= 0 ? Math.max(0, low - margin) : low - margin, high + margin);
    }

    private static LegendItemCollection legend(SweepFigure figure, boolean defaults, boolean bests) {
        LegendItemCollection items = new LegendItemCollection();
        for (int i = 0; i < figure.lines().size() && figure.lines().size() > 1; i++) {
            items.add(PaperTheme.markedItem(
                    figure.lines().get(i).label(),
                    PaperTheme.colour(i),
                    PaperTheme.dash(i, 1.8f),
                    PaperTheme.marker(i, MARKER)));
        }
        if (defaults) {
            items.add(PaperTheme.outlineItem("default", circle(6), DEFAULT, DEFAULT_STROKE));
        }
        if (bests) {
            items.add(PaperTheme.outlineItem("best mean", circle(6), BEST, BEST_STROKE));
        }
        return items;
    }
}
