package viewfit.ssl;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.DamagePolicy;
import viewfit.core.data.Manifest;
import viewfit.core.data.Quarantine;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.MonitorRow;
import viewfit.core.metrics.Outcome;
import viewfit.core.progress.ProgressLine;
import viewfit.core.recipe.OnDivergence;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.table.CsvTable;
import viewfit.engine.Scope;
import viewfit.engine.TorchRuntime;
import viewfit.views.ContactSheet;
import viewfit.views.ImageStore;
import viewfit.views.Images;
import viewfit.views.LoaderOptions;
import viewfit.views.MultiCropBatch;
import viewfit.views.MultiCropLoader;
import viewfit.views.SampledView;
import viewfit.views.StandIns;

/**
 * Pre-training from images to files.
 *
 * <pre>
 *   contact sheet of the first views
 *   monitor row 0: the untrained network
 *   for each epoch
 *     for each full batch of the epoch
 *       views -> pixels -> one step of the trainer
 *       curve rows of the steps that were read            not finite: stop, name step and images
 *       now and then a line of progress
 *     monitor row, numbered checkpoint                    every n epochs
 *   checkpoint, metrics with a word about collapse
 * </pre>
 */
public final class Pretrainer {
    private static final CsvTable<SampledView> VIEWS = CsvTable.of(SampledView.class, "views/1");
    private static final int SHEET_IMAGES = 4;
    /** Of the Java heap, for decoded images: a small data set is then decoded once. */
    private static final long CACHE_SHARE = 2;

    private final TorchRuntime runtime;
    private final Job job;
    private final PretrainRecipe recipe;
    private final Trainer trainer;
    private final RunControl control;
    private final Images source;
    private final ImageStore images;
    private final StandIns standIns;
    private final ProgressLine progress;
    private final Normalizer normalizer;
    private final RunFiles files;
    private final long profiled;
    private final Watchdog watchdog;
    /** Steps that were given to the device. */
    private long started;
    /** Epochs whose end was worked off. */
    private int ended;

    /**
     * What to train on and where the results go.
     *
     * @param train images; their labels are used by the monitors, and by methods that say so
     * @param heldout labelled images for the monitor, or null: then the training images ask each other
     * @param manifestSha256 checksum of the training manifest
     * @param images folder the manifests' paths are relative to
     * @param out folder of the outputs
     * @param cell cell of a sweep, or empty
     * @param workers threads that prepare views; they change nothing but the speed
     * @param weights what the backbone starts from
     * @param damaged what to do about damaged images to train on; held-out ones must all be whole
     */
    public record Job(
            PretrainRecipe recipe,
            Manifest train,
            @Nullable Manifest heldout,
            String manifestSha256,
            Path images,
            Path out,
            String cell,
            int workers,
            StartWeights weights,
            DamagePolicy damaged) {
        public Job {
            if (recipe.batchSize() > train.size()) {
                throw new StageFailure(
                        ExitCode.BAD_RECIPE,
                        "batch-size: found " + recipe.batchSize() + ": must be at most " + train.size()
                                + ", the training images");
            }
        }

        /** The same with another number of threads that prepare views. */
        public Job with(int otherWorkers) {
            return new Job(recipe, train, heldout, manifestSha256, images, out, cell, otherWorkers, weights, damaged);
        }

        /** A run that ends with the first damaged image. */
        public Job(
                PretrainRecipe recipe,
                Manifest train,
                @Nullable Manifest heldout,
                String manifestSha256,
                Path images,
                Path out,
                String cell,
                int workers,
                StartWeights weights) {
            this(recipe, train, heldout, manifestSha256, images, out, cell, workers, weights, DamagePolicy.FAIL);
        }
    }

    private Pretrainer(TorchRuntime runtime, Job job, Trainer trainer, long profiled, RunControl control) {
        this.runtime = runtime;
        this.job = job;
        this.profiled = profiled;
        this.control = control;
        this.recipe = job.recipe();
        this.trainer = trainer;
        this.source = Images.open(job.images());
        this.images =
                new ImageStore(source, job.train().rows(), Runtime.getRuntime().maxMemory() / CACHE_SHARE);
        this.standIns = new StandIns(images, job.damaged(), recipe.seed());
        this.progress = new ProgressLine(
                "pretrain " + (job.cell().isEmpty() ? recipe.name() : job.cell()), control.last(recipe));
        this.normalizer = new Normalizer(runtime, recipe.views().normalize());
        this.files = new RunFiles(job, runtime, control.states());
        this.watchdog = new Watchdog(control.hang(), files.file(RunFiles.THREADS));
    }

