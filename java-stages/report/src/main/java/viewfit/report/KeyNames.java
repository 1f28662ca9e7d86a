package viewfit.report;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import viewfit.report.results.Cell;
import viewfit.report.results.CellResult;
import viewfit.report.results.Results;

/** What recipe keys are called on axes and in legends: the paper's symbols where it has one, else the key. */
public final class KeyNames {
    private static final Pattern GROUP = Pattern.compile("views\\.groups\\.(\\d+)\\.(.+)");

    /** By kind of the view and the rest of the key: in words, and short. */
    private static final Map<String, List<String>> VIEWS = Map.of(
            "global scale.low", List.of("smallest global crop, share of the photograph (Sg)", "Sg"),
            "local scale.high", List.of("largest local crop, share of the photograph (Sl)", "Sl"),
            "global size", List.of("side of the global views, pixels (GC)", "GC"),
            "local size", List.of("side of the local views, pixels (LC)", "LC"),
            "local count", List.of("local views of an image (Nl)", "Nl"));

    private static final Map<String, List<String>> OTHERS = Map.of(
            "method.alpha", List.of("weight of the global pairs (\u03B1)", "\u03B1"),
            "method.name", List.of("method", "method"),
            "backbone.name", List.of("backbone", "backbone"),
            "recipe", List.of("recipe", ""));

    private KeyNames() {}

    /** For the label of an axis. */
    public static String axis(String key, List<CellResult> cells) {
        List<String> names = names(key, cells);
        return names == null ? key : names.get(0);
    }

    /** For the legend, in front of a value; may be empty. */
    public static String symbol(String key, List<CellResult> cells) {
        List<String> names = names(key, cells);
        return names == null ? key.replaceFirst("^.*\\.", "") : names.get(1);
    }

    /** The same results, whose recipes are told apart by symbols where there are some: {@code ours, \u03B1 0.4, LC 36}. */
    public static Results named(Results results) {
        List<CellResult> cells = results.cells();
        Map<String, String> symbols = new HashMap<>();
        cells.forEach(cell -> cell.cell()
                .axes()
                .keySet()
                .forEach(key -> symbols.computeIfAbsent(key, k -> {
                    List<String> names = names(k, cells);
                    return names == null || names.get(1).isEmpty() ? k : names.get(1);
                })));
        // Of two groups of local views neither is simply LC.
        Set<String> shared = symbols.values().stream()
                .filter(symbol -> Collections.frequency(symbols.values(), symbol) > 1)
                .collect(Collectors.toSet());
        symbols.replaceAll((key, symbol) -> shared.contains(symbol) ? key : symbol);
        return results.withCells(cells.stream()
                .map(cell -> cell.withVariant(variant(cell.cell(), symbols)))
                .toList());
    }

    private static String variant(Cell cell, Map<String, String> symbols) {
        StringBuilder label = new StringBuilder(cell.recipe());
        cell.axes().forEach((key, value) -> {
            if (!value.isEmpty()) {
                label.append(", ").append(symbols.get(key)).append(' ').append(value);
            }
        });
        return label.toString();
    }

    private static @Nullable List<String> names(String key, List<CellResult> cells) {
        Matcher group = GROUP.matcher(key);
        return group.matches() ? VIEWS.get(kind(cells, group.group(1)) + " " + group.group(2)) : OTHERS.get(key);
    }

    /** Number of the group of local views whose side a key is; -1 for every other key. */
    public static int localSize(String key, List<CellResult> cells) {
        Matcher group = GROUP.matcher(key);
        return group.matches()
                        && group.group(2).equals("size")
                        && kind(cells, group.group(1)).equals("local")
                ? Integer.parseInt(group.group(1))
                : -1;
    }

    /** Kind of a group of views, if it is the same in all cells that have one. */
    private static String kind(List<CellResult> cells, String group) {
        List<String> kinds = cells.stream()
                .map(cell -> cell.setting("views.groups." + group + ".kind"))
                .filter(kind -> !kind.isEmpty())
                .distinct()
                .toList();
        return kinds.size() == 1 ? kinds.get(0) : "";
    }
}
