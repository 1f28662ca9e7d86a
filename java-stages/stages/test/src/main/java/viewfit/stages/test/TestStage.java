package viewfit.stages.test;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
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
import viewfit.core.metrics.Provenance;
import viewfit.core.recipe.ProbeRecipe;
import viewfit.core.recipe.Recipes;
import viewfit.core.select.Selection;
import viewfit.core.select.Selector;
import viewfit.core.select.TestLedger;
import viewfit.core.select.TestMetrics;
import viewfit.core.select.TestPermit;
import viewfit.engine.Network;
import viewfit.engine.TorchRuntime;
import viewfit.eval.CheckpointFile;
import viewfit.eval.EvalMetrics;
import viewfit.eval.FrozenBackbone;
import viewfit.eval.ProbeData;
import viewfit.eval.StoredProbe;

/** Scores a network that select named on the test split; nothing is trained. */
public final class TestStage extends ComputeStage {
    @Option(names = "--selection", required = true, paramLabel = "FILE", description = "What select chose.")
    private Path selectionFile = Path.of("");

    @Option(names = "--checkpoint", required = true, paramLabel = "FILE", description = "Networks from pretrain.")
    private Path checkpointFile = Path.of("");

    @Option(
            names = "--classifier",
            paramLabel = "FILE",
            description = "Its probe.safetensors from probe (default: k-NN alone).")
    private @Nullable Path classifier;

    @Option(
            names = "--recipe",
            required = true,
            paramLabel = "FILE",
            description = "The probe recipe that was selected by.")
    private Path recipeFile = Path.of("");

    @Option(names = "--train", required = true, paramLabel = "FILE", description = "Labelled images, for k-NN.")
    private Path trainFile = Path.of("");

    @Option(names = "--test", required = true, paramLabel = "FILE", description = "The test.csv of split.")
    private Path testFile = Path.of("");

    @Option(names = "--classes", required = true, paramLabel = "FILE", description = "Class names from split.")
    private Path classesFile = Path.of("");

    @Option(
            names = "--images",
            required = true,
            paramLabel = "DIR",
            description = "Root of the manifest paths, or a pack.")
    private Path images = Path.of("");

    /** Makes the stage with its contract. */
    public TestStage() {
        super(
                Contracts.TEST,
                "bin/stage test --selection results/select/selection.json --cell ours_s0 --checkpoint checkpoint.safetensors"
                        + " --classifier probe.safetensors --recipe params/recipes/probe-linear.yml --train train.csv"
                        + " --test test.csv --classes classes.csv --images DIR --out results/test/ours_s0");
    }

    /** Runs the stage as a process. */
    public static void main(String[] args) {
        StageMain.run(new TestStage(), args);
    }

    @Override
    protected OutputFormats formats() {
        return super.formats()
                .with(TestMetrics.SCHEMA, OutputFormat.of(TestMetrics::read, path -> TestMetrics.empty()
                        .write(path)))
                .with(Prediction.SCHEMA, OutputFormat.table(Prediction.TABLE));
    }

    @Override
    protected void run() {
        ProbeRecipe recipe = Recipes.read(recipeFile, ProbeRecipe.class);
        CheckpointFile checkpoint = CheckpointFile.read(checkpointFile);
        checkpoint.requireNetwork(recipe.network());
        checkpoint.requireSameNormalization(recipe.normalize());
        TestPermit permit = TestPermit.of(selectionFile, cell(), checkpoint.sha256(), Recipes.sha256(recipe));
        requireSameTraining(permit.selection());
        try (TorchRuntime runtime = TorchRuntime.open(device(), threads())) {
            TestLedger.open(results(), permit);
            ProbeData data =
                    ProbeData.readTest(trainFile, testFile, classesFile, images, workers(runtime.gpu()), permit);
            Network network = FrozenBackbone.allocate(runtime, checkpoint.backbone(recipe.vitLastBlocks()));
            checkpoint.load(network, recipe.network(), name -> true);
            int plain = checkpoint.backbone().outputWidth();
            try (FrozenBackbone backbone = new FrozenBackbone(runtime, network, recipe.normalize(), plain)) {
                Provenance fitted = provenance(recipe, checkpoint, runtime);
                score(new StoredProbe(runtime, backbone, recipe, data, classifier, fitted), data, permit, fitted);
            }
        }
    }

    @Override
    protected void checkOptions() {
        super.checkOptions();
        results();
    }

    /** The folder around this cell's results, however it is spelled. */
    private Path results() {
        Path parent = out().toAbsolutePath().normalize().getParent();
        if (parent == null) {
            throw new StageFailure(
                    ExitCode.USAGE, "--out: found " + out() + ": must be a folder in the folder of all test results");
        }
        return parent;
    }

    /** Without a classifier, which says what it was fitted on, this holds the bank of k-NN to what the probe had. */
    private void requireSameTraining(Selection selection) {
        String found = Hashes.sha256(trainFile);
        String selected = selection.provenance().manifestSha256();
        if (!found.equals(selected)) {
            Manifest.read(trainFile); // if it is no training manifest, that is the fault to tell of
            throw new StageFailure(
                    ExitCode.BAD_DATA,
                    trainFile + ": found training images with checksum " + found + ": must be those of the selection, "
                            + selected);
        }
    }

    /** The images of {@code fitted} are those the classifier was fitted on; the results are about the test split. */
    private void score(StoredProbe probe, ProbeData data, TestPermit permit, Provenance fitted) {
        EvalMetrics metrics = new EvalMetrics()
                .count("classes", data.classes())
                .count("train.images", data.trainImages())
                .count("test.images", data.heldoutImages())
                .count("knn.k", probe.neighbours());
        Provenance provenance = new Provenance(
                fitted.code(),
                fitted.recipeSha256(),
                Hashes.sha256(testFile),
                fitted.checkpointSha256(),
                fitted.engine(),
                fitted.device(),
                fitted.seed());
        List<String> message = new ArrayList<>();
        Selection.Tested tested = permit.tested();
        Selection.Choice choice = permit.selection().choiceOf(tested);
        message.add(tested.role() + " of " + choice.candidates().size() + " candidates of " + choice.kind() + " by "
                + permit.selection().by());
        long shortSide = permit.selection().counts().getOrDefault(Selector.SHORT_SIDE, 0L);
        if (shortSide != data.shortSide()) {
            message.add("scored on " + pictures(data.shortSide()) + ", selected and fitted on " + pictures(shortSide));
        }
        float[] logits = probe.logits();
        if (logits != null) {
            metrics.add("test.linear", probe.accuracy(logits));
            Prediction.TABLE.write(
                    out().resolve("predictions-test.csv"),
                    new TreeMap<>(Map.of("part", "test", "provenance", provenance.toJson())),
                    Prediction.of(Manifest.readTest(testFile, permit), logits, data.classes()));
        } else {
            message.add("no linear classifier");
        }
        metrics.add("test.knn", probe.knn());
        new TestMetrics(
                        TestMetrics.SCHEMA,
                        cell(),
                        tested.group(),
                        tested.role(),
                        permit.choiceSha256(),
                        String.join("; ", message),
                        metrics.values(),
                        metrics.counts(),
                        provenance)
                .write(out().resolve(TestMetrics.FILE));
    }

    private static String pictures(long shortSide) {
        return shortSide == 0
                ? "pictures as they are"
                : "pictures that were shrunk to a short side of " + shortSide + " when they were packed";
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
}
