package viewfit.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import viewfit.core.recipe.AdamwRecipe;
import viewfit.core.recipe.LarsRecipe;
import viewfit.core.recipe.OptimizerRecipe;
import viewfit.core.recipe.SgdRecipe;
import viewfit.graph.Parameter;

/**
 * LARS, AdamW and SGD over a network's flat storage: a handful of native operations per step whatever the number of
 * layers. Body and tail (see {@link Layout}) are stepped separately, so a frozen tail keeps parameters, momentum and
 * step count untouched, as the reference optimisers do for tensors without a gradient.
 *
 * <p>Source of the equations: saic-fi/SSLight (LARS) and PyTorch (SGD, AdamW); checked against their values. Weight
 * decay and trust ratio reach all tensors with two or more axes; depth-wise convolutions and vectors as the recipe says.
 */
public final class Optimizer implements AutoCloseable {
    private final Network network;
    private final Gradients gradients;
    private final OptimizerRecipe recipe;
    private final Program program;
    private final Map<String, Network.Buffer> state = new LinkedHashMap<>();
    private final List<Region> regions = new ArrayList<>();

    /** Tensors that get the same share of the weight decay. */
    private record Decay(double share, List<Tensor> parameters, List<Tensor> gradients) {}

    /** A range of the flat buffer that is stepped as one, with the lists that decay, trust and clipping work on. */
    private static final class Region {
        private final int from;
        private final int to;
        private final List<Tensor> flats;
        private final List<Tensor> gradients;
        private final List<Decay> decays;
        private final List<Tensor> trusted;
        private final List<Tensor> trustedGradients;
        private long steps;

        Region(
                int from,
                int to,
                List<Tensor> flats,
                List<Tensor> gradients,
                List<Decay> decays,
                List<Tensor> trusted,
                List<Tensor> trustedGradients) {
            this.from = from;
            this.to = to;
            this.flats = flats;
            this.gradients = gradients;
            this.decays = decays;
            this.trusted = trusted;
            this.trustedGradients = trustedGradients;
        }

        /** The range of the parameters: libtorch's fused updates take lists, and see only those that come from outside. */
        List<Tensor> parameters() {
            return flats.subList(0, 1);
        }

        List<Tensor> state(int index) {
            return flats.subList(1 + index, 2 + index);
        }
    }

    private Optimizer(Network network, Gradients gradients, OptimizerRecipe recipe) {
        this.network = network;
        this.gradients = gradients;
        this.recipe = recipe;
        this.program = network.runtime().compile(OptimizerPrograms.TEXT);
        for (String name : recipe instanceof AdamwRecipe ? List.of("mean", "square") : List.of("momentum")) {
            state.put(name, network.sibling());
        }
        Layout layout = network.layout();
        region(0, layout.bodyEnd(), 0, layout.bodyCount());
        region(layout.bodyEnd(), layout.trainableEnd(), layout.bodyCount(), layout.trainableCount());
    }

    /** Makes the optimiser of a recipe for a network and its gradients. */
    public static Optimizer of(Network network, Gradients gradients, OptimizerRecipe recipe) {
        return new Optimizer(network, gradients, recipe);
    }

    private void region(int from, int to, int first, int last) {
        List<Tensor> flats = new ArrayList<>();
        flats.add(narrow(network.flat(), from, to));
        state.values().forEach(b -> flats.add(narrow(b.flat(), from, to)));
        Predicate<Parameter> trusts = p -> recipe instanceof LarsRecipe lars
                && (p.vector() ? lars.trustOn1d() : !p.depthwise() || lars.trustOnDepthwise());
        List<Tensor> parameters = network.trainable();
        List<Tensor> views = gradients.tensors();
        regions.add(new Region(
                from,
                to,
                flats,
                views.subList(first, last),
                decays(parameters, views, first, last),
                chosen(parameters, first, last, trusts),
                chosen(views, first, last, trusts)));
    }

    private List<Decay> decays(List<Tensor> parameters, List<Tensor> views, int first, int last) {
        ToDoubleFunction<Parameter> share =
                p -> p.vector() ? recipe.weightDecayOn1d() : p.depthwise() ? recipe.weightDecayOnDepthwise() : 1;
        List<Decay> decays = new ArrayList<>();
        for (double s : new TreeSet<>(List.of(1.0, recipe.weightDecayOnDepthwise(), recipe.weightDecayOn1d()))) {
            Predicate<Parameter> rule = p -> share.applyAsDouble(p) == s;
            List<Tensor> some = chosen(parameters, first, last, rule);
            if (s > 0 && !some.isEmpty()) {
                decays.add(new Decay(s, some, chosen(views, first, last, rule)));
            }
        }
        return decays;
    }

