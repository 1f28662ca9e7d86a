package viewfit.stages.finetune;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
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
import viewfit.core.data.Prediction;
import viewfit.core.files.Hashes;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.Outcome;
import viewfit.core.metrics.Provenance;
import viewfit.core.recipe.FinetuneRecipe;
import viewfit.core.recipe.Recipes;
import viewfit.core.table.CsvAppender;
import viewfit.core.table.CsvTable;
import viewfit.engine.Network;
import viewfit.engine.TorchRuntime;
import viewfit.eval.CheckpointFile;
import viewfit.eval.EvalCurveRow;
import viewfit.eval.EvalMetrics;
import viewfit.eval.FineTuner;
import viewfit.eval.FinetuneNetwork;
import viewfit.eval.FinetuneScores;
import viewfit.eval.ProbeData;

/** Fine-tunes a pre-trained network on few labels, and the untrained network of the same seed beside it. */
public final class FinetuneStage extends ComputeStage {
    private static final CsvTable<EvalCurveRow> CURVE = CsvTable.of(EvalCurveRow.class, EvalCurveRow.FINETUNE_SCHEMA);

    @Option(names = "--checkpoint", required = true, paramLabel = "FILE", description = "Networks from pretrain.")
    private Path checkpointFile = Path.of("");

    @Option(names = "--recipe", required = true, paramLabel = "FILE", description = "Fine-tuning recipe.")
    private Path recipeFile = Path.of("");

    @Option(names = "--train", required = true, paramLabel = "FILE", description = "Labelled subset to train on.")
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

    @Option(
            names = "--fraction",
            paramLabel = "NAME",
            description = "Name of the label subset, for the records, such as 1pct (default: labels).")
    private String fraction = "labels";

    @Option(
            names = "--control",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Also fine-tune the untrained network of the same seed (default: yes).")
    private boolean control = true;

    /** Makes the stage with its contract. */
    public FinetuneStage() {
        super(
                Contracts.FINETUNE,
                "bin/stage finetune --checkpoint checkpoint.safetensors --recipe params/recipes/finetune-1pct.yml"
                        + " --train labels-1pct.csv --eval heldout.csv --classes classes.csv --images DIR"
                        + " --fraction 1pct");
    }

    /** Runs the stage as a process. */
    public static void main(String[] args) {
        StageMain.run(new FinetuneStage(), args);
    }

    @Override
    protected OutputFormats formats() {
        return super.formats()
                .with(EvalCurveRow.FINETUNE_SCHEMA, OutputFormat.table(CURVE))
                .with(Prediction.SCHEMA, OutputFormat.table(Prediction.TABLE));
    }

    @Override
    protected void run() throws IOException {
        FinetuneRecipe recipe = Recipes.read(recipeFile, FinetuneRecipe.class);
        CheckpointFile checkpoint = CheckpointFile.read(checkpointFile);
        checkpoint.requireSameNormalization(recipe.normalize());
        try (TorchRuntime runtime = open()) {
            ProbeData data = ProbeData.read(trainFile, evalFile, classesFile, images, workers(runtime.gpu()));
            EvalMetrics metrics = new EvalMetrics()
                    .count("classes", data.classes())
                    .count("train.images", data.trainImages())
                    .count("heldout.images", data.heldoutImages())
                    .count("epochs", recipe.epochs());
            Provenance provenance = provenance(recipe, checkpoint, runtime);
            FinetuneNetwork networks = new FinetuneNetwork(runtime, checkpoint, recipe, data.classes());
            FineTuner tuner = new FineTuner(runtime, recipe, data);
            Outcome outcome = Outcome.OK;
            String message = "fine-tuned on " + fraction + ": " + data.trainImages() + " images"
                    + networks.note()
                    + (tuner.batchSize() < recipe.batchSize() ? "; batch clamped to " + tuner.batchSize() : "");
            Path curveFile = out().resolve("finetune-curve.csv");
            Map<String, String> header = Map.of("provenance", provenance.toJson());
            try (CsvAppender<EvalCurveRow> curve = CURVE.appender(curveFile, header)) {
                FinetuneScores tuned =
                        tune(tuner, networks.pretrained(), EvalCurveRow.PRETRAINED, "heldout.finetune", curve, metrics);
                predictions(tuned, provenance, data.classes());
                if (control) {
                    message += control(tuner, networks.untrained(data), curve, metrics);
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
                            Map.of(Metrics.NETWORK, recipe.network(), Metrics.FRACTION, fraction),
                            provenance)
                    .write(out().resolve("metrics.json"));
        }
    }

    /** Its provenance names the manifest of the images they are about. */
    private void predictions(FinetuneScores tuned, Provenance of, int classes) {
        Provenance own = new Provenance(
                of.code(),
                of.recipeSha256(),
                Hashes.sha256(evalFile),
                of.checkpointSha256(),
                of.engine(),
                of.device(),
                of.seed());
        Prediction.TABLE.write(
                out().resolve("predictions.csv"),
                new TreeMap<>(Map.of("fraction", fraction, "provenance", own.toJson())),
                Prediction.of(Manifest.read(evalFile), tuned.logits(), classes));
    }

    private TorchRuntime open() {
        return TorchRuntime.open(device(), threads());
    }

    private Provenance provenance(FinetuneRecipe recipe, CheckpointFile checkpoint, TorchRuntime runtime) {
        return new Provenance(
                Code.version(),
                Recipes.sha256(recipe),
                Hashes.sha256(trainFile),
                checkpoint.sha256(),
                runtime.engine(),
                runtime.device(),
                recipe.seed());
    }

    /** A control that diverges is a word in the message; the result is the pre-trained network's. */
    private String control(FineTuner tuner, Network untrained, CsvAppender<EvalCurveRow> curve, EvalMetrics metrics) {
        try {
            tune(tuner, untrained, EvalCurveRow.UNTRAINED, "untrained.finetune", curve, metrics);
            return "";
        } catch (StageFailure e) {
            if (e.exitCode() != ExitCode.DIVERGED) {
                throw e;
            }
            return "; untrained network: " + e.getMessage();
        }
    }

    private FinetuneScores tune(
            FineTuner tuner,
            Network network,
            String which,
            String score,
            CsvAppender<EvalCurveRow> curve,
            EvalMetrics metrics) {
        String label = "finetune " + fraction + " " + which + " " + cell();
        FinetuneScores scores = tuner.run(network, new FinetuneProgress(label, tuner.epochs(), which, curve));
        metrics.add(score, scores.last(), scores.best(), scores.bestEpoch());
        return scores;
    }
}
