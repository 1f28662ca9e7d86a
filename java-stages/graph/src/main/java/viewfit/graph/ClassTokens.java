package viewfit.graph;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the values of which nothing but the first token is ever read: what lies between the last attention of a vision
 * transformer and its class token. Their other tokens need not be computed, forward or backward; for ViT-Ti that is a
 * sixteenth of all work. The result does not change.
 */
final class ClassTokens {
    private ClassTokens() {}

    /**
     * Numbers of the values whose tokens beyond the first are never read.
     *
     * @param results values that must be whole
     */
    static Set<Integer> alone(Graph graph, Set<Integer> results) {
        Map<Integer, Integer> uses = new HashMap<>();
        Map<Integer, Integer> narrowUses = new HashMap<>();
        Set<Integer> alone = new HashSet<>();
        List<Op> ops = graph.ops();
        for (int i = ops.size() - 1; i >= 0; i--) {
            Op op = ops.get(i);
            int out = op.out();
            if (!results.contains(out)
                    && tokenwise(op)
                    && uses.getOrDefault(out, 0) > 0
                    && uses.getOrDefault(out, 0).equals(narrowUses.get(out))) {
                alone.add(out);
            }
            for (int in : op.inputs()) {
                uses.merge(in, 1, Integer::sum);
                if (op instanceof Op.ClassToken || (alone.contains(out) && !(op instanceof Op.Attention))) {
                    narrowUses.merge(in, 1, Integer::sum);
                }
            }
        }
        return alone;
    }

    /** Whether a token of the result can be had without the others of the result. */
    private static boolean tokenwise(Op op) {
        return op instanceof Op.LayerNorm
                || op instanceof Op.Linear
                || op instanceof Op.Activation
                || op instanceof Op.DropPath
                || op instanceof Op.Add
                || op instanceof Op.Attention;
    }
}
