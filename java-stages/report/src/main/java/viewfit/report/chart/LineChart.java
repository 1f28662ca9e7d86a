package viewfit.report.chart;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.LegendItem;
import org.jfree.chart.LegendItemCollection;
import org.jfree.chart.annotations.XYTextAnnotation;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.plot.ValueMarker;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.ui.Layer;
import org.jfree.chart.ui.RectangleAnchor;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/** Draws a {@link LineFigure}. */
final class LineChart {

    private static final BasicStroke REFERENCE = new BasicStroke(1.3f, 0, 0, 10f, new float[] {4f, 3f}, 0f);

    /** Lines with few points, such as k-NN by epoch, show them as dots. */
    private static final int SHOW_DOTS_BELOW = 40;

    /** Radius of such a dot, and of the marks of longer lines. */
    private static final double DOT = 2.3;

    private static final double MARK = 3.2;

    /** Marks on a line of many points, where colours alone do not tell the variants apart. */
    private static final int MARKS = 6;

    /** Share of the plot's width that the number of a variant takes. */
    private static final double NUMBER_WIDTH = 0.035;

    /** Share of the plot's height that a label of a reference takes. */
    private static final double LABEL_HEIGHT = 0.075;

    /** Upper end of an axis of fractions: a line at 100 % keeps its width. */
    private static final double ABOVE_ALL = 1.01;

    private LineChart() {}

    static JFreeChart draw(LineFigure figure) {
        XYSeriesCollection data = new XYSeriesCollection();
        XYSeriesCollection ends = new XYSeriesCollection();
        XYLineAndShapeRenderer lines = new XYLineAndShapeRenderer(true, false);
        XYLineAndShapeRenderer crosses = new XYLineAndShapeRenderer(false, true);
        lines.setDrawSeriesLineAsPath(true);
        for (int i = 0; i < figure.lines().size(); i++) {
            LineFigure.Line line = figure.lines().get(i);
            XYSeries series = new XYSeries(i + " " + line.cell(), false, true);
            for (LineFigure.Point p : line.points()) {
                series.add(p.x(), Double.isFinite(p.y()) ? p.y() : Double.NaN);
            }
            data.addSeries(series);
            lines.setSeriesPaint(i, PaperTheme.colour(line.variant()));
            lines.setSeriesStroke(i, PaperTheme.dash(line.seed(), 1.8f));
            if (line.points().size() < SHOW_DOTS_BELOW) {
                lines.setSeriesShapesVisible(i, true);
                lines.setSeriesShape(i, PaperTheme.marker(round(line.variant()), DOT));
            }
            if (line.ended()) {
                addEnd(ends, crosses, line);
            }
        }
        NumberAxis x = new NumberAxis(figure.xLabel());
        x.setNumberFormatOverride(plainNumbers());
        x.setStandardTickUnits(NumberAxis.createIntegerTickUnits());
        NumberAxis y = new NumberAxis(figure.yLabel());
        if (figure.yScale() == LineFigure.YScale.PERCENT) {
            y.setNumberFormatOverride(new DecimalFormat("0 %", DecimalFormatSymbols.getInstance(Locale.ROOT)));
        }
        XYPlot plot = new XYPlot(data, x, y, lines);
        PaperTheme.style(plot);
        x.setAutoRangeIncludesZero(true);
        x.setLowerMargin(0.01);
        x.setUpperMargin(0.02);
        plot.setDataset(1, ends);
        plot.setRenderer(1, crosses);
        includeReferences(figure, y);
        if (many(figure)) {
            mark(figure, plot);
        }
        addReferences(plot, figure.references(), y.getRange().getLength());
        plot.setFixedLegendItems(legend(figure, ends.getSeriesCount() > 0));
        return PaperTheme.chart(figure.title(), plot);
    }

    private static boolean many(LineFigure figure) {
        return figure.variants().size() > PaperTheme.COLOURS;
    }

    /** How often the colours had been used up before this variant. */
    private static int round(int variant) {
        return variant / PaperTheme.COLOURS;
    }

