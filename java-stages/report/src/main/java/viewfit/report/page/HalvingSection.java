package viewfit.report.page;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import viewfit.core.select.HalvingRow;
import viewfit.core.select.Training;
import viewfit.report.results.Results;
import viewfit.report.values.Text;

/** What successive halving decided, rung by rung: which groups went on, by which score. */
final class HalvingSection {
    private static final List<String> COLUMNS =
            List.of("rank", "group of cells", "k-NN top-1, %", "scored", "cells", "decision");

    private HalvingSection() {}

    static String html(Results results) {
        if (results.halvings().isEmpty()) {
            return "";
        }
        Html html = new Html().raw("<h2 id=\"halving\">Successive halving</h2>\n");
        html.element(
                "p",
                "",
                "Cells that differ in their seed alone were ranked by the mean k-NN accuracy of their students on held-out"
                        + " images, in the middle of training, among those of one method, backbone and number of epochs; only the"
                        + " better ones went on, and all that learn from labels. A group that would have caught up later is not"
                        + " known.");
        Map<Integer, List<HalvingRow>> rungs = new TreeMap<>();
        results.halvings().forEach(row -> rungs.computeIfAbsent(row.epoch(), e -> new ArrayList<>())
                .add(row));
        rungs.forEach((epoch, rows) -> {
            long on = rows.stream().filter(HalvingRow::goesOn).count();
            html.element(
                    "h3",
                    "",
                    "After epoch " + epoch + ": " + on + " of " + Text.plural(rows.size(), "group") + " went on");
            Map<Training, List<HalvingRow>> rivals = new LinkedHashMap<>();
            rows.forEach(row -> rivals.computeIfAbsent(row.training(), t -> new ArrayList<>())
                    .add(row));
            rivals.forEach((training, of) -> {
                if (rivals.size() > 1) {
                    html.element("h4", "", words(training));
                }
                html.table(
                        "plain", COLUMNS, of.stream().map(HalvingSection::cells).toList());
            });
        });
        return html.toString();
    }

    private static String words(Training training) {
        return training.method() + ", " + training.backbone() + ", " + Text.plural(training.epochs(), "epoch");
    }

    private static List<String> cells(HalvingRow row) {
        int cells = row.cells().split(" ").length;
        return List.of(
                Integer.toString(row.rank()),
                Html.escape(row.group()),
                Text.percent(row.mean()),
                Integer.toString(row.n()),
                Integer.toString(cells),
                row.goesOn() ? "went on" : "stopped");
    }
}
