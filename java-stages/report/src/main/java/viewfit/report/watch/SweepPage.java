package viewfit.report.watch;

import java.nio.file.Path;
import java.util.List;
import viewfit.core.files.AtomicFiles;
import viewfit.report.page.Html;

/** A sweep as a page that a browser loads again by itself: between two tasks of a run none may wait or run. */
public final class SweepPage {
    private static final String STYLE =
            """
            :root { color-scheme: light dark; }
            body { font: 15px/1.4 system-ui, sans-serif; margin: min(2em, 4vw); overflow-wrap: anywhere; }
            .scroll { overflow-x: auto; }
            table { overflow-wrap: normal; border-collapse: collapse; font-variant-numeric: tabular-nums; }
            th, td { padding: .2em .8em; text-align: right; white-space: nowrap; border-bottom: 1px solid #8884; }
            th:first-child, td:nth-child(2), td:last-child { text-align: left; }
            td:last-child { white-space: normal; }
            """;

    private SweepPage() {}

    /**
     * Writes the page, whole or not at all.
     *
     * @param everySeconds how often the browser loads it again
     */
    public static void write(Path file, SweepState sweep, int everySeconds) {
        AtomicFiles.writeString(file, page(sweep, everySeconds));
    }

    static String page(SweepState sweep, int everySeconds) {
        Html html = new Html();
        html.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        html.raw("<meta http-equiv=\"refresh\" content=\"" + everySeconds + "\">\n");
        html.element("title", "", sweep.counts());
        html.raw("<style>\n" + STYLE + "</style>\n</head>\n<body>\n");
        html.element("h1", "", sweep.results());
        html.element("p", "", SweepColumns.time(sweep) + ": " + sweep.counts());
        html.table(
                "cells",
                escaped(SweepColumns.NAMES),
                sweep.cells().stream()
                        .map(cell -> escaped(SweepColumns.of(cell)))
                        .toList());
        html.element("p", "", sweep.stageLine());
        return html.raw("</body>\n</html>\n").toString();
    }

    private static List<String> escaped(List<String> texts) {
        return texts.stream().map(Html::escape).toList();
    }
}
