package viewfit.graph;

import java.util.List;

/**
 * One operation of a network. {@code in} and {@code out} are value numbers; value 0 is the network's input.
 * Parameters and buffers are referred to by name.
 */
public sealed interface Op {
    /** Number of the value this operation makes. */
    int out();

    /** Numbers of the values it reads. */
    List<Integer> inputs();

    /** Convolution [n, ci, h, w] to [n, co, h', w'] with square kernel and equal padding on all sides. */
    record Conv2d(int in, int out, String weight, int kernel, int stride, int padding, int groups) implements Op {
        @Override
        public List<Integer> inputs() {
            return List.of(in);
        }
    }

    /**
     * Batch normalisation over all but the channel axis of [n, c] or [n, c, h, w]. Training normalises with the biased
     * batch variance and moves the running buffers by 0.1 towards the batch values (unbiased variance).
     *
     * @param prefix of {@code weight, bias, running_mean, running_var, num_batches_tracked}
     */
    record BatchNorm(int in, int out, String prefix, double epsilon) implements Op {
        @Override
        public List<Integer> inputs() {
            return List.of(in);
        }
    }

    /** y = x W^T (+ b): [n, ci] to [n, co]; {@code bias} is empty when there is none. */
    record Linear(int in, int out, String weight, String bias) implements Op {
        @Override
        public List<Integer> inputs() {
            return List.of(in);
        }
    }

    /** Linear without bias whose rows are {@code g_k v_k / |v_k|} (weight normalisation): [n, ci] to [n, co]. */
    record WeightNormLinear(int in, int out, String direction, String magnitude) implements Op {
        @Override
        public List<Integer> inputs() {
            return List.of(in);
        }
    }

    /** Element-wise function of one value. */
    record Activation(int in, int out, Kind kind) implements Op {
        /** The functions that the networks of the paper use. */
        public enum Kind {
            RELU,
            RELU6,
            /** Exact form, with the error function. */
            GELU
        }

        @Override
        public List<Integer> inputs() {
            return List.of(in);
        }
    }

    /** Residual sum; {@code branch} was made for this sum alone and may be overwritten. */
    record Add(int skip, int branch, int out) implements Op {
        @Override
        public List<Integer> inputs() {
            return List.of(skip, branch);
        }
    }

    /** Mean over height and width: [n, c, h, w] to [n, c]. */
    record GlobalMeanPool(int in, int out) implements Op {
        @Override
        public List<Integer> inputs() {
            return List.of(in);
        }
    }

    /** Rows divided by max(|row|, 1e-12): [n, c] to [n, c]. */
    record L2Normalize(int in, int out) implements Op {
        @Override
        public List<Integer> inputs() {
            return List.of(in);
        }
    }
}
