package viewfit.core.metrics;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was going on when a run left the finite numbers: {@code diverged.json}.
 *
 * @param schema {@code divergence/1}
 * @param cell cell of a sweep, or empty
 * @param epoch counted from 0
 * @param step counted from 0 over the whole run
 * @param images the batch: paths as in the manifest, in its order
 * @param rows the batch: rows of the manifest, from 0
 * @param measures numbers of the step as text, {@code NaN} and {@code Infinity} included
 * @param before the numbers of the last steps before it, oldest first
 */
public record Divergence(
        String schema,
        String cell,
        int epoch,
        long step,
        List<String> images,
        List<Integer> rows,
        Map<String, String> measures,
        List<Map<String, String>> before) {
    public static final String SCHEMA = "divergence/1";

    public Divergence {
        images = List.copyOf(images);
        rows = List.copyOf(rows);
        measures = sorted(measures);
        before = before.stream().map(Divergence::sorted).toList();
    }

    /** By name: the same run gives the same file. */
    private static Map<String, String> sorted(Map<String, String> numbers) {
        return Collections.unmodifiableMap(new TreeMap<>(numbers));
    }
}
