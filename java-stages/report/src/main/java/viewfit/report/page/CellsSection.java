package viewfit.report.page;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import viewfit.core.metrics.Provenance;
import viewfit.report.results.CellResult;
import viewfit.report.results.Curve;
import viewfit.report.results.Results;
import viewfit.report.results.Scored;
import viewfit.report.values.Text;

/** One row per cell asked for, with how it ended; and where every result file came from. */
final class CellsSection {

    private static final int SHORT_HASH = 10;

    private CellsSection() {}

    static String cells(Results results) {
        List<List<String>> rows = new ArrayList<>();
        for (CellResult cell : results.cells()) {
            rows.add(List.of(
                    Html.escape(cell.cell().id()),
                    orNone(cell.method()),
                    orNone(cell.backbone()),
                    Long.toString(cell.cell().seed()),
                    status(results, cell) + gaps(results, cell),
                    last(cell.curve(), "step"),
                    last(cell.curve(), "loss"),
                    Text.decimals(cell.imagesPerSecond(), 0),
                    Text.decimals(100 * cell.dataWaitShare(), 1),
                    cell.export() == null ? Text.NONE : "yes"));
        }
        return "<h2 id=\"cells\">Cells</h2>\n"
                + new Html()
                        .table(
                                "plain",
                                List.of(
                                        "cell",
                                        "method",
                                        "backbone",
                                        "seed",
                                        "outcome",
                                        "last step",
                                        "last loss",
                                        "images/s, mean",
                                        "waiting for data, %",
                                        "exported"),
                                rows);
    }

    private static String orNone(String name) {
        return name.isEmpty() ? Text.NONE : Html.escape(name);
    }

    private static String status(Results results, CellResult cell) {
        return switch (cell.status()) {
            case OK -> {
                String word = cell.probe() == null ? "trained, not scored" : "done";
                yield cell.collapsed()
                        ? "<span class=\"status diverged\">" + word + ", collapsed</span>" + message(cell)
                        : "<span class=\"status\">" + word + "</span>";
            }
            case STOPPED -> "<span class=\"status stopped\">stopped early</span>" + message(cell);
            case MISSING -> "<span class=\"status missing\">no result</span>";
            case DIVERGED ->
                "<span class=\"status diverged\">diverged</span>" + message(cell) + divergence(results, cell);
        };
    }

    /** What failed of this cell, a line each. */
    private static String gaps(Results results, CellResult cell) {
        StringBuilder lines = new StringBuilder();
        results.gaps().stream()
                .filter(gap -> gap.cell().equals(cell.cell().id()))
                .forEach(gap -> lines.append("<br>").append(Html.escape(gap.sentence())));
        return lines.toString();
    }

    private static String message(CellResult cell) {
        String message =
                cell.pretrain() == null ? "" : cell.pretrain().metrics().message();
        return message.isEmpty() ? "" : "<br>" + Html.escape(message);
    }

    /** The file that has the batch and the last numbers of a run that diverged. */
    private static String divergence(Results results, CellResult cell) {
        return cell.divergence() == null
                ? ""
                : "<br>The batch and the last numbers: <code>" + Html.escape(results.source(cell.divergence()))
                        + "</code>";
    }

    private static String last(@Nullable Curve curve, String column) {
        if (curve == null || !curve.has(column) || curve.rows() == 0) {
            return Text.NONE;
        }
        double value = curve.last(column);
        return value == Math.rint(value) && column.equals("step") ? Text.count((long) value) : Text.decimals(value, 3);
    }

    static String provenance(Results results) {
        List<List<String>> rows = new ArrayList<>();
        for (CellResult cell : results.cells()) {
            for (Scored scored : cell.scores()) {
                Provenance p = scored.metrics().provenance();
                rows.add(List.of(
                        Html.escape(results.source(scored.file())),
                        hash(p.recipeSha256()),
                        hash(p.manifestSha256()),
                        hash(p.checkpointSha256()),
                        Html.escape(p.code()),
                        Html.escape(p.engine()),
                        Html.escape(p.device()),
                        Long.toString(p.seed())));
            }
        }
        return "<h2 id=\"provenance\">Provenance</h2>\n<p>Checksums are SHA-256, shortened; the full value shows on"
                + " hover.</p>\n"
                + new Html()
                        .table(
                                "plain",
                                List.of("file", "recipe", "manifest", "checkpoint", "code", "engine", "device", "seed"),
                                rows);
    }

    private static String hash(String sha256) {
        if (sha256.isEmpty()) {
            return Text.NONE;
        }
        String first = sha256.substring(0, Math.min(SHORT_HASH, sha256.length()));
        return "<abbr class=\"hash\" title=\"" + Html.escape(sha256) + "\">" + Html.escape(first) + "</abbr>";
    }
}
