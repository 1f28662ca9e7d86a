package viewfit.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes a {@link Graph} as a TorchScript function
 * {@code def NAME(self, v0: Tensor, P: List[Tensor], B: List[Tensor]) -> Tensor}, where {@code P} and {@code B} hold the
 * graph's parameters and buffers in order.
 *
 * <p>The forms are chosen for speed: ReLU6 as {@code hardtanh_} (its backward is one kernel, clip's is three), the
 * global pool as {@code mean}, activations and residual sums in place where autograd keeps no copy of their input.
 * The program follows the memory format of its input: give channels-last and every layer stays channels-last.
 */
public final class TorchScript {
    private final Graph graph;
    private final String function;
    private final boolean training;
    private final boolean dropPath;
    private final Set<Integer> results;
    private final Map<String, Integer> parameterIndex = new HashMap<>();
    private final Map<String, Integer> bufferIndex = new HashMap<>();
    private final Set<String> helpers = new LinkedHashSet<>();
    private final StringBuilder body = new StringBuilder();

    private TorchScript(Graph graph, String function, boolean training, boolean dropPath, List<Integer> results) {
        this.graph = graph;
        this.function = function;
        this.training = training;
        this.dropPath = dropPath;
        this.results = new LinkedHashSet<>(results);
        index(graph.parameters(), parameterIndex);
        index(graph.buffers(), bufferIndex);
    }

    /**
     * Function text whose batch normalisations use batch statistics and move the running ones. Every branch is kept:
     * teachers and heads are trained so.
     */
    public static String training(Graph graph, String function) {
        return new TorchScript(graph, function, true, false, List.of(graph.output())).text(false);
    }

    /**
     * The training form of a student: it takes the factors of the stochastic-depth branches as a fourth argument
     * {@code D: Tensor} [branches, n]; a network without such branches does not look at it.
     */
    public static String student(Graph graph, String function) {
        return new TorchScript(graph, function, true, true, List.of(graph.output())).text(false);
    }

    /** The training form that returns the named taps and then the result, as {@code List[Tensor]}. */
    public static String trainingWithTaps(Graph graph, String function, List<String> names) {
        return new TorchScript(graph, function, true, false, withResult(graph, names)).text(true);
    }

    /** Function text whose batch normalisations use the running statistics. */
    public static String evaluation(Graph graph, String function) {
        return new TorchScript(graph, function, false, false, List.of(graph.output())).text(false);
    }

    /** Evaluation function that returns the named taps, in the given order, as {@code List[Tensor]}. */
    public static String taps(Graph graph, String function, List<String> names) {
        return new TorchScript(graph, function, false, false, tapped(graph, names)).text(true);
    }

    /** The evaluation form that returns the named taps and then the result, as {@code List[Tensor]}. */
    public static String evaluationWithTaps(Graph graph, String function, List<String> names) {
        return new TorchScript(graph, function, false, false, withResult(graph, names)).text(true);
    }

    private static List<Integer> withResult(Graph graph, List<String> names) {
        List<Integer> values = new ArrayList<>(tapped(graph, names));
        values.add(graph.output());
        return values;
    }

    private static List<Integer> tapped(Graph graph, List<String> names) {
        return names.stream()
                .map(n -> {
                    Integer value = graph.taps().get(n);
                    if (value == null) {
                        throw new IllegalArgumentException(graph.name() + ": no tap '" + n + "', only "
                                + graph.taps().keySet());
                    }
                    return value;
                })
                .toList();
    }

    private static void index(List<Parameter> tensors, Map<String, Integer> index) {
        for (Parameter p : tensors) {
            index.put(p.name(), index.size());
        }
    }

    private String text(boolean list) {
        for (Op op : graph.ops()) {
            body.append("  v")
                    .append(op.out())
                    .append(" = ")
                    .append(expression(op))
                    .append('\n');
        }
        List<String> values = results.stream().map(v -> "v" + v).toList();
        return String.join("", helpers) + "def " + function + "(self, v0: Tensor, P: List[Tensor], B: List[Tensor]"
                + (dropPath ? ", D: Tensor" : "") + ") -> " + (list ? "List[Tensor]" : "Tensor") + ":\n" + body
                + "  return " + (list ? values.toString() : values.get(0)) + "\n";
    }

    private String expression(Op op) {
        if (op instanceof Op.Conv2d c) {
            return "torch.conv2d(v%d, %s, %s, [%d, %d], [%d, %d], [1, 1], %d)"
                    .formatted(
                            c.in(),
                            p(c.weight()),
                            p(c.bias()),
                            c.stride(),
                            c.stride(),
                            c.padding(),
                            c.padding(),
                            c.groups());
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
            return activation(a);
        } else if (op instanceof Op.Add s) {
            return "torch.add%s(v%d, v%d)".formatted(inPlace(s.branch()), s.branch(), s.skip());
        } else if (op instanceof Op.GlobalMeanPool m) {
            return "torch.mean(v%d, [2, 3], False)".formatted(m.in());
        } else if (op instanceof Op.MaxPool m) {
            return "torch.max_pool2d(v%d, [%d, %d], [%d, %d], [%d, %d], [1, 1], False)"
                    .formatted(m.in(), m.kernel(), m.kernel(), m.stride(), m.stride(), m.padding(), m.padding());
        } else if (op instanceof Op.L2Normalize n) {
            return "torch.div(v%d, torch.clamp_min(torch.norm(v%d, 2, [1], True), 1.0e-12))".formatted(n.in(), n.in());
        }
        return transformer(op);
    }

    private String activation(Op.Activation a) {
        return switch (a.kind()) {
            case RELU -> "torch.relu%s(v%d)".formatted(inPlace(a.in()), a.in());
            case RELU6 -> "torch.hardtanh%s(v%d, 0., 6.)".formatted(inPlace(a.in()), a.in());
            case GELU -> "torch.gelu(v%d)".formatted(a.in());
        };
    }

    private String transformer(Op op) {
        if (op instanceof Op.LayerNorm n) {
            String weight = n.prefix() + ".weight";
            int width = graph.parameters().get(index(weight)).size();
            return "torch.layer_norm(v%d, [%d], %s, %s, %s)"
                    .formatted(n.in(), width, p(weight), p(n.prefix() + ".bias"), n.epsilon());
        } else if (op instanceof Op.Tokens t) {
            helpers.add(TransformerText.tokens(function));
            return "self.%s_tokens(v%d, v%d, %s, %s, %d)"
                    .formatted(function, t.in(), t.image(), p(t.classToken()), p(t.position()), t.grid());
        } else if (op instanceof Op.Attention a) {
            helpers.add(TransformerText.attention(function));
            return "self.%s_attention(v%d, %d)".formatted(function, a.in(), a.heads());
        } else if (op instanceof Op.DropPath d) {
            return dropPath
                    ? "torch.mul(v%d, torch.view(torch.select(D, 0, %d), [-1, 1, 1]))".formatted(d.in(), d.index())
                    : "v" + d.in();
        } else if (op instanceof Op.ClassToken c) {
            return "torch.select(v%d, 1, 0)".formatted(c.in());
        } else if (op instanceof Op.Concat c) {
            return "torch.cat(" + c.inputs().stream().map(v -> "v" + v).toList() + ", 1)";
        }
        throw new IllegalStateException("no TorchScript form of " + op);
    }

    /** A value that is asked for must survive; others that an operation consumes alone may be overwritten. */
    private String inPlace(int value) {
        return results.contains(value) ? "" : "_";
    }

    private int index(String name) {
        Integer index = parameterIndex.get(name);
        if (index == null) {
            throw new IllegalArgumentException(graph.name() + ": no parameter '" + name + "'");
        }
        return index;
    }

    private String p(String name) {
        return name.isEmpty() ? "None" : "P[" + index(name) + "]";
    }

    private String b(String name) {
        return "B[" + bufferIndex.get(name) + "]";
    }
}
