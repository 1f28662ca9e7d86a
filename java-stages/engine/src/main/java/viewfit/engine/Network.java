package viewfit.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;
import viewfit.graph.Graph;
import viewfit.graph.Init;
import viewfit.graph.Parameter;

/**
 * The tensors of one network: all parameters as views of one flat buffer, batch-norm statistics beside them. A network
 * has named parts, for example {@code backbone} and {@code head}; full tensor names are {@code part.name}.
 *
 * <p>Lives as long as the {@link TorchRuntime} it was made with.
 */
public final class Network {
    private final TorchRuntime runtime;
    private final Map<String, Graph> parts;
    private final Layout layout;
    private final Tensor flat;
    private final List<Tensor> views;
    private final Map<String, Tensor> tensors = new HashMap<>();
    /** Arguments of the compiled functions by part, made once: every step passes them. */
    private final Map<String, List<Tensor>> parameterLists = new HashMap<>();

    private final Map<String, List<Tensor>> bufferLists = new HashMap<>();
    private final Map<String, Long> passes = new HashMap<>();

    private Network(TorchRuntime runtime, Map<String, Graph> parts, Layout layout) {
        this.runtime = runtime;
        this.parts = new LinkedHashMap<>(parts);
        this.layout = layout;
        this.flat = runtime.zeros(runtime.run(), layout.size());
        this.views = carve(flat);
        for (int i = 0; i < views.size(); i++) {
            tensors.put(layout.segments().get(i).parameter().name(), views.get(i));
        }
        parts.forEach((part, graph) -> {
            graph.buffers().forEach(b -> tensors.put(part + "." + b.name(), runtime.zeros(runtime.run(), dims(b))));
            parameterLists.put(part, tensors(part, graph.parameters()));
            bufferLists.put(part, tensors(part, graph.buffers()));
            passes.put(part, 0L);
        });
    }

    /**
     * Allocates a network whose values are all zero; fill it with {@link #initialise}, {@link #copyFrom} or
     * {@link #write}.
     *
     * @param freezable full names of parameters that an optimiser may be told to leave alone for a while
     */
    public static Network allocate(TorchRuntime runtime, Map<String, Graph> parts, Predicate<String> freezable) {
        List<Parameter> all = new ArrayList<>();
        parts.forEach((part, graph) -> graph.parameters().forEach(p -> all.add(qualified(part, p))));
        return new Network(runtime, parts, new Layout(all, freezable));
    }

    private List<Tensor> carve(Tensor buffer) {
        try (Program carver = runtime.compile(layout.carve())) {
            return carver.call(runtime.run(), "carve", buffer);
        }
    }

    private static Parameter qualified(String part, Parameter p) {
        return new Parameter(part + "." + p.name(), p.shape(), p.init(), p.trainable());
    }

    private static long[] dims(Parameter p) {
        return p.shape().stream().mapToLong(Integer::longValue).toArray();
    }

    Layout layout() {
        return layout;
    }

    TorchRuntime runtime() {
        return runtime;
    }

    /** Second buffer of the same layout, zero, and its views: optimiser state, or a sum of gradients. */
    Buffer sibling() {
        Tensor buffer = runtime.zeros(runtime.run(), layout.size());
        return new Buffer(buffer, carve(buffer));
    }

    /** A flat tensor and its views, one per parameter in storage order. */
    record Buffer(Tensor flat, List<Tensor> views) {}

    /** Makes the trainable parameters leaves of autograd. */
    public void requireGradients() {
        for (int i = 0; i < layout.trainableCount(); i++) {
            views.get(i).array().setRequiresGradient(true);
        }
    }

    /** Flat parameters, padded: [size]. */
    public Tensor flat() {
        return flat;
    }

    /** Trainable parameters in storage order: what autograd differentiates by. */
    public List<Tensor> trainable() {
        return views.subList(0, layout.trainableCount());
    }

    /** Full names of {@link #trainable}, in the same order. */
    public List<String> trainableNames() {
        return layout.segments().subList(0, layout.trainableCount()).stream()
                .map(s -> s.parameter().name())
                .toList();
    }

    private List<Tensor> tensors(String part, List<Parameter> parameters) {
        return parameters.stream().map(p -> tensor(part + "." + p.name())).toList();
    }

    /** List argument {@code P} of the part's compiled function. */
    public List<Tensor> parameters(String part) {
        return ofPart(parameterLists, part);
    }

    /** List argument {@code B} of the part's compiled function. */
    public List<Tensor> buffers(String part) {
        return ofPart(bufferLists, part);
    }

    /** The graph of a part. */
    public Graph graph(String part) {
        return ofPart(parts, part);
    }

    private <T> T ofPart(Map<String, T> byPart, String part) {
        T value = byPart.get(part);
        if (value == null) {
            throw new IllegalArgumentException("no part '" + part + "', only " + parts.keySet());
        }
        return value;
    }

    /** Parts in order. */
    public List<String> parts() {
        return List.copyOf(parts.keySet());
    }

    /** Parameters and buffers with full names, in state-dictionary order. */
    public List<Parameter> state() {
        List<Parameter> all = new ArrayList<>();
        parts.forEach((part, graph) -> graph.state().forEach(p -> all.add(qualified(part, p))));
        return all;
    }

    /** A tensor by full name, in its own memory format. */
    public Tensor tensor(String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("no tensor '" + name + "'");
        }
        return tensor;
    }

    /** Values of a tensor in row-major order. */
    public float[] read(String name) {
        return runtime.floats(tensor(name));
    }

    /** Sets a tensor from row-major values. */
    public void write(String name, float[] values) {
        Tensor to = tensor(name);
        if (values.length != to.size()) {
            throw new IllegalArgumentException(
                    name + ": found " + values.length + " values: expected " + to.size() + " for " + to);
        }
        try (Scope call = runtime.scope()) {
            runtime.assign(to, runtime.tensor(call, values, to.shape()));
        }
    }

    /** Draws every tensor from its distribution, each from the stream of its own name. */
    public void initialise(SeedTree seed) {
        for (Parameter p : state()) {
            write(p.name(), draw(p, seed));
        }
    }

    private static float[] draw(Parameter p, SeedTree seed) {
        RandomStream random = seed.at("init").at(p.name()).stream();
        float[] values = new float[p.size()];
        for (int i = 0; i < values.length; i++) {
            if (p.init() instanceof Init.Normal n) {
                values[i] = (float) (n.std() * random.nextGaussian());
            } else if (p.init() instanceof Init.Uniform u) {
                values[i] = (float) random.uniform(-u.bound(), u.bound());
            } else if (p.init() instanceof Init.Constant c) {
                values[i] = (float) c.value();
            }
        }
        return values;
    }

    /** Copies all parameters and buffers of a network of the same layout. */
    public void copyFrom(Network other) {
        if (!other.state().equals(state())) {
            throw new IllegalArgumentException("networks differ in their tensors");
        }
        runtime.assign(flat, other.flat);
        parts.forEach((part, graph) -> graph.buffers().forEach(b -> {
            String name = part + "." + b.name();
            runtime.assign(tensor(name), other.tensor(name));
        }));
        passes.putAll(other.passes);
    }

    /** Notes training passes through a part: batch norms count them as {@code num_batches_tracked}. */
    public void countPasses(String part, long count) {
        passes.merge(part, count, Long::sum);
    }

    /** Training passes through a part so far. */
    public long passes(String part) {
        return ofPart(passes, part);
    }
}
