package viewfit.ssl;

import java.util.List;
import viewfit.core.random.SeedTree;
import viewfit.core.recipe.DinoRecipe;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.schedule.Schedule;
import viewfit.core.schedule.Schedules;
import viewfit.engine.Gradients;
import viewfit.engine.Network;
import viewfit.engine.Optimizer;
import viewfit.engine.Scope;
import viewfit.engine.Tensor;
import viewfit.engine.TorchRuntime;

/**
 * One training run without files and pictures: networks, method, optimiser and schedules, stepped from outside.
 *
 * <pre>
 *   step t:  lr, weight decay, teacher momentum (t), teacher temperature, freezing (epoch)
 *            loss and gradients        method
 *            clip, decay, update       optimiser; the last layer rests in the first epochs
 *            teacher follows student   method
 * </pre>
 */
public final class Trainer implements AutoCloseable {
    private final TorchRuntime runtime;
    private final PretrainRecipe recipe;
    private final long stepsPerEpoch;
    private final SslMethod method;
    private final int freezeEpochs;
    private final Gradients gradients;
    private final Optimizer optimizer;
    private final Schedule lr;
    private final Schedule weightDecay;
    private final Schedule teacherMomentum;
    private final Schedule teacherTemp;

    private Trainer(TorchRuntime runtime, PretrainRecipe recipe, long stepsPerEpoch) {
        this.runtime = runtime;
        this.recipe = recipe;
        this.stepsPerEpoch = stepsPerEpoch;
        // The only method so far; the next one turns these lines into a switch over the sealed recipe type.
        DinoRecipe dino = (DinoRecipe) recipe.method();
        this.method = Dino.of(runtime, recipe, dino);
        this.freezeEpochs = dino.freezeLastLayerEpochs();
        this.gradients = Gradients.of(method.student());
        this.optimizer = Optimizer.of(method.student(), gradients, recipe.optimizer());
        long steps = steps();
        double base = Schedules.scaleToBatch(
                recipe.optimizer().lr(), recipe.optimizer().lrReferenceBatch(), recipe.batchSize());
        this.lr = Schedules.warmupCosine(
                base,
                recipe.schedule().finalLr(),
                steps,
                recipe.schedule().warmupEpochs() * stepsPerEpoch,
                recipe.schedule().warmupStart());
        this.weightDecay = Schedules.cosine(
                recipe.optimizer().weightDecay().start(),
                recipe.optimizer().weightDecay().end(),
                steps);
        this.teacherMomentum = Schedules.cosine(
                dino.teacherMomentum().start(), dino.teacherMomentum().end(), steps);
        this.teacherTemp = Schedules.teacherTemperature(
                dino.teacherTemp().start(),
                dino.teacherTemp().end(),
                dino.teacherTemp().warmupEpochs());
    }

    /**
     * Allocates a run and initialises the student from the recipe's seed; all other networks start as its copies.
     *
     * @param stepsPerEpoch full batches in one pass over the images, at least 1
     */
    public static Trainer of(TorchRuntime runtime, PretrainRecipe recipe, long stepsPerEpoch) {
        if (stepsPerEpoch < 1) {
            throw new IllegalArgumentException("steps per epoch = " + stepsPerEpoch + ": must be at least 1");
        }
        Trainer trainer = new Trainer(runtime, recipe, stepsPerEpoch);
        trainer.method.student().initialise(SeedTree.root(recipe.seed()));
        trainer.copyStudent();
        return trainer;
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

    Optimizer optimizer() {
        return optimizer;
    }

    Gradients gradients() {
        return gradients;
    }

    /** Scheduled values of a step. */
    public Clock clock(long step) {
        int epoch = Math.toIntExact(step / stepsPerEpoch);
        return new Clock(
                step,
                epoch,
                lr.at(step),
                weightDecay.at(step),
                teacherMomentum.at(step),
                teacherTemp.at(epoch),
                epoch >= freezeEpochs);
    }

    /**
     * One step.
     *
     * @param scope owner of everything the step makes
     * @param passes see {@link SslMethod#gradients}
     * @return the report; if it is not finite nothing was updated but the method's state
     */
    public StepReport step(Scope scope, long step, List<Tensor> passes) {
        Clock clock = clock(step);
        StepReport report = differentiate(scope, clock, passes).report();
        if (report.finite()) {
            update(clock);
        }
        return report;
    }

    SslMethod.Outputs differentiate(Scope scope, Clock clock, List<Tensor> passes) {
        return method.gradients(scope, passes, recipe.batchSize(), clock, gradients);
    }

    void update(Clock clock) {
        optimizer.step(clock.lr(), clock.weightDecay(), clock.tail());
        method.follow(clock);
    }

    @Override
    public void close() {
        optimizer.close();
        method.close();
    }
}
