package viewfit.core.select;

import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import viewfit.core.metrics.Json;
import viewfit.core.metrics.Provenance;

/**
 * {@code test-metrics.json}: the scores of one selected network on the test split.
 *
 * @param schema {@code test-metrics/1}
 * @param role why it was tested: {@code chosen} or {@code baseline}
 * @param choiceSha256 {@code choice-sha256} of the {@code selection.json} that named it
 * @param message what a reader should know, in one line
 * @param values fractions by name, such as {@code test.linear.top1}, with their binomial standard errors
 * @param counts {@code classes}, {@code train.images}, {@code test.images}, {@code knn.k}
 * @param provenance its manifest is that of the test split, its recipe the probe's
 */
public record TestMetrics(
        String schema,
        String cell,
        String group,
        String role,
        String choiceSha256,
        String message,
        Map<String, Double> values,
        Map<String, Long> counts,
        Provenance provenance) {
    public static final String SCHEMA = "test-metrics/1";

    /** Name of the file. */
    public static final String FILE = "test-metrics.json";

    public TestMetrics {
        if (!schema.equals(SCHEMA)) {
            throw new IllegalArgumentException("schema: found '" + schema + "': must be " + SCHEMA);
        }
        values = Collections.unmodifiableMap(new TreeMap<>(values));
        counts = Collections.unmodifiableMap(new TreeMap<>(counts));
    }

    /** Reads and checks the file. */
    public static TestMetrics read(Path file) {
        return Json.read(file, TestMetrics.class);
    }

    /** Writes it atomically. */
    public void write(Path file) {
        Json.write(file, this);
    }

    /** The smallest valid one. */
    public static TestMetrics empty() {
        return new TestMetrics(
                SCHEMA, "", "", "", "", "stub run: nothing was computed", Map.of(), Map.of(), Provenance.ofCode("", 0));
    }
}
