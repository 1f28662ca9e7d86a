package viewfit.report.chart;

import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.block.LengthConstraintType;
import org.jfree.chart.block.RectangleConstraint;
import org.jfree.chart.title.LegendTitle;
import org.jfree.data.Range;

/** One chart as a whole picture. */
record ChartDrawing(JFreeChart chart) implements Drawing {
    /** Height of a legend that the usual height of a picture counts on: about three lines. */
    private static final double USUAL_LEGEND = 66;

    /** More than any legend takes. */
    private static final double MOST = 10_000;

    @Override
    public void draw(Graphics2D g, Rectangle2D canvas) {
        chart.draw(g, canvas);
    }

    @Override
    public int taller(int width) {
        LegendTitle legend = chart.getLegend();
        if (legend == null) {
            return 0;
        }
        Graphics2D g = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
        try {
            Pictures.hints(g);
            double inside = chart.getPadding().trimWidth(width);
            double lines = legend.arrange(g, within(inside)).getHeight();
            return (int) Math.ceil(Math.max(0, lines - USUAL_LEGEND));
        } finally {
            g.dispose();
        }
    }

    /** As the chart itself asks its legend when it draws. */
    private static RectangleConstraint within(double width) {
        return new RectangleConstraint(
                width,
                new Range(0, width),
                LengthConstraintType.RANGE,
                MOST,
                new Range(0, MOST),
                LengthConstraintType.RANGE);
    }
}
