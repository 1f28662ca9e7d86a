package viewfit.ssl;

import java.nio.file.Files;
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
import viewfit.core.data.Manifest;
import viewfit.core.metrics.CurveRow;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.MonitorRow;
import viewfit.core.metrics.Outcome;
import viewfit.core.progress.ProgressLine;
import viewfit.core.recipe.DinoRecipe;
import viewfit.core.recipe.OnDivergence;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.table.CsvAppender;
import viewfit.core.table.CsvTable;
import viewfit.engine.Scope;
import viewfit.engine.Tensor;
import viewfit.engine.TorchRuntime;
import viewfit.views.ContactSheet;
import viewfit.views.ImageStore;
import viewfit.views.LoaderOptions;
import viewfit.views.MultiCropBatch;
import viewfit.views.MultiCropLoader;
import viewfit.views.SampledView;
import viewfit.views.ViewBlock;

/**
 * Pre-training from images to files.
 *
 * <pre>
 *   contact sheet of the first views
 *   monitor row 0: the untrained network
 *   for each epoch
 *     for each full batch of the epoch
 *       views -> pixels -> one step of the trainer        not finite: stop, name step and images
 *       curve row, now and then a line of progress
 *     monitor row, numbered checkpoint                    every n epochs
 *   checkpoint, metrics with a word about collapse
 * </pre>
 */
public final class Pretrainer {
    private static final CsvTable<CurveRow> CURVE = CsvTable.of(CurveRow.class, CurveRow.SCHEMA);
    private static final CsvTable<MonitorRow> MONITOR = CsvTable.of(MonitorRow.class, MonitorRow.SCHEMA);
    private static final CsvTable<SampledView> VIEWS = CsvTable.of(SampledView.class, "views/1");
    private static final int SHEET_IMAGES = 4;
    private static final int NAMED_IMAGES = 8;
    private static final double PROGRESS_SECONDS = 10;
    private static final double NANOS = 1e9;
    /** Of the Java heap, for decoded images: a small data set is then decoded once. */
    private static final long CACHE_SHARE = 2;

    private final TorchRuntime runtime;
    private final Job job;
    private final PretrainRecipe recipe;
    private final Trainer trainer;
    private final ImageStore images;
    private final Health health;
    private final ProgressLine progress;
    private final Normalizer normalizer;
    private final RunFiles files;
    private final List<MonitorRow> monitored = new ArrayList<>();
    private final long start = System.nanoTime();
    private long trainNanos;
    private long waitNanos;
    private long steps;

    /**
     * What to train on and where the results go.
     *
     * @param train images; labels are used by the monitor alone
     * @param heldout labelled images for the monitor, or null: then the training images ask each other
     * @param manifestSha256 checksum of the training manifest
     * @param images folder the manifests' paths are relative to
     * @param out folder of the outputs
     * @param cell cell of a sweep, or empty
     * @param workers threads that prepare views; they change nothing but the speed
     */
    public record Job(
            PretrainRecipe recipe,
            Manifest train,
            @Nullable Manifest heldout,
            String manifestSha256,
            Path images,
            Path out,
            String cell,
            int workers) {
        public Job {
            if (recipe.batchSize() > train.size()) {
                throw new StageFailure(
                        ExitCode.BAD_RECIPE,
                        "batch-size: found " + recipe.batchSize() + ": must be at most " + train.size()
                                + ", the training images");
            }
        }
    }

    /** Training left the finite numbers. */
    private static final class Diverged extends RuntimeException {
        private static final long serialVersionUID = 1;

        Diverged(String message) {
            super(message);
        }
    }

    private Pretrainer(TorchRuntime runtime, Job job, Trainer trainer) {
        this.runtime = runtime;
        this.job = job;
        this.recipe = job.recipe();
        this.trainer = trainer;
        this.images = new ImageStore(
                job.images(), job.train().rows(), Runtime.getRuntime().maxMemory() / CACHE_SHARE);
        this.health = new Health(((DinoRecipe) recipe.method()).head().outDim());
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
        long stepsPerEpoch =
                MultiCropLoader.stepsPerEpoch(job.train().size(), job.recipe().batchSize());
        try (Trainer trainer = Trainer.of(runtime, job.recipe(), stepsPerEpoch)) {
            return new Pretrainer(runtime, job, trainer).run();
        }
    }

    private Metrics run() {
        requireImages(job.train());
        Manifest heldout = job.heldout();
        if (heldout != null) {
            requireImages(heldout);
        }
        files.clear();
        Metrics metrics;
        try {
            train();
            metrics = metrics(Outcome.OK, health.message(), files.saveFinal(trainer));
        } catch (Diverged e) {
            metrics = metrics(Outcome.DIVERGED, String.valueOf(e.getMessage()), "");
        } catch (StageFailure e) {
            files.discard(e);
            throw e;
        }
        metrics.write(files.file("metrics.json"));
        if (!metrics.message().isEmpty()) {
            progress.say(metrics.message());
        }
        if (metrics.outcome() == Outcome.DIVERGED && recipe.onDivergence() == OnDivergence.FAIL) {
            throw new StageFailure(ExitCode.DIVERGED, metrics.message());
        }
        return metrics;
    }

