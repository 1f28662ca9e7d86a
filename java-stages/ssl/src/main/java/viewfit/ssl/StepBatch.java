package viewfit.ssl;

import java.util.List;
import viewfit.engine.Tensor;

/**
 * What one step trains on.
 *
 * @param passes normalised pixels, one tensor per run of views of equal size, view-major, global views first:
 *     [views * n, 3, size, size]
 * @param labels class of each image, -1 where it has none; only methods and monitors that say so look at them
 */
public record StepBatch(List<Tensor> passes, List<Integer> labels) {
    public StepBatch {
        passes = List.copyOf(passes);
        labels = List.copyOf(labels);
    }

    /** Images n. */
    public int size() {
        return labels.size();
    }

    /** Labels as a program takes them. */
    long[] targets() {
        return labels.stream().mapToLong(Integer::longValue).toArray();
    }
}
