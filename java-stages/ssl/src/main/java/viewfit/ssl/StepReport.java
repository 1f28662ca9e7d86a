package viewfit.ssl;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The measures of one step. Immutable; what a method does not measure is NaN. */
public final class StepReport {
    private static final Set<Measure> WATCHING = EnumSet.of(Measure.PROBE_LOSS, Measure.PROBE_TOP1);

    private final Map<Measure, Double> values;

    private StepReport(Map<Measure, Double> values) {
        this.values = values;
    }

    /** A report of numbers in the order of {@code measures}. */
    static StepReport of(List<Measure> measures, float[] numbers) {
        if (measures.size() != numbers.length) {
            throw new IllegalArgumentException(numbers.length + " numbers for " + measures);
        }
        Map<Measure, Double> values = new EnumMap<>(Measure.class);
        for (int i = 0; i < numbers.length; i++) {
            values.put(measures.get(i), (double) numbers[i]);
        }
        return new StepReport(values);
    }

    /** This report with more numbers. */
    StepReport with(Map<Measure, Double> others) {
        Map<Measure, Double> more = new EnumMap<>(values);
        more.putAll(others);
        return new StepReport(more);
    }

    /** One number; NaN if the method does not measure it. */
    public double get(Measure measure) {
        return values.getOrDefault(measure, Double.NaN);
    }

    /** The weighted loss. */
    public double loss() {
        return get(Measure.LOSS);
    }

    /** Whether training can go on: every number of the method is finite. The online probe only watches. */
    public boolean finite() {
        return Double.isFinite(loss())
                && values.entrySet().stream()
                        .allMatch(e -> WATCHING.contains(e.getKey()) || Double.isFinite(e.getValue()));
    }

    /** The numbers as text that reads back as the same numbers. */
    Map<String, String> words() {
        Map<String, String> words = new TreeMap<>();
        values.forEach((measure, value) -> words.put(measure.name(), Double.toString(value)));
        return words;
    }

    /** The report of {@link #words}. */
    static StepReport of(Map<String, String> words) {
        Map<Measure, Double> values = new EnumMap<>(Measure.class);
        words.forEach((name, value) -> values.put(Measure.valueOf(name), Double.parseDouble(value)));
        return new StepReport(values);
    }

    /** The measured numbers, in the order of {@link Measure}. */
    public Map<Measure, Double> values() {
        return new EnumMap<>(values);
    }

    @Override
    public String toString() {
        return Arrays.stream(Measure.values())
                .filter(values::containsKey)
                .map(m -> m + "=" + values.get(m))
                .toList()
                .toString();
    }
}
