package viewfit.ssl;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.DamagePolicy;
import viewfit.core.data.Manifest;
import viewfit.core.data.Quarantine;
import viewfit.core.metrics.CurveRow;
import viewfit.core.metrics.Divergence;
import viewfit.core.metrics.Json;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.MonitorRow;
import viewfit.core.metrics.Outcome;
import viewfit.core.progress.ProgressLine;
import viewfit.core.recipe.MocoRecipe;
import viewfit.core.recipe.OnDivergence;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.table.CsvAppender;
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
    private static final CsvTable<CurveRow> CURVE = CsvTable.of(CurveRow.class, CurveRow.SCHEMA);
    private static final CsvTable<MonitorRow> MONITOR = CsvTable.of(MonitorRow.class, MonitorRow.SCHEMA);
    private static final CsvTable<SampledView> VIEWS = CsvTable.of(SampledView.class, "views/1");
    private static final int SHEET_IMAGES = 4;
    private static final double PROGRESS_SECONDS = 10;
    private static final double NANOS = 1e9;
    /** Of the Java heap, for decoded images: a small data set is then decoded once. */
    private static final long CACHE_SHARE = 2;

    private final TorchRuntime runtime;
    private final Job job;
    private final PretrainRecipe recipe;
    private final Trainer trainer;
    private final Images source;
    private final ImageStore images;
    private final StandIns standIns;
    private final Health health;
    private final RunLog log;
    private final ProgressLine progress;
    private final Normalizer normalizer;
    private final RunFiles files;
    private final OpenSteps open = new OpenSteps();
    private final long profiled;
    private final List<MonitorRow> monitored = new ArrayList<>();
    private final long start = System.nanoTime();
    /** Steps that were given to the device, and of them those that have been told of. */
    private long started;

    private long steps;

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

    /** Training left the finite numbers. */
    private static final class Diverged extends RuntimeException {
        private static final long serialVersionUID = 1;

        Diverged(String message) {
            super(message);
        }
    }

    private Pretrainer(TorchRuntime runtime, Job job, Trainer trainer, long profiled) {
        this.runtime = runtime;
        this.job = job;
        this.profiled = profiled;
        this.recipe = job.recipe();
        this.trainer = trainer;
        this.source = Images.open(job.images());
        this.images =
                new ImageStore(source, job.train().rows(), Runtime.getRuntime().maxMemory() / CACHE_SHARE);
        this.standIns = new StandIns(images, job.damaged(), recipe.seed());
        this.health = new Health(
                trainer.method().codes(),
                trainer.method().student().graph(MethodGraphs.BACKBONE).outputWidth(),
                recipe.method() instanceof MocoRecipe);
        this.log = new RunLog(images, job.cell());
        this.progress = new ProgressLine(
                "pretrain " + (job.cell().isEmpty() ? recipe.name() : job.cell()),
                recipe.epochs(),
                trainer.steps(),
                PROGRESS_SECONDS);
        this.normalizer = new Normalizer(runtime, recipe.views().normalize());
        this.files = new RunFiles(job, runtime);
    }

    /**
     * Trains and writes every output of the stage. A run that diverges writes all but the checkpoint; one that fails
     * otherwise leaves no output but the numbered checkpoints it had finished.
     *
     * @return what {@code metrics.json} holds
     * @throws StageFailure {@link ExitCode#DIVERGED} if the recipe asks for it, or when an image cannot be read
     */
    public static Metrics run(TorchRuntime runtime, Job job) {
        return run(runtime, job, 0);
    }

    /**
     * As {@link #run(TorchRuntime, Job)}; also writes where the time of some steps went, as soon as they are done.
     *
     * @param profiled steps to measure, 0 for none
     */
    public static Metrics run(TorchRuntime runtime, Job job, long profiled) {
        return run(runtime, job, profiled, Trainer.window(runtime));
    }

    /**
     * As {@link #run(TorchRuntime, Job, long)}.
     *
     * @param window steps whose numbers are read from the device together; it changes nothing but the speed
     */
    static Metrics run(TorchRuntime runtime, Job job, long profiled, int window) {
        long stepsPerEpoch =
                MultiCropLoader.stepsPerEpoch(job.train().size(), job.recipe().batchSize());
        int classes = LabelCount.of(job.recipe(), job.train());
        try (Trainer trainer = Trainer.of(runtime, job.recipe(), stepsPerEpoch, classes, window)) {
            trainer.startFrom(job.weights().values(), job.weights().passes());
            return new Pretrainer(runtime, job, trainer, profiled).run();
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
        files.clear();
        Metrics metrics;
        try {
            train();
            metrics = metrics(Outcome.OK, health.message(), files.saveFinal(trainer));
        } catch (Diverged e) {
            metrics = metrics(Outcome.DIVERGED, String.valueOf(e.getMessage()), "");
        } catch (StageFailure e) {
            files.discard(e);
            try {
                writeQuarantine();
            } catch (StageFailure suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
        writeQuarantine();
        metrics.write(files.file("metrics.json"));
        if (!metrics.message().isEmpty()) {
            progress.say(metrics.message());
        }
        if (metrics.outcome() == Outcome.DIVERGED && recipe.onDivergence() == OnDivergence.FAIL) {
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

    private void train() {
        VIEWS.write(
                files.file("views.csv"),
                files.header(),
                ContactSheet.write(files.file("views.png"), standIns, recipe.views(), recipe.seed(), SHEET_IMAGES));
        LoaderOptions options = new LoaderOptions(recipe.batchSize(), recipe.seed(), job.workers());
        try (CsvAppender<CurveRow> curve = CURVE.appender(files.file("curve.csv"), files.header());
                CsvAppender<MonitorRow> monitor = MONITOR.appender(files.file("monitor.csv"), files.header());
                FeatureMonitor features = new FeatureMonitor(trainer, standIns, job, source);
                MultiCropLoader loader = new MultiCropLoader(standIns, recipe.views(), options, 0, trainer.steps());
                StepProfile profile = ProfileReport.ofSteps(profiled, trainer.steps(), loader, files, progress)) {
            StepClock clock = trainer.tell(profile);
            measure(features, monitor, 0);
            for (int epoch = 0; epoch < recipe.epochs(); epoch++) {
                for (long i = 0; i < trainer.stepsPerEpoch(); i++) {
                    step(loader, curve, clock);
                }
                flush(curve);
                health.endEpoch();
                measure(features, monitor, epoch + 1);
                files.saveNumbered(trainer, epoch + 1);
            }
        }
    }

    private void step(MultiCropLoader loader, CsvAppender<CurveRow> curve, StepClock phases) {
        phases.phase(StepPhase.WAIT);
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
        open.add(trainer.clock(started), batch);
        open.spend(System.nanoTime() - from, wait);
        started++;
        tell(reports, curve);
        phases.phase(StepPhase.BETWEEN);
    }

    /** Tells of the steps whose reports are still to come. */
    private void flush(CsvAppender<CurveRow> curve) {
        if (started > steps) {
            long from = System.nanoTime();
            List<StepReport> reports = trainer.flush();
            open.spend(System.nanoTime() - from, 0);
            tell(reports, curve);
        }
    }

    /** Writes down the steps that were read together, up to the first that is not finite: each took the mean time. */
    private void tell(List<StepReport> reports, CsvAppender<CurveRow> curve) {
        if (reports.isEmpty()) {
            return;
        }
        OpenSteps.Pace pace = open.pace((long) reports.size() * recipe.batchSize());
        for (StepReport report : reports) {
            OpenSteps.Step step = open.next();
            curve.append(RunLog.row(step.clock(), report, pace));
            log.keep(step, report);
            if (!report.finite()) {
                Divergence found = log.divergence();
                Json.write(files.file(RunFiles.DIVERGED), found);
                throw new Diverged(RunLog.message(found, RunFiles.DIVERGED));
            }
            health.step(report);
            String more = RunLog.told(report, trainer.method().codes(), pace.waitShare());
            progress.step(step.clock().epoch(), steps, report.loss(), more, pace.imagesPerSecond());
            steps++;
        }
    }

    private void measure(FeatureMonitor features, CsvAppender<MonitorRow> table, int epochs) {
        int every = recipe.monitor().knnEveryEpochs();
        if (every == 0 || recipe.monitor().knnImages() == 0 || (epochs % every != 0 && epochs != recipe.epochs())) {
            return;
        }
        MonitorRow row = features.measure(epochs, steps);
        table.append(row);
        if (Double.isNaN(row.featureStd())) {
            Json.write(files.file(RunFiles.DIVERGED), log.divergence());
            throw new Diverged("after step " + (steps - 1) + ": found features that are not finite: must be finite;"
                    + " lower optimizer.lr or lengthen schedule.warmup-epochs; the last batch is in "
                    + RunFiles.DIVERGED);
        }
        monitored.add(row);
        progress.say(String.format(
                Locale.ROOT,
                "after epoch %d: k-NN student %.3f%s%s, feature std %.4f, effective rank %.1f",
                epochs,
                row.knnStudent(),
                known(", teacher %.3f", row.knnTeacher()),
                known(", prototypes used %.2f", row.prototypesUsed()),
                row.featureStd(),
                row.effectiveRank()));
    }

    /** A number in words, or nothing where it was not measured. */
    private static String known(String words, double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, words, value);
    }

    private Metrics metrics(Outcome outcome, String message, String checkpointSha256) {
        Map<String, Double> values = new TreeMap<>();
        health.values(values);
        if (!monitored.isEmpty()) {
            MonitorRow first = monitored.get(0);
            MonitorRow last = monitored.get(monitored.size() - 1);
            values.put("untrained.knn.top1", first.knnStudent());
            values.put("student.knn.top1", last.knnStudent());
            values.put("teacher.knn.top1", last.knnTeacher());
            values.put("feature.std", last.featureStd());
            values.put("feature.effective-rank", last.effectiveRank());
        }
        values.put("images-per-second", open.total(steps * recipe.batchSize()).imagesPerSecond());
        values.put("data-wait-share", open.total(0).waitShare());
        values.put("wall-seconds", (System.nanoTime() - start) / NANOS);
        values.values().removeIf(v -> !Double.isFinite(v));
        Map<String, Long> counts = new LinkedHashMap<>();
        counts.put("images", (long) job.train().size());
        counts.put("damaged", (long) standIns.damaged());
        counts.put("epochs", steps / trainer.stepsPerEpoch());
        counts.put("steps", steps);
        counts.put("collapsed", health.collapsed() ? 1L : 0L);
        counts.put("feature.dim", (long)
                trainer.method().student().graph("backbone").outputWidth());
        return new Metrics(
                Metrics.SCHEMA,
                "pretrain",
                job.cell(),
                outcome,
                message,
                values,
                counts,
                files.provenance(checkpointSha256));
    }
}
