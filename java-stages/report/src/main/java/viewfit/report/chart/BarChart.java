package viewfit.report.chart;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Rectangle2D;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.LegendItemCollection;
import org.jfree.chart.annotations.XYTextAnnotation;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.plot.ValueMarker;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.StandardXYBarPainter;
import org.jfree.chart.renderer.xy.XYBarRenderer;
import org.jfree.chart.renderer.xy.XYErrorRenderer;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.ui.Layer;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.xy.XYIntervalSeries;
import org.jfree.data.xy.XYIntervalSeriesCollection;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;
import viewfit.report.values.MeanSd;

/** Draws a {@link BarFigure}: bars, whiskers, dots and floor lines are layers over one numeric x axis. */
final class BarChart {

    /** Width of a bar; slots are 1 apart within a group. */
    private static final double BAR = 0.74;

    private static final double GAP = 0.9;

    /** Share of the height that a number at the foot of a bar takes. */
    private static final double NUMBER = 0.085;

    /** Share of the height that the mean above a bar takes, and the air below it. */
    private static final double MEAN = 0.07;

    private static final double AIR = 0.018;

    /** Layers in drawing order. */
    static final int BARS = 0;

    static final int FLOORS = 1;
    static final int WHISKERS = 2;
    static final int DOTS = 3;

    private BarChart() {}

    static JFreeChart draw(BarFigure figure) {
        int variants = Math.max(1, figure.variants().size());
        double stride = variants - 1 + 1 + GAP;
        List<SlotAxis.Slot> slots = new ArrayList<>();
        for (int g = 0; g < figure.groups().size(); g++) {
            slots.add(new SlotAxis.Slot(figure.groups().get(g), g * stride + (variants - 1) / 2.0));
        }
        double right = (figure.groups().size() - 1) * stride + variants - 1;
        SlotAxis x = new SlotAxis(slots, -0.5 - GAP / 2, right + 0.5 + GAP / 2);
        NumberAxis y = new NumberAxis(figure.yLabel());
        y.setNumberFormatOverride(new DecimalFormat("0 %", DecimalFormatSymbols.getInstance(Locale.ROOT)));
        double top = top(figure);
        y.setRange(0, top);
        y.setTickUnit(new NumberTickUnit(top > 0.25 ? 0.1 : top > 0.1 ? 0.05 : 0.02));

        XYIntervalSeriesCollection bars = new XYIntervalSeriesCollection();
        XYIntervalSeriesCollection whiskers = new XYIntervalSeriesCollection();
        XYSeriesCollection floors = new XYSeriesCollection();
        XYSeriesCollection dots = new XYSeriesCollection();
        XYPlot plot = new XYPlot(null, x, y, null);
        PaperTheme.style(plot);
        x.setTickMarksVisible(false);
        x.setTickLabelFont(PaperTheme.font(12.5f));

        for (int v = 0; v < variants; v++) {
            XYIntervalSeries series = new XYIntervalSeries("bar " + v, false, true);
            bars.addSeries(series);
        }
        boolean numbered = numbered(figure);
        for (BarFigure.Bar bar : figure.bars()) {
            double at = bar.group() * stride + bar.variant();
            addBar(plot, bars, whiskers, bar, at, top, figure.chance());
            if (numbered) {
                plot.addAnnotation(number(bar.variant() + 1, at, top));
            }
            if (!bar.note().isEmpty()) {
                addNote(plot, bar, at, top, figure.chance(), numbered ? NUMBER * top : 0);
            }
            addFloor(floors, bar, at);
            addDots(dots, bar, at);
        }

        plot.setDataset(BARS, bars);
        plot.setRenderer(BARS, barRenderer(variants));
        plot.setDataset(FLOORS, floors);
        plot.setRenderer(FLOORS, floorRenderer(floors.getSeriesCount()));
        plot.setDataset(WHISKERS, whiskers);
        plot.setRenderer(WHISKERS, whiskerRenderer(whiskers.getSeriesCount()));
        plot.setDataset(DOTS, dots);
        plot.setRenderer(DOTS, dotRenderer(dots.getSeriesCount()));
        if (!Double.isNaN(figure.chance())) {
            ValueMarker chance = new ValueMarker(
                    figure.chance(), PaperTheme.SOFT, new BasicStroke(1.2f, 0, 0, 10f, new float[] {2f, 3f}, 0f));
            plot.addRangeMarker(chance, Layer.FOREGROUND);
        }
        plot.setFixedLegendItems(legend(figure, floors.getSeriesCount() > 0));
        return PaperTheme.chart(figure.title(), plot);
    }

