package viewfit.ssl;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;
import viewfit.core.recipe.MocoRecipe;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.ViewKind;
import viewfit.engine.Gradients;
import viewfit.engine.Network;
import viewfit.engine.Program;
import viewfit.engine.Scope;
import viewfit.engine.Tensor;
import viewfit.engine.TorchRuntime;
import viewfit.graph.Graph;

/**
 * Momentum contrast: a query must find the key of its own image among those of earlier images. The first global view is
 * the key, the second and all local views are queries; not symmetric. The equations are in {@link MocoProgram}.
 *
 * <p>Checkpoints call the query encoder {@code student} and the key encoder {@code teacher}. Where the queue is written
 * next follows from the step alone, so that a resumed run needs no counter.
 */
public final class Moco implements SslMethod {
    private final TorchRuntime runtime;
    private final MocoRecipe recipe;
    private final int batchSize;
    private final double alpha;
    private final Network query;
    private final Network key;
    private final Tensor queue;
    private final Tensor noShuffle;
    private final SeedTree shuffles;
    private final DropPaths dropPaths;
    private final Program program;

    private Moco(TorchRuntime runtime, PretrainRecipe whole, MocoRecipe recipe) {
        this.runtime = runtime;
        this.recipe = recipe;
        this.batchSize = whole.batchSize();
        this.alpha = recipe.alpha()
                .weight(whole.views().count(ViewKind.GLOBAL), whole.views().count(ViewKind.LOCAL));
        Map<String, Graph> parts = MethodGraphs.of(whole.backbone(), recipe, 0);
        this.query = Network.allocate(runtime, parts, this::freezable);
        this.key = Network.allocate(runtime, parts, this::freezable);
        this.queue = runtime.zeros(runtime.run(), recipe.head().outDim(), recipe.queueLength());
        this.noShuffle = runtime.tensor(runtime.run(), new long[2], 2, 1);
        this.shuffles = SeedTree.root(whole.seed()).at("shuffle");
        this.dropPaths =
                new DropPaths(runtime, query.graph(MethodGraphs.BACKBONE).dropPaths(), whole.seed());
        this.program = runtime.compile(MocoProgram.text(query, runtime.script(whole.precision())));
        query.requireGradients();
    }

    /** Allocates both encoders and the queue, all zero; {@link Trainer} fills them. */
    static Moco of(TorchRuntime runtime, PretrainRecipe whole, MocoRecipe recipe) {
        return new Moco(runtime, whole, recipe);
    }

    @Override
    public Map<String, Network> networks() {
        Map<String, Network> networks = new LinkedHashMap<>();
        networks.put("student", query);
        networks.put("teacher", key);
        return networks;
    }

    /** Negatives, a unit column each: [width, queue length]. */
    @Override
    public Map<String, Tensor> state() {
        return Map.of("queue", queue);
    }

    /** Random unit columns: the first batches are told from noise, not from each other. */
    @Override
    public void initialise(SeedTree seed) {
        RandomStream random = seed.at("init").at("queue").stream();
        float[] values = new float[Math.toIntExact(queue.size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        try (Scope call = runtime.scope()) {
            runtime.assign(queue, runtime.tensor(call, values, queue.shape()));
        }
        program.run("unit_columns", queue);
    }

    @Override
    public int codes() {
        return recipe.queueLength() + 1;
    }

    /** First column of the queue that a step writes. */
    long pointer(long step, int batch) {
        return step * batch % recipe.queueLength();
    }

    @Override
    public List<Measure> measures() {
        return MocoProgram.REPORT;
    }

    @Override
    public Map<Measure, Double> scheduled(Clock clock) {
        return Map.of(Measure.TEACHER_MOMENTUM, recipe.keyMomentum());
    }

    @Override
    public void prepare() {
        program.run("move_key", key.flat(), query.flat(), recipe.keyMomentum());
    }

    @Override
    public List<Tensor> prepared() {
        return List.of(key.flat());
    }

    @Override
    public Outputs gradients(Scope scope, StepBatch batch, Clock clock, Gradients gradients) {
        List<Tensor> results = program.call(
                scope,
                "step",
                batch.passes(),
                dropPaths.draw(scope, batch, clock.step()),
                query.parameters("backbone"),
                query.buffers("backbone"),
                query.parameters("head"),
                query.buffers("head"),
                key.parameters("backbone"),
                key.buffers("backbone"),
                key.parameters("head"),
                key.buffers("head"),
                query.trainable(),
                gradients.targets(),
                queue,
                shuffle(scope, clock.step(), batch.size()),
                (long) recipe.batchNormGroups(),
                (long) batch.size(),
                alpha,
                recipe.temperature());
        query.countPasses("backbone", batch.passes().size());
        query.countPasses("head", 1);
        key.countPasses("backbone", 1);
        key.countPasses("head", 1);
        return new Outputs(
                results.get(0),
                results.get(1),
                List.of(results.get(3)),
                Map.of("logits", results.get(2), "keys", results.get(3)));
    }

    @Override
    public Tensor advance(Scope scope, Clock clock, List<Outputs> parts) {
        return program.callOne(
                scope,
                "advance",
                queue,
                SslMethod.moving(parts, 0),
                SslMethod.numbers(parts),
                pointer(clock.step(), batchSize));
    }

    /** Order of the keys and its inverse; the parts of a step are shuffled alike. */
    private Tensor shuffle(Scope scope, long step, int n) {
        if (recipe.batchNormGroups() == 1) {
            return noShuffle;
        }
        int[] order = shuffles.at(step).stream().permutation(n);
        long[] both = new long[2 * n];
        for (int i = 0; i < n; i++) {
            both[i] = order[i];
            both[n + order[i]] = i;
        }
        return runtime.tensor(scope, both, 2, n);
    }

    @Override
    public void close() {
        program.close();
    }
}
