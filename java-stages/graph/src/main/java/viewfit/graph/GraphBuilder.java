package viewfit.graph;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import viewfit.graph.Op.Activation.Kind;

/**
 * Writes a {@link Graph} line by line. Values are numbers; the builder follows their channel counts so that a backbone
 * reads like the table in its paper.
 */
public final class GraphBuilder {
    private final String name;
    private final int inputChannels;
    private final List<Op> ops = new ArrayList<>();
    private final List<Parameter> parameters = new ArrayList<>();
    private final List<Parameter> buffers = new ArrayList<>();
    private final List<Integer> channels = new ArrayList<>();
    private final Map<String, Integer> taps = new LinkedHashMap<>();
    private final Set<String> names = new HashSet<>();
    private int dropPaths;

    /** Starts a graph whose value 0 has {@code inputChannels} channels. */
    public GraphBuilder(String name, int inputChannels) {
        this.name = name;
        this.inputChannels = inputChannels;
        channels.add(inputChannels);
    }

    /** The network's input. */
    public int input() {
        return 0;
    }

    /** Channels of a value. */
    public int channels(int value) {
        return channels.get(value);
    }

    /** Bias-free convolution with same-style padding {@code (kernel - 1) / 2}; weight is {@code prefix.weight}. */
    public int conv(String prefix, int in, int out, int kernel, int stride, int groups) {
        if (channels(in) % groups != 0 || out % groups != 0) {
            throw new IllegalArgumentException(
                    prefix + ": " + channels(in) + " -> " + out + " channels do not divide into " + groups + " groups");
        }
        List<Integer> shape = List.of(out, channels(in) / groups, kernel, kernel);
        String weight = parameter(prefix + ".weight", shape, Init.kaimingFanOut(out, kernel, kernel), true);
        return add(new Op.Conv2d(in, next(), weight, "", kernel, stride, (kernel - 1) / 2, groups), out);
    }

    /**
     * Convolution of side-by-side patches, with bias: kernel and stride are {@code patch}, so that sides which are no
     * multiple of it lose their rest. First values as PyTorch's default: uniform in +-1/sqrt(fan-in).
     */
    public int patches(String prefix, int in, int out, int patch) {
        List<Integer> shape = List.of(out, channels(in), patch, patch);
        Init fan = new Init.Uniform(1 / Math.sqrt((double) channels(in) * patch * patch));
        String weight = parameter(prefix + ".weight", shape, fan, true);
        String bias = parameter(prefix + ".bias", List.of(out), fan, true);
        return add(new Op.Conv2d(in, next(), weight, bias, patch, patch, 0, 1), out);
    }

    /** A free-standing parameter, for example a class token. */
    public String parameter(String parameterName, List<Integer> shape, Init init) {
        return parameter(parameterName, shape, init, true);
    }

    /** See {@link Op.Tokens}; both parameters must have been made with {@link #parameter}. */
    public int tokens(int patches, String classToken, String position, int grid) {
        return add(new Op.Tokens(patches, input(), next(), classToken, position, grid), channels(patches));
    }

    /** Layer normalisation, first weight 1, bias 0, epsilon 1e-6 as in vision transformers. */
    public int layerNorm(String prefix, int in) {
        int width = channels(in);
        parameter(prefix + ".weight", List.of(width), new Init.Constant(1), true);
        parameter(prefix + ".bias", List.of(width), new Init.Constant(0), true);
        return sharedLayerNorm(prefix, in);
    }

    /** Applies a layer normalisation made before, or made later, to another value. */
    public int sharedLayerNorm(String prefix, int in) {
        return add(new Op.LayerNorm(in, next(), prefix, 1e-6), channels(in));
    }

    /** See {@link Op.Attention}. */
    public int attention(int in, int heads) {
        if (channels(in) % (3 * heads) != 0) {
            throw new IllegalArgumentException(
                    name + ": " + channels(in) + " channels do not divide into 3 times " + heads + " heads");
        }
        return add(new Op.Attention(in, next(), heads), channels(in) / 3);
    }

    /** See {@link Op.DropPath}; a rate of 0 adds nothing. */
    public int dropPath(int in, double rate) {
        return rate == 0 ? in : add(new Op.DropPath(in, next(), dropPaths++, rate), channels(in));
    }