    /**
     * Trains and writes every output of the stage. A run that diverges writes all but the checkpoint; one that fails
     * otherwise leaves no output but the numbered checkpoints it had finished.
     *
     * @return what {@code metrics.json} holds
     * @throws StageFailure {@link ExitCode#DIVERGED} if the recipe asks for it, or when an image cannot be read
     */
    public static Metrics run(TorchRuntime runtime, Job job) {
        return run(runtime, job, 0, RunControl.NONE);
    }

    /**
     * As {@link #run(TorchRuntime, Job)}; also writes where the time of some steps went, as soon as they are done, keeps states
     * and goes on from one.
     *
     * @param profiled steps to measure, 0 for none
     * @throws StageFailure also {@link ExitCode#TRANSIENT} when it was told to stop; BAD_RECIPE or USAGE if the states are
     *     another run's
     */
    public static Metrics run(TorchRuntime runtime, Job job, long profiled, RunControl control) {
        return run(runtime, job, profiled, control, Trainer.window(runtime));
    }

    /**
     * As {@link #run(TorchRuntime, Job, long, RunControl)}.
     *
     * @param window steps whose numbers are read from the device together; it changes nothing but the speed
     */
    static Metrics run(TorchRuntime runtime, Job job, long profiled, RunControl control, int window) {
        long stepsPerEpoch =
                MultiCropLoader.stepsPerEpoch(job.train().size(), job.recipe().batchSize());
        int classes = LabelCount.of(job.recipe(), job.train());
        try (Trainer trainer = Trainer.of(runtime, job.recipe(), stepsPerEpoch, classes, window)) {
            trainer.startFrom(job.weights().values(), job.weights().passes());
            return new Pretrainer(runtime, job, trainer, profiled, control).run();
        }
    }

