package viewfit.ssl;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.StageFailure;
import viewfit.core.random.SeedTree;
import viewfit.core.recipe.DinoRecipe;
import viewfit.core.recipe.MocoRecipe;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.SupervisedRecipe;
import viewfit.core.recipe.SwavRecipe;
import viewfit.core.schedule.Schedule;
import viewfit.core.schedule.Schedules;
import viewfit.engine.Gradients;
import viewfit.engine.Network;
import viewfit.engine.Optimizer;
import viewfit.engine.Scope;
import viewfit.engine.Tensor;
import viewfit.engine.TorchRuntime;
import viewfit.formats.TensorFile;

/**
 * One training run without files and pictures: networks, method, optimiser and schedules, stepped from outside.
 *
 * <pre>
 *   step t:  lr, weight decay (t), freezing (epoch)
 *            loss and gradients        method, in one or more parts; online probe on its detached features
 *            clip, decay, update       optimiser; the last layer rests in the first epochs
 *            teacher follows student   method
 * </pre>
 */
public final class Trainer implements AutoCloseable {
    /** Long enough that a wait in between is rare, short enough that a run tells what it does. */
    private static final int GPU_WINDOW = 10;

    private final TorchRuntime runtime;
    private final PretrainRecipe recipe;
    private final long stepsPerEpoch;
    private final SslMethod method;
    private final Gradients gradients;
    private final MicroBatches parts;
    private final Optimizer optimizer;
    private final @Nullable OnlineProbe probe;
    private final ReportWindow reports;
    private final @Nullable Undo undo;
    private final Schedule lr;
    private final Schedule weightDecay;
    private StepClock phases = StepClock.OFF;
    private long leftOut;

    private Trainer(TorchRuntime runtime, PretrainRecipe recipe, long stepsPerEpoch, int classes, int window) {
        this.runtime = runtime;
        this.recipe = recipe;
        this.stepsPerEpoch = stepsPerEpoch;
        this.method = method(classes);
        this.gradients = Gradients.of(method.student());
        this.parts = new MicroBatches(runtime, method, gradients, recipe.microBatches());
        this.optimizer = Optimizer.of(method.student(), gradients, recipe.optimizer());
        this.probe = recipe.monitor().onlineProbe() ? probe(classes) : null;
        this.undo = Undo.of(this, recipe.onDivergence());
        // Who may have to leave a step out must know before the next one.
        this.reports = new ReportWindow(runtime, measures(), undo == null ? window : 1);
        double base = Schedules.scaleToBatch(
                recipe.optimizer().lr(), recipe.optimizer().lrReferenceBatch(), recipe.batchSize());
        this.lr = Schedules.learningRate(recipe.schedule(), base, recipe.epochs(), stepsPerEpoch);
        this.weightDecay = Schedules.cosine(
                recipe.optimizer().weightDecay().start(),
                recipe.optimizer().weightDecay().end(),
                steps());
    }

    /** What the device tells of a step, in the order of {@link #compute}. */
    private List<Measure> measures() {
        List<Measure> all = new ArrayList<>(method.measures());
        all.add(Measure.GRADIENT_NORM);
        all.addAll(probe == null ? List.of() : OnlineProbe.REPORT);
        return all;
    }

    private SslMethod method(int classes) {
        if (recipe.method() instanceof DinoRecipe dino) {
            return Dino.of(runtime, recipe, dino, steps());
        }
        if (recipe.method() instanceof SwavRecipe swav) {
            return Swav.of(runtime, recipe, swav, stepsPerEpoch);
        }
        if (recipe.method() instanceof MocoRecipe moco) {
            return Moco.of(runtime, recipe, moco);
        }
        return Supervised.of(runtime, recipe, (SupervisedRecipe) recipe.method(), classes);
    }

    private OnlineProbe probe(int classes) {
        int known = MethodGraphs.requireClasses(classes, "monitor.online-probe: found true");
        return new OnlineProbe(
                runtime, method.student().graph(MethodGraphs.BACKBONE).outputWidth(), known, recipe.optimizer());
    }

