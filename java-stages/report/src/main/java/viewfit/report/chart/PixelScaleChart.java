package viewfit.report.chart;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Polygon;
import java.awt.Shape;
import java.awt.Stroke;
import java.awt.geom.Ellipse2D;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.text.FieldPosition;
import java.text.NumberFormat;
import java.text.ParsePosition;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.LegendItemCollection;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.plot.SeriesRenderingOrder;
import org.jfree.chart.plot.ValueMarker;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYAreaRenderer;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.ui.Layer;
import org.jfree.chart.ui.RectangleAnchor;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/** Draws a {@link PixelScaleFigure}. */
final class PixelScaleChart {

    /** Vermilion and blue, as global and local boxes have on the contact sheet. */
    private static final Color GLOBAL = PaperTheme.colour(1);

    private static final Color LOCAL = PaperTheme.colour(0);

    /** Colours of the estimates; the last one counts and is drawn solid. */
    private static final int[] COLOURS = {3, 5, 4, 2};

    private static final BasicStroke THIN = new BasicStroke(1.4f);
    private static final Stroke DASHED = new BasicStroke(1.3f, 0, 0, 10f, new float[] {4f, 3f}, 0f);
    private static final int FILL = 70;
    private static final int CURVE_POINTS = 120;
    private static final double DOT = 9;

    private PixelScaleChart() {}

    /** Panels, two in each line. */
    static List<JFreeChart> draw(PixelScaleFigure figure) {
        List<JFreeChart> panels = new ArrayList<>();
        if (figure.locals().isEmpty()) {
            panels.add(both(figure, "Pixel scale", "view pixels per photograph pixel", true, null));
            panels.add(both(figure, "Share of the photograph inside a crop", "area of the crop", false, null));
        }
        for (PixelScaleFigure.Local local : figure.locals()) {
            panels.add(ratios(local));
            panels.add(curve(figure, local));
            panels.add(both(figure, "Pixel scale", "view pixels per photograph pixel", true, local));
            panels.add(both(figure, "Share of the photograph inside a crop", "area of the crop", false, local));
        }
        return panels;
    }

    private static JFreeChart ratios(PixelScaleFigure.Local local) {
        XYPlot plot = plot("pixel scale of a global view / of a local view", "share of pairs");
        fill(plot, 0, local.ratios(), PaperTheme.FLOOR);
        powersOfTwo(plot);
        LegendItemCollection legend = new LegendItemCollection();
        for (int i = 0; i < local.estimates().size(); i++) {
            PixelScaleFigure.Estimate estimate = local.estimates().get(i);
            Color colour = colour(i);
            plot.addDomainMarker(new ValueMarker(Math.log(estimate.ratio()) / Math.log(2), colour, stroke(i)));
            legend.add(PaperTheme.lineItem(estimate.name() + " " + decimals(estimate.ratio(), 2), colour, stroke(i)));
        }
        plot.addDomainMarker(new ValueMarker(0, PaperTheme.INK, THIN), Layer.BACKGROUND);
        plot.setFixedLegendItems(legend);
        return PaperTheme.chart("Global over local pixel scale: " + local.name(), plot);
    }