    private static double top(BarFigure figure) {
        double top = Double.isNaN(figure.chance()) ? 0 : figure.chance();
        for (BarFigure.Bar bar : figure.bars()) {
            for (BarFigure.Run run : bar.trained()) {
                top = Math.max(top, run.value());
            }
            for (BarFigure.Run run : bar.floor()) {
                top = Math.max(top, run.value());
            }
            MeanSd mean = bar.trainedMean();
            if (mean.hasSpread()) {
                top = Math.max(top, mean.mean() + mean.sd());
            }
        }
        // Room for the number above the tallest whisker; an empty figure still gets a sensible axis.
        return top <= 0 ? 1 : top * 1.14;
    }

    private static void addBar(
            XYPlot plot,
            XYIntervalSeriesCollection bars,
            XYIntervalSeriesCollection whiskers,
            BarFigure.Bar bar,
            double at,
            double top,
            double chance) {
        MeanSd mean = bar.trainedMean();
        double clear = 0;
        if (mean.isMeasured()) {
            bars.getSeries(bar.variant()).add(at, at - BAR / 2, at + BAR / 2, mean.mean(), mean.mean(), mean.mean());
            clear = mean.mean();
            for (BarFigure.Run run : bar.trained()) {
                clear = Math.max(clear, run.value());
            }
            if (mean.hasSpread()) {
                XYIntervalSeries whisker = new XYIntervalSeries("sd " + whiskers.getSeriesCount());
                whisker.add(at, at, at, mean.mean(), mean.mean() - mean.sd(), mean.mean() + mean.sd());
                whiskers.addSeries(whisker);
                clear = Math.max(clear, mean.mean() + mean.sd());
            }
            String label = String.format(Locale.ROOT, "%.1f", 100 * mean.mean());
            double foot = foot(clear, top, bar.floorMean().mean(), chance);
            plot.addAnnotation(text(label, at, foot, TextAnchor.BOTTOM_CENTER, PaperTheme.bold(12f), PaperTheme.INK));
        }
    }

    /** The lowest place above whisker and dots where neither of two lines, NaN for none, goes through the mean. */
    private static double foot(double clear, double top, double... lines) {
        double foot = clear + AIR * top;
        Arrays.sort(lines);
        for (double line : lines) {
            if (line > foot - AIR * top && line < foot + MEAN * top) {
                foot = line + AIR * top;
            }
        }
        return foot;
    }

    /** Why runs are absent, upright: in white at the foot of the bar, or in grey where the bar would stand. */
    private static void addNote(XYPlot plot, BarFigure.Bar bar, double at, double top, double chance, double lift) {
        boolean onBar = bar.trainedMean().isMeasured();
        double foot = Math.max(lift, onBar || Double.isNaN(chance) ? 0 : chance);
        XYTextAnnotation note = text(
                bar.note(),
                at,
                foot + 0.025 * top,
                TextAnchor.CENTER_LEFT,
                PaperTheme.font(11.5f),
                onBar ? Color.WHITE : PaperTheme.SOFT);
        note.setRotationAnchor(TextAnchor.CENTER_LEFT);
        note.setRotationAngle(-Math.PI / 2);
        plot.addAnnotation(note);
    }

    /** More variants than colours have numbers too, which the legend has in front of their names. */
    private static boolean numbered(BarFigure figure) {
        return figure.variants().size() > PaperTheme.COLOURS;
    }

    private static XYTextAnnotation number(int number, double at, double top) {
        XYTextAnnotation annotation = text(
                " " + number + " ", at, 0.012 * top, TextAnchor.BOTTOM_CENTER, PaperTheme.bold(11f), PaperTheme.INK);
        annotation.setBackgroundPaint(Color.WHITE);
        return annotation;
    }

