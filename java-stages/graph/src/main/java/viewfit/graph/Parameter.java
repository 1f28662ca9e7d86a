package viewfit.graph;

import java.util.List;

/**
 * One named tensor of a network.
 *
 * @param name torchvision / timm name, for example {@code features.0.0.weight}
 * @param shape in PyTorch order: convolution [out, in / groups, kh, kw], linear [out, in], vectors [n]
 * @param init distribution of the initial value
 * @param trainable false for tensors that no optimiser may touch (a frozen weight-norm magnitude)
 */
public record Parameter(String name, List<Integer> shape, Init init, boolean trainable) {
    public Parameter {
        shape = List.copyOf(shape);
        if (shape.isEmpty() || shape.stream().anyMatch(n -> n < 1)) {
            throw new IllegalArgumentException(name + ": shape " + shape + " must have positive sizes");
        }
    }

    /** Number of values. */
    public int size() {
        return shape.stream().reduce(1, Math::multiplyExact);
    }

    /** True for a convolution with one input channel per group: [c, 1, kh, kw]. */
    public boolean depthwise() {
        return shape.size() == 4 && shape.get(1) == 1;
    }

    /** True for biases and normalisation vectors. */
    public boolean vector() {
        return shape.size() == 1;
    }
}