    /** Ratio over local side by every estimate: (bestSide / side) squared. */
    private static JFreeChart curve(PixelScaleFigure figure, PixelScaleFigure.Local local) {
        XYPlot plot = plot("side of the local views, pixels", "global over local pixel scale");
        double[] best = local.estimates().stream()
                .mapToDouble(PixelScaleFigure.Estimate::bestSide)
                .sorted()
                .toArray();
        double from = 0.8 * Math.min(local.side(), best[0]);
        double to = Math.max(1.15 * Math.max(local.side(), best[best.length - 1]), 1.5 * from);
        XYSeriesCollection lines = new XYSeriesCollection();
        XYSeriesCollection dots = new XYSeriesCollection();
        XYLineAndShapeRenderer line = new XYLineAndShapeRenderer(true, false);
        XYLineAndShapeRenderer dot = new XYLineAndShapeRenderer(false, true);
        line.setDrawSeriesLineAsPath(true);
        LegendItemCollection legend = new LegendItemCollection();
        for (int i = 0; i < local.estimates().size(); i++) {
            PixelScaleFigure.Estimate estimate = local.estimates().get(i);
            XYSeries series = new XYSeries(estimate.name());
            for (int k = 0; k <= CURVE_POINTS; k++) {
                double side = from + (to - from) * k / CURVE_POINTS;
                series.add(side, Math.pow(estimate.bestSide() / side, 2));
            }
            lines.addSeries(series);
            line.setSeriesPaint(i, colour(i));
            line.setSeriesStroke(i, stroke(i));
            addDot(dots, dot, estimate.name(), estimate.bestSide(), colour(i));
            legend.add(PaperTheme.lineItem(
                    estimate.name() + " is 1 at " + decimals(estimate.bestSide(), 1), colour(i), stroke(i)));
        }
        if (Double.isFinite(local.paperSide())) {
            addDot(dots, dot, "paper", local.paperSide(), PaperTheme.INK);
            dot.setSeriesShape(dots.getSeriesCount() - 1, diamond());
            legend.add(PaperTheme.shapeItem(
                    "paper: about 1.0 at " + decimals(local.paperSide(), 0), diamond(), PaperTheme.INK));
        }
        plot.setDataset(0, lines);
        plot.setRenderer(0, line);
        plot.setDataset(1, dots);
        plot.setRenderer(1, dot);
        plot.getDomainAxis().setRange(from, to);
        double lowest = Math.min(1, Math.pow(best[0] / to, 2));
        double highest = Math.max(1, Math.pow(best[best.length - 1] / from, 2));
        double margin = 0.08 * (highest - lowest);
        plot.getRangeAxis().setRange(Math.max(0, lowest - margin), highest + margin);
        plot.setSeriesRenderingOrder(SeriesRenderingOrder.FORWARD);
        plot.addRangeMarker(new ValueMarker(1, PaperTheme.INK, THIN), Layer.BACKGROUND);
        ValueMarker recipe = new ValueMarker(local.side(), PaperTheme.SOFT, DASHED);
        recipe.setLabel("recipe: " + local.side());
        recipe.setLabelFont(PaperTheme.font(11.5f));
        recipe.setLabelPaint(PaperTheme.SOFT);
        recipe.setLabelBackgroundColor(new Color(255, 255, 255, 0));
        boolean left = local.side() < (from + to) / 2;
        recipe.setLabelAnchor(left ? RectangleAnchor.TOP_RIGHT : RectangleAnchor.TOP_LEFT);
        recipe.setLabelTextAnchor(left ? TextAnchor.TOP_LEFT : TextAnchor.TOP_RIGHT);
        recipe.setLabelOffset(new RectangleInsets(2, 4, 2, 4));
        plot.addDomainMarker(recipe, Layer.BACKGROUND);
        plot.setFixedLegendItems(legend);
        return PaperTheme.chart("Local size that makes them equal: global views, " + figure.globalSide() + " px", plot);
    }

    private static JFreeChart both(
            PixelScaleFigure figure,
            String title,
            String axis,
            boolean scales,
            PixelScaleFigure.@org.jspecify.annotations.Nullable Local local) {
        XYPlot plot = plot(axis, "share of views");
        LegendItemCollection legend = new LegendItemCollection();
        fill(plot, 0, scales ? figure.globalScales() : figure.globalAreas(), GLOBAL);
        legend.add(PaperTheme.lineItem("global views, " + figure.globalSide() + " px", GLOBAL, new BasicStroke(2.2f)));
        if (local != null) {
            fill(plot, 2, scales ? local.scales() : local.areas(), LOCAL);
            legend.add(PaperTheme.lineItem(local.name(), LOCAL, new BasicStroke(2.2f)));
        }
        if (scales) {
            powersOfTwo(plot);
        } else {
            // Room for the last label.
            plot.getDomainAxis().setRange(0, 1.03);
            ((NumberAxis) plot.getDomainAxis()).setNumberFormatOverride(percent());
        }
        plot.setFixedLegendItems(legend);
        return PaperTheme.chart(title, plot);
    }

