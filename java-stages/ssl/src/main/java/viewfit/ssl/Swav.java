package viewfit.ssl;

import java.util.List;
import java.util.Map;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.SwavRecipe;
import viewfit.core.recipe.ViewKind;
import viewfit.engine.Gradients;
import viewfit.engine.Network;
import viewfit.engine.Program;
import viewfit.engine.Scope;
import viewfit.engine.Tensor;
import viewfit.engine.TorchRuntime;
import viewfit.graph.Graph;

/**
 * Swapped prediction: every view predicts the prototypes that another view of the same image was assigned to, and the
 * assignment spreads each batch evenly over all prototypes. The equations are in {@link SwavProgram}.
 *
 * <p>The queue is filled from the first step of its start epoch on and used once it is full. How full it is follows
 * from the step alone, so that a resumed run needs no counter.
 */
public final class Swav implements SslMethod {
    private static final String PROTOTYPES = "head.prototypes.weight";

    private final TorchRuntime runtime;
    private final SwavRecipe recipe;
    private final int globals;
    private final int views;
    private final int batchSize;
    private final double alpha;
    private final int queueRows;
    private final long queueStart;
    private final Network student;
    private final Tensor queue;
    private final Tensor usage;
    /** Steps whose embeddings never came in; some may have been due before the queue began: then it waits a little longer. */
    private long leftOut;

    private final DropPaths dropPaths;
    private final Program program;

    private Swav(TorchRuntime runtime, PretrainRecipe whole, SwavRecipe recipe, long stepsPerEpoch) {
        this.runtime = runtime;
        this.recipe = recipe;
        this.globals = whole.views().count(ViewKind.GLOBAL);
        this.views = globals + whole.views().count(ViewKind.LOCAL);
        this.batchSize = whole.batchSize();
        this.alpha = recipe.alpha().weight(globals, views - globals);
        this.queueRows = recipe.queueRows(whole.batchSize());
        this.queueStart = recipe.queueStartEpoch() * stepsPerEpoch;
        Map<String, Graph> parts = MethodGraphs.of(whole.backbone(), recipe, 0);
        this.student = Network.allocate(runtime, parts, this::freezable);
        int assigned = recipe.assignViews().size();
        this.queue = runtime.zeros(
                runtime.run(), assigned, Math.max(1, queueRows), recipe.head().outDim());
        this.usage = runtime.zeros(runtime.run(), codes());
        this.dropPaths =
                new DropPaths(runtime, student.graph(MethodGraphs.BACKBONE).dropPaths(), whole.seed());
        this.program =
                runtime.compile(SwavProgram.text(student, recipe.assignViews(), runtime.script(whole.precision())));
        student.requireGradients();
    }

    /** Allocates network and queue, all zero; {@link Trainer} fills them. */
    static Swav of(TorchRuntime runtime, PretrainRecipe whole, SwavRecipe recipe, long stepsPerEpoch) {
        return new Swav(runtime, whole, recipe, stepsPerEpoch);
    }

    @Override
    public Map<String, Network> networks() {
        return Map.of("student", student);
    }

    /**
     * Embeddings [assigned views, rows, width], newest first, for a run with a queue; and how often each prototype won since
     * the monitor last asked, so that a resumed run's monitor is that of an uninterrupted one.
     */
    @Override
    public Map<String, Tensor> state() {
        return queueRows == 0 ? Map.of("usage", usage) : Map.of("queue", queue, "usage", usage);
    }

    @Override
    public boolean freezable(String parameter) {
        return parameter.equals(PROTOTYPES);
    }

    @Override
    public int freezeEpochs() {
        return recipe.freezePrototypesEpochs();
    }

    @Override
    public int codes() {
        return recipe.head().prototypes();
    }

    /** Whether the queue holds nothing but embeddings when a step begins. */
    boolean queueFull(long step, int batch) {
        return queueRows > 0 && (step - leftOut - queueStart) * batch >= queueRows;
    }

    @Override
    public List<Measure> measures() {
        return SwavProgram.REPORT;
    }

    @Override
    public void prepare() {
        program.run("unit_rows", student.tensor(PROTOTYPES));
    }

    @Override
    public List<Tensor> prepared() {
        return List.of(student.tensor(PROTOTYPES));
    }

    @Override
    public void leaveOut(long steps) {
        leftOut = steps;
    }

    @Override
    public Outputs gradients(Scope scope, StepBatch batch, Clock clock, Gradients gradients) {
        List<Tensor> results = program.call(
                scope,
                "step",
                batch.passes(),
                dropPaths.draw(scope, batch, clock.step()),
                student.parameters("backbone"),
                student.buffers("backbone"),
                student.parameters("head"),
                student.buffers("head"),
                student.trainable(),
                gradients.targets(),
                student.tensor(PROTOTYPES),
                queue,
                queueFull(clock.step(), batchSize) ? 1L : 0L,
                (long) views,
                (long) globals,
                (long) batch.size(),
                alpha,
                recipe.temperature(),
                recipe.epsilon(),
                (long) recipe.sinkhornIterations());
        student.countPasses("backbone", batch.passes().size());
        student.countPasses("head", 1);
        return new Outputs(
                results.get(0),
                results.get(1),
                List.of(results.get(3), results.get(4)),
                Map.of("logits", results.get(2), "embedding", results.get(3)));
    }

    @Override
    public Tensor advance(Scope scope, Clock clock, List<Outputs> parts) {
        boolean pushes = queueRows > 0 && clock.step() >= queueStart;
        return program.callOne(
                scope,
                "advance",
                queue,
                usage,
                SslMethod.moving(parts, 0),
                SslMethod.moving(parts, 1),
                SslMethod.numbers(parts),
                pushes ? 1L : 0L,
                (long) batchSize / parts.size());
    }

    @Override
    public double usedPrototypes() {
        float[] counts = runtime.floats(usage);
        int used = 0;
        for (float count : counts) {
            used += count > 0 ? 1 : 0;
        }
        try (Scope call = runtime.scope()) {
            runtime.assign(usage, runtime.zeros(call, counts.length));
        }
        return used == 0 ? Double.NaN : (double) used / counts.length;
    }

    @Override
    public void close() {
        program.close();
    }
}
