package viewfit.report.page;

import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import viewfit.core.Code;
import viewfit.core.files.AtomicFiles;
import viewfit.report.chart.Figure;

/** Writes figures and tables beside the page and returns the markup that shows them. */
final class Outputs {

    /** Logical pixels of a figure over the whole text width. */
    static final int WIDE = 1064;

    /** Logical pixels of one of two figures side by side. */
    static final int HALF = 515;

    private final Path out;

    Outputs(Path out) {
        this.out = out;
    }

    /**
     * {@code figures/ID.png}, {@code tables/ID.csv}, and a figure element with the picture inside.
     *
     * @param caption markup
     */
    String figure(Figure figure, int width, int height, String caption) {
        byte[] png = figure.png(width, height);
        AtomicFiles.writeBytes(out.resolve("figures").resolve(figure.id() + ".png"), png);
        table(figure.id(), figure.header(), figure.rows());
        return "<figure id=\"" + figure.id() + "\"" + (width == WIDE ? " class=\"wide\"" : "") + ">\n"
                + image(png, "width=\"" + width + "\" height=\"" + height + "\"", figure.title())
                + "<figcaption>" + caption + " " + sources(figure.id()) + "</figcaption>\n</figure>\n";
    }

    /** A picture made by another stage, kept as it is. */
    String picture(String id, byte[] png, String alt, String caption) {
        AtomicFiles.writeBytes(out.resolve("figures").resolve(id + ".png"), png);
        return "<figure class=\"sheet wide\" id=\"" + id + "\">\n" + image(png, "", alt) + "<figcaption>" + caption
                + " <span class=\"source\"><a href=\"figures/" + id + ".png\">picture</a></span></figcaption>\n"
                + "</figure>\n";
    }

    private static String image(byte[] png, String size, String alt) {
        return "<div class=\"scroll\"><img " + size + " alt=\"" + Html.escape(alt) + "\" src=\"data:image/png;base64,"
                + Base64.getEncoder().encodeToString(png) + "\"></div>\n";
    }

    private static String sources(String id) {
        return "<span class=\"source\"><a href=\"tables/" + id + ".csv\">data</a> · <a href=\"figures/" + id
                + ".png\">picture</a></span>";
    }

    /** {@code tables/ID.csv} with its schema and the code that wrote it. */
    void table(String id, List<String> header, List<List<String>> rows) {
        StringBuilder text = new StringBuilder("# schema: report-table/1\n# provenance: {\"code\":\"")
                .append(Code.version())
                .append("\"}\n");
        CSVFormat format = CSVFormat.RFC4180.builder().setRecordSeparator('\n').build();
        text.append(format.format(header.toArray())).append('\n');
        for (List<String> row : rows) {
            text.append(format.format(row.toArray())).append('\n');
        }
        AtomicFiles.writeString(out.resolve("tables").resolve(id + ".csv"), text.toString());
    }

    void page(String html) {
        AtomicFiles.writeString(out.resolve("report.html"), html);
    }
}