    /**
     * Allocates a run and initialises it from the recipe's seed; a teacher starts as a copy of its student.
     *
     * @param stepsPerEpoch full batches in one pass over the images, at least 1
     * @param classes number of labels, 0 when images have none
     * @throws StageFailure {@link viewfit.core.contract.ExitCode#BAD_DATA} if the recipe needs labels
     */
    public static Trainer of(TorchRuntime runtime, PretrainRecipe recipe, long stepsPerEpoch, int classes) {
        return of(runtime, recipe, stepsPerEpoch, classes, window(runtime));
    }

    /** Steps whose reports a run reads together: a processor has nothing to wait for, a GPU should not be kept waiting. */
    static int window(TorchRuntime runtime) {
        return runtime.gpu() ? GPU_WINDOW : 1;
    }

    /**
     * As {@link #of(TorchRuntime, PretrainRecipe, long, int)}.
     *
     * @param window steps whose reports {@link #submit} reads together; it changes no number
     */
    static Trainer of(TorchRuntime runtime, PretrainRecipe recipe, long stepsPerEpoch, int classes, int window) {
        if (stepsPerEpoch < 1) {
            throw new IllegalArgumentException("steps per epoch = " + stepsPerEpoch + ": must be at least 1");
        }
        Trainer trainer = new Trainer(runtime, recipe, stepsPerEpoch, classes, window);
        SeedTree seed = SeedTree.root(recipe.seed());
        trainer.method.student().initialise(seed);
        trainer.method.initialise(seed);
        if (trainer.probe != null) {
            trainer.probe.network().initialise(seed.at("probe"));
        }
        trainer.copyStudent();
        return trainer;
    }

    /**
     * Puts known weights in place of the drawn ones: the backbone of the student and, as its copy, of the teacher.
     *
     * @param backbone values by the backbone's own names, row-major; those not given stay as drawn
     * @param passes training passes that the batch norms have behind them
     */
    public void startFrom(Map<String, float[]> backbone, long passes) {
        backbone.forEach((name, values) -> method.student().write(MethodGraphs.BACKBONE + "." + name, values));
        method.student().countPasses(MethodGraphs.BACKBONE, passes);
        copyStudent();
    }

    /** Makes every network of the method a copy of the student, statistics included. */
    void copyStudent() {
        for (Network network : method.networks().values()) {
            if (network != method.student()) {
                network.copyFrom(method.student());
            }
        }
    }

    /** Steps of the whole run. */
    public long steps() {
        return recipe.epochs() * stepsPerEpoch;
    }

    /** Steps of one epoch. */
    public long stepsPerEpoch() {
        return stepsPerEpoch;
    }

    public PretrainRecipe recipe() {
        return recipe;
    }

    public SslMethod method() {
        return method;
    }

    TorchRuntime runtime() {
        return runtime;
    }

    Gradients gradients() {
        return gradients;
    }

    @Nullable
    OnlineProbe probe() {
        return probe;
    }

    /** Steps until now that were left out because they were not finite, or came before such a one. */
    long leftOut() {
        return leftOut;
    }

    void leaveOut(long all) {
        leftOut = all;
        method.leaveOut(all);
    }

    /**
     * Goes back to a state.
     *
     * @throws StageFailure BAD_DATA if it lacks a tensor of the run
     */
    void restore(TensorFile state) {
        Checkpoint.restore(state, this);
        if (undo != null) {
            undo.restore(state);
        }
    }

    @Nullable
    Undo undo() {
        return undo;
    }

    /** All networks by the name checkpoints use: the method's, and the online probe's. */
    Map<String, Network> networks() {
        Map<String, Network> all = new LinkedHashMap<>(method.networks());
        if (probe != null) {
            all.put(OnlineProbe.NETWORK, probe.network());
        }
        return all;
    }

    /** The optimised networks with their optimisers, the student first. */
    Map<Network, Optimizer> optimizers() {
        Map<Network, Optimizer> all = new LinkedHashMap<>();
        all.put(method.student(), optimizer);
        if (probe != null) {
            all.put(probe.network(), probe.optimizer());
        }
        return all;
    }

