package viewfit.graph;

import java.util.HashMap;
import java.util.Map;

/** Counts the multiply-accumulates of one image through a network; biases, activations and norms are left out. */
public final class Cost {
    private Cost() {}

    /**
     * Multiply-accumulates for an input of {@code height} x {@code width}; a head takes 1 x 1.
     *
     * @throws IllegalArgumentException if the input is too small for the network
     */
    public static long macs(Graph graph, int height, int width) {
        Map<String, Parameter> byName = new HashMap<>();
        graph.parameters().forEach(p -> byName.put(p.name(), p));
        Map<Integer, int[]> sizes = new HashMap<>();
        sizes.put(0, new int[] {height, width});
        long total = 0;
        for (Op op : graph.ops()) {
            int[] in = sizes.get(op.inputs().get(0));
            if (in == null) {
                throw new IllegalArgumentException(graph.name() + ": " + op + " reads a value that no one made");
            }
            int[] out = in;
            if (op instanceof Op.Conv2d c) {
                out = new int[] {convolved(in[0], c), convolved(in[1], c)};
                total += (long) out[0] * out[1] * weightSize(byName, c.weight());
            } else if (op instanceof Op.Linear l) {
                total += weightSize(byName, l.weight());
            } else if (op instanceof Op.WeightNormLinear w) {
                total += weightSize(byName, w.direction());
            } else if (op instanceof Op.GlobalMeanPool) {
                out = new int[] {1, 1};
            }
            sizes.put(op.out(), out);
        }
        return total;
    }

    private static long weightSize(Map<String, Parameter> byName, String name) {
        Parameter p = byName.get(name);
        if (p == null) {
            throw new IllegalArgumentException("no parameter " + name);
        }
        return p.size();
    }

    private static int convolved(int n, Op.Conv2d c) {
        int padded = n + 2 * c.padding() - c.kernel();
        if (padded < 0) {
            throw new IllegalArgumentException(c.weight() + ": input of " + n + " is smaller than the kernel");
        }
        return padded / c.stride() + 1;
    }
}
