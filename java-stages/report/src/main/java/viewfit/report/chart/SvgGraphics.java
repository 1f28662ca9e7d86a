package viewfit.report.chart;

import java.awt.AlphaComposite;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics;
import java.awt.Graphics2D;
import java.awt.Shape;
import java.awt.font.FontRenderContext;
import java.awt.font.GlyphVector;
import java.awt.geom.AffineTransform;
import java.awt.geom.PathIterator;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Graphics whose shapes and lines of text become elements of an SVG page. Plain colours alone: figures have no others. */
final class SvgGraphics extends ShapeGraphics {
    /** How text is measured, whatever the transform. */
    private static final FontRenderContext PLAIN = new FontRenderContext(null, true, true);

    /** SVG's own limit, which needs no word. */
    private static final float MITER = 4;

    private static final int SCALING = AffineTransform.TYPE_UNIFORM_SCALE
            | AffineTransform.TYPE_GENERAL_SCALE
            | AffineTransform.TYPE_GENERAL_TRANSFORM;

    private final SvgPage page;

    SvgGraphics(Graphics2D state, SvgPage page) {
        super(state);
        this.page = page;
    }

    @Override
    public Graphics create() {
        return new SvgGraphics((Graphics2D) state.create(), page);
    }

    @Override
    public void fill(Shape shape) {
        boolean evenOdd = shape.getPathIterator(null).getWindingRule() == PathIterator.WIND_EVEN_ODD;
        page.path(onPage(shape), clip(), colour("fill") + (evenOdd ? " fill-rule=\"evenodd\"" : ""));
    }

    @Override
    public void draw(Shape shape) {
        if (getStroke() instanceof BasicStroke stroke && (getTransform().getType() & SCALING) == 0) {
            page.path(onPage(shape), clip(), " fill=\"none\"" + colour("stroke") + line(stroke));
        } else {
            fill(getStroke().createStrokedShape(shape));
        }
    }

    @Override
    public void drawString(String text, float x, float y) {
        if (text.isBlank()) {
            return;
        }
        Font font = getFont();
        AffineTransform place = getTransform();
        place.translate(x, y);
        double width = font.getStringBounds(text, PLAIN).getWidth();
        // The measured length is kept where the reader has another font, so that nothing runs into anything.
        page.text(
                text,
                place,
                clip(),
                " font-family=\"" + family(font) + "\" font-size=\"" + SvgPage.number(font.getSize2D()) + "\""
                        + (font.isBold() ? " font-weight=\"bold\"" : "")
                        + (font.isItalic() ? " font-style=\"italic\"" : "")
                        + " textLength=\"" + SvgPage.number(width) + "\" lengthAdjust=\"spacingAndGlyphs\""
                        + colour("fill"));
    }

    @Override
    public void drawGlyphVector(GlyphVector glyphs, float x, float y) {
        fill(glyphs.getOutline(x, y));
    }

    private static String family(Font font) {
        boolean mono = font.getFamily(Locale.ROOT).toLowerCase(Locale.ROOT).contains("mono");
        return mono ? "DejaVu Sans Mono, monospace" : "DejaVu Sans, Verdana, sans-serif";
    }

    private Shape onPage(Shape shape) {
        return getTransform().createTransformedShape(shape);
    }

    private @Nullable Shape clip() {
        Shape clip = getClip();
        return clip == null ? null : onPage(clip);
    }

    private String colour(String attribute) {
        if (!(getPaint() instanceof Color colour)) {
            throw new IllegalStateException("paint " + getPaint() + ": figures have plain colours");
        }
        double opacity = colour.getAlpha() / 255.0;
        if (getComposite() instanceof AlphaComposite composite) {
            opacity *= composite.getAlpha();
        }
        return " " + attribute + "=\"" + String.format(Locale.ROOT, "#%06x", colour.getRGB() & 0xFFFFFF) + "\""
                + (opacity < 1 ? " " + attribute + "-opacity=\"" + SvgPage.number(opacity) + "\"" : "");
    }

    private static String line(BasicStroke stroke) {
        StringBuilder line = new StringBuilder(" stroke-width=\"" + SvgPage.number(stroke.getLineWidth()) + "\"");
        if (stroke.getEndCap() != BasicStroke.CAP_BUTT) {
            line.append(" stroke-linecap=\"")
                    .append(stroke.getEndCap() == BasicStroke.CAP_ROUND ? "round" : "square")
                    .append('"');
        }
        if (stroke.getLineJoin() != BasicStroke.JOIN_MITER) {
            line.append(" stroke-linejoin=\"")
                    .append(stroke.getLineJoin() == BasicStroke.JOIN_ROUND ? "round" : "bevel")
                    .append('"');
        } else if (stroke.getMiterLimit() != MITER) {
            line.append(" stroke-miterlimit=\"")
                    .append(SvgPage.number(stroke.getMiterLimit()))
                    .append('"');
        }
        float[] dashes = stroke.getDashArray();
        if (dashes != null) {
            line.append(" stroke-dasharray=\"");
            for (int i = 0; i < dashes.length; i++) {
                line.append(i == 0 ? "" : " ").append(SvgPage.number(dashes[i]));
            }
            line.append('"');
            if (stroke.getDashPhase() != 0) {
                line.append(" stroke-dashoffset=\"")
                        .append(SvgPage.number(stroke.getDashPhase()))
                        .append('"');
            }
        }
        return line.toString();
    }
}
