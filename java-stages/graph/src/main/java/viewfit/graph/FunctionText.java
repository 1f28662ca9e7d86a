package viewfit.graph;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One function of a {@link TorchScript}.
 *
 * <p>The forms are chosen for speed: ReLU6 as {@code hardtanh_} (its backward is one kernel, clip's is three), the
 * global pool as {@code mean}, activations and residual sums in place where autograd keeps no copy of their input and nothing
 * else reads it.
 * The program follows the memory format of its input: give channels-last and every layer stays channels-last.
 */
final class FunctionText {
    /** Scalar types as the serialised form names them. */
    private static final int FLOAT32 = 6;

    private static final int BFLOAT16 = 15;

    private final Graph graph;
    private final String function;
    private final Kernels kernels;
    private final boolean training;
    private final boolean dropPath;
    private final Set<Integer> results;
    /** Values of which only the first token exists. */
    private final Set<Integer> firstTokens;
    /** Values in bfloat16. */
    private final Set<Integer> halves = new HashSet<>();

    private final Map<String, Integer> parameterIndex = new HashMap<>();
    private final Map<String, Integer> bufferIndex = new HashMap<>();
    private final Set<String> helpers = new LinkedHashSet<>();
    private final StringBuilder body = new StringBuilder();

    FunctionText(
            Graph graph, String function, Kernels kernels, boolean training, boolean dropPath, List<Integer> results) {
        this.graph = graph;
        this.function = function;
        this.kernels = kernels;
        this.training = training;
        this.dropPath = dropPath;
        this.results = new LinkedHashSet<>(results);
        this.firstTokens = ClassTokens.alone(graph, this.results);
        index(graph.parameters(), parameterIndex);
        index(graph.buffers(), bufferIndex);
    }

    private static void index(List<Parameter> tensors, Map<String, Integer> index) {
        for (Parameter p : tensors) {
            index.put(p.name(), index.size());
        }
    }

    /** The function; {@code list}: whether it returns all results or its only one. */
    String text(boolean list) {
        for (Op op : graph.ops()) {
            // First: it may add lines before its own.
            String expression = expression(op);
            body.append("  v").append(op.out()).append(" = ").append(expression).append('\n');
        }
        List<String> values = results.stream().map(v -> single("v" + v, v)).toList();
        return String.join("", helpers) + "def " + function + "(self, v0: Tensor, P: List[Tensor], B: List[Tensor]"
                + (dropPath ? ", D: Tensor" : "") + ") -> " + (list ? "List[Tensor]" : "Tensor") + ":\n" + body
                + "  return " + (list ? values.toString() : values.get(0)) + "\n";
    }

    private String expression(Op op) {
        if (op instanceof Op.Conv2d c) {
            return convolution(c);
        } else if (op instanceof Op.BatchNorm n) {
            return "torch.batch_norm(%s, %s, %s, %s, %s, %s, 0.1, %s, False)"
                    .formatted(
                            same(n.in(), n.out()),
                            p(n.prefix() + ".weight"),
                            p(n.prefix() + ".bias"),
                            b(n.prefix() + ".running_mean"),
                            b(n.prefix() + ".running_var"),
                            training ? "True" : "False",
                            n.epsilon());
        } else if (op instanceof Op.Linear l) {
            return linear(l);
        } else if (op instanceof Op.WeightNormLinear w) {
            String weight = "torch._weight_norm(%s, %s, 0)".formatted(p(w.direction()), p(w.magnitude()));
            return fullLinear(single(w.in(), w.out()), weight, "None");
        } else if (op instanceof Op.Activation a) {
            return activation(a);
        } else if (op instanceof Op.Add s) {
            return sum(s);
        } else if (op instanceof Op.GlobalMeanPool m) {
            return "torch.mean(%s, [2, 3], False)".formatted(single(m.in(), m.out()));
        } else if (op instanceof Op.MaxPool m) {
            return "torch.max_pool2d(%s, [%d, %d], [%d, %d], [%d, %d], [1, 1], False)"
                    .formatted(
                            same(m.in(), m.out()),
                            m.kernel(),
                            m.kernel(),
                            m.stride(),
                            m.stride(),
                            m.padding(),
                            m.padding());
        } else if (op instanceof Op.L2Normalize n) {
            return normalized(n);
        }
        return transformer(op);
    }

    /** The rows are read twice: where they must be cast, once, on a line of their own. */
    private String normalized(Op.L2Normalize n) {
        String x = single(n.in(), n.out());
        if (halves.contains(n.in())) {
            body.append("  x").append(n.out()).append(" = ").append(x).append('\n');
            x = "x" + n.out();
        }
        return "torch.div(%s, torch.clamp_min(torch.norm(%s, 2, [1], True), 1.0e-12))".formatted(x, x);
    }

    /** oneDNN's depth-wise convolutions are ten times slower in bfloat16: on a CPU they alone stay float32. */
    private String convolution(Op.Conv2d c) {
        boolean half = kernels.bf16() && !(c.groups() > 1 && kernels.oneDnn());
        if (kernels.oneDnn() && PaddedText.fits(c)) {
            return padded(c, half);
        }
        if (kernels.oneDnn() && PointText.fits(c, shape(c.weight()))) {
            return point(c, half);
        }
        if (half && kernels.oneDnn() && c.padding() > 0) {
            helpers.add(PaddedText.wide(function));
            halves.add(c.out());
            return "self.%s_wide(%s, %s, %d, %d, %d, %d)"
                    .formatted(
                            function,
                            read(c.in(), c.out()),
                            p(c.weight()),
                            c.kernel(),
                            c.stride(),
                            c.padding(),
                            c.groups());
        }
        String x = half ? half(c.in(), c.out()) : single(c.in(), c.out());
        String y = "torch.conv2d(%s, %s, %s, [%d, %d], [%d, %d], [1, 1], %d)"
                .formatted(
                        x,
                        weight(c.weight(), half),
                        weight(c.bias(), half),
                        c.stride(),
                        c.stride(),
                        c.padding(),
                        c.padding(),
                        c.groups());
        if (kernels.bf16() && !half) {
            // Batch norm and activation behind it are bound by memory: they take half of it.
            halves.add(c.out());
            return cast(y, BFLOAT16);
        }
        return y;
    }

    /** A 3 x 3 convolution; its function casts what it reads. */
    private String padded(Op.Conv2d c, boolean half) {
        helpers.add(PaddedText.convolution(function, half));
        if (half) {
            helpers.add(PaddedText.wide(function));
            halves.add(c.out());
        }
        return "self.%s_padded(%s, %s, %d)".formatted(function, read(c.in(), c.out()), p(c.weight()), c.stride());
    }

    private String point(Op.Conv2d c, boolean half) {
        helpers.add(PointText.convolution(function, half));
        String x = half ? half(c.in(), c.out()) : single(c.in(), c.out());
        return "self.%s_point(%s, %s, %d)".formatted(function, x, weight(c.weight(), half), c.stride());
    }

    private List<Integer> shape(String parameter) {
        Integer at = parameterIndex.get(parameter);
        if (at == null) {
            throw new IllegalArgumentException(graph.name() + " has no parameter " + parameter);
        }
        return graph.parameters().get(at).shape();
    }

    private String linear(Op.Linear l) {
        if (kernels.bf16() && l.out() != graph.output()) {
            return "torch.linear(%s, %s, %s)"
                    .formatted(half(l.in(), l.out()), weight(l.weight(), true), weight(l.bias(), true));
        }
        return fullLinear(single(l.in(), l.out()), p(l.weight()), p(l.bias()));
    }

    private String fullLinear(String x, String weight, String bias) {
        if (!kernels.oneDnn()) {
            return "torch.linear(%s, %s, %s)".formatted(x, weight, bias);
        }
        helpers.add(LinearText.linear(function));
        return "self.%s_linear(%s, %s, %s)".formatted(function, x, weight, bias);
    }

    private String activation(Op.Activation a) {
        String x = same(a.in(), a.out());
        return switch (a.kind()) {
            case RELU -> "torch.relu%s(%s)".formatted(inPlace(a.in()), x);
            case RELU6 -> "torch.hardtanh%s(%s, 0., 6.)".formatted(inPlace(a.in()), x);
            case GELU -> "torch.gelu(%s)".formatted(x);
        };
    }

    /** In place where the branch has the type of the sum: a sum of two types is float32. */
    private String sum(Op.Add s) {
        boolean half = halves.contains(s.skip()) && halves.contains(s.branch());
        if (half) {
            halves.add(s.out());
        }
        String form = half || !halves.contains(s.branch()) ? inPlace(s.branch()) : "";
        return "torch.add%s(%s, %s)".formatted(form, read(s.branch(), s.out()), read(s.skip(), s.out()));
    }

    private String transformer(Op op) {
        if (op instanceof Op.LayerNorm n) {
            String weight = n.prefix() + ".weight";
            int width = graph.parameters().get(index(weight)).size();
            return "torch.layer_norm(%s, [%d], %s, %s, %s)"
                    .formatted(single(n.in(), n.out()), width, p(weight), p(n.prefix() + ".bias"), n.epsilon());
        } else if (op instanceof Op.Tokens t) {
            helpers.add(TransformerText.tokens(function));
            return "self.%s_tokens(%s, v%d, %s, %s, %d)"
                    .formatted(
                            function, single(t.in(), t.out()), t.image(), p(t.classToken()), p(t.position()), t.grid());
        } else if (op instanceof Op.Attention a) {
            helpers.add(TransformerText.attention(function));
            return "self.%s_attention(%s, %d, %s)"
                    .formatted(
                            function,
                            // The softmax keeps and derives its weights in float32.
                            single("v" + a.in(), a.in()),
                            a.heads(),
                            firstTokens.contains(a.out()) ? "True" : "False");
        } else if (op instanceof Op.DropPath d) {
            return dropPath
                    ? "torch.mul(%s, torch.view(torch.select(D, 0, %d), [-1, 1, 1]))"
                            .formatted(single(d.in(), d.out()), d.index())
                    : same(d.in(), d.out());
        } else if (op instanceof Op.ClassToken c) {
            return "torch.select(%s, 1, 0)".formatted(whole(c.in(), c.out()));
        } else if (op instanceof Op.Concat c) {
            return "torch.cat("
                    + c.inputs().stream().map(v -> single(v, c.out())).toList() + ", 1)";
        }
        throw new IllegalStateException("no TorchScript form of " + op);
    }

    /** A value as it is, or its first token where the reader makes no more. */
    private String read(int value, int reader) {
        return firstTokens.contains(reader) && !firstTokens.contains(value)
                ? "torch.narrow(v" + value + ", 1, 0, 1)"
                : "v" + value;
    }

    /** A value for an operation whose result has the same type. */
    private String same(int value, int reader) {
        if (halves.contains(value)) {
            halves.add(reader);
        }
        return read(value, reader);
    }

    /** The same, with all its tokens. */
    private String whole(int value, int reader) {
        same(value, reader);
        return "v" + value;
    }

    /** A value for an operation that works in float32, or in whatever the inputs are where nothing is bfloat16. */
    private String single(int value, int reader) {
        return single(read(value, reader), value);
    }

    private String single(String text, int value) {
        return halves.contains(value) ? cast(text, FLOAT32) : text;
    }

    /** A value for an operation that works in bfloat16 and makes it. */
    private String half(int value, int reader) {
        halves.add(reader);
        return halves.contains(value) ? read(value, reader) : cast(read(value, reader), BFLOAT16);
    }

    private String weight(String name, boolean half) {
        return half && !name.isEmpty() ? cast(p(name), BFLOAT16) : p(name);
    }

    private static String cast(String text, int type) {
        return "torch.to(" + text + ", " + type + ")";
    }

    private String inPlace(int value) {
        return consumed(value) ? "_" : "";
    }

    /** Whether nothing but the operation at hand needs a value: it is no input and no result, and nothing else reads it. */
    private boolean consumed(int value) {
        boolean alone = value != 0
                && !results.contains(value)
                && graph.ops().stream()
                                .filter(op -> op.inputs().contains(value))
                                .count()
                        == 1;
        if (!alone) {
            return false;
        }
        // A path that is not dropped is its input under another name.
        return graph.ops().stream()
                .filter(op -> op.out() == value && op instanceof Op.DropPath && !dropPath)
                .allMatch(op -> consumed(op.inputs().get(0)));
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
