package viewfit.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import viewfit.report.results.CellResult;
import viewfit.report.results.Results;
import viewfit.report.results.Show;

/**
 * Which recipes are tested against each other: all of a few; of more those that a figure or table of the sweep sets side by side,
 * or each with the baseline where the sweep names neither. Every further test makes the others weaker.
 */
public final class Pairs {
    /** Up to this many recipes all are tested against all. */
    private static final int FEW = 5;

    private Pairs() {}

    /**
     * Two recipes.
     *
     * @param recipe what the difference is of
     * @param against what it is compared with
     */
    public record Pair(String recipe, String against) {}

    /** All pairs, each recipe with those before it. */
    public static List<Pair> all(Results results) {
        List<String> variants = results.variants();
        List<Pair> pairs = new ArrayList<>();
        for (String against : variants) {
            variants.subList(variants.indexOf(against) + 1, variants.size())
                    .forEach(recipe -> pairs.add(new Pair(recipe, against)));
        }
        return pairs;
    }

    /** Those worth a test, in the order of the sweep's figures and tables. */
    public static List<Pair> of(Results results) {
        if (results.variants().size() <= FEW) {
            return all(results);
        }
        Set<Pair> pairs = new LinkedHashSet<>();
        for (Show show : results.shows()) {
            pairs.addAll(show.table() ? rows(results, show) : points(results, show));
        }
        return pairs.isEmpty() ? withBaseline(results) : List.copyOf(pairs);
    }

    /** How those were chosen, in words; empty where all are tested. */
    public static String rule(Results results) {
        int count = results.variants().size();
        if (count <= FEW) {
            return "";
        }
        List<Pair> pairs = of(results);
        return pairs.equals(withBaseline(results))
                ? "Each of " + count + " recipes is compared with " + baseline(results) + " alone."
                : "Of " + count
                        + " recipes those are compared that a figure or table sets side by side: a point with the"
                        + " default of its line, a row with its baseline.";
    }

    private static List<Pair> withBaseline(Results results) {
        String baseline = baseline(results);
        return results.variants().stream()
                .filter(variant -> !variant.equals(baseline))
                .map(variant -> new Pair(variant, baseline))
                .toList();
    }

    /** The first recipe that is called a baseline, or the first. */
    private static String baseline(Results results) {
        return results.cells().stream()
                .filter(SweepTable::named)
                .findFirst()
                .orElse(results.cells().get(0))
                .cell()
                .variant();
    }

    /** Each row of a table with its baseline. */
    public static List<Pair> rows(Results results, Show show) {
        SweepTable table = SweepTable.of(results, show);
        List<Pair> pairs = new ArrayList<>();
        for (SweepTable.Row row : table.rows()) {
            SweepTable.Row against = table.baselineOf(row);
            if (against != null) {
                add(pairs, row.cells(), against.cells());
            }
        }
        return pairs;
    }

    /** Each point of a line with its default, or its first point where it has none. */
    private static List<Pair> points(Results results, Show show) {
        Map<String, Map<String, List<CellResult>>> lines = new LinkedHashMap<>();
        for (CellResult cell : Sweeps.cells(results, show)) {
            String x = cell.setting(show.x());
            if (!x.isEmpty()) {
                lines.computeIfAbsent(Sweeps.label(show.lines(), cell), l -> new LinkedHashMap<>())
                        .computeIfAbsent(x, at -> new ArrayList<>())
                        .add(cell);
            }
        }
        List<Pair> pairs = new ArrayList<>();
        for (Map<String, List<CellResult>> line : lines.values()) {
            List<CellResult> against = line.entrySet().stream()
                    .filter(point -> Sweeps.same(point.getKey(), show.standard()))
                    .map(Map.Entry::getValue)
                    .findFirst()
                    .orElse(line.values().iterator().next());
            line.values().forEach(point -> add(pairs, point, against));
        }
        return pairs;
    }

    /** A row or point that is a mean over more than seeds has no one recipe to be tested. */
    private static void add(List<Pair> pairs, List<CellResult> cells, List<CellResult> others) {
        String recipe = variant(cells);
        String against = variant(others);
        if (recipe != null && against != null && !recipe.equals(against)) {
            pairs.add(new Pair(recipe, against));
        }
    }

    private static @Nullable String variant(List<CellResult> cells) {
        Set<String> variants = cells.stream().map(cell -> cell.cell().variant()).collect(Collectors.toSet());
        return variants.size() == 1 ? variants.iterator().next() : null;
    }
}
