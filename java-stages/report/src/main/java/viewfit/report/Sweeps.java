package viewfit.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import viewfit.report.chart.SweepFigure;
import viewfit.report.results.CellResult;
import viewfit.report.results.Results;
import viewfit.report.results.Show;

/** The figures that a sweep was made for, as plain records. */
public final class Sweeps {
    /** Values closer than this, relative to the larger one, are one: a grid writes 0.142857 for 1/7. */
    private static final double SAME = 1e-5;

    /** An accuracy by key, and in words; the fast probe stands in where there is no linear one. */
    private record Measure(String key, String file, String title) {}

    private static final Measure LINEAR = new Measure(Summary.LINEAR, "linear", "linear probe");
    private static final Measure FAST = new Measure("fast.top1", "fast", "fast probe");
    private static final Measure KNN = new Measure(Summary.KNN, "knn", "k-NN");

    private Sweeps() {}

    /** One figure for each way to score that some cell has; {@code ID-linear} and {@code ID-knn}. */
    public static List<SweepFigure> figures(Results results, Show show) {
        List<CellResult> cells = cells(results, show);
        boolean linear =
                cells.stream().anyMatch(cell -> Summary.run(cell, LINEAR.key()).isPresent());
        List<SweepFigure> figures = new ArrayList<>();
        for (Measure measure : List.of(linear ? LINEAR : FAST, KNN)) {
            SweepFigure figure = figure(results, show, cells, measure);
            if (!figure.lines().isEmpty()) {
                figures.add(figure);
            }
        }
        return figures;
    }

    /** The cells that belong to a figure or table, in the order of the sweep. */
    public static List<CellResult> cells(Results results, Show show) {
        Set<String> wanted = Set.copyOf(show.cells());
        return results.cells().stream()
                .filter(cell -> wanted.contains(cell.cell().id()))
                .toList();
    }

    /** Cells that have no place on the x axis, because their recipe does not have its key. */
    public static List<String> withoutPlace(Results results, Show show) {
        return cells(results, show).stream()
                .filter(cell -> cell.setting(show.x()).isEmpty())
                .map(cell -> cell.cell().id())
                .toList();
    }

    /** Whether some point or row is a mean over more than seeds: its cells differ in a key that does not tell points apart. */
    public static boolean mixed(Results results, Show show) {
        Map<String, Set<String>> variants = new LinkedHashMap<>();
        for (CellResult cell : cells(results, show)) {
            String place =
                    show.table() ? label(show.rows(), cell) : cell.setting(show.x()) + "\n" + label(show.lines(), cell);
            variants.computeIfAbsent(place, p -> new LinkedHashSet<>())
                    .add(cell.cell().variant());
        }
        return variants.values().stream().anyMatch(names -> names.size() > 1);
    }

    /** What tells a line or a row apart, in words: the values of its keys. */
    public static String label(List<String> keys, CellResult cell) {
        return keys.stream()
                .map(key -> (KeyNames.symbol(key, List.of(cell)) + " " + cell.setting(key)).strip())
                .collect(Collectors.joining(", "));
    }

    private static SweepFigure figure(Results results, Show show, List<CellResult> cells, Measure measure) {
        List<CellResult> drawn = cells.stream()
                .filter(cell -> !cell.setting(show.x()).isEmpty())
                .filter(cell -> Summary.run(cell, measure.key()).isPresent())
                .toList();
        List<String> values =
                drawn.stream().map(cell -> cell.setting(show.x())).distinct().toList();
        boolean numbers = values.stream().allMatch(value -> Double.isFinite(number(value)));
        int local = KeyNames.localSize(show.x(), cells);
        Map<String, Map<String, List<CellResult>>> lines = new LinkedHashMap<>();
        for (CellResult cell : drawn) {
            lines.computeIfAbsent(label(show.lines(), cell), l -> new LinkedHashMap<>())
                    .computeIfAbsent(cell.setting(show.x()), x -> new ArrayList<>())
                    .add(cell);
        }
        List<SweepFigure.Line> series = new ArrayList<>();
        lines.forEach((label, points) -> {
            List<SweepFigure.Point> list = new ArrayList<>();
            points.forEach((x, at) -> list.add(new SweepFigure.Point(
                    x,
                    numbers ? number(x) : values.indexOf(x),
                    at.stream()
                            .map(cell -> Summary.run(cell, measure.key()).orElseThrow())
                            .toList(),
                    same(x, show.standard()),
                    local < 0 ? Double.NaN : PixelScales.ratio(results, at.get(0), local))));
            list.sort(Comparator.comparingDouble(SweepFigure.Point::at));
            series.add(new SweepFigure.Line(label, list));
        });
        return new SweepFigure(
                show.id() + "-" + measure.file(),
                show.id() + ": " + measure.title(),
                KeyNames.axis(show.x(), cells),
                "held-out top-1",
                numbers ? List.of() : values,
                local < 0 ? "" : "global over local pixel scale",
                series);
    }

    /** The same text, or numbers that agree to five digits. */
    static boolean same(String a, String b) {
        double x = number(a);
        double y = number(b);
        boolean numbers = Double.isFinite(x) && Double.isFinite(y);
        return numbers ? Math.abs(x - y) <= SAME * Math.max(Math.abs(x), Math.abs(y)) : a.equals(b);
    }

    /** NaN for what is no number. */
    static double number(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }
}
