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
}
