package viewfit.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import viewfit.core.select.Selection;
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
    /**
     * A way to score.
     *
     * @param key {@code linear.top1}, {@code knn.top1}, or of a fine-tuning its label fraction, such as {@code 1pct}
     *     or {@code 1pct.top5}
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

        /** The views that all its cells train with; {@link ViewKind#OTHER} if they differ. */
        public ViewKind views() {
            ViewKind views = ViewKind.of(first());
            return cells.stream().skip(1).allMatch(cell -> ViewKind.of(cell) == views) ? views : ViewKind.OTHER;
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
        Map<String, List<Row>> baselines = new HashMap<>();
        groups(alone).forEach((kind, group) -> {
            List<Row> chosen = chosen(group);
            baselines.put(kind, chosen.isEmpty() ? group.subList(0, 1) : chosen);
        });
        List<Row> rows = alone.stream()
                .map(row -> new Row(
                        row.label(),
                        row.cells(),
                        baseline(show, alone, row, baselines.getOrDefault(kind(row), List.of(row)))))
                .toList();
        return new SweepTable(show, measures(results, rows), rows);
    }

    private static List<Measure> measures(Results results, List<Row> rows) {
        List<Measure> all = new ArrayList<>(List.of(
                new Measure(Summary.LINEAR, "linear top-1"),
                new Measure("linear.top5", "linear top-5"),
                new Measure("fast.top1", "fast probe top-1"),
                new Measure(Summary.KNN, "k-NN top-1")));
        for (String fraction : results.fractions()) {
            String title = Text.fraction(fraction).replace(" of labels", " labels");
            all.add(new Measure(fraction, title + ", top-1"));
            all.add(new Measure(fraction + Summary.TOP5, title + ", top-5"));
        }
        return all.stream()
                .filter(measure ->
                        rows.stream().anyMatch(row -> !row.runs(measure).isEmpty()))
                .toList();
    }

    /**
     * The row that a row is compared with: of {@link #chosen} the one that has most values in common, or the first row of
     * the same method and backbone; -1 if it is such a row itself.
     */
    private static int baseline(Show show, List<Row> rows, Row row, List<Row> baselines) {
        if (baselines.contains(row)) {
            return -1;
        }
        Row best = baselines.get(0);
        for (Row other : baselines) {
            best = common(show, other, row) > common(show, best, row) ? other : best;
        }
        return rows.indexOf(best);
    }

    /** Rows by method and backbone. */
    private static Map<String, List<Row>> groups(List<Row> rows) {
        return rows.stream().collect(Collectors.groupingBy(SweepTable::kind));
    }

    private static String kind(Row row) {
        return row.first().method() + " " + row.first().backbone();
    }

    /**
     * Of rows of one method and backbone those with the stock views, or else those whose recipe is called a baseline; none
     * where that is all of them or none.
     */
    private static List<Row> chosen(List<Row> group) {
        for (Predicate<Row> test :
                List.<Predicate<Row>>of(row -> row.views() == ViewKind.STOCK, row -> named(row.first()))) {
            List<Row> some = group.stream().filter(test).toList();
            if (!some.isEmpty() && some.size() < group.size()) {
                return some;
            }
        }
        return List.of();
    }

    /** Whether the recipe of a cell is called a baseline. */
    static boolean named(CellResult cell) {
        return cell.cell().recipe().contains(Selection.BASELINE);
    }

    /** Whether some row is compared with the first of its method and backbone, because nothing makes another a baseline. */
    public boolean firstStandsIn() {
        return groups(rows).values().stream()
                .anyMatch(group -> group.size() > 1 && chosen(group).isEmpty());
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