    /** A missing image is found now, not after hours. */
    private void requireImages(Manifest manifest) {
        manifest.rows().parallelStream()
                .filter(row -> !Files.isRegularFile(job.images().resolve(row.path())))
                .findFirst()
                .ifPresent(row -> {
                    throw new StageFailure(
                            ExitCode.NO_INPUT,
                            job.images().resolve(row.path()) + ": no such file: the manifest lists it");
                });
    }

    private void train() {
        VIEWS.write(
                files.file("views.csv"),
                files.header(),
                ContactSheet.write(files.file("views.png"), images, recipe.views(), recipe.seed(), SHEET_IMAGES));
        LoaderOptions options = new LoaderOptions(recipe.batchSize(), recipe.seed(), job.workers());
        try (CsvAppender<CurveRow> curve = CURVE.appender(files.file("curve.csv"), files.header());
                CsvAppender<MonitorRow> monitor = MONITOR.appender(files.file("monitor.csv"), files.header());
                FeatureMonitor features =
                        new FeatureMonitor(trainer, job.train(), job.heldout(), job.images(), job.workers());
                MultiCropLoader loader = new MultiCropLoader(images, recipe.views(), options, 0, trainer.steps())) {
            measure(features, monitor, 0);
            for (int epoch = 0; epoch < recipe.epochs(); epoch++) {
                for (long i = 0; i < trainer.stepsPerEpoch(); i++) {
                    step(loader, curve);
                }
                health.endEpoch();
                measure(features, monitor, epoch + 1);
                files.saveNumbered(trainer, epoch + 1);
            }
        }
    }

    private void step(MultiCropLoader loader, CsvAppender<CurveRow> curve) {
        long from = System.nanoTime();
        long waited = loader.waitNanos();
        MultiCropBatch batch = loader.next();
        long wait = loader.waitNanos() - waited;
        StepReport report;
        try (Scope scope = runtime.scope()) {
            report = trainer.step(scope, steps, passes(scope, batch));
        }
        long nanos = System.nanoTime() - from;
        trainNanos += nanos;
        waitNanos += wait;
        Clock clock = trainer.clock(steps);
        double speed = recipe.batchSize() * NANOS / nanos;
        curve.append(row(clock, report, speed, (double) wait / nanos));
        if (!report.finite()) {
            throw new Diverged(describe(clock, report, batch));
        }
        health.step(report);
        progress.step(clock.epoch(), steps, report.loss(), speed);
        steps++;
    }

    private List<Tensor> passes(Scope scope, MultiCropBatch batch) {
        List<Tensor> passes = new ArrayList<>();
        for (int b = 0; b < batch.blocks().size(); b++) {
            ViewBlock block = batch.blocks().get(b);
            passes.add(normalizer.images(scope, batch.data(b), block.views() * batch.size(), block.side()));
        }
        return passes;
    }

    private static CurveRow row(Clock clock, StepReport r, double speed, double waitShare) {
        return new CurveRow(
                clock.epoch(),
                clock.step(),
                r.loss(),
                r.lossGlobal(),
                r.lossLocal(),
                clock.lr(),
                clock.weightDecay(),
                clock.teacherMomentum(),
                clock.teacherTemp(),
                r.teacherEntropy(),
                r.teacherInformation(),
                r.viewCorrelation(),
                r.featureStd(),
                r.centerNorm(),
                speed,
                waitShare);
    }

    private String describe(Clock clock, StepReport report, MultiCropBatch batch) {
        List<String> paths = new ArrayList<>();
        for (int i = 0; i < Math.min(NAMED_IMAGES, batch.size()); i++) {
            paths.add(images.row(batch.image(i)).path());
        }
        int more = batch.size() - paths.size();
        return "step " + clock.step() + " (epoch " + clock.epoch() + "): found loss " + report.loss() + ", lr "
                + clock.lr() + ", teacher entropy " + report.teacherEntropy() + ", feature std " + report.featureStd()
                + ": must be finite; lower optimizer.lr or lengthen schedule.warmup-epochs; images "
                + String.join(", ", paths) + (more > 0 ? " and " + more + " more" : "");
    }

    private void measure(FeatureMonitor features, CsvAppender<MonitorRow> table, int epochs) {
        int every = recipe.monitor().knnEveryEpochs();
        if (every == 0 || recipe.monitor().knnImages() == 0 || (epochs % every != 0 && epochs != recipe.epochs())) {
            return;
        }
        MonitorRow row = features.measure(epochs, steps);
        table.append(row);
        if (Double.isNaN(row.featureStd())) {
            throw new Diverged("after step " + (steps - 1) + ": found features that are not finite: must be finite;"
                    + " lower optimizer.lr or lengthen schedule.warmup-epochs");
        }
        monitored.add(row);
        progress.say(String.format(
                Locale.ROOT,
                "after epoch %d: k-NN student %.3f, teacher %.3f, feature std %.4f, effective rank %.1f",
                epochs,
                row.knnStudent(),
                row.knnTeacher(),
                row.featureStd(),
                row.effectiveRank()));
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
        values.put("images-per-second", steps * recipe.batchSize() * NANOS / Math.max(1, trainNanos));
        values.put("data-wait-share", (double) waitNanos / Math.max(1, trainNanos));
        values.put("wall-seconds", (System.nanoTime() - start) / NANOS);
        values.values().removeIf(v -> !Double.isFinite(v));
        Map<String, Long> counts = new LinkedHashMap<>();
        counts.put("images", (long) job.train().size());
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