    public int classToken(int in) {
        return add(new Op.ClassToken(in, next()), channels(in));
    }

    public int concat(List<Integer> values) {
        return add(
                new Op.Concat(values, next()),
                values.stream().mapToInt(this::channels).sum());
    }

    public int maxPool(int in, int kernel, int stride) {
        return add(new Op.MaxPool(in, next(), kernel, stride, (kernel - 1) / 2), channels(in));
    }

    /** Batch normalisation, first weight 1, bias 0, epsilon 1e-5. */
    public int batchNorm(String prefix, int in) {
        return batchNorm(prefix, in, 1);
    }

    /** Batch normalisation with the given first weight. */
    public int batchNorm(String prefix, int in, double weight) {
        int width = channels(in);
        parameter(prefix + ".weight", List.of(width), new Init.Constant(weight), true);
        parameter(prefix + ".bias", List.of(width), new Init.Constant(0), true);
        buffers.add(new Parameter(claim(prefix + ".running_mean"), List.of(width), new Init.Constant(0), false));
        buffers.add(new Parameter(claim(prefix + ".running_var"), List.of(width), new Init.Constant(1), false));
        return add(new Op.BatchNorm(in, next(), prefix, 1e-5), width);
    }

    /** Linear layer with bias 0 and the given weight distribution. */
    public int linear(String prefix, int in, int out, Init init, Init bias) {
        String weight = parameter(prefix + ".weight", List.of(out, channels(in)), init, true);
        String b = parameter(prefix + ".bias", List.of(out), bias, true);
        return add(new Op.Linear(in, next(), weight, b), out);
    }

    /** Linear layer without bias. */
    public int linear(String prefix, int in, int out, Init init) {
        String weight = parameter(prefix + ".weight", List.of(out, channels(in)), init, true);
        return add(new Op.Linear(in, next(), weight, ""), out);
    }

    /**
     * Weight-normalised linear layer without bias. The magnitude comes first, as in the reference state dictionary; its
     * first value is 1 and it stays there unless {@code trainMagnitude}.
     */
    public int weightNormLinear(String prefix, int in, int out, Init init, boolean trainMagnitude) {
        String g = parameter(prefix + ".weight_g", List.of(out, 1), new Init.Constant(1), trainMagnitude);
        String v = parameter(prefix + ".weight_v", List.of(out, channels(in)), init, true);
        return add(new Op.WeightNormLinear(in, next(), v, g), out);
    }

    public int relu(int in) {
        return add(new Op.Activation(in, next(), Kind.RELU), channels(in));
    }

    public int relu6(int in) {
        return add(new Op.Activation(in, next(), Kind.RELU6), channels(in));
    }

    public int gelu(int in) {
        return add(new Op.Activation(in, next(), Kind.GELU), channels(in));
    }

    /** {@code skip + branch}. */
    public int add(int skip, int branch) {
        if (channels(skip) != channels(branch)) {
            throw new IllegalArgumentException(
                    name + ": cannot add " + channels(skip) + " and " + channels(branch) + " channels");
        }
        return add(new Op.Add(skip, branch, next()), channels(skip));
    }

    public int globalMeanPool(int in) {
        return add(new Op.GlobalMeanPool(in, next()), channels(in));
    }

    public int l2Normalize(int in) {
        return add(new Op.L2Normalize(in, next()), channels(in));
    }

    /** Gives an intermediate value a name. */
    public void tap(String tapName, int value) {
        taps.put(tapName, value);
    }

    /** Ends the graph with its result. */
    public Graph build(int output) {
        return new Graph(name, inputChannels, ops, parameters, buffers, output, channels(output), taps);
    }

    private int next() {
        return channels.size();
    }

    private int add(Op op, int width) {
        ops.add(op);
        channels.add(width);
        return op.out();
    }

    private String parameter(String parameterName, List<Integer> shape, Init init, boolean trainable) {
        parameters.add(new Parameter(claim(parameterName), shape, init, trainable));
        return parameterName;
    }

    private String claim(String tensorName) {
        if (!names.add(tensorName)) {
            throw new IllegalArgumentException(name + ": two tensors are named " + tensorName);
        }
        return tensorName;
    }
}
