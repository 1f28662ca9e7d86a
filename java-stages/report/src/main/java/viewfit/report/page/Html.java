package viewfit.report.page;

import java.util.List;
import viewfit.report.values.Text;

/** A string builder that escapes: text from files reaches the page only through {@link #escape}. */
public final class Html {

    private final StringBuilder out = new StringBuilder();

    /** The five characters that could end text or an attribute, replaced by entities. */
    public static String escape(String text) {
        StringBuilder safe = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> safe.append(c);
            }
        }
        return safe.toString();
    }

    /**
     * A difference of fractions in points with its sign, an arrow and a colour: the colour is never all that says it.
     */
    static String gain(double difference) {
        String points = Text.points(difference);
        if (!Double.isFinite(difference) || points.startsWith("\u00B1")) {
            return points;
        }
        boolean up = difference > 0;
        return "<span class=\"" + (up ? "up" : "down") + "\">" + (up ? "\u25B2" : "\u25BC") + "\u00A0" + points
                + "</span>";
    }

    /** Markup that is folded away until someone opens it. */
    static String details(String summary, String markup) {
        return "<details><summary>" + escape(summary) + "</summary>\n" + markup + "</details>\n";
    }

    /** Markup, trusted. */
    public Html raw(String markup) {
        out.append(markup);
        return this;
    }

    /** Text, escaped. */
    public Html text(String text) {
        out.append(escape(text));
        return this;
    }

    /** An element around escaped text; attributes are trusted markup. */
    public Html element(String tag, String attributes, String text) {
        out.append('<')
                .append(tag)
                .append(attributes.isEmpty() ? "" : " " + attributes)
                .append('>');
        out.append(escape(text));
        out.append("</").append(tag).append(">\n");
        return this;
    }

    /** A table; the first column is a row heading. Cells are markup made by {@link #escape} or {@link Html}. */
    public Html table(String cssClass, List<String> header, List<List<String>> rows) {
        out.append("<div class=\"scroll\"><table class=\"").append(cssClass).append("\">\n<thead><tr>");
        for (String h : header) {
            out.append("<th scope=\"col\">").append(h).append("</th>");
        }
        out.append("</tr></thead>\n<tbody>\n");
        for (List<String> row : rows) {
            out.append("<tr>");
            for (int i = 0; i < row.size(); i++) {
                out.append(i == 0 ? "<th scope=\"row\">" : "<td>")
                        .append(row.get(i))
                        .append(i == 0 ? "</th>" : "</td>");
            }
            out.append("</tr>\n");
        }
        out.append("</tbody></table></div>\n");
        return this;
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
