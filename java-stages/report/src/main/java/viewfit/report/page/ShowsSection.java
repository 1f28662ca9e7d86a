package viewfit.report.page;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import viewfit.report.PixelScales;
import viewfit.report.Sweeps;
import viewfit.report.chart.SweepFigure;
import viewfit.report.results.CellResult;
import viewfit.report.results.Results;
import viewfit.report.results.Show;
import viewfit.report.values.Text;

/** The figures and tables that the sweep was made for, as its grid says. */
final class ShowsSection {
    private static final int HEIGHT = 350;

    private ShowsSection() {}

    static String html(Results results, Outputs outputs) {
        StringBuilder html = new StringBuilder();
        for (Show show : results.shows()) {
            outputs.expect(show);
            html.append("<h3 id=\"show-")
                    .append(show.id())
                    .append("\">")
                    .append(show.id())
                    .append("</h3>\n");
            html.append(show.table() ? SweepTableSection.html(results, show, outputs) : figure(results, show, outputs));
        }
        return html.isEmpty() ? "" : "<h2 id=\"shows\">What the sweep shows</h2>\n" + html;
    }

    private static String figure(Results results, Show show, Outputs outputs) {
        List<SweepFigure> figures = Sweeps.figures(results, show);
        Html html = new Html();
        if (figures.isEmpty()) {
            html.element("p", "class=\"note\"", "None of its cells has a score on held-out images yet.");
        } else {
            html.raw("<div class=\"pair\">\n");
            figures.forEach(figure ->
                    html.raw(outputs.figure(figure, Outputs.HALF, HEIGHT, Html.escape(caption(show, figure)))));
            html.raw("</div>\n");
            html.raw(Html.details("The values", values(figures)));
        }
        notes(results, show, figures).forEach(note -> html.element("p", "class=\"note\"", note));
        html.raw(PaperSection.beside(show.paper()));
        return html.toString();
    }

    private static String caption(Show show, SweepFigure figure) {
        TreeSet<Integer> n = new TreeSet<>();
        boolean defaults = false;
        List<String> bests = new ArrayList<>();
        for (SweepFigure.Line line : figure.lines()) {
            for (SweepFigure.Point point : line.points()) {
                n.add(point.runs().size());
                defaults |= point.isDefault();
            }
            if (line.points().size() > 1) {
                String best = line.points().get(line.best()).x();
                bests.add(figure.lines().size() > 1 ? line.label() + ": " + best : best);
            }
        }
        String text = n.last() == 1
                ? "One seed a point, hence without deviation."
                : "Mean over seeds (n = " + (n.size() == 1 ? n.first() + "" : n.first() + " to " + n.last())
                        + "); bars: one standard deviation either side.";
        if (defaults) {
            text += " Dashed ring: the default, " + show.standard() + ".";
        } else if (!show.standard().isEmpty()) {
            text += " The default, " + show.standard() + ", has no score.";
        }
        if (!bests.isEmpty()) {
            text += " Solid ring: best mean, " + String.join("; ", bests) + ".";
        }
        return figure.scaleLabel().isEmpty()
                ? text
                : text + " Above: global over local pixel scale as measured on these photographs, " + PixelScales.CHOSEN
                        + "; where numbers would meet they are in the table alone.";
    }

    /** Every mean of the figures side by side. */
    private static String values(List<SweepFigure> figures) {
        boolean lines = figures.stream().anyMatch(f -> f.lines().size() > 1);
        boolean scales = figures.stream().anyMatch(f -> !f.scaleLabel().isEmpty());
        Map<List<String>, List<String>> rows = new LinkedHashMap<>();
        for (int f = 0; f < figures.size(); f++) {
            for (SweepFigure.Line line : figures.get(f).lines()) {
                for (SweepFigure.Point point : line.points()) {
                    List<String> key = lines ? List.of(line.label(), point.x()) : List.of(point.x());
                    String scale = Text.decimals(point.scale(), 2);
                    List<String> row = rows.computeIfAbsent(key, k -> {
                        List<String> fresh = new ArrayList<>();
                        k.forEach(part -> fresh.add(Html.escape(part)));
                        if (scales) {
                            fresh.add(scale);
                        }
                        figures.forEach(figure -> fresh.addAll(List.of(Text.NONE, Text.NONE)));
                        return fresh;
                    });
                    int at = key.size() + (scales ? 1 : 0) + 2 * f;
                    row.set(at, Text.percent(point.mean()));
                    row.set(at + 1, Integer.toString(point.runs().size()));
                }
            }
        }
        List<String> header = new ArrayList<>(lines ? List.of("line") : List.of());
        header.add(Html.escape(figures.get(0).xLabel()));
        if (scales) {
            header.add("pixel scale, global over local");
        }
        figures.forEach(figure -> header.addAll(List.of(Html.escape(measure(figure)) + ", %", "n")));
        return new Html().table("numbers", header, List.copyOf(rows.values())).toString();
    }

