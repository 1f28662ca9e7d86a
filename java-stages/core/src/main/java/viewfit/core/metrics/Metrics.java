package viewfit.core.metrics;

import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The scores of one stage run, {@code metrics.json}.
 *
 * @param schema {@code metrics/1}
 * @param stage which stage wrote it
 * @param cell cell of the sweep
 * @param outcome whether the run ended well
 * @param message one line about the outcome; empty when there is nothing to say
 * @param values finite scores by dotted name, such as {@code heldout.linear.top1} (a fraction, not a percentage)
 * @param counts whole numbers by dotted name, such as {@code heldout.images}
 * @param facts texts by dotted name, such as {@code eval.manifest-sha256}; may be absent in a file, which is none
 * @param provenance where the numbers come from
 */
public record Metrics(
        String schema,
        String stage,
        String cell,
        Outcome outcome,
        String message,
        Map<String, Double> values,
        Map<String, Long> counts,
        Map<String, String> facts,
        Provenance provenance) {
    public static final String SCHEMA = "metrics/1";

    public Metrics {
        if (!schema.equals(SCHEMA)) {
            throw new IllegalArgumentException("schema: found '" + schema + "': must be " + SCHEMA);
        }
        values.forEach((key, value) -> {
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException("values." + key + ": found " + value + ": must be finite");
            }
        });
        values = Collections.unmodifiableMap(new TreeMap<>(values));
        counts = Collections.unmodifiableMap(new TreeMap<>(counts));
        facts = Collections.unmodifiableMap(new TreeMap<>(facts));
    }

    /** Without facts. */
    public Metrics(
            String schema,
            String stage,
            String cell,
            Outcome outcome,
            String message,
            Map<String, Double> values,
            Map<String, Long> counts,
            Provenance provenance) {
        this(schema, stage, cell, outcome, message, values, counts, Map.of(), provenance);
    }

    /** Reads and checks {@code metrics.json}. */
    public static Metrics read(Path file) {
        return Json.read(file, Metrics.class, Set.of("facts"));
    }

    /** Writes {@code metrics.json} atomically. */
    public void write(Path file) {
        Json.write(file, this);
    }
}
