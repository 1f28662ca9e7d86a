package viewfit.ssl;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import viewfit.core.Code;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.metrics.Json;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.Recipes;
import viewfit.engine.Network;
import viewfit.engine.Scope;
import viewfit.engine.TorchRuntime;
import viewfit.formats.DType;
import viewfit.formats.Safetensors;
import viewfit.formats.Seal;
import viewfit.formats.Tensor;
import viewfit.formats.TensorFile;
import viewfit.graph.Graph;
import viewfit.graph.Parameter;

/**
 * The state of a run as one safetensors file. Tensors: {@code <network>.<part>.<name>} with torchvision's names
 * ({@code student.backbone.features.0.0.weight}), {@code <network>.<part>.<norm>.num_batches_tracked} (int64 scalars),
 * {@code optimizer.<kind>.<part>.<name>} and {@code method.<state>}. Metadata says what made it, with the whole recipe.
 * Equal runs on the CPU give equal bytes.
 */
public final class Checkpoint {
    /** Schema name in the metadata. */
    public static final String SCHEMA = "checkpoint/1";

    /** Schema name of a run's state between two steps. */
    static final String STATE_SCHEMA = "pretrain-state/1";

    private static final String RUN = "run";
    private static final String LEFT_OUT = "left-out";
    private static final String STEPS = "optimizer-steps";

    private Checkpoint() {}

    /**
     * Writes the file atomically.
     *
     * @param epochs epochs finished
     * @param provenance further metadata, such as {@code manifest-sha256} and {@code cell}
     */
    static void write(Path file, Trainer trainer, int epochs, Map<String, String> provenance) {
        Map<String, String> metadata = metadata(trainer, epochs, epochs * trainer.stepsPerEpoch(), provenance);
        List<Tensor> tensors = tensors(trainer);
        Safetensors.write(file, tensors, Seal.put(tensors, metadata));
    }

    /** What a file is to hold, copied: training may go on while it is written. */
    record Content(List<Tensor> tensors, Map<String, String> metadata) {}

    /**
     * The state of a run between two steps, with what resuming it takes.
     *
     * @param identity what else makes this run the one it is, such as {@code manifest-sha256}
     */
    static Content state(Trainer trainer, RunState run, Map<String, String> identity) {
        Map<String, String> metadata = metadata(trainer, run.epochs(), run.steps(), identity);
        metadata.put("schema", STATE_SCHEMA);
        metadata.put(RUN, Json.line(run));
        metadata.put(LEFT_OUT, Long.toString(trainer.leftOut()));
        List<Tensor> tensors = tensors(trainer);
        Undo undo = trainer.undo();
        if (undo != null) {
            undo.save(tensors, metadata);
        }
        return new Content(tensors, metadata);
    }

    /** What {@link RunState} a state holds. */
    static RunState run(TensorFile state) {
        return Json.parse(state.meta(RUN), state.file() + ": metadata " + RUN, RunState.class);
    }

    private static List<Tensor> tensors(Trainer trainer) {
        List<Tensor> tensors = new ArrayList<>();
        trainer.networks().forEach((name, network) -> addNetwork(tensors, name + ".", network));
        trainer.optimizers().forEach((network, optimizer) -> {
            for (String kind : optimizer.stateNames()) {
                for (String parameter : network.trainableNames()) {
                    tensors.add(Tensor.f32(
                            "optimizer." + kind + "." + parameter,
                            network.tensor(parameter).shape(),
                            optimizer.readState(kind, parameter)));
                }
            }
        });
        TorchRuntime runtime = trainer.runtime();
        trainer.method()
                .state()
                .forEach((name, value) ->
                        tensors.add(Tensor.f32("method." + name, value.shape(), runtime.floats(value))));
        return tensors;
    }

    private static void addNetwork(List<Tensor> tensors, String prefix, Network network) {
        for (Parameter p : network.state()) {
            long[] shape = p.shape().stream().mapToLong(Integer::longValue).toArray();
            tensors.add(Tensor.f32(prefix + p.name(), shape, network.read(p.name())));
        }
        for (String part : network.parts()) {
            Graph graph = network.graph(part);
            for (String norm : graph.batchNorms()) {
                tensors.add(Tensor.i64(counter(prefix + part, norm), new long[0], network.passes(part)));
            }
        }
    }

    private static String counter(String part, String norm) {
        return part + "." + norm + ".num_batches_tracked";
    }