    /** Marks along the lines by round of colours, hollow ones after all shapes, and the number of each variant at a line's end. */
    private static void mark(LineFigure figure, XYPlot plot) {
        XYSeriesCollection marks = new XYSeriesCollection();
        XYLineAndShapeRenderer shapes = new XYLineAndShapeRenderer(false, true);
        shapes.setUseFillPaint(true);
        shapes.setDrawOutlines(true);
        Set<Integer> numbered = new HashSet<>();
        List<LineFigure.Point> numbers = new ArrayList<>();
        for (int i = 0; i < figure.lines().size(); i++) {
            LineFigure.Line line = figure.lines().get(i);
            List<LineFigure.Point> finite =
                    line.points().stream().filter(p -> Double.isFinite(p.y())).toList();
            XYSeries series = new XYSeries("mark " + i, false, true);
            // Lines that run together have their marks side by side.
            double shift = (line.variant() % PaperTheme.COLOURS + 0.5) / PaperTheme.COLOURS;
            for (int m = 0; m < MARKS && finite.size() >= SHOW_DOTS_BELOW; m++) {
                LineFigure.Point p = finite.get((int) ((m + shift) * finite.size() / MARKS));
                series.add(p.x(), p.y());
            }
            marks.addSeries(series);
            Color colour = PaperTheme.colour(line.variant());
            shapes.setSeriesShape(i, PaperTheme.marker(round(line.variant()), MARK));
            shapes.setSeriesPaint(i, colour);
            shapes.setSeriesOutlinePaint(i, colour);
            shapes.setSeriesFillPaint(i, hollow(line.variant()) ? Color.WHITE : colour);
            if (!finite.isEmpty() && numbered.add(line.variant())) {
                LineFigure.Point at = free(finite, numbers, plot);
                numbers.add(at);
                XYTextAnnotation number = new XYTextAnnotation(line.variant() + 1 + "", at.x(), at.y());
                number.setFont(PaperTheme.font(11f));
                number.setPaint(PaperTheme.INK);
                number.setTextAnchor(TextAnchor.BOTTOM_RIGHT);
                plot.addAnnotation(number);
            }
        }
        plot.setDataset(2, marks);
        plot.setRenderer(2, shapes);
    }

    /** The last point of a line whose number meets none of those before it; the last one of all where there is none. */
    private static LineFigure.Point free(List<LineFigure.Point> line, List<LineFigure.Point> numbers, XYPlot plot) {
        double wide = NUMBER_WIDTH * plot.getDomainAxis().getRange().getLength();
        double high = LABEL_HEIGHT * plot.getRangeAxis().getRange().getLength();
        for (int i = line.size() - 1; i >= 0; i--) {
            LineFigure.Point p = line.get(i);
            if (numbers.stream().noneMatch(n -> Math.abs(n.x() - p.x()) < wide && Math.abs(n.y() - p.y()) < high)) {
                return p;
            }
        }
        return line.get(line.size() - 1);
    }

    private static boolean hollow(int variant) {
        return round(variant) / PaperTheme.MARKERS % 2 == 1;
    }

    private static DecimalFormat plainNumbers() {
        DecimalFormatSymbols symbols = DecimalFormatSymbols.getInstance(Locale.ROOT);
        symbols.setGroupingSeparator('\u202F');
        return new DecimalFormat("#,##0.##", symbols);
    }

    /** A cross on the last finite point of a run that diverged. */
    private static void addEnd(XYSeriesCollection ends, XYLineAndShapeRenderer crosses, LineFigure.Line line) {
        for (int i = line.points().size() - 1; i >= 0; i--) {
            LineFigure.Point p = line.points().get(i);
            if (Double.isFinite(p.y())) {
                int index = ends.getSeriesCount();
                XYSeries end = new XYSeries("end " + index + " " + line.cell());
                end.add(p.x(), p.y());
                ends.addSeries(end);
                crosses.setSeriesShape(index, cross());
                crosses.setSeriesPaint(index, PaperTheme.colour(line.variant()));
                return;
            }
        }
    }

    private static Path2D cross() {
        Path2D path = new Path2D.Double();
        BasicStroke pen = new BasicStroke(2.4f);
        path.append(pen.createStrokedShape(new Line2D.Double(-5, -5, 5, 5)), false);
        path.append(pen.createStrokedShape(new Line2D.Double(-5, 5, 5, -5)), false);
        return path;
    }

