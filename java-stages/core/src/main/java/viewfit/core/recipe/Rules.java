package viewfit.core.recipe;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Holds the values of a record to the {@link Range}, {@link OneOf} and {@link Length} of its components. */
final class Rules {
    private Rules() {}

    /**
     * Checks all components, given in their order, and reports all problems at once.
     *
     * @throws RecipeProblems if any value breaks its rule
     */
    static void check(Class<? extends Record> type, Object... values) {
        RecordComponent[] components = type.getRecordComponents();
        List<String> problems = new ArrayList<>();
        for (int i = 0; i < components.length; i++) {
            for (String problem : problems(components[i], values[i])) {
                problems.add(Keys.kebab(components[i].getName()) + ": " + problem);
            }
        }
        if (!problems.isEmpty()) {
            throw new RecipeProblems(problems);
        }
    }

    /** Fails with one problem of a rule that spans several components. */
    static void require(boolean holds, String key, Object found, String allowed) {
        if (!holds) {
            throw new RecipeProblems(List.of(key + ": found " + found + ": " + allowed));
        }
    }

    /** What is wrong with one value, without the key. */
    static List<String> problems(RecordComponent component, Object value) {
        List<String> problems = new ArrayList<>();
        if (value instanceof Number number) {
            addIfSet(problems, number(component.getAnnotation(Range.class), number));
        }
        if (value instanceof Collection<?> list) {
            Length length = component.getAnnotation(Length.class);
            addIfSet(problems, length(length, list.size(), "elements"));
            for (Object each : list) {
                if (each instanceof Number number) {
                    addIfSet(problems, number(component.getAnnotation(Range.class), number));
                }
            }
        }
        if (value instanceof String text) {
            addIfSet(problems, length(component.getAnnotation(Length.class), text.length(), "characters"));
            OneOf words = component.getAnnotation(OneOf.class);
            if (words != null && !Arrays.asList(words.value()).contains(text)) {
                problems.add("found '" + text + "': must be " + (words.value().length > 1 ? "one of " : "")
                        + String.join(", ", words.value()));
            }
        }
        return problems;
    }

    private static void addIfSet(List<String> problems, @Nullable String problem) {
        if (problem != null) {
            problems.add(problem);
        }
    }

    private static @Nullable String number(@Nullable Range range, Number number) {
        double v = number.doubleValue();
        if (!Double.isFinite(v)) {
            return "found " + number + ": must be finite";
        }
        if (range == null) {
            return null;
        }
        boolean low = range.above() ? v > range.min() : v >= range.min();
        boolean high = range.below() ? v < range.max() : v <= range.max();
        return low && high ? null : "found " + number + ": must be " + describe(range);
    }

    private static String describe(Range range) {
        List<String> parts = new ArrayList<>();
        if (range.min() != Double.NEGATIVE_INFINITY) {
            parts.add((range.above() ? "> " : ">= ") + plain(range.min()));
        }
        if (range.max() != Double.POSITIVE_INFINITY) {
            parts.add((range.below() ? "< " : "<= ") + plain(range.max()));
        }
        return String.join(" and ", parts);
    }

    private static @Nullable String length(@Nullable Length length, int found, String unit) {
        if (length == null || (found >= length.min() && found <= length.max())) {
            return null;
        }
        String allowed = length.min() == length.max()
                ? "must have exactly " + length.min()
                : length.max() == Integer.MAX_VALUE
                        ? "must have at least " + length.min()
                        : String.format(Locale.ROOT, "must have %d to %d", length.min(), length.max());
        return "found " + found + " " + unit + ": " + allowed;
    }

    private static String plain(double v) {
        return v == Math.rint(v) && Math.abs(v) < 1e15 ? Long.toString((long) v) : Double.toString(v);
    }
}
