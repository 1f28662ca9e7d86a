package viewfit.report.results;

import java.nio.file.Path;
import viewfit.core.metrics.Metrics;

/**
 * A metrics file and where it lies, so that a number on the page can name its source.
 *
 * @param metrics what it says
 * @param file the file
 */
public record Scored(Metrics metrics, Path file) {

    /** A value by key; NaN when the stage did not write it. */
    public double value(String key) {
        Double value = metrics.values().get(key);
        return value == null ? Double.NaN : value;
    }

    /** A count by key; -1 when the stage did not write it. */
    public long count(String key) {
        Long count = metrics.counts().get(key);
        return count == null ? -1 : count;
    }
}
