package viewfit.report.chart;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.imageio.ImageIO;
import org.jfree.chart.JFreeChart;

/** Drawings as bytes of PNG and SVG: no clock and no randomness, the same on the same Java and fonts. */
final class Pictures {
    /** Pixels of a PNG for each logical one. */
    static final int SCALE = 2;

    /** Between the panels of one picture, in logical pixels. */
    private static final double PANEL_GAP = 34;

    private Pictures() {}

    static Drawing of(JFreeChart chart) {
        return new ChartDrawing(chart);
    }

    /** Panels side by side, two in a line. */
    static Drawing of(List<JFreeChart> panels) {
        return (g, canvas) -> {
            int lines = (panels.size() + 1) / 2;
            double width = (canvas.getWidth() - PANEL_GAP) / 2;
            double height = (canvas.getHeight() - (lines - 1) * PANEL_GAP) / lines;
            g.setColor(Color.WHITE);
            g.fill(canvas);
            for (int i = 0; i < panels.size(); i++) {
                int line = i / 2;
                double x = (i - 2 * line) * (width + PANEL_GAP);
                double y = line * (height + PANEL_GAP);
                panels.get(i).draw(g, new Rectangle2D.Double(x, y, width, height));
            }
        };
    }

    /**
     * @param width logical pixels, positive
     * @param height logical pixels, positive
     */
    static byte[] png(Drawing drawing, int width, int height) {
        BufferedImage image = new BufferedImage(width * SCALE, height * SCALE, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        try {
            hints(g);
            g.scale(SCALE, SCALE);
            drawing.draw(g, new Rectangle2D.Double(0, 0, width, height));
        } finally {
            g.dispose();
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            if (!ImageIO.write(image, "png", out)) {
                throw new IllegalStateException("this Java has no PNG writer");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /**
     * The same with its text as text.
     *
     * @param title what a reader that does not show pictures says
     * @param width logical pixels, positive
     * @param height logical pixels, positive
     */
    static byte[] svg(Drawing drawing, String title, int width, int height) {
        // Only its state is used: transform, clip, fonts.
        Graphics2D state = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
        SvgPage page = new SvgPage();
        try {
            hints(state);
            drawing.draw(new SvgGraphics(state, page), new Rectangle2D.Double(0, 0, width, height));
        } finally {
            state.dispose();
        }
        return page.finish(title, width, height).getBytes(StandardCharsets.UTF_8);
    }

    static void hints(Graphics2D g) {
        g.setRenderingHint(RenderingHints.KEY_RENDERING, RenderingHints.VALUE_RENDER_QUALITY);
        g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        g.setRenderingHint(RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
    }
}
