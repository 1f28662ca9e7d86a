package viewfit.graph;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a {@link Graph} as a TorchScript function
 * {@code def NAME(self, x: Tensor, P: List[Tensor], B: List[Tensor]) -> Tensor}, where {@code P} and {@code B} hold the
 * graph's parameters and buffers in order.
 *
 * <p>The forms are chosen for speed: ReLU6 as {@code hardtanh_} (its backward is one kernel, clip's is three), the
 * global pool as {@code mean}, activations and residual sums in place where autograd keeps no copy of their input.
 * The program follows the memory format of its input: give channels-last and every layer stays channels-last.
 */
public final class TorchScript {
    private final Graph graph;
    private final boolean training;
    private final Map<String, Integer> parameterIndex = new HashMap<>();
    private final Map<String, Integer> bufferIndex = new HashMap<>();
    private final StringBuilder body = new StringBuilder();

    private TorchScript(Graph graph, boolean training) {
        this.graph = graph;
        this.training = training;
        index(graph.parameters(), parameterIndex);
        index(graph.buffers(), bufferIndex);
    }

    /** Function text whose batch normalisations use batch statistics and move the running ones. */
    public static String training(Graph graph, String function) {
        return new TorchScript(graph, true).function(function, List.of(graph.output()));
    }

    /** Function text whose batch normalisations use the running statistics. */
    public static String evaluation(Graph graph, String function) {
        return new TorchScript(graph, false).function(function, List.of(graph.output()));
    }

    /** Evaluation function that returns the named taps, in the given order, as {@code List[Tensor]}. */
    public static String taps(Graph graph, String function, List<String> names) {
        List<Integer> values = names.stream()
                .map(n -> {
                    Integer value = graph.taps().get(n);
                    if (value == null) {
                        throw new IllegalArgumentException(graph.name() + ": no tap '" + n + "', only "
                                + graph.taps().keySet());
                    }
                    return value;
                })
                .toList();
        return new TorchScript(graph, false).function(function, values);
    }

    private static void index(List<Parameter> tensors, Map<String, Integer> index) {
        for (Parameter p : tensors) {
            index.put(p.name(), index.size());
        }
    }

    private String function(String name, List<Integer> results) {
        // A tapped value must survive, so no in-place operation may follow it: taps are read-only programs.
        boolean inPlace = results.size() == 1;
        for (Op op : graph.ops()) {
            body.append("  v")
                    .append(op.out())
                    .append(" = ")
                    .append(expression(op, inPlace))
                    .append('\n');
        }
        String result = results.size() == 1
                ? "v" + results.get(0)
                : results.stream().map(v -> "v" + v).toList().toString();
        String type = results.size() == 1 ? "Tensor" : "List[Tensor]";
        return "def " + name + "(self, v0: Tensor, P: List[Tensor], B: List[Tensor]) -> " + type + ":\n" + body
                + "  return " + result + "\n";
    }

    private String expression(Op op, boolean inPlace) {
        String suffix = inPlace ? "_" : "";
        if (op instanceof Op.Conv2d c) {
            return "torch.conv2d(v%d, %s, None, [%d, %d], [%d, %d], [1, 1], %d)"
                    .formatted(c.in(), p(c.weight()), c.stride(), c.stride(), c.padding(), c.padding(), c.groups());
        } else if (op instanceof Op.BatchNorm n) {
            return "torch.batch_norm(v%d, %s, %s, %s, %s, %s, 0.1, %s, False)"
                    .formatted(
                            n.in(),
                            p(n.prefix() + ".weight"),
                            p(n.prefix() + ".bias"),
                            b(n.prefix() + ".running_mean"),
                            b(n.prefix() + ".running_var"),
                            training ? "True" : "False",
                            n.epsilon());
        } else if (op instanceof Op.Linear l) {
            return "torch.linear(v%d, %s, %s)".formatted(l.in(), p(l.weight()), p(l.bias()));
        } else if (op instanceof Op.WeightNormLinear w) {
            return "torch.linear(v%d, torch._weight_norm(%s, %s, 0))"
                    .formatted(w.in(), p(w.direction()), p(w.magnitude()));
        } else if (op instanceof Op.Activation a) {
            return switch (a.kind()) {
                case RELU -> "torch.relu%s(v%d)".formatted(suffix, a.in());
                case RELU6 -> "torch.hardtanh%s(v%d, 0., 6.)".formatted(suffix, a.in());
                case GELU -> "torch.gelu(v%d)".formatted(a.in());
            };
        } else if (op instanceof Op.Add s) {
            return "torch.add%s(v%d, v%d)".formatted(suffix, s.branch(), s.skip());
        } else if (op instanceof Op.GlobalMeanPool m) {
            return "torch.mean(v%d, [2, 3], False)".formatted(m.in());
        } else if (op instanceof Op.L2Normalize n) {
            return "torch.div(v%d, torch.clamp_min(torch.norm(v%d, 2, [1], True), 1.0e-12))".formatted(n.in(), n.in());
        }
        throw new IllegalStateException("no TorchScript form of " + op);
    }

    private String p(String name) {
        return "P[" + parameterIndex.get(name) + "]";
    }

    private String b(String name) {
        return "B[" + bufferIndex.get(name) + "]";
    }
}
