package viewfit.graph;

import java.util.HashMap;
import java.util.Map;

/**
 * Counts the multiply-accumulates of one image through a network; biases, activations, norms and the resizing of a
 * position embedding are left out.
 */
public final class Cost {
    private final Map<String, Parameter> byName = new HashMap<>();
    /** Height and width of every value; tokens lie in one column, pooled values are 1 x 1. */
    private final Map<Integer, int[]> sizes = new HashMap<>();

    private final Map<Integer, Integer> widths = new HashMap<>();

    private Cost(Graph graph) {
        graph.parameters().forEach(p -> byName.put(p.name(), p));
    }

    /**
     * Multiply-accumulates for an input of {@code height} x {@code width}; a head takes 1 x 1.
     *
     * @throws IllegalArgumentException if the input is too small for the network
     */
    public static long macs(Graph graph, int height, int width) {
        Cost cost = new Cost(graph);
        cost.sizes.put(0, new int[] {height, width});
        cost.widths.put(0, graph.inputChannels());
        long total = 0;
        for (Op op : graph.ops()) {
            total += cost.pass(op);
        }
        return total;
    }

    private long pass(Op op) {
        int[] in = sizes.get(op.inputs().get(0));
        Integer channels = widths.get(op.inputs().get(0));
        if (in == null || channels == null) {
            throw new IllegalArgumentException(op + " reads a value that no one made");
        }
        int[] out = in;
        int width = channels;
        long macs = 0;
        if (op instanceof Op.Conv2d c) {
            out = slid(in, c.kernel(), c.stride(), c.padding(), op);
            width = parameter(c.weight()).shape().get(0);
            macs = (long) out[0] * out[1] * parameter(c.weight()).size();
        } else if (op instanceof Op.MaxPool p) {
            out = slid(in, p.kernel(), p.stride(), p.padding(), op);
        } else if (op instanceof Op.Linear l) {
            width = parameter(l.weight()).shape().get(0);
            macs = (long) in[0] * in[1] * parameter(l.weight()).size();
        } else if (op instanceof Op.WeightNormLinear w) {
            width = parameter(w.direction()).shape().get(0);
            macs = (long) in[0] * in[1] * parameter(w.direction()).size();
        } else if (op instanceof Op.Tokens) {
            out = new int[] {1 + in[0] * in[1], 1};
        } else if (op instanceof Op.Attention) {
            width = channels / 3;
            macs = 2L * in[0] * in[0] * width;
        } else if (op instanceof Op.GlobalMeanPool || op instanceof Op.ClassToken) {
            out = new int[] {1, 1};
        } else if (op instanceof Op.Concat c) {
            width = c.inputs().stream().mapToInt(v -> widths.getOrDefault(v, 0)).sum();
        }
        sizes.put(op.out(), out);
        widths.put(op.out(), width);
        return macs;
    }

    private Parameter parameter(String name) {
        Parameter p = byName.get(name);
        if (p == null) {
            throw new IllegalArgumentException("no parameter " + name);
        }
        return p;
    }

    private static int[] slid(int[] in, int kernel, int stride, int padding, Op op) {
        int[] out = new int[2];
        for (int axis = 0; axis < 2; axis++) {
            int room = in[axis] + 2 * padding - kernel;
            if (room < 0) {
                throw new IllegalArgumentException(op + ": input of " + in[axis] + " is smaller than the kernel");
            }
            out[axis] = room / stride + 1;
        }
        return out;
    }
}