    private static Map<String, String> metadata(
            Trainer trainer, int epochs, long steps, Map<String, String> provenance) {
        PretrainRecipe recipe = trainer.recipe();
        Map<String, String> all = new TreeMap<>(provenance);
        all.put("schema", SCHEMA);
        all.put("arch", recipe.backbone().name());
        all.put("method", recipe.method().name());
        all.put("epoch", Integer.toString(epochs));
        all.put("step", Long.toString(steps));
        all.put("recipe", Recipes.toYaml(recipe));
        all.put("recipe-sha256", Recipes.sha256(recipe));
        all.put("code", Code.version());
        all.put("mean", numbers(recipe.views().normalize().mean()));
        all.put("std", numbers(recipe.views().normalize().std()));
        all.put(
                STEPS,
                trainer.optimizers().values().stream()
                        .flatMapToLong(o -> Arrays.stream(o.steps()))
                        .mapToObj(Long::toString)
                        .collect(Collectors.joining(",")));
        return all;
    }

    private static String numbers(List<Double> values) {
        return values.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    /**
     * Puts a run back to where it was when the file was written.
     *
     * @return epochs finished
     * @throws StageFailure if the file is not a checkpoint of this very recipe and epoch length
     */
    static int restore(Path file, Trainer trainer) {
        TensorFile content = Safetensors.read(file);
        require(file, content.meta("schema").equals(SCHEMA), "schema " + content.meta("schema"), SCHEMA);
        String sha = Recipes.sha256(trainer.recipe());
        require(file, content.meta("recipe-sha256").equals(sha), "another recipe", "recipe-sha256 " + sha);
        int epochs = Integer.parseInt(content.meta("epoch"));
        long steps = epochs * trainer.stepsPerEpoch();
        require(file, content.meta("step").equals(Long.toString(steps)), "step " + content.meta("step"), "" + steps);
        restore(content, trainer);
        return epochs;
    }

    /**
     * Puts networks, optimisers and the method's state back.
     *
     * @throws StageFailure BAD_DATA if the file lacks one of their tensors or has it in another shape
     */
    static void restore(TensorFile content, Trainer trainer) {
        trainer.leaveOut(Long.parseLong(content.metadata().getOrDefault(LEFT_OUT, "0")));
        trainer.networks().forEach((name, network) -> restoreNetwork(content, name + ".", network));
        Iterator<String> counts = List.of(content.meta(STEPS).split(",", -1)).iterator();
        trainer.optimizers().forEach((network, optimizer) -> {
            for (String kind : optimizer.stateNames()) {
                for (String parameter : network.trainableNames()) {
                    long[] shape = network.tensor(parameter).shape();
                    optimizer.writeState(
                            kind, parameter, floats(content, "optimizer." + kind + "." + parameter, shape));
                }
            }
            optimizer.steps(Long.parseLong(counts.next()), Long.parseLong(counts.next()));
        });
        TorchRuntime runtime = trainer.runtime();
        trainer.method().state().forEach((name, value) -> {
            try (Scope call = runtime.scope()) {
                float[] from = floats(content, "method." + name, value.shape());
                runtime.assign(value, runtime.tensor(call, from, value.shape()));
            }
        });
    }

    /**
     * Values of a tensor of a state or checkpoint.
     *
     * @throws StageFailure BAD_DATA if it is missing or has another shape
     */
    static float[] floats(TensorFile content, String name, long[] shape) {
        Tensor tensor = content.tensor(name);
        String found = tensor.dtype() + " " + Arrays.toString(tensor.shape());
        String allowed = DType.F32 + " " + Arrays.toString(shape);
        require(content.file(), found.equals(allowed), name + " " + found, allowed);
        return tensor.floats();
    }

    private static void restoreNetwork(TensorFile content, String prefix, Network network) {
        for (Parameter p : network.state()) {
            network.write(
                    p.name(),
                    floats(content, prefix + p.name(), network.tensor(p.name()).shape()));
        }
        for (String part : network.parts()) {
            List<String> norms = network.graph(part).batchNorms();
            if (!norms.isEmpty()) {
                long passes =
                        content.tensor(counter(prefix + part, norms.get(0))).longs()[0];
                network.countPasses(part, passes - network.passes(part));
            }
        }
    }

    /** Writes a checkpoint of nothing, for dry runs. */
    public static void writeStub(Path file) {
        Safetensors.write(file, List.of(), Seal.put(List.of(), Map.of("schema", SCHEMA)));
    }

    /**
     * Checks that a file is a checkpoint: well-formed and of this schema.
     *
     * @throws StageFailure naming the file and what is wrong
     */
    public static void verify(Path file) {
        TensorFile content = Safetensors.read(file);
        Seal.require(content);
        require(file, content.meta("schema").equals(SCHEMA), "schema " + content.meta("schema"), SCHEMA);
    }

    private static void require(Path file, boolean holds, String found, String allowed) {
        if (!holds) {
            throw new StageFailure(ExitCode.BAD_DATA, file + ": found " + found + ": must be " + allowed);
        }
    }
}
