package viewfit.report.page;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import viewfit.core.data.Quarantine;
import viewfit.report.results.Results;
import viewfit.report.values.Text;

/** The damaged images that were left out: how many of each kind, and the first ones. */
final class QuarantineSection {
    /** Of each table; the rest is in the table. */
    private static final int SHOWN = 10;

    private QuarantineSection() {}

    static String html(Results results) {
        Html tables = new Html();
        results.quarantines().forEach((file, quarantine) -> {
            if (!quarantine.rows().isEmpty()) {
                table(results, file, quarantine, tables);
            }
        });
        String text = tables.toString();
        return text.isEmpty()
                ? ""
                : "<h2 id=\"quarantine\">Quarantined images</h2>\n<p>Damaged images were left out by the split, and"
                        + " others stood in for those that were met in training.</p>\n"
                        + text;
    }

    private static void table(Results results, Path file, Quarantine quarantine, Html html) {
        List<Quarantine.Row> all = quarantine.rows();
        Map<String, Integer> counts = new TreeMap<>();
        all.forEach(row -> counts.merge(row.reason(), 1, Integer::sum));
        List<String> words = new ArrayList<>();
        counts.forEach((reason, count) -> words.add(count + " " + reason));
        html.element("h3", "", results.source(file));
        html.element("p", "", Text.plural(all.size(), "image") + ": " + String.join(", ", words) + ".");
        List<List<String>> rows = new ArrayList<>();
        for (Quarantine.Row row : all.subList(0, Math.min(SHOWN, all.size()))) {
            rows.add(List.of(
                    Html.escape(row.path()),
                    Html.escape(row.reason()),
                    Html.escape(row.detail()),
                    Text.count(row.bytes())));
        }
        html.raw(new Html()
                .table("plain", List.of("image", "reason", "what was found", "bytes"), rows)
                .toString());
        if (all.size() > SHOWN) {
            html.element("p", "class=\"note\"", "And " + (all.size() - SHOWN) + " more in the table.");
        }
    }
}
