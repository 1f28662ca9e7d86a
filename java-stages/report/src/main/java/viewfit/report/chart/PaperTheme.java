package viewfit.report.chart;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Shape;
import java.awt.Stroke;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.LegendItem;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.block.BlockBorder;
import org.jfree.chart.plot.DatasetRenderingOrder;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.text.TextUtils;
import org.jfree.chart.title.LegendTitle;
import org.jfree.chart.title.TextTitle;
import org.jfree.chart.ui.HorizontalAlignment;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.RectangleInsets;

/**
 * The look of every figure: white ground, light horizontal grid, no frame, and the eight colours of Okabe and Ito
 * ("Color Universal Design", 2008), which stay apart for colour-blind readers. Drawing has no clock and no randomness:
 * the same figure on the same Java and fonts gives the same bytes.
 */
final class PaperTheme {
    static final Color INK = new Color(0x1F2328);
    static final Color SOFT = new Color(0x59636E);
    static final Color FLOOR = new Color(0x6E7781);
    private static final Color GRID = new Color(0xE4E7EB);
    private static final Color AXIS = new Color(0x9AA4AF);

    /** Okabe-Ito without black (text) and in an order that keeps the first two furthest apart; yellow last, it is weakest on white. */
    private static final Color[] PALETTE = {
        new Color(0x0072B2),
        new Color(0xD55E00),
        new Color(0x009E73),
        new Color(0xCC79A7),
        new Color(0x56B4E9),
        new Color(0xE69F00),
        new Color(0xF0E442)
    };

    /** Variants that have a colour of their own. */
    static final int COLOURS = PALETTE.length;

    static final int MARKERS = 4;

    /** Half the length of a line in the legend. */
    private static final double REACH = 11;

    private static final float[][] DASHES = {{}, {6f, 3.5f}, {1.8f, 2.8f}, {9f, 3f, 2f, 3f}};

    static {
        // Rotated text as text, not as outlines of its letters.
        TextUtils.setUseDrawRotatedStringWorkaround(false);
    }

    private PaperTheme() {}

    /** Colour of a variant; wraps around after seven. */
    static Color colour(int variant) {
        return PALETTE[Math.floorMod(variant, PALETTE.length)];
    }

    /** Line pattern of a seed; wraps around after four. */
    static Stroke dash(int seed, float width) {
        float[] pattern = DASHES[Math.floorMod(seed, DASHES.length)];
        return pattern.length == 0
                ? new BasicStroke(width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND)
                : new BasicStroke(width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10f, pattern, 0f);
    }

    /** Shape of a series, so that colour is not all that tells it: disc, triangle, square, diamond; wraps around. */
    static Shape marker(int series, double r) {
        return switch (Math.floorMod(series, MARKERS)) {
            case 0 -> new Ellipse2D.Double(-r, -r, 2 * r, 2 * r);
            case 1 -> polygon(0, -1.3 * r, 1.2 * r, 0.9 * r, -1.2 * r, 0.9 * r);
            case 2 -> new Rectangle2D.Double(-0.9 * r, -0.9 * r, 1.8 * r, 1.8 * r);
            default -> polygon(0, -1.3 * r, 1.3 * r, 0, 0, 1.3 * r, -1.3 * r, 0);
        };
    }

    private static Shape polygon(double... xy) {
        Path2D path = new Path2D.Double();
        path.moveTo(xy[0], xy[1]);
        for (int i = 2; i < xy.length; i += 2) {
            path.lineTo(xy[i], xy[i + 1]);
        }
        path.closePath();
        return path;
    }

    static Font font(float size) {
        return new Font(Font.SANS_SERIF, Font.PLAIN, 1).deriveFont(size);
    }

    static Font bold(float size) {
        return new Font(Font.SANS_SERIF, Font.BOLD, 1).deriveFont(size);
    }

    /** Grid, axes and background of a plot. */
    static void style(XYPlot plot) {
        plot.setBackgroundPaint(Color.WHITE);
        plot.setOutlineVisible(false);
        plot.setDomainGridlinesVisible(false);
        plot.setRangeGridlinePaint(GRID);
        plot.setRangeGridlineStroke(new BasicStroke(1f));
        plot.setRangeZeroBaselineVisible(false);
        plot.setAxisOffset(new RectangleInsets(0, 4, 2, 0));
        plot.setDatasetRenderingOrder(DatasetRenderingOrder.FORWARD);
        for (ValueAxis axis : new ValueAxis[] {plot.getDomainAxis(), plot.getRangeAxis()}) {
            axis.setLabelFont(font(12.5f));
            axis.setLabelPaint(SOFT);
            axis.setTickLabelFont(font(12f));
            axis.setTickLabelPaint(INK);
            axis.setAxisLinePaint(AXIS);
            axis.setTickMarkPaint(AXIS);
            axis.setTickMarkInsideLength(0f);
            axis.setTickMarkOutsideLength(3f);
        }
        plot.getRangeAxis().setAxisLineVisible(false);
        plot.getRangeAxis().setTickMarksVisible(false);
        if (plot.getRangeAxis() instanceof NumberAxis numbers) {
            numbers.setAutoRangeIncludesZero(false);
        }
    }

    /** A chart with a left-aligned title and a legend below it when the plot has fixed legend items. */
    static JFreeChart chart(String title, XYPlot plot) {
        JFreeChart chart = new JFreeChart(null, bold(14f), plot, false);
        chart.setBackgroundPaint(Color.WHITE);
        chart.setPadding(new RectangleInsets(4, 0, 4, 10));
        chart.setAntiAlias(true);
        chart.setTextAntiAlias(true);
        TextTitle heading = new TextTitle(title, bold(14f));
        heading.setPaint(INK);
        heading.setHorizontalAlignment(HorizontalAlignment.LEFT);
        heading.setPadding(2, 1, 8, 4);
        chart.setTitle(heading);
        if (plot.getLegendItems() != null && plot.getLegendItems().getItemCount() > 0) {
            LegendTitle legend = new LegendTitle(plot);
            legend.setItemFont(font(12f));
            legend.setItemPaint(INK);
            legend.setBackgroundPaint(Color.WHITE);
            legend.setFrame(BlockBorder.NONE);
            legend.setPosition(RectangleEdge.BOTTOM);
            legend.setHorizontalAlignment(HorizontalAlignment.LEFT);
            legend.setItemLabelPadding(new RectangleInsets(2, 3, 2, 8));
            legend.setPadding(5, 0, 2, 0);
            chart.addLegend(legend);
        }
        return chart;
    }

    /** A legend entry drawn as a short line. */
    static LegendItem lineItem(String label, Color colour, Stroke stroke) {
        return new LegendItem(label, null, null, null, new Line2D.Double(-REACH, 0, REACH, 0), stroke, colour);
    }

    /** A legend entry drawn as a short line with its marker. */
    static LegendItem markedItem(String label, Color colour, Stroke stroke, Shape marker) {
        Line2D line = new Line2D.Double(-REACH, 0, REACH, 0);
        return new LegendItem(
                label, null, null, null, true, marker, true, colour, false, colour, stroke, true, line, stroke, colour);
    }

    /** A legend entry drawn as the outline of a shape. */
    static LegendItem outlineItem(String label, Shape shape, Color colour, Stroke stroke) {
        return new LegendItem(label, null, null, null, shape, Color.WHITE, stroke, colour);
    }

    /** A legend entry drawn as a filled shape. */
    static LegendItem shapeItem(String label, Shape shape, Color fill) {
        return new LegendItem(label, null, null, null, shape, fill);
    }
}
