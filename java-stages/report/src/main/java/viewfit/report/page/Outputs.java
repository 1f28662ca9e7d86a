package viewfit.report.page;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.commons.csv.CSVFormat;
import viewfit.core.Code;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.ReportNames;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.AtomicFiles;
import viewfit.core.recipe.FigureRecipe;
import viewfit.report.chart.Drawing;
import viewfit.report.chart.Figure;
import viewfit.report.results.Show;

/** Writes figures and tables beside the page and returns the markup that shows them. */
final class Outputs {

    /** Logical pixels of a figure over the whole text width. */
    static final int WIDE = 1064;

    /** Logical pixels of one of two figures side by side. */
    static final int HALF = 515;

    /** Pictures of other stages that the page has in it, of each kind; some hundred kilobytes each. */
    static final int MOST_PICTURES = 12;

    private final Path out;
    private final Set<String> shown = new HashSet<>();
    private final Set<String> tables = new HashSet<>();
    private final Map<String, Integer> pictures = new HashMap<>();

    Outputs(Path out) {
        this.out = out;
    }

    /** There may be a figure or table that the sweep asks for, beside the report's own. */
    void expect(Show show) {
        shown.addAll(show.table() ? List.of(show.id()) : FigureRecipe.names(show.id()));
    }

    /** A grid is held to what the report may be called before anything is trained: there must be no name it does not know. */
    private void requireKnown(String id) {
        if (!ReportNames.own(id) && !shown.contains(id)) {
            throw new IllegalStateException(id + " is no name of the report: it must be one of ReportNames");
        }
    }

    /**
     * {@code figures/ID.png}, {@code figures/ID.svg}, {@code tables/ID.csv}, and a figure element with the picture inside.
     *
     * @param usual height in logical pixels; a legend of many lines makes the picture higher
     * @param caption markup
     */
    String figure(Figure figure, int width, int usual, String caption) {
        // One chart for all three: of a large sweep it has all of its points.
        Drawing drawing = figure.drawing();
        int height = usual + drawing.taller(width);
        byte[] png = drawing.png(width, height);
        AtomicFiles.writeBytes(out.resolve("figures").resolve(figure.id() + ".png"), png);
        AtomicFiles.writeBytes(
                out.resolve("figures").resolve(figure.id() + ".svg"), drawing.svg(figure.title(), width, height));
        table(figure.id(), figure.header(), figure.rows());
        return "<figure id=\"" + figure.id() + "\"" + (width == WIDE ? " class=\"wide\"" : "") + ">\n"
                + image(png, "width=\"" + width + "\" height=\"" + height + "\"", figure.title())
                + "<figcaption>" + caption + " " + sources(figure.id()) + "</figcaption>\n</figure>\n";
    }

    /**
     * A picture made by another stage of a cell, kept as it is, with its table and its SVG where they lie beside it under the same
     * name. The page has the first ones of a kind in it; with those of a thousand cells no browser would open it.
     *
     * @param kind what all such pictures are called, such as {@code retrieval}
     * @param caption markup
     */
    String picture(String kind, String cell, Path png, String alt, String caption) {
        String id = kind + "-" + fileName(cell);
        requireKnown(id);
        byte[] bytes = bytes(png);
        AtomicFiles.writeBytes(out.resolve("figures").resolve(id + ".png"), bytes);
        String stem = AtomicFiles.name(png).replaceFirst("\\.png$", "");
        StringBuilder links = new StringBuilder();
        if (tables.contains(id) || copy(png.resolveSibling(stem + ".csv"), "tables", id + ".csv")) {
            links.append(link("tables", id, "csv", "data")).append(" \u00B7 ");
        }
        links.append(link("figures", id, "png", "PNG"));
        if (copy(png.resolveSibling(stem + ".svg"), "figures", id + ".svg")) {
            links.append(" \u00B7 ").append(link("figures", id, "svg", "SVG"));
        }
        boolean inside = pictures.merge(kind, 1, Integer::sum) <= MOST_PICTURES;
        String content = inside
                ? image(bytes, "", alt)
                : "<p class=\"note\">In a file beside the page, which has the first " + MOST_PICTURES + " in it.</p>\n";
        return "<figure class=\"sheet wide\" id=\"" + id + "\">\n" + content + "<figcaption>" + caption
                + " <span class=\"source\">" + links + "</span></figcaption>\n</figure>\n";
    }

    /** A cell as part of a file's name. */
    static String fileName(String cell) {
        return cell.replaceAll("[^A-Za-z0-9._-]", "_");
    }

    /** Copies a file if it is there. */
    private boolean copy(Path file, String folder, String name) {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        AtomicFiles.writeBytes(out.resolve(folder).resolve(name), bytes(file));
        return true;
    }

    /**
     * A table of another stage as it is, {@code tables/ID.csv}.
     *
     * @return a link to it; empty if the file is not there
     */
    String tableOf(Path file, String id, String words) {
        requireKnown(id);
        return copy(file, "tables", id + ".csv") ? link("tables", id, "csv", words) : "";
    }

    private static String link(String folder, String id, String ending, String words) {
        return "<a href=\"" + folder + "/" + id + "." + ending + "\">" + words + "</a>";
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw AtomicFiles.failure(file, e);
        }
    }

    private static String image(byte[] png, String size, String alt) {
        return "<div class=\"scroll\"><img " + size + " alt=\"" + Html.escape(alt) + "\" src=\""
                + EmbeddedPicture.address(png) + "\"></div>\n";
    }

    private static String sources(String id) {
        return "<span class=\"source\">" + link("tables", id, "csv", "data") + " \u00B7 "
                + link("figures", id, "png", "PNG") + " \u00B7 " + link("figures", id, "svg", "SVG") + "</span>";
    }

    /** {@code tables/ID.csv} with its schema and the code that wrote it. */
    void table(String id, List<String> header, List<List<String>> rows) {
        requireKnown(id);
        if (!tables.add(id)) {
            throw new StageFailure(
                    ExitCode.BAD_DATA, "shows.json: id \"" + id + "\": is the name of another table of the report");
        }
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
