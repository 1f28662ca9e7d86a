package viewfit.formats;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import viewfit.graph.Graph;
import viewfit.graph.Op;
import viewfit.graph.Parameter;

/**
 * The operations of a backbone in evaluation mode as ONNX nodes of operator set 17
 * (https://github.com/onnx/onnx/blob/main/docs/Operators.md). Weights are referred to by their names; the few constants that
 * the nodes need beside them are collected.
 */
final class OnnxNodes {
    private final Map<Integer, String> values = new HashMap<>();
    private final Map<Integer, Integer> widths = new HashMap<>();
    private final Map<String, Parameter> parameters = new HashMap<>();
    private final List<ProtoMessage> nodes = new ArrayList<>();
    private final Map<String, Tensor> constants = new LinkedHashMap<>();

    /**
     * @param input name of the network's input
     * @param output name of its result
     */
    OnnxNodes(Graph graph, String input, String output) {
        graph.parameters().forEach(p -> parameters.put(p.name(), p));
        values.put(0, input);
        widths.put(0, graph.inputChannels());
        for (Op op : graph.ops()) {
            values.put(op.out(), op.out() == graph.output() ? output : "v" + op.out());
            widths.put(op.out(), width(op));
            node(op);
        }
    }

    /** NodeProto messages in an order in which every input precedes its use. */
    List<ProtoMessage> nodes() {
        return nodes;
    }

    /** Constants of the nodes, in order of first use. */
    List<Tensor> constants() {
        return List.copyOf(constants.values());
    }

    private void node(Op op) {
        String out = name(op.out());
        String in = name(op.inputs().get(0));
        if (op instanceof Op.Conv2d c) {
            List<String> inputs = c.bias().isEmpty() ? List.of(in, c.weight()) : List.of(in, c.weight(), c.bias());
            OnnxNode node = OnnxNode.of("Conv", inputs, out).ints("kernel_shape", c.kernel(), c.kernel());
            add(window(node, c.stride(), c.padding()).number("group", c.groups()));
        } else if (op instanceof Op.BatchNorm n) {
            String p = n.prefix() + ".";
            List<String> inputs = List.of(in, p + "weight", p + "bias", p + "running_mean", p + "running_var");
            add(OnnxNode.of("BatchNormalization", inputs, out).real("epsilon", n.epsilon()));
        } else if (op instanceof Op.MaxPool p) {
            OnnxNode node = OnnxNode.of("MaxPool", List.of(in), out).ints("kernel_shape", p.kernel(), p.kernel());
            add(window(node, p.stride(), p.padding()));
        } else if (op instanceof Op.LayerNorm n) {
            List<String> inputs = List.of(in, n.prefix() + ".weight", n.prefix() + ".bias");
            add(OnnxNode.of("LayerNormalization", inputs, out)
                    .number("axis", -1)
                    .real("epsilon", n.epsilon()));
        } else if (op instanceof Op.Linear l) {
            linear(l, in, out);
        } else if (op instanceof Op.Activation a) {
            activation(a, in, out);
        } else if (op instanceof Op.Add a) {
            add(OnnxNode.of("Add", List.of(in, name(a.branch())), out));
        } else if (op instanceof Op.GlobalMeanPool) {
            String pooled = plain("GlobalAveragePool", out + ".pooled", in);
            add(OnnxNode.of("Flatten", List.of(pooled), out).number("axis", 1));
        } else if (op instanceof Op.Tokens t) {
            tokens(t, in, out);
        } else if (op instanceof Op.Attention a) {
            attention(a, in, out);
        } else if (op instanceof Op.DropPath) {
            plain("Identity", out, in);
        } else if (op instanceof Op.ClassToken) {
            Tensor first = Tensor.i64("constant.first", new long[] {}, 0);
            add(OnnxNode.of("Gather", List.of(in, constant(first)), out).number("axis", 1));
        } else if (op instanceof Op.Concat c) {
            List<String> inputs = c.inputs().stream().map(this::name).toList();
            add(OnnxNode.of("Concat", inputs, out).number("axis", 1));
        } else {
            throw new IllegalArgumentException("no ONNX form of " + op + ": backbones are exported, heads are not");
        }
    }

    private static OnnxNode window(OnnxNode node, int stride, int padding) {
        return node.ints("strides", stride, stride).ints("pads", padding, padding, padding, padding);
    }