    /** Whom steps tell what they are at, null for nobody; returns it for what goes on around a step. */
    StepClock tell(@Nullable StepClock clock) {
        phases = clock == null ? StepClock.OFF : clock;
        return phases;
    }

    /** Scheduled values of a step. */
    public Clock clock(long step) {
        int epoch = Math.toIntExact(step / stepsPerEpoch);
        return new Clock(step, epoch, lr.at(step), weightDecay.at(step), epoch >= method.freezeEpochs());
    }

    /**
     * One step, waited for. The same numbers as {@link #submit} gives.
     *
     * @param scope owner of everything the step makes
     * @return the report; if it is not finite the step is left out as the recipe's {@code on-divergence} says, or else nothing was
     *     updated but the method's state
     * @throws IllegalStateException if steps were submitted whose reports have not been read
     */
    public StepReport step(Scope scope, long step, StepBatch batch) {
        Clock clock = clock(step);
        if (undo != null) {
            undo.before(step);
        }
        StepReport report = differentiate(scope, clock, batch).report();
        if (report.finite()) {
            update(clock);
        } else if (undo != null) {
            forget();
            undo.back(step);
        }
        return report;
    }

    /**
     * One step of a run. Its report may come later, with those of its neighbours: to read one means to wait until the device
     * has done all it was given.
     *
     * <p>In a window of several steps each of them updates, whatever its numbers: nobody has looked at them yet. Once they are
     * read and a step was not finite, it and those after it have spoilt the networks, so the run must end there.
     *
     * @param scope owner of everything the step makes
     * @return nothing until the window is full, then the reports of its steps, oldest first
     */
    public List<StepReport> submit(Scope scope, long step, StepBatch batch) {
        if (reports.size() == 1) {
            return List.of(step(scope, step, batch));
        }
        Clock clock = clock(step);
        compute(scope, clock, batch);
        update(clock);
        return reports.pending() == reports.size() ? reports.read() : List.of();
    }

    /** Reports of the steps that {@link #submit} still owes, oldest first. */
    public List<StepReport> flush() {
        return reports.pending() == 0 ? List.of() : reports.read();
    }

    /**
     * A step up to the gradients, read back.
     *
     * @param features as {@link SslMethod.Outputs#features}, of all images
     * @param tensors as {@link SslMethod.Outputs#tensors}; none of a step in parts
     */
    record Differentiated(StepReport report, Tensor features, Map<String, Tensor> tensors) {}

    Differentiated differentiate(Scope scope, Clock clock, StepBatch batch) {
        if (reports.pending() > 0) {
            throw new IllegalStateException(reports.pending() + " steps were submitted and not yet read: flush first");
        }
        SslMethod.Outputs out = compute(scope, clock, batch);
        return new Differentiated(reports.read().get(0), out.features(), out.tensors());
    }

    /** A step up to the gradients; its numbers wait in the window. */
    private SslMethod.Outputs compute(Scope scope, Clock clock, StepBatch batch) {
        phases.phase(StepPhase.PROGRAM);
        SslMethod.Outputs out = parts.gradients(scope, batch, clock);
        List<Tensor> numbers = new ArrayList<>(List.of(out.numbers(), gradients.norm(scope)));
        if (probe != null) {
            phases.phase(StepPhase.PROBE);
            numbers.add(probe.differentiate(scope, out.features(), batch));
        }
        reports.put(numbers, method.scheduled(clock));
        return out;
    }

    /** Gives back the gradients of a step that is left out: the next one has their room. */
    private void forget() {
        gradients.release();
        if (probe != null) {
            probe.gradients().release();
        }
    }

    void update(Clock clock) {
        phases.phase(StepPhase.OPTIMIZER);
        optimizer.step(clock.lr(), clock.weightDecay(), clock.tail());
        if (probe != null) {
            phases.phase(StepPhase.PROBE);
            probe.update(clock);
        }
        phases.phase(StepPhase.FOLLOW);
        method.follow(clock);
    }

    @Override
    public void close() {
        if (undo != null) {
            undo.close();
        }
        if (probe != null) {
            probe.close();
        }
        optimizer.close();
        gradients.close();
        reports.close();
        parts.close();
        method.close();
    }
}
