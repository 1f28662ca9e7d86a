package viewfit.report.page;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import viewfit.report.Figures;
import viewfit.report.Summary;
import viewfit.report.chart.BarFigure;
import viewfit.report.results.CellResult;
import viewfit.report.results.Results;
import viewfit.report.results.Scored;
import viewfit.report.values.MeanSd;
import viewfit.report.values.Text;

/** Accuracy bars, fine-tuning bars and the table of means. */
final class ScoreSection {

    private ScoreSection() {}

    static String html(Results results, Outputs outputs) {
        StringBuilder html = new StringBuilder("<h2 id=\"scores\">Scores</h2>\n");
        html.append(outputs.figure(
                Figures.accuracy(results),
                Outputs.WIDE,
                380,
                "Bars: mean over seeds; whiskers: one standard deviation; circles: single seeds; dark line: the untrained"
                        + " network of the same seeds, probed the same way."));
        BarFigure finetune = Figures.finetune(results);
        if (finetune != null) {
            html.append(
                    outputs.figure(
                            finetune,
                            Outputs.WIDE,
                            340,
                            "The whole network fine-tuned on a class-balanced subset of the labels, scored on held-out images."));
        }
        Map<String, List<MeanSd>> frozen = frozen(results);
        Map<String, List<MeanSd>> tuned = tuned(results);
        writeMeans(results, List.of(frozen, tuned), outputs);
        writeMetrics(results, outputs);
        html.append(table(results, frozen));
        if (!tuned.isEmpty()) {
            html.append(table(results, tuned));
        }
        html.append(
                "<p class=\"note\">In percent, on held-out images; gain in points over the untrained network of the same"
                        + " seeds. From scratch: the untrained network of the same seeds, trained on the same labels by the same recipe. A diverged run is not"
                        + " in any mean. <span class=\"source\"><a href=\"tables/means.csv\">means</a>"
                        + " \u00B7 <a href=\"tables/metrics.csv\">every score with its source file</a></span></p>\n");
        return html.toString();
    }

    /** One row per recipe. */
    private static String table(Results results, Map<String, List<MeanSd>> columns) {
        List<String> header = new ArrayList<>(List.of("recipe", "seeds scored"));
        // A hyphen that does not break: "top-1" stays whole in a narrow column.
        columns.keySet().forEach(title -> header.add(Html.escape(title).replace('-', '\u2011')));
        List<List<String>> rows = new ArrayList<>();
        for (int v = 0; v < results.variants().size(); v++) {
            String variant = results.variants().get(v);
            long scored = results.of(variant).stream()
                    .filter(c -> c.scoredProbe() != null)
                    .count();
            List<String> row = new ArrayList<>(List.of(
                    Html.escape(variant), scored + " of " + results.of(variant).size()));
            for (Map.Entry<String, List<MeanSd>> column : columns.entrySet()) {
                MeanSd mean = column.getValue().get(v);
                row.add(column.getKey().startsWith("gain") ? Html.gain(mean.mean()) : Text.percent(mean));
            }
            rows.add(row);
        }
        return new Html().table("numbers", header, rows).toString();
    }

    private static void writeMeans(Results results, List<Map<String, List<MeanSd>>> tables, Outputs outputs) {
        List<List<String>> numbers = new ArrayList<>();
        for (int v = 0; v < results.variants().size(); v++) {
            for (Map<String, List<MeanSd>> columns : tables) {
                for (Map.Entry<String, List<MeanSd>> column : columns.entrySet()) {
                    MeanSd mean = column.getValue().get(v);
                    numbers.add(List.of(
                            results.variants().get(v),
                            column.getKey(),
                            Integer.toString(mean.n()),
                            mean.isMeasured() ? Double.toString(mean.mean()) : "",
                            mean.hasSpread() ? Double.toString(mean.sd()) : ""));
                }
            }
        }
        outputs.table("means", List.of("recipe", "measure", "n", "mean", "sd"), numbers);
    }

    /** Column title to one mean per variant; columns nobody measured are left out. */
    private static Map<String, List<MeanSd>> frozen(Results results) {
        Map<String, List<MeanSd>> columns = new LinkedHashMap<>();
        put(columns, results, "linear top-1", v -> Summary.mean(Summary.trained(results, v, Summary.LINEAR)));
        put(columns, results, "linear top-5", v -> Summary.mean(Summary.trained(results, v, "linear.top5")));
        put(columns, results, "linear, untrained", v -> Summary.mean(Summary.floor(results, v, Summary.LINEAR)));
        put(columns, results, "gain, linear", v -> gainOf(results, v, Summary.LINEAR));
        put(columns, results, "fast probe top-1", v -> Summary.mean(Summary.trained(results, v, "fast.top1")));
        put(columns, results, "fast probe, untrained", v -> Summary.mean(Summary.floor(results, v, "fast.top1")));
        put(columns, results, "k-NN top-1", v -> Summary.mean(Summary.trained(results, v, Summary.KNN)));
        put(columns, results, "k-NN, untrained", v -> Summary.mean(Summary.floor(results, v, Summary.KNN)));
        put(columns, results, "gain, k-NN", v -> gainOf(results, v, Summary.KNN));
        return columns;
    }

    private static Map<String, List<MeanSd>> tuned(Results results) {
        Map<String, List<MeanSd>> columns = new LinkedHashMap<>();
        for (String fraction : results.fractions()) {
            put(
                    columns,
                    results,
                    Text.fraction(fraction).replace(" of labels", " labels"),
                    v -> Summary.mean(Summary.finetuned(results, v, fraction, "top1")));
            put(
                    columns,
                    results,
                    Text.fraction(fraction).replace(" of labels", " labels") + ", from scratch",
                    v -> Summary.mean(Summary.finetuneFloor(results, v, fraction, "top1")));
        }
        return columns;
    }

    private static MeanSd gainOf(Results results, String variant, String measure) {
        return MeanSd.of(
                Summary.paired(Summary.trained(results, variant, measure), Summary.floor(results, variant, measure)));
    }

    private static void put(
            Map<String, List<MeanSd>> columns,
            Results results,
            String title,
            java.util.function.Function<String, MeanSd> of) {
        List<MeanSd> means = results.variants().stream().map(of).toList();
        if (means.stream().anyMatch(MeanSd::isMeasured)) {
            columns.put(title, means);
        }
    }

    /** Every score of every stage with the file it was read from. */
    private static void writeMetrics(Results results, Outputs outputs) {
        List<List<String>> rows = new ArrayList<>();
        for (CellResult cell : results.cells()) {
            for (Scored scored : cell.scores()) {
                scored.metrics()
                        .values()
                        .forEach((key, value) -> rows.add(List.of(
                                cell.cell().id(),
                                scored.metrics().stage(),
                                key,
                                Double.toString(value),
                                results.source(scored.file()))));
            }
        }
        outputs.table("metrics", List.of("cell", "stage", "key", "value", "source"), rows);
    }
}
