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

    /**
     * Convolution [n, ci, h, w] to [n, co, h', w'] with square kernel and equal padding on all sides; {@code bias} is
     * empty when there is none.
     */
    record Conv2d(int in, int out, String weight, String bias, int kernel, int stride, int padding, int groups)
            implements Op {
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

    /** Largest value under a square window, padding never wins: [n, c, h, w] to [n, c, h', w']. */
    record MaxPool(int in, int out, int kernel, int stride, int padding) implements Op {
        @Override
        public List<Integer> inputs() {
            return List.of(in);
        }
    }

    /**
     * Normalisation over the last axis with the biased variance: [..., c] to [..., c].
     *
     * @param prefix of {@code weight, bias}
     */
    record LayerNorm(int in, int out, String prefix, double epsilon) implements Op {
        @Override
        public List<Integer> inputs() {
            return List.of(in);
        }
    }

    /**
     * Patches to tokens: [n, c, h, w] to [n, 1 + h w, c]. The class token comes first; a position embedding of
     * {@code grid * grid} patches is added, resized when the patches form another grid or the image is not square.
     *
     * <p>Source: the vision transformer of facebookresearch/dino, quirk included: the resizing is bicubic (a = -0.75,
     * corners not aligned) with the scale {@code (h + 0.1) / grid}, not {@code h / grid}.
     *
     * @param image number of the value that holds the image: its sides tell whether it is square
     * @param classToken parameter [1, 1, c]
     * @param position parameter [1, 1 + grid * grid, c]
     */
    record Tokens(int in, int image, int out, String classToken, String position, int grid) implements Op {
        @Override
        public List<Integer> inputs() {
            return List.of(in, image);
        }
    }

    /**
     * Multi-head self-attention over queries, keys and values that lie side by side: [n, t, 3 c] to [n, t, c], scale
     * {@code (c / heads) ^ -0.5}. Channel order of the input: which of the three, head, channel of the head.
     */
    record Attention(int in, int out, int heads) implements Op {
        @Override
        public List<Integer> inputs() {
            return List.of(in);
        }
    }

    /**
     * Stochastic depth: training multiplies each sample by 0, or by 1 / (1 - rate) with probability 1 - rate; the
     * factors come from outside (row {@code index} of [branches, n]). Evaluation leaves the value alone.
     */
    record DropPath(int in, int out, int index, double rate) implements Op {
        @Override
        public List<Integer> inputs() {
            return List.of(in);
        }
    }

    /** The first token: [n, t, c] to [n, c]. */
    record ClassToken(int in, int out) implements Op {
        @Override
        public List<Integer> inputs() {
            return List.of(in);
        }
    }

    /** Features side by side, in order: several [n, c] to [n, sum of c]. */
    record Concat(List<Integer> inputs, int out) implements Op {
        public Concat {
            inputs = List.copyOf(inputs);
        }
    }

    /** y = x W^T (+ b): [..., ci] to [..., co]; {@code bias} is empty when there is none. */
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
