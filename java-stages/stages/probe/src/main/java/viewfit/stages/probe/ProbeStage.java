package viewfit.stages.probe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;
import viewfit.cli.ComputeStage;
import viewfit.cli.OutputFormat;
import viewfit.cli.OutputFormats;
import viewfit.cli.StageMain;
import viewfit.core.Code;
import viewfit.core.contract.Contracts;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.Manifest;
import viewfit.core.files.Hashes;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.Outcome;
import viewfit.core.metrics.Provenance;
import viewfit.core.progress.ProgressLine;
import viewfit.core.recipe.ProbeRecipe;
import viewfit.core.recipe.Recipes;
import viewfit.core.table.CsvAppender;
import viewfit.core.table.CsvTable;
import viewfit.engine.Network;
import viewfit.engine.TorchRuntime;
import viewfit.eval.CheckpointFile;
import viewfit.eval.ClassifierFile;
import viewfit.eval.EvalCurveRow;
import viewfit.eval.EvalMetrics;
import viewfit.eval.FrozenBackbone;
import viewfit.eval.KnnScores;
import viewfit.eval.LinearProbe;
import viewfit.eval.Prediction;
import viewfit.eval.ProbeData;
import viewfit.eval.ProbeScores;
import viewfit.eval.UntrainedBackbone;

/** Scores a frozen backbone, and the untrained backbone of the same seed beside it. */
public final class ProbeStage extends ComputeStage {
    private static final double PROGRESS_SECONDS = 10;
    private static final double NANOS = 1e9;
    private static final CsvTable<EvalCurveRow> CURVE = CsvTable.of(EvalCurveRow.class, EvalCurveRow.PROBE_SCHEMA);
    private static final CsvTable<Prediction> PREDICTIONS = CsvTable.of(Prediction.class, Prediction.SCHEMA);

    @Option(names = "--checkpoint", required = true, paramLabel = "FILE", description = "Networks from pretrain.")
    private Path checkpointFile = Path.of("");

    @Option(names = "--recipe", required = true, paramLabel = "FILE", description = "Probe recipe.")
    private Path recipeFile = Path.of("");

    @Option(names = "--train", required = true, paramLabel = "FILE", description = "Labelled images to fit on.")
    private Path trainFile = Path.of("");

    @Option(names = "--eval", required = true, paramLabel = "FILE", description = "Labelled images to score on.")
    private Path evalFile = Path.of("");

    @Option(names = "--classes", required = true, paramLabel = "FILE", description = "Class names from split.")
    private Path classesFile = Path.of("");

    @Option(
            names = "--images",
            required = true,
            paramLabel = "DIR",
            description = "Root of the manifest paths, or a pack.")
    private Path images = Path.of("");

    /** Makes the stage with its contract. */
    public ProbeStage() {
        super(
                Contracts.PROBE,
                "bin/stage probe --checkpoint checkpoint.safetensors --recipe params/recipes/probe-linear.yml"
                        + " --train train.csv --eval heldout.csv --classes classes.csv --images DIR");
    }

    /** Runs the stage as a process. */
    public static void main(String[] args) {
        StageMain.run(new ProbeStage(), args);
    }

    @Override
    protected OutputFormats formats() {
        return super.formats()
                .with(EvalCurveRow.PROBE_SCHEMA, OutputFormat.table(CURVE))
                .with(Prediction.SCHEMA, OutputFormat.table(PREDICTIONS))
                .with(ClassifierFile.SCHEMA, OutputFormat.of(ClassifierFile::verify, ClassifierFile::writeStub));
    }

    @Override
    protected void run() throws IOException {
        ProbeRecipe recipe = Recipes.read(recipeFile, ProbeRecipe.class);
        CheckpointFile checkpoint = CheckpointFile.read(checkpointFile);
        checkpoint.requireNetwork(recipe.network());
        checkpoint.requireSameNormalization(recipe.normalize());
        try (TorchRuntime runtime = open()) {
            ProbeData data = ProbeData.read(trainFile, evalFile, classesFile, images, workers(runtime.gpu()));
            Network pretrained = FrozenBackbone.allocate(runtime, checkpoint.backbone(recipe.vitLastBlocks()));
            checkpoint.load(pretrained, recipe.network(), name -> true);
            Network untrained = UntrainedBackbone.of(runtime, checkpoint, recipe, data);
            Network placeholders = UntrainedBackbone.asInitialised(runtime, checkpoint, recipe);
            int plain = checkpoint.backbone().outputWidth();
            try (FrozenBackbone first = frozen(runtime, pretrained, recipe, plain);
                    FrozenBackbone floor = frozen(runtime, untrained, recipe, plain);
                    FrozenBackbone initial = frozen(runtime, placeholders, recipe, plain)) {
                Provenance provenance = provenance(recipe, checkpoint, runtime);
                probe(recipe, checkpoint, data, runtime, List.of(first, floor), initial, provenance);
            }
        }
    }

    private static FrozenBackbone frozen(TorchRuntime runtime, Network network, ProbeRecipe recipe, int plainWidth) {
        return new FrozenBackbone(runtime, network, recipe.normalize(), plainWidth);
    }

    private TorchRuntime open() {
        return TorchRuntime.open(device(), threads());
    }

    private Provenance provenance(ProbeRecipe recipe, CheckpointFile checkpoint, TorchRuntime runtime) {
        return new Provenance(
                Code.version(),
                Recipes.sha256(recipe),
                Hashes.sha256(trainFile),
                checkpoint.sha256(),
                runtime.engine(),
                runtime.device(),
                recipe.seed());
    }

