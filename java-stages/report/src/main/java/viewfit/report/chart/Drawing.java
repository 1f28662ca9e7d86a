package viewfit.report.chart;

import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;

/** What fills a canvas; drawn twice it is the same. */
@FunctionalInterface
public interface Drawing {
    /**
     * @param canvas whole of the picture, in logical pixels
     */
    void draw(Graphics2D g, Rectangle2D canvas);

    /**
     * Logical pixels that a picture needs beyond its usual height, since its legend has many lines: what is drawn above the legend
     * keeps its size.
     *
     * @param width of the picture, in logical pixels
     */
    default int taller(int width) {
        return 0;
    }

    /** PNG bytes at twice the given size, for sharp screens and print. */
    default byte[] png(int width, int height) {
        return Pictures.png(this, width, height);
    }

    /**
     * SVG bytes, text as text.
     *
     * @param title what a reader that does not show pictures says
     */
    default byte[] svg(String title, int width, int height) {
        return Pictures.svg(this, title, width, height);
    }
}
