package viewfit.report.chart;

import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.PathIterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The elements of an SVG document in drawing order; numbers have three decimals, so that the bytes are the same each time. */
final class SvgPage {
    private static final long STEPS = 1000;
    private static final int DIGITS = 3;

    private final StringBuilder elements = new StringBuilder();
    private final Map<String, String> clips = new LinkedHashMap<>();

    /**
     * A shape in page coordinates.
     *
     * @param attributes how it is painted, as markup
     */
    void path(Shape shape, @Nullable Shape clip, String attributes) {
        String data = data(shape.getPathIterator(null));
        if (!data.isEmpty()) {
            elements.append("<path d=\"")
                    .append(data)
                    .append('"')
                    .append(clipped(clip))
                    .append(attributes)
                    .append("/>\n");
        }
    }

    /**
     * A line of text.
     *
     * @param place from the text's own coordinates, whose origin is the start of the baseline, to the page's
     * @param attributes font and colour, as markup
     */
    void text(String text, AffineTransform place, @Nullable Shape clip, String attributes) {
        // A clip in page coordinates does not go with an element that has a transform of its own.
        String around = clipped(clip);
        if (!around.isEmpty()) {
            elements.append("<g").append(around).append('>');
        }
        elements.append("<text")
                .append(at(place))
                .append(attributes)
                .append('>')
                .append(escape(text))
                .append("</text>");
        elements.append(around.isEmpty() ? "\n" : "</g>\n");
    }

    private static String at(AffineTransform place) {
        double[] m = new double[6];
        place.getMatrix(m);
        if (place.getType() == AffineTransform.TYPE_TRANSLATION || place.isIdentity()) {
            return " x=\"" + number(m[4]) + "\" y=\"" + number(m[5]) + "\"";
        }
        StringBuilder matrix = new StringBuilder(" transform=\"matrix(");
        for (int i = 0; i < m.length; i++) {
            matrix.append(i == 0 ? "" : " ").append(number(m[i]));
        }
        return matrix.append(")\"").toString();
    }

    /** The document. */
    String finish(String title, int width, int height) {
        StringBuilder svg = new StringBuilder("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + width
                + "\" height=\"" + height + "\" viewBox=\"0 0 " + width + " " + height
                + "\" role=\"img\" xml:space=\"preserve\">\n<title>" + escape(title) + "</title>\n");
        if (!clips.isEmpty()) {
            svg.append("<defs>\n");
            clips.forEach((data, id) -> svg.append("<clipPath id=\"")
                    .append(id)
                    .append("\"><path d=\"")
                    .append(data)
                    .append("\"/></clipPath>\n"));
            svg.append("</defs>\n");
        }
        return svg.append(elements).append("</svg>\n").toString();
    }

    private String clipped(@Nullable Shape clip) {
        if (clip == null) {
            return "";
        }
        String data = data(clip.getPathIterator(null));
        String id = clips.computeIfAbsent(data, d -> "clip" + clips.size());
        return " clip-path=\"url(#" + id + ")\"";
    }

    /** Commands and coordinates of a path; empty where a coordinate is not finite. */
    private static String data(PathIterator path) {
        StringBuilder data = new StringBuilder();
        double[] xy = new double[6];
        for (; !path.isDone(); path.next()) {
            int segment = path.currentSegment(xy);
            int numbers =
                    switch (segment) {
                        case PathIterator.SEG_MOVETO, PathIterator.SEG_LINETO -> 2;
                        case PathIterator.SEG_QUADTO -> 4;
                        case PathIterator.SEG_CUBICTO -> 6;
                        default -> 0;
                    };
            data.append("MLQCZ".charAt(segment));
            for (int i = 0; i < numbers; i++) {
                if (!Double.isFinite(xy[i])) {
                    return "";
                }
                data.append(i == 0 ? "" : " ").append(number(xy[i]));
            }
        }
        return data.toString();
    }

    /** At most three decimals, without exponent and without zeros at the end. */
    static String number(double value) {
        long steps = Math.round(value * STEPS);
        String whole = (steps < 0 ? "-" : "") + Math.abs(steps) / STEPS;
        String rest = Long.toString(STEPS + Math.abs(steps) % STEPS).substring(1);
        int end = DIGITS;
        while (end > 0 && rest.charAt(end - 1) == '0') {
            end--;
        }
        return end == 0 ? whole : whole + "." + rest.substring(0, end);
    }

    /** Text of an element: markup as entities, and without the control characters that XML does not have. */
    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replaceAll("[\\x00-\\x1F\\x7F\\uFFFE\\uFFFF\\uD800-\\uDFFF]", " ");
    }
}
