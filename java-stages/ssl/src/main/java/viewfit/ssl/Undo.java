package viewfit.ssl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import viewfit.core.recipe.OnDivergence;
import viewfit.engine.Network;
import viewfit.engine.Optimizer;
import viewfit.engine.Scope;
import viewfit.engine.Tensor;
import viewfit.engine.TorchRuntime;
import viewfit.formats.TensorFile;

/**
 * Takes a run back to an earlier step, as if the steps since then had never been: for one whose numbers are not finite.
 *
 * <pre>
 *   skip        noted before every step: what a step changes before its numbers are known, a copy of statistics and queue
 *   roll-back   noted where an epoch begins: everything, a copy of all networks and of the optimiser's state
 * </pre>
 *
 * Schedules and images go on with the next step: the ones between are left out.
 */
final class Undo implements AutoCloseable {
    private static final String PREFIX = "undo.";
    private static final String META = "undo";

    private final TorchRuntime runtime;
    private final Trainer trainer;
    private final OnDivergence policy;
    private final Scope scope;
    private final Map<String, Tensor> live = new LinkedHashMap<>();
    private final Map<String, Tensor> copies = new LinkedHashMap<>();
    private final List<Optimizer> optimizers;

    /** Of the note: step that it was made before, steps left out until then. */
    private long step = -1;

    private long leftOutThen;

    /** Passes of every part of every network, then steps of every optimiser, as of the note. */
    private long[] counts = {};

    /** @return null for a policy that never goes back */
    static @Nullable Undo of(Trainer trainer, OnDivergence policy) {
        return policy == OnDivergence.SKIP || policy == OnDivergence.ROLL_BACK ? new Undo(trainer, policy) : null;
    }

    private Undo(Trainer trainer, OnDivergence policy) {
        this.runtime = trainer.runtime();
        this.trainer = trainer;
        this.policy = policy;
        this.scope = runtime.scope();
        boolean all = policy == OnDivergence.ROLL_BACK;
        // The optimisers have taken no step until the numbers of this one are known.
        this.optimizers = all ? List.copyOf(trainer.optimizers().values()) : List.of();
        trainer.networks().forEach((name, network) -> {
            for (String part : network.parts()) {
                add(name + "." + part + ".statistics", network.buffers(part));
            }
            if (all) {
                live.put(name, network.flat());
            }
        });
        SslMethod method = trainer.method();
        method.state().forEach((name, value) -> live.put("method." + name, value));
        if (all) {
            for (int i = 0; i < optimizers.size(); i++) {
                add("optimizer." + i, optimizers.get(i).flatState());
            }
        } else {
            add("prepared", method.prepared());
        }
        live.forEach((name, tensor) -> copies.put(name, runtime.zeros(scope, tensor.shape())));
    }

    private void add(String name, List<Tensor> tensors) {
        for (int i = 0; i < tensors.size(); i++) {
            live.put(String.format(Locale.ROOT, "%s.%03d", name, i), tensors.get(i));
        }
    }

    /** Before a step: notes what it takes to come back here, if this is a place to come back to. */
    void before(long next) {
        if (policy == OnDivergence.SKIP || next % trainer.stepsPerEpoch() == 0 || step < 0) {
            step = next;
            leftOutThen = trainer.leftOut();
            counts = counts();
            copies.forEach((name, copy) -> runtime.assign(copy, now(name)));
        }
    }

    /**
     * Goes back to the note; the step was not applied by the optimiser.
     *
     * @param bad the step that is the last to be left out
     */
    void back(long bad) {
        copies.forEach((name, copy) -> runtime.assign(now(name), copy));
        int i = 0;
        for (Network network : trainer.networks().values()) {
            for (String part : network.parts()) {
                network.countPasses(part, counts[i++] - network.passes(part));
            }
        }
        for (Optimizer optimizer : optimizers) {
            optimizer.steps(counts[i++], counts[i++]);
        }
        trainer.leaveOut(leftOutThen + bad - step + 1);
    }

    private Tensor now(String name) {
        Tensor tensor = live.get(name);
        if (tensor == null) {
            throw new IllegalStateException("nothing is kept of " + name);
        }
        return tensor;
    }

    private long[] counts() {
        List<Long> all = new ArrayList<>();
        for (Network network : trainer.networks().values()) {
            network.parts().forEach(part -> all.add(network.passes(part)));
        }
        optimizers.forEach(o -> Arrays.stream(o.steps()).forEach(all::add));
        return all.stream().mapToLong(Long::longValue).toArray();
    }

    /** Adds to a state what a resumed run needs to go back as this one would. */
    void save(List<viewfit.formats.Tensor> tensors, Map<String, String> metadata) {
        if (policy == OnDivergence.SKIP || step < 0) {
            return;
        }
        metadata.put(
                META,
                LongStream.concat(LongStream.of(leftOutThen, step), Arrays.stream(counts))
                        .mapToObj(Long::toString)
                        .collect(Collectors.joining(",")));
        copies.forEach((name, copy) ->
                tensors.add(viewfit.formats.Tensor.f32(PREFIX + name, copy.shape(), runtime.floats(copy))));
    }

    /** Puts back what {@link #save} wrote; of a run that had another policy the note is yet to be made. */
    void restore(TensorFile state) {
        String saved = state.metadata().get(META);
        if (policy == OnDivergence.SKIP || saved == null) {
            return;
        }
        long[] numbers =
                Arrays.stream(saved.split(",", -1)).mapToLong(Long::parseLong).toArray();
        leftOutThen = numbers[0];
        step = numbers[1];
        counts = Arrays.copyOfRange(numbers, 2, numbers.length);
        copies.forEach((name, copy) -> {
            try (Scope call = runtime.scope()) {
                float[] values = Checkpoint.floats(state, PREFIX + name, copy.shape());
                runtime.assign(copy, runtime.tensor(call, values, copy.shape()));
            }
        });
    }

    @Override
    public void close() {
        scope.close();
    }
}