    /** The y range covers lines and references, so that a floor below all curves is still seen. */
    private static void includeReferences(LineFigure figure, NumberAxis y) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (LineFigure.Line line : figure.lines()) {
            for (LineFigure.Point p : line.points()) {
                if (Double.isFinite(p.y())) {
                    low = Math.min(low, p.y());
                    high = Math.max(high, p.y());
                }
            }
        }
        for (LineFigure.Reference reference : figure.references()) {
            low = Math.min(low, reference.y());
            high = Math.max(high, reference.y());
        }
        if (low > high) {
            return;
        }
        boolean fromZero = figure.yScale() == LineFigure.YScale.FROM_ZERO && low >= 0;
        double span = fromZero ? high : high - low;
        // A flat line still needs a range of positive length around it.
        double margin = span > 0 ? 0.06 * span : Math.max(1e-9, 0.05 * Math.abs(high));
        double from = fromZero || (low >= 0 && low < margin) ? 0 : low - margin;
        double highest = high;
        // A label above the topmost line must stay inside.
        boolean label = figure.references().stream().anyMatch(r -> r.y() > highest - margin);
        double to = high + (label ? 2.2 : 1) * margin;
        // No fraction is above 1: an axis that goes there is not believed.
        boolean fractions = figure.yScale() == LineFigure.YScale.PERCENT && high <= 1;
        y.setRange(from, fractions ? Math.min(to, ABOVE_ALL) : to);
    }

    /** Labels stand above their lines; of two lines close to each other the lower one has its label below. */
    private static void addReferences(XYPlot plot, List<LineFigure.Reference> references, double span) {
        List<LineFigure.Reference> sorted = references.stream()
                .sorted(Comparator.comparingDouble(LineFigure.Reference::y))
                .toList();
        double near = LABEL_HEIGHT * span;
        for (int i = 0; i < sorted.size(); i++) {
            boolean below = i > 0 && sorted.get(i).y() - sorted.get(i - 1).y() < near;
            boolean above = i + 1 < sorted.size()
                    && sorted.get(i + 1).y() - sorted.get(i).y() < near;
            ValueMarker marker = marker(sorted.get(i));
            if (above) {
                marker.setLabelAnchor(below ? RectangleAnchor.TOP_LEFT : RectangleAnchor.BOTTOM_RIGHT);
                marker.setLabelTextAnchor(below ? TextAnchor.BOTTOM_LEFT : TextAnchor.TOP_RIGHT);
            }
            plot.addRangeMarker(marker, Layer.BACKGROUND);
        }
    }

    private static ValueMarker marker(LineFigure.Reference reference) {
        ValueMarker marker = new ValueMarker(reference.y(), PaperTheme.SOFT, REFERENCE);
        marker.setLabel(reference.label());
        marker.setLabelFont(PaperTheme.font(11.5f));
        marker.setLabelPaint(PaperTheme.SOFT);
        marker.setLabelBackgroundColor(new Color(255, 255, 255, 0));
        marker.setLabelAnchor(RectangleAnchor.TOP_RIGHT);
        marker.setLabelTextAnchor(TextAnchor.BOTTOM_RIGHT);
        marker.setLabelOffset(new RectangleInsets(2, 2, 2, 4));
        return marker;
    }

    /** The colours or dashes that some line has: a variant that does not measure this has no entry. */
    private static int[] drawn(LineFigure figure, ToIntFunction<LineFigure.Line> index) {
        return figure.lines().stream().mapToInt(index).distinct().sorted().toArray();
    }

    private static LegendItemCollection legend(LineFigure figure, boolean diverged) {
        LegendItemCollection items = new LegendItemCollection();
        for (int v : drawn(figure, LineFigure.Line::variant)) {
            BasicStroke stroke = new BasicStroke(2.2f);
            String name = figure.variants().get(v);
            Color colour = PaperTheme.colour(v);
            if (many(figure)) {
                LegendItem item =
                        PaperTheme.markedItem(v + 1 + " " + name, colour, stroke, PaperTheme.marker(round(v), MARK));
                item.setFillPaint(hollow(v) ? Color.WHITE : colour);
                items.add(item);
            } else {
                items.add(PaperTheme.lineItem(name, colour, stroke));
            }
        }
        if (figure.seeds().size() > 1) {
            for (int s : drawn(figure, LineFigure.Line::seed)) {
                items.add(PaperTheme.lineItem(figure.seeds().get(s), PaperTheme.SOFT, PaperTheme.dash(s, 1.8f)));
            }
        }
        if (diverged) {
            items.add(PaperTheme.shapeItem("diverged", cross(), PaperTheme.SOFT));
        }
        return items;
    }
}