    private static XYTextAnnotation text(
            String label, double x, double y, TextAnchor anchor, java.awt.Font font, Color colour) {
        XYTextAnnotation annotation = new XYTextAnnotation(label, x, y);
        annotation.setTextAnchor(anchor);
        annotation.setFont(font);
        annotation.setPaint(colour);
        return annotation;
    }

    private static void addFloor(XYSeriesCollection floors, BarFigure.Bar bar, double at) {
        MeanSd mean = bar.floorMean();
        if (!mean.isMeasured()) {
            return;
        }
        XYSeries line = new XYSeries("floor " + floors.getSeriesCount(), false);
        line.add(at - BAR / 2 - 0.07, mean.mean());
        line.add(at + BAR / 2 + 0.07, mean.mean());
        floors.addSeries(line);
    }

    private static void addDots(XYSeriesCollection dots, BarFigure.Bar bar, double at) {
        int n = bar.trained().size();
        if (n < 2) {
            return;
        }
        XYSeries series = new XYSeries("seeds " + dots.getSeriesCount(), false);
        for (int i = 0; i < n; i++) {
            // Spread the seeds left of the whisker and right of it, in order, so that equal values stay visible.
            double offset = ((i + 0.5) / n - 0.5) * BAR * 0.7;
            series.add(at + offset, bar.trained().get(i).value());
        }
        dots.addSeries(series);
    }

    private static XYBarRenderer barRenderer(int variants) {
        XYBarRenderer renderer = new XYBarRenderer();
        renderer.setBarPainter(new StandardXYBarPainter());
        renderer.setShadowVisible(false);
        renderer.setDrawBarOutline(false);
        renderer.setUseYInterval(false);
        for (int v = 0; v < variants; v++) {
            renderer.setSeriesPaint(v, PaperTheme.colour(v));
        }
        return renderer;
    }

    private static XYLineAndShapeRenderer floorRenderer(int count) {
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(true, false);
        for (int i = 0; i < count; i++) {
            renderer.setSeriesPaint(i, PaperTheme.INK);
            renderer.setSeriesStroke(i, new BasicStroke(2.2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER));
        }
        return renderer;
    }

    private static XYErrorRenderer whiskerRenderer(int count) {
        XYErrorRenderer renderer = new XYErrorRenderer();
        renderer.setDrawXError(false);
        renderer.setDefaultShapesVisible(false);
        renderer.setCapLength(7);
        renderer.setErrorPaint(PaperTheme.INK);
        renderer.setErrorStroke(new BasicStroke(1.3f));
        for (int i = 0; i < count; i++) {
            renderer.setSeriesShapesVisible(i, false);
        }
        return renderer;
    }

    private static XYLineAndShapeRenderer dotRenderer(int count) {
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(false, true);
        renderer.setUseOutlinePaint(true);
        renderer.setUseFillPaint(true);
        for (int i = 0; i < count; i++) {
            renderer.setSeriesShape(i, new Ellipse2D.Double(-3.2, -3.2, 6.4, 6.4));
            renderer.setSeriesFillPaint(i, Color.WHITE);
            renderer.setSeriesOutlinePaint(i, PaperTheme.INK);
            renderer.setSeriesOutlineStroke(i, new BasicStroke(1.1f));
        }
        return renderer;
    }

    private static LegendItemCollection legend(BarFigure figure, boolean hasFloor) {
        LegendItemCollection items = new LegendItemCollection();
        for (int v = 0; v < figure.variants().size(); v++) {
            items.add(PaperTheme.shapeItem(
                    (numbered(figure) ? v + 1 + " " : "") + figure.variants().get(v),
                    new Rectangle2D.Double(-5, -5, 10, 10),
                    PaperTheme.colour(v)));
        }
        if (hasFloor) {
            items.add(PaperTheme.lineItem("untrained, same seeds", PaperTheme.INK, new BasicStroke(2.2f)));
        }
        if (!Double.isNaN(figure.chance())) {
            items.add(PaperTheme.lineItem(
                    "chance", PaperTheme.SOFT, new BasicStroke(1.2f, 0, 0, 10f, new float[] {2f, 3f}, 0f)));
        }
        return items;
    }
}