    private static List<String> notes(Results results, Show show, List<SweepFigure> figures) {
        List<String> notes = new ArrayList<>(gaps(results, show, figures));
        notes.addAll(mixed(results, show));
        String plot = "Plot only: the paper published no numbers of this figure.";
        notes.add(
                show.paper().isEmpty()
                        ? plot
                        : plot + " Its " + show.paper().replace("table", "table ")
                                + " is below as published, and not in the figure.");
        return notes;
    }

    /** What each figure does not show; said once where it is the same in all. */
    private static List<String> gaps(Results results, Show show, List<SweepFigure> figures) {
        Map<String, String> absent = new LinkedHashMap<>();
        for (SweepFigure figure : figures) {
            Set<String> drawn = new LinkedHashSet<>();
            figure.lines().forEach(line -> line.points()
                    .forEach(point -> point.runs().forEach(run -> drawn.add(run.cell()))));
            absent.put(measure(figure), gap(results, show, drawn));
        }
        List<String> different = absent.values().stream().distinct().toList();
        if (figures.isEmpty() || different.size() == 1) {
            String all = figures.isEmpty() ? gap(results, show, Set.of()) : different.get(0);
            return all.isEmpty() ? List.of() : List.of("Not shown: " + all + ".");
        }
        List<String> notes = new ArrayList<>();
        absent.forEach((measure, cells) -> {
            if (!cells.isEmpty()) {
                notes.add("Not shown, " + measure + ": " + cells + ".");
            }
        });
        return notes;
    }

    /** The way to score that a figure is of. */
    private static String measure(SweepFigure figure) {
        return figure.title().replaceFirst("^.*: ", "");
    }

    /** What a table does not show though it was asked for, and what it shows otherwise than one may think. */
    static List<String> absent(Results results, Show show, Collection<String> shown) {
        List<String> notes = new ArrayList<>();
        String gap = gap(results, show, shown);
        if (!gap.isEmpty()) {
            notes.add("Not shown: " + gap + ".");
        }
        notes.addAll(mixed(results, show));
        return notes;
    }

    private static List<String> mixed(Results results, Show show) {
        return Sweeps.mixed(results, show)
                ? List.of("Some means are over more than seeds: cells that differ in another key fall together.")
                : List.of();
    }

    /** Cells that are not shown, each with the reason; may be empty. */
    private static String gap(Results results, Show show, Collection<String> shown) {
        List<String> absent = new ArrayList<>();
        Set<String> nowhere = show.table() ? Set.of() : Set.copyOf(Sweeps.withoutPlace(results, show));
        for (CellResult cell : Sweeps.cells(results, show)) {
            String id = cell.cell().id();
            if (!shown.contains(id)) {
                absent.add(id + " (" + (nowhere.contains(id) ? "has no " + show.x() : reason(results, cell)) + ")");
            }
        }
        return String.join(", ", absent);
    }

    private static String reason(Results results, CellResult cell) {
        String status =
                switch (cell.status()) {
                    case DIVERGED, STOPPED -> cell.status().words();
                    case MISSING -> "no result";
                    case OK -> "not scored";
                };
        return results.gaps().stream()
                .filter(gap -> gap.cell().equals(cell.cell().id()))
                .map(gap -> gap.sentence())
                .findFirst()
                .map(sentence -> status + ": " + sentence)
                .orElse(status);
    }
}
