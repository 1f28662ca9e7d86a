package viewfit.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import viewfit.report.chart.BarFigure.Run;
import viewfit.report.results.CellResult;
import viewfit.report.results.Results;
import viewfit.report.results.Show;
import viewfit.report.values.MeanSd;
import viewfit.report.values.Text;

/**
 * A table that a sweep was made for: a row for each value of its keys, with means over seeds and the differences to the
 * row that is its baseline.
 *
 * @param show what was asked for
 * @param measures ways to score that some row has
 * @param rows in the order of the sweep
 */
public record SweepTable(Show show, List<Measure> measures, List<Row> rows) {
    private static final String BASELINE = "baseline";

    /**
     * A way to score.
     *
     * @param key {@code linear.top1}, {@code knn.top1}, or of a fine-tuning its label fraction, such as {@code 1pct}
     * @param title in words
     */
    public record Measure(String key, String title) {}

    /**
     * Cells that differ in their seed only.
     *
     * @param label values of the keys
     * @param cells at least one
     * @param baseline index of the row it is compared with; -1 for none
     */
    public record Row(String label, List<CellResult> cells, int baseline) {
        public Row {
            cells = List.copyOf(cells);
        }

        public CellResult first() {
            return cells.get(0);
        }

        public List<Run> runs(Measure measure) {
            List<Run> runs = new ArrayList<>();
            for (CellResult cell : cells) {
                Summary.score(cell, measure.key()).ifPresent(runs::add);
            }
            return runs;
        }
    }

    public SweepTable {
        measures = List.copyOf(measures);
        rows = List.copyOf(rows);
    }

    public static SweepTable of(Results results, Show show) {
        Map<String, List<CellResult>> byLabel = new LinkedHashMap<>();
        for (CellResult cell : Sweeps.cells(results, show)) {
            byLabel.computeIfAbsent(Sweeps.label(show.rows(), cell), l -> new ArrayList<>())
                    .add(cell);
        }
        List<Row> alone = new ArrayList<>();
        byLabel.forEach((label, cells) -> alone.add(new Row(label, cells, -1)));
        List<Row> rows = alone.stream()
                .map(row -> new Row(row.label(), row.cells(), baseline(show, alone, row)))
                .toList();
        return new SweepTable(show, measures(results, rows), rows);
    }

    private static List<Measure> measures(Results results, List<Row> rows) {
        List<Measure> all = new ArrayList<>(List.of(
                new Measure(Summary.LINEAR, "linear top-1"),
                new Measure("linear.top5", "linear top-5"),
                new Measure("fast.top1", "fast probe top-1"),
                new Measure(Summary.KNN, "k-NN top-1")));
        results.fractions()
                .forEach(fraction -> all.add(
                        new Measure(fraction, Text.fraction(fraction).replace(" of labels", " labels") + ", top-1")));
        return all.stream()
                .filter(measure ->
                        rows.stream().anyMatch(row -> !row.runs(measure).isEmpty()))
                .toList();
    }

    /**
     * The row whose recipe is called a baseline, of the same method and backbone; of several the one that has most values
     * in common. Where no row is called so, the first of the same method and backbone.
     */
    private static int baseline(Show show, List<Row> rows, Row row) {
        boolean anyNamed = rows.stream().anyMatch(SweepTable::named);
        if (anyNamed && named(row)) {
            return -1;
        }
        int own = rows.indexOf(row);
        int best = -1;
        for (int i = 0; i < rows.size(); i++) {
            Row other = rows.get(i);
            boolean may = i != own
                    && other.first().method().equals(row.first().method())
                    && other.first().backbone().equals(row.first().backbone())
                    && (anyNamed ? named(other) : i < own);
            boolean better = best < 0 || (anyNamed && common(show, other, row) > common(show, rows.get(best), row));
            if (may && better) {
                best = i;
            }
        }
        return best;
    }

    private static boolean named(Row row) {
        return row.first().cell().recipe().contains(BASELINE);
    }

    /** Number of keys that have the same value in both. */
    private static long common(Show show, Row a, Row b) {
        return show.rows().stream()
                .filter(key -> a.first().setting(key).equals(b.first().setting(key)))
                .count();
    }

    /** The row a row is compared with; null for none. */
    public @Nullable Row baselineOf(Row row) {
        return row.baseline() < 0 ? null : rows.get(row.baseline());
    }

    /** Mean difference to the baseline over the seeds both have; not measured without a baseline. */
    public MeanSd difference(Row row, Measure measure) {
        Row baseline = baselineOf(row);
        return MeanSd.of(baseline == null ? List.of() : Summary.paired(row.runs(measure), baseline.runs(measure)));
    }
}
