package viewfit.ssl;

import java.util.List;
import viewfit.engine.Tensor;

/**
 * What one step trains on, or an equal part of it.
 *
 * @param passes normalised pixels, one tensor per run of views of equal size, view-major, global views first:
 *     [views * n, 3, size, size]
 * @param labels class of each image, -1 where it has none; only methods and monitors that say so look at them
 * @param first place of its first image among those of the step: 0 but for parts
 */
public record StepBatch(List<Tensor> passes, List<Integer> labels, int first) {
    public StepBatch {
        passes = List.copyOf(passes);
        labels = List.copyOf(labels);
    }

    /** All images of a step. */
    public StepBatch(List<Tensor> passes, List<Integer> labels) {
        this(passes, labels, 0);
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
