package viewfit.core.grid;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import viewfit.core.files.Hashes;

/** Names of cells: {@code <recipe>_<axis><value>..._s<seed>}, made of what the sweep varies and nothing else. */
final class CellNames {
    private static final int HASH_DIGITS = 6;

    private final Map<String, String> labels;

    /**
     * Names for a sweep.
     *
     * @param axes dotted recipe keys
     * @param linked names of linked axes, which stand for themselves
     */
    CellNames(List<String> axes, List<String> linked) {
        labels = labels(axes);
        linked.forEach(name -> labels.put(name, name));
    }

    /** What stands for an axis in the names of cells. */
    String label(String axis) {
        return labels.getOrDefault(axis, axis);
    }

    /** The part that cells of all seeds share. */
    String group(String recipe, Map<String, Object> point) {
        StringBuilder name = new StringBuilder(clean(recipe));
        point.forEach((axis, value) -> name.append('_').append(label(axis)).append(value(value)));
        return name.toString();
    }

    static String cell(String group, long seed) {
        return group + "_s" + seed;
    }

    /** {@code optimizer.lr=0.03;method.alpha=0.4}. */
    static String axes(Map<String, Object> point) {
        List<String> parts = new ArrayList<>();
        point.forEach((axis, value) -> parts.add(axis + "=" + plain(value)));
        return String.join(";", parts);
    }

    /** Each axis by its last segment, widened to the left where two would be the same. */
    private static Map<String, String> labels(List<String> axes) {
        Map<String, String> labels = new LinkedHashMap<>();
        for (String axis : axes) {
            List<String> segments = new KeyPath(axis).segments();
            int take = 1;
            while (take < segments.size() && !alone(tail(segments, take), take, axis, axes)) {
                take++;
            }
            labels.put(axis, clean(tail(segments, take)));
        }
        return labels;
    }

    private static boolean alone(String label, int take, String axis, List<String> axes) {
        // A list index alone says nothing.
        if (label.matches("[0-9].*")) {
            return false;
        }
        return axes.stream()
                .filter(other -> !other.equals(axis))
                .noneMatch(other -> tail(new KeyPath(other).segments(), take).equals(label));
    }

    private static String tail(List<String> segments, int take) {
        return String.join("-", segments.subList(Math.max(0, segments.size() - take), segments.size()));
    }

    /** How a value reads in the name of a cell. */
    static String value(Object value) {
        String text = word(value);
        boolean number = value instanceof Number || (value instanceof Link && text.matches("[0-9].*"));
        return number ? clean(text) : "-" + clean(text);
    }

    /** A value as one word: of a mapping or a list a few digits of its checksum. */
    static String word(Object value) {
        return value instanceof Map || value instanceof List
                ? Hashes.sha256(value.toString()).substring(0, HASH_DIGITS)
                : plain(value);
    }

    /** Numbers in their shortest form: 0.03, 1, 1e-6. */
    static String plain(Object value) {
        if (value instanceof Link link) {
            return link.label();
        }
        if (!(value instanceof Double number)) {
            return String.valueOf(value);
        }
        BigDecimal decimal = BigDecimal.valueOf(number).stripTrailingZeros();
        String plain = decimal.toPlainString();
        return plain.length() <= 8
                ? plain
                : decimal.toString().length() < plain.length()
                        ? decimal.toString().toLowerCase(Locale.ROOT).replace("e+", "e")
                        : plain;
    }

    /** Only what is safe in a file name on every system; the underscore stays the separator. */
    private static String clean(String text) {
        return text.replaceAll("[^A-Za-z0-9.-]", "-");
    }
}