    private static XYPlot plot(String x, String y) {
        NumberAxis domain = new NumberAxis(x);
        NumberAxis range = new NumberAxis(y);
        XYPlot plot = new XYPlot(null, domain, range, null);
        PaperTheme.style(plot);
        domain.setAutoRangeIncludesZero(false);
        domain.setNumberFormatOverride(new DecimalFormat("0.##", DecimalFormatSymbols.getInstance(Locale.ROOT)));
        if (y.startsWith("share")) {
            range.setNumberFormatOverride(percent());
            range.setAutoRangeIncludesZero(true);
            range.setUpperMargin(0.08);
        } else {
            range.setNumberFormatOverride(new DecimalFormat("0.0#", DecimalFormatSymbols.getInstance(Locale.ROOT)));
        }
        return plot;
    }

    /** A histogram as a filled outline; takes two data sets from this index on. */
    private static void fill(XYPlot plot, int index, List<PixelScaleFigure.Bin> bins, Color colour) {
        XYSeries series = new XYSeries("bins " + index, false, true);
        if (!bins.isEmpty()) {
            series.add(bins.get(0).low(), 0);
        }
        for (PixelScaleFigure.Bin bin : bins) {
            series.add(bin.low(), bin.share());
            series.add(bin.high(), bin.share());
        }
        if (!bins.isEmpty()) {
            series.add(bins.get(bins.size() - 1).high(), 0);
        }
        XYSeriesCollection data = new XYSeriesCollection(series);
        XYAreaRenderer area = new XYAreaRenderer(XYAreaRenderer.AREA);
        area.setSeriesPaint(0, new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), FILL));
        XYLineAndShapeRenderer outline = new XYLineAndShapeRenderer(true, false);
        outline.setDrawSeriesLineAsPath(true);
        outline.setSeriesPaint(0, colour);
        outline.setSeriesStroke(0, THIN);
        plot.setDataset(index, data);
        plot.setRenderer(index, area);
        plot.setDataset(index + 1, data);
        plot.setRenderer(index + 1, outline);
    }

    private static void addDot(
            XYSeriesCollection dots, XYLineAndShapeRenderer renderer, String name, double side, Color colour) {
        XYSeries series = new XYSeries(name);
        series.add(side, 1);
        int index = dots.getSeriesCount();
        dots.addSeries(series);
        renderer.setSeriesPaint(index, colour);
        renderer.setSeriesShape(index, new Ellipse2D.Double(-DOT / 2, -DOT / 2, DOT, DOT));
    }

    /** An open diamond, so that the dots it may lie on are seen. */
    private static Shape diamond() {
        Polygon edge = new Polygon(new int[] {-9, 0, 9, 0}, new int[] {0, -9, 0, 9}, 4);
        return new BasicStroke(2f).createStrokedShape(edge);
    }

    private static Color colour(int estimate) {
        return PaperTheme.colour(COLOURS[estimate % COLOURS.length]);
    }

    /** Dashes of the estimates beside the last one, so that the lines stay apart without colours. */
    private static Stroke stroke(int estimate) {
        return estimate % COLOURS.length == COLOURS.length - 1
                ? new BasicStroke(2.4f)
                : PaperTheme.dash(estimate + 1, 1.8f);
    }

    /** An axis of logarithms to the base 2 that is labelled with the numbers themselves, one tick for each doubling. */
    private static void powersOfTwo(XYPlot plot) {
        NumberAxis axis = (NumberAxis) plot.getDomainAxis();
        axis.setTickUnit(new NumberTickUnit(1, new PowerOfTwo()));
        axis.setNumberFormatOverride(new PowerOfTwo());
    }

    private static String decimals(double value, int digits) {
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }

    private static DecimalFormat percent() {
        return new DecimalFormat("0.# %", DecimalFormatSymbols.getInstance(Locale.ROOT));
    }

    /** 1/4, 1/2, 1, 2, 4 for -2 .. 2. */
    private static final class PowerOfTwo extends NumberFormat {
        private static final long serialVersionUID = 1L;

        @Override
        public StringBuffer format(double exponent, StringBuffer to, FieldPosition position) {
            String power = decimals(Math.pow(2, Math.abs(exponent)), 0);
            return to.append(exponent < 0 ? "1/" + power : power);
        }

        @Override
        public StringBuffer format(long exponent, StringBuffer to, FieldPosition position) {
            return format((double) exponent, to, position);
        }

        @Override
        public Number parse(String text, ParsePosition position) {
            throw new UnsupportedOperationException("only for labels");
        }
    }
}
