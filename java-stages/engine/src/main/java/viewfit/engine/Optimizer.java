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
 * LARS, AdamW and SGD by fused native operations over lists of tensors: a handful of calls per step whatever the number of
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
    /** Taken by each region. */
    private final long[] steps = new long[2];

    /** Tensors that get the same share of the weight decay. */
    private record Decay(double share, List<Tensor> parameters, List<Tensor> gradients) {}

    /**
     * What is stepped as one: body or tail.
     *
     * @param state views of each kind of state, in the order of the parameters
     */
    private record Region(
            List<Tensor> parameters,
            List<Tensor> gradients,
            List<List<Tensor>> state,
            List<Decay> decays,
            List<Tensor> trusted,
            List<Tensor> trustedGradients) {}

    private Optimizer(Network network, Gradients gradients, OptimizerRecipe recipe) {
        this.network = network;
        this.gradients = gradients;
        this.recipe = recipe;
        this.program = network.runtime().compile(OptimizerPrograms.TEXT);
        for (String name : recipe instanceof AdamwRecipe ? List.of("mean", "square") : List.of("momentum")) {
            state.put(name, network.sibling());
        }
        Layout layout = network.layout();
        regions.add(region(0, layout.bodyCount()));
        regions.add(region(layout.bodyCount(), layout.trainableCount()));
    }

    /** Makes the optimiser of a recipe for a network and its gradients. */
    public static Optimizer of(Network network, Gradients gradients, OptimizerRecipe recipe) {
        return new Optimizer(network, gradients, recipe);
    }

    private Region region(int first, int last) {
        Predicate<Parameter> trusts = p -> recipe instanceof LarsRecipe lars
                && (p.vector() ? lars.trustOn1d() : !p.depthwise() || lars.trustOnDepthwise());
        List<Tensor> parameters = network.trainable();
        List<Tensor> views = gradients.tensors();
        return new Region(
                parameters.subList(first, last),
                views.subList(first, last),
                state.values().stream().map(b -> b.views().subList(first, last)).toList(),
                decays(parameters, views, first, last),
                chosen(parameters, first, last, trusts),
                chosen(views, first, last, trusts));
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
                gradients.requirePlaced();
                steps[i]++;
                step(region, steps[i], lr, weightDecay);
            }
        }
        gradients.release();
    }

    private void step(Region r, long steps, double lr, double weightDecay) {
        if (recipe.clip() > 0) {
            program.run("clip", r.gradients, recipe.clip());
        }
        decay(r, lr, weightDecay);
        List<Tensor> first = r.state.get(0);
        if (recipe instanceof LarsRecipe lars) {
            program.run(
                    "lars",
                    r.parameters,
                    r.gradients,
                    first,
                    r.trusted,
                    r.trustedGradients,
                    lr,
                    lars.momentum(),
                    lars.trust());
        } else if (recipe instanceof AdamwRecipe adam) {
            program.run(
                    "adamw",
                    r.parameters,
                    r.gradients,
                    first,
                    r.state.get(1),
                    adam.beta1(),
                    adam.beta2(),
                    adam.epsilon(),
                    lr,
                    (double) steps);
        } else if (recipe instanceof SgdRecipe sgd) {
            program.run(sgd.nesterov() ? "nesterov" : "sgd", r.parameters, r.gradients, first, lr, sgd.momentum());
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
        return steps.clone();
    }

    /** Restores {@link #steps}. */
    public void steps(long body, long tail) {
        steps[0] = body;
        steps[1] = tail;
    }

    @Override
    public void close() {
        program.close();
    }
}