    private Tensor narrow(Tensor flat, int from, int to) {
        return program.callOne(network.runtime().run(), "narrow", flat, (long) from, (long) (to - from));
    }

    private List<Tensor> chosen(List<Tensor> tensors, int first, int last, Predicate<Parameter> rule) {
        List<Tensor> chosen = new ArrayList<>();
        for (int i = first; i < last; i++) {
            if (rule.test(network.layout().segments().get(i).parameter())) {
                chosen.add(tensors.get(i));
            }
        }
        return chosen;
    }

    /**
     * One step: clip, decay, update. The gradients are consumed, and their memory is given back.
     *
     * @param lr learning rate of this step
     * @param weightDecay of this step, for the tensors that decay
     * @param tail false leaves the freezable tensors as they are
     */
    public void step(double lr, double weightDecay, boolean tail) {
        for (int i = 0; i < (tail ? 2 : 1); i++) {
            Region region = regions.get(i);
            if (!region.gradients.isEmpty()) {
                region.steps++;
                try (Scope call = network.runtime().scope()) {
                    step(region, List.of(gradients.range(call, region.from, region.to)), lr, weightDecay);
                }
            }
        }
        gradients.release();
    }

    private void step(Region r, List<Tensor> gradient, double lr, double weightDecay) {
        if (recipe.clip() > 0) {
            program.run("clip", r.gradients, recipe.clip());
        }
        decay(r, lr, weightDecay);
        if (recipe instanceof LarsRecipe lars) {
            program.run(
                    "lars",
                    r.parameters(),
                    gradient,
                    r.state(0),
                    r.trusted,
                    r.trustedGradients,
                    lr,
                    lars.momentum(),
                    lars.trust());
        } else if (recipe instanceof AdamwRecipe adam) {
            program.run(
                    "adamw",
                    r.parameters(),
                    gradient,
                    r.state(0),
                    r.state(1),
                    adam.beta1(),
                    adam.beta2(),
                    adam.epsilon(),
                    lr,
                    (double) r.steps);
        } else if (recipe instanceof SgdRecipe sgd) {
            program.run(sgd.nesterov() ? "nesterov" : "sgd", r.parameters(), gradient, r.state(0), lr, sgd.momentum());
        }
    }

    /** AdamW shrinks the weights themselves, the others add to their gradients. */
    private void decay(Region r, double lr, double weightDecay) {
        for (Decay d : r.decays) {
            double strength = weightDecay * d.share();
            if (strength == 0) {
                continue;
            }
            if (recipe instanceof AdamwRecipe) {
                program.run("shrink", d.parameters(), 1 - lr * strength);
            } else {
                program.run("decay", d.parameters(), d.gradients(), strength);
            }
        }
    }

    /** Names of the state tensors per parameter: {@code momentum}, or {@code mean} and {@code square}. */
    public List<String> stateNames() {
        return List.copyOf(state.keySet());
    }

    /** Row-major values of one state tensor, for example of {@code momentum}, by the parameter's full name. */
    public float[] readState(String kind, String parameter) {
        return network.runtime().floats(stateView(kind, parameter));
    }

    /** Sets one state tensor from row-major values. */
    public void writeState(String kind, String parameter, float[] values) {
        Tensor to = stateView(kind, parameter);
        try (Scope call = network.runtime().scope()) {
            network.runtime().assign(to, network.runtime().tensor(call, values, to.shape()));
        }
    }

    /** The whole state of all parameters, one flat tensor for each name: [size]. */
    public List<Tensor> flatState() {
        return state.values().stream().map(Network.Buffer::flat).toList();
    }

    private Tensor stateView(String kind, String parameter) {
        Network.Buffer buffer = state.get(kind);
        int index = network.trainableNames().indexOf(parameter);
        if (buffer == null || index < 0) {
            throw new IllegalArgumentException("no optimiser state '" + kind + "' of '" + parameter + "'");
        }
        return buffer.views().get(index);
    }

    /** Steps taken by body and tail: AdamW's bias correction depends on them. */
    public long[] steps() {
        return regions.stream().mapToLong(r -> r.steps).toArray();
    }

    /** Restores {@link #steps}. */
    public void steps(long body, long tail) {
        regions.get(0).steps = body;
        regions.get(1).steps = tail;
    }

    @Override
    public void close() {
        program.close();
    }
}