    /** The weight is turned by a node, so that it keeps its name and shape; runtimes fold that away. */
    private void linear(Op.Linear l, String in, String out) {
        String turned = out + ".weight";
        add(OnnxNode.of("Transpose", List.of(l.weight()), turned).ints("perm", 1, 0));
        if (l.bias().isEmpty()) {
            plain("MatMul", out, in, turned);
        } else {
            plain("Add", out, plain("MatMul", out + ".product", in, turned), l.bias());
        }
    }

    /** GELU as x / 2 (1 + erf(x / sqrt 2)): operator set 17 has no node of its own for it. */
    private void activation(Op.Activation a, String in, String out) {
        switch (a.kind()) {
            case RELU -> plain("Relu", out, in);
            case RELU6 -> plain("Clip", out, in, scalar("zero", 0), scalar("six", 6));
            case GELU -> {
                String erf =
                        plain("Erf", out + ".erf", plain("Div", out + ".scaled", in, scalar("root2", Math.sqrt(2))));
                String cdf = plain("Add", out + ".cdf", erf, scalar("one", 1));
                plain("Mul", out, plain("Mul", out + ".double", in, cdf), scalar("half", 0.5));
            }
        }
    }

    /** The image has the size of the position embedding, so nothing is resized. */
    private void tokens(Op.Tokens t, String in, String out) {
        String column = plain("Reshape", out + ".column", in, shape("column", 0, 0, -1));
        String rest = out + ".patches";
        add(OnnxNode.of("Transpose", List.of(column), rest).ints("perm", 0, 2, 1));
        String batch = out + ".batch";
        add(OnnxNode.of("Shape", List.of(in), batch).number("start", 0).number("end", 1));
        String form = out + ".form";
        add(OnnxNode.of("Concat", List.of(batch, shape("one.one", 1, 1)), form).number("axis", 0));
        String first = plain("Expand", out + ".class", t.classToken(), form);
        String all = out + ".tokens";
        add(OnnxNode.of("Concat", List.of(first, rest), all).number("axis", 1));
        plain("Add", out, all, t.position());
    }

    private void attention(Op.Attention a, String in, String out) {
        int head = width(a) / a.heads();
        List<String> parts = List.of(out + ".q", out + ".k", out + ".v");
        add(OnnxNode.of("Split", List.of(in), parts).number("axis", 2));
        String split = shape("heads", 0, 0, a.heads(), head);
        String query = heads(parts.get(0), split, 0, 2, 1, 3);
        String key = heads(parts.get(1), split, 0, 2, 3, 1);
        String value = heads(parts.get(2), split, 0, 2, 1, 3);
        String scale = scalar("scale", 1 / Math.sqrt(head));
        String likeness = plain("Mul", out + ".scaled", plain("MatMul", out + ".likeness", query, key), scale);
        String shares = out + ".shares";
        add(OnnxNode.of("Softmax", List.of(likeness), shares).number("axis", -1));
        String mixed = plain("MatMul", out + ".mixed", shares, value);
        String turned = out + ".turned";
        add(OnnxNode.of("Transpose", List.of(mixed), turned).ints("perm", 0, 2, 1, 3));
        plain("Reshape", out, turned, shape("joined", 0, 0, width(a)));
    }

    /** [n, t, c] to [n, heads, t, c / heads], or with the last two exchanged. */
    private String heads(String in, String split, long... order) {
        String turned = in + ".heads";
        add(OnnxNode.of("Transpose", List.of(plain("Reshape", in + ".split", in, split)), turned)
                .ints("perm", order));
        return turned;
    }

    private int width(Op op) {
        int in = widths.getOrDefault(op.inputs().get(0), 0);
        if (op instanceof Op.Conv2d c) {
            return outputs(c.weight());
        } else if (op instanceof Op.Linear l) {
            return outputs(l.weight());
        } else if (op instanceof Op.Attention) {
            return in / 3;
        }
        return in;
    }

    private int outputs(String weight) {
        Parameter p = parameters.get(weight);
        if (p == null) {
            throw new IllegalArgumentException("no parameter " + weight);
        }
        return p.shape().get(0);
    }

    private String name(int value) {
        return values.getOrDefault(value, "");
    }

    private String plain(String type, String out, String... inputs) {
        add(OnnxNode.of(type, List.of(inputs), out));
        return out;
    }

    private void add(OnnxNode node) {
        nodes.add(node.message());
    }

    private String scalar(String name, double value) {
        return constant(Tensor.f32("constant." + name, new long[] {}, (float) value));
    }

    private String shape(String name, long... sizes) {
        return constant(Tensor.i64("constant." + name, new long[] {sizes.length}, sizes));
    }

    private String constant(Tensor tensor) {
        constants.putIfAbsent(tensor.name(), tensor);
        return tensor.name();
    }
}