    private void probe(
            ProbeRecipe recipe,
            CheckpointFile checkpoint,
            ProbeData data,
            TorchRuntime runtime,
            List<FrozenBackbone> backbones,
            FrozenBackbone initial,
            Provenance provenance)
            throws IOException {
        LinearProbe probe = new LinearProbe(runtime, recipe, data);
        EvalMetrics metrics = new EvalMetrics()
                .count("classes", data.classes())
                .count("train.images", data.trainImages())
                .count("heldout.images", data.heldoutImages())
                .count("epochs", recipe.epochs())
                .count("knn.k", probe.neighbours());
        Outcome outcome = Outcome.OK;
        String message = message(recipe, checkpoint, probe);
        Path curveFile = out().resolve("probe-curve.csv");
        Map<String, String> header = Map.of("provenance", provenance.toJson());
        try (CsvAppender<EvalCurveRow> curve = CURVE.appender(curveFile, header)) {
            List<ProbeScores> scores = probe.run(backbones, listener(recipe, data, curve));
            writePredictions(scores.get(0), data.classes(), provenance);
            Map<String, String> metadata = Map.of("provenance", provenance.toJson(), "mode", recipe.mode());
            ClassifierFile.write(
                    out().resolve("probe.safetensors"),
                    scores.get(0).weight(),
                    scores.get(0).bias(),
                    metadata);
            add(metrics, scores.get(0), "heldout");
            if (scores.size() > 1) {
                message += addFloor(metrics, scores.get(1), checkpoint, probe, initial);
            } else {
                message += "; untrained network: " + String.join("; ", probe.dropped());
            }
        } catch (StageFailure e) {
            // A result of its own for one cell of a sweep: the others go on, and the report shows it.
            if (e.exitCode() != ExitCode.DIVERGED) {
                Files.deleteIfExists(curveFile);
                throw e;
            }
            outcome = Outcome.DIVERGED;
            message = String.valueOf(e.getMessage());
            say(message);
        }
        new Metrics(
                        Metrics.SCHEMA,
                        contract().name(),
                        cell(),
                        outcome,
                        message,
                        metrics.values(),
                        metrics.counts(),
                        provenance)
                .write(out().resolve("metrics.json"));
    }

    private static void add(EvalMetrics metrics, ProbeScores scores, String name) {
        metrics.add(name + ".linear", scores.linear(), scores.best(), scores.bestEpoch());
        metrics.add(name + ".knn", scores.knn());
    }

    /**
     * Adds the untrained network's scores. With batch norms its k-NN score is the higher one of two ways to state their
     * statistics: a floor is to be hard to beat.
     *
     * @param initial the network with the statistics as initialised
     * @return words for the message: which statistics gave the higher score
     */
    private static String addFloor(
            EvalMetrics metrics,
            ProbeScores scores,
            CheckpointFile checkpoint,
            LinearProbe probe,
            FrozenBackbone initial) {
        KnnScores estimated = scores.knn();
        metrics.add("untrained.linear", scores.linear(), scores.best(), scores.bestEpoch());
        if (checkpoint.backbone().batchNorms().isEmpty()) {
            metrics.add("untrained.knn", estimated);
            return "";
        }
        KnnScores initialised = probe.knn(initial);
        metrics.add("untrained.knn", estimated.higher(initialised));
        boolean asInitialised =
                initialised.reported().top1() > estimated.reported().top1();
        return "; untrained floor: batch-norm statistics " + (asInitialised ? "as initialised" : "estimated");
    }

    private LinearProbe.Listener listener(ProbeRecipe recipe, ProbeData data, CsvAppender<EvalCurveRow> curve) {
        ProgressLine progress = new ProgressLine("probe " + cell(), recipe.epochs(), recipe.epochs(), PROGRESS_SECONDS);
        long start = System.nanoTime();
        return (epoch, lr, losses, heldout) -> {
            curve.append(EvalCurveRow.of(EvalCurveRow.PRETRAINED, epoch, lr, losses.get(0), heldout.get(0)));
            if (losses.size() > 1) {
                curve.append(EvalCurveRow.of(EvalCurveRow.UNTRAINED, epoch, lr, losses.get(1), heldout.get(1)));
            }
            double seconds = (System.nanoTime() - start) / NANOS;
            progress.step(epoch, epoch, losses.get(0), (epoch + 1.0) * data.trainImages() / seconds);
        };
    }

    /** The predictions' own provenance names the manifest of the images they are about. */
    private void writePredictions(ProbeScores scores, int classes, Provenance p) {
        Provenance own = new Provenance(
                p.code(),
                p.recipeSha256(),
                Hashes.sha256(evalFile),
                p.checkpointSha256(),
                p.engine(),
                p.device(),
                p.seed());
        PREDICTIONS.write(
                out().resolve("predictions.csv"),
                Map.of("provenance", own.toJson()),
                Prediction.of(Manifest.read(evalFile), scores.logits(), classes));
    }

    private static String message(ProbeRecipe recipe, CheckpointFile checkpoint, LinearProbe probe) {
        int k = probe.neighbours();
        String mode = recipe.mode().equals("cached")
                ? "cached probe: features of centre crops, no augmentation"
                : "augmented probe: fresh random crops every epoch";
        String batch = probe.batchSize() < recipe.batchSize() ? "; batch clamped to " + probe.batchSize() : "";
        String clamp = k < recipe.knn().k()
                ? "; k-NN: only " + k + " training images for k = "
                        + recipe.knn().k() + ", all of them vote"
                : "";
        int blocks = recipe.vitLastBlocks();
        String feature = checkpoint.isTransformer()
                ? "; feature: class token"
                        + (blocks == 1 ? " of the last block" : "s of the last " + blocks + " blocks")
                : "";
        return mode + feature + batch + clamp;
    }
}
