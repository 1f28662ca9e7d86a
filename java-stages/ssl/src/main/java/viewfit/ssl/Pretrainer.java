package viewfit.ssl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import viewfit.core.Code;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.Manifest;
import viewfit.core.files.AtomicFiles;
import viewfit.core.files.Hashes;
import viewfit.core.metrics.CurveRow;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.MonitorRow;
import viewfit.core.metrics.Outcome;
import viewfit.core.metrics.Provenance;
import viewfit.core.progress.ProgressLine;
import viewfit.core.recipe.DinoRecipe;
import viewfit.core.recipe.OnDivergence;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.Recipes;
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
import viewfit.zoo.Backbones;

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
    private final Tensor mean;
    private final Tensor std;
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
            String backbone = recipe.backbone().name();
            if (!Backbones.names().contains(backbone)) {
                throw refuse("backbone.name", backbone, "one of " + String.join(", ", Backbones.names()));
            }
            if (recipe.batchSize() > train.size()) {
                throw refuse(
                        "batch-size", recipe.batchSize() + "", "at most " + train.size() + ", the training images");
            }
        }

        private static StageFailure refuse(String key, String found, String allowed) {
            return new StageFailure(ExitCode.BAD_RECIPE, key + ": found " + found + ": must be " + allowed);
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
        this.mean = channels(recipe.views().normalize().mean());
        this.std = channels(recipe.views().normalize().std());
    }

    private Tensor channels(List<Double> values) {
        float[] floats = new float[values.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = values.get(i).floatValue();
        }
        return runtime.tensor(runtime.run(), floats, 1, floats.length, 1, 1);
    }

    /**
     * Trains and writes every output of the stage. A run that diverges writes all but the checkpoint.
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
        clear();
        Metrics metrics;
        try {
            train();
            Path checkpoint = job.out().resolve("checkpoint.safetensors");
            Checkpoint.write(checkpoint, trainer, recipe.epochs(), checkpointMetadata());
            metrics = metrics(Outcome.OK, health.message(), Hashes.sha256(checkpoint));
        } catch (Diverged e) {
            metrics = metrics(Outcome.DIVERGED, String.valueOf(e.getMessage()), "");
        }
        metrics.write(job.out().resolve("metrics.json"));
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

    /** Leftovers of an earlier run in the same folder must not pass for results of this one. */
    private void clear() {
        Path checkpoints = job.out().resolve("checkpoints");
        try {
            Files.createDirectories(checkpoints);
            for (String stale : List.of("checkpoint.safetensors", "metrics.json")) {
                Files.deleteIfExists(job.out().resolve(stale));
            }
            for (Path old : numbered(checkpoints)) {
                Files.delete(old);
            }
        } catch (IOException e) {
            throw AtomicFiles.failure(checkpoints, e);
        }
    }

    private static List<Path> numbered(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.getFileName().toString().matches("epoch-\\d+\\.safetensors"))
                    .sorted()
                    .toList();
        }
    }

    private void train() {
        Map<String, String> header = Map.of("provenance", provenance("").toJson());
        VIEWS.write(
                job.out().resolve("views.csv"),
                header,
                ContactSheet.write(
                        job.out().resolve("views.png"), images, recipe.views(), recipe.seed(), SHEET_IMAGES));
        LoaderOptions options = new LoaderOptions(recipe.batchSize(), recipe.seed(), job.workers());
        try (CsvAppender<CurveRow> curve = CURVE.appender(job.out().resolve("curve.csv"), header);
                CsvAppender<MonitorRow> monitor = MONITOR.appender(job.out().resolve("monitor.csv"), header);
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
                saveNumbered(epoch + 1);
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
            Tensor pixels =
                    runtime.pixels(scope, batch.data(b), block.views() * batch.size(), block.side(), block.side());
            passes.add(runtime.images(scope, pixels, mean, std));
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

    private void saveNumbered(int epochs) {
        int every = recipe.checkpoint().everyEpochs();
        if (every == 0 || epochs % every != 0) {
            return;
        }
        Path folder = job.out().resolve("checkpoints");
        Path file = folder.resolve(String.format(Locale.ROOT, "epoch-%04d.safetensors", epochs));
        Checkpoint.write(file, trainer, epochs, checkpointMetadata());
        int keep = recipe.checkpoint().keep();
        try {
            List<Path> files = numbered(folder);
            for (int i = 0; keep > 0 && i < files.size() - keep; i++) {
                Files.delete(files.get(i));
            }
        } catch (IOException e) {
            throw AtomicFiles.failure(folder, e);
        }
    }

    private Map<String, String> checkpointMetadata() {
        return Map.of("manifest-sha256", job.manifestSha256(), "cell", job.cell());
    }

    private Provenance provenance(String checkpointSha256) {
        return new Provenance(
                Code.version(),
                Recipes.sha256(recipe),
                job.manifestSha256(),
                checkpointSha256,
                runtime.engine(),
                runtime.device(),
                recipe.seed());
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
                Metrics.SCHEMA, "pretrain", job.cell(), outcome, message, values, counts, provenance(checkpointSha256));
    }
}