    private Metrics run() {
        images.requireAll(job.damaged());
        Manifest heldout = job.heldout();
        if (heldout != null) {
            new ImageStore(source, heldout.rows(), 0).requireAll(DamagePolicy.FAIL);
        }
        Advice.on(recipe).forEach(progress::say);
        Advice.on(recipe.precision(), runtime).forEach(progress::say);
        StateFolder states = control.states();
        Resumed resumed = states == null ? null : Resumed.find(states, job, runtime);
        if (control.until() > 0 && resumed != null && resumed.state().epochs() > control.until()) {
            throw new StageFailure(
                    ExitCode.USAGE,
                    "--until-epoch: found " + control.until() + ": must be at least "
                            + resumed.state().epochs() + ", the epochs of the state it goes on from");
        }
        files.clear();
        Metrics metrics;
        try {
            metrics = train(resumed);
        } catch (RuntimeException e) {
            files.discard(e);
            try {
                writeQuarantine();
            } catch (StageFailure suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        } finally {
            watchdog.close();
        }
        writeQuarantine();
        metrics.write(files.file("metrics.json"));
        if (!metrics.message().isEmpty()) {
            progress.say(metrics.message());
        }
        if (metrics.outcome() == Outcome.DIVERGED && recipe.onDivergence() != OnDivergence.RECORD) {
            throw new StageFailure(ExitCode.DIVERGED, metrics.message());
        }
        return metrics;
    }

    /** The damaged images that others stood in for, if there were any. */
    private void writeQuarantine() {
        Quarantine quarantine = standIns.quarantine();
        if (!quarantine.rows().isEmpty()) {
            quarantine.write(files.file(Quarantine.FILE), files.header());
            progress.say(String.format(
                    Locale.ROOT,
                    "%d of %d images are damaged, others stood in for them; %s says why",
                    quarantine.rows().size(),
                    images.size(),
                    Quarantine.FILE));
        }
    }

    private Metrics train(@Nullable Resumed resumed) {
        StateFolder states = control.states();
        if (resumed != null && states != null) {
            resumed.restore(trainer, standIns, states, files);
            started = resumed.state().steps();
            ended = resumed.state().epochs();
        }
        VIEWS.write(
                files.file("views.csv"),
                files.header(),
                ContactSheet.write(files.file("views.png"), standIns, recipe.views(), recipe.seed(), SHEET_IMAGES));
        try (EventLog events =
                        EventLog.of(control.events(), job.out(), files.file("views.png"), recipe.batchSize(), resumed);
                RunRecord record = new RunRecord(job, trainer, images, files, progress, control, events, resumed);
                StateKeeper keeper = new StateKeeper(control, trainer, job, standIns, record)) {
            try {
                walk(record, keeper, resumed == null);
                if (ended < recipe.epochs()) {
                    keeper.pause(ended, files.file(StateFolder.HANDED_OVER));
                    String paused = "paused after epoch " + ended + " of " + recipe.epochs();
                    return record.metrics(Outcome.PAUSED, paused, "", standIns.damaged(), keeper.stalled());
                }
                keeper.finish();
                String sha256 = files.saveFinal(trainer);
                return record.metrics(Outcome.OK, record.collapse(), sha256, standIns.damaged(), keeper.stalled());
            } catch (Diverged e) {
                String message = String.valueOf(e.getMessage());
                return record.metrics(Outcome.DIVERGED, message, "", standIns.damaged(), keeper.stalled());
            }
        }
    }

    /** From where the run is to its last epoch, or to where it is to pause. */
    private void walk(RunRecord record, StateKeeper keeper, boolean anew) {
        int last = control.last(recipe);
        LoaderOptions options = new LoaderOptions(recipe.batchSize(), recipe.seed(), job.workers());
        try (FeatureMonitor features = new FeatureMonitor(trainer, standIns, job, source, control, progress);
                MultiCropLoader loader = new MultiCropLoader(
                        standIns, recipe.views(), options, started, last * trainer.stepsPerEpoch());
                StepProfile profile = ProfileReport.ofSteps(
                        profiled, Math.max(1, last * trainer.stepsPerEpoch() - started), loader, files, progress)) {
            StepClock clock = trainer.tell(profile);
            if (anew && monitors(0)) {
                record.measured(features.measure(0, 0));
            }
            while (ended < last) {
                if (started == (ended + 1) * trainer.stepsPerEpoch()) {
                    endEpoch(features, record);
                } else {
                    step(loader, record, clock);
                }
                if (ended < last) {
                    control.require();
                    if (keeper.due()) {
                        flush(record);
                        keeper.keep(ended);
                    }
                }
            }
        } catch (RunControl.Stopped e) {
            flush(record);
            throw keeper.stop(ended);
        }
    }

    private void step(MultiCropLoader loader, RunRecord record, StepClock phases) {
        phases.phase(StepPhase.WAIT);
        watchdog.begin();
        long from = System.nanoTime();
        long waited = loader.waitNanos();
        MultiCropBatch batch = loader.next();
        long wait = loader.waitNanos() - waited;
        List<StepReport> reports;
        phases.phase(StepPhase.PIXELS);
        try (Scope scope = runtime.scope()) {
            reports = trainer.submit(scope, started, normalizer.batch(scope, batch, images));
            phases.phase(StepPhase.FILES);
        }
        watchdog.end();
        record.open(trainer.clock(started), batch, System.nanoTime() - from, wait);
        started++;
        record.tell(reports);
        phases.phase(StepPhase.BETWEEN);
    }

    /** Tells of the steps whose reports are still to come. */
    private void flush(RunRecord record) {
        if (started > record.steps()) {
            long from = System.nanoTime();
            record.tell(trainer.flush(), System.nanoTime() - from);
        }
    }

    /** What is interrupted here begins again after a resume: the last line alone says that the epoch has ended. */
    private void endEpoch(FeatureMonitor features, RunRecord record) {
        flush(record);
        MonitorRow row = monitors(ended + 1) ? features.measure(ended + 1, record.steps()) : null;
        record.endEpoch();
        if (row != null) {
            record.measured(row);
        }
        files.saveNumbered(trainer, ended + 1);
        ended++;
    }

    /** Whether the monitor looks at the networks after so many epochs. */
    private boolean monitors(int epochs) {
        int every = recipe.monitor().knnEveryEpochs();
        return every > 0 && recipe.monitor().knnImages() > 0 && (epochs % every == 0 || epochs == recipe.epochs());
    }
}
