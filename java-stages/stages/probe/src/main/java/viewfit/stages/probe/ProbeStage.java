package viewfit.stages.probe;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
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
import viewfit.core.data.Classes;
import viewfit.core.data.Manifest;
import viewfit.core.data.Prediction;
import viewfit.core.files.Hashes;
import viewfit.core.metrics.Provenance;
import viewfit.core.recipe.ProbeRecipe;
import viewfit.core.recipe.Recipes;
import viewfit.engine.Network;
import viewfit.engine.TorchRuntime;
import viewfit.eval.CheckpointFile;
import viewfit.eval.ClassifierFile;
import viewfit.eval.EvalCurveRow;
import viewfit.eval.FastRate;
import viewfit.eval.FeatureCache;
import viewfit.eval.FeaturePoint;
import viewfit.eval.FrozenBackbone;
import viewfit.eval.ProbeData;
import viewfit.eval.Retrieved;
import viewfit.eval.UntrainedBackbone;
import viewfit.report.chart.Fonts;
import viewfit.zoo.Backbones;

/** Scores a frozen backbone, and the untrained backbone of the same seed beside it. */
public final class ProbeStage extends ComputeStage {
    @Option(names = "--checkpoint", paramLabel = "FILE", description = "Networks from pretrain; or --weights.")
    private @Nullable Path checkpointFile;

    @Option(
            names = "--weights",
            paramLabel = "FILE",
            description = "In place of a checkpoint, a backbone that was trained elsewhere: safetensors or .pth of"
                    + " torchvision, timm or the official code, by --arch.")
    private @Nullable Path weights;

    @Option(names = "--arch", paramLabel = "NAME", description = "Backbone of --weights, as recipes name it.")
    private @Nullable String arch;

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

    @Option(
            names = "--feature-cache",
            paramLabel = "DIR",
            description = "Keep features of centre crops here, and take those that are kept: another run of the same"
                    + " network on the same images decodes nothing for them (default: nothing is kept).")
    private @Nullable Path featureCache;

    private final Runnable fonts;

    /** Makes the stage with its contract. */
    public ProbeStage() {
        this(Fonts::require);
    }

    /** @param fonts throws {@link StageFailure} where there are none to draw with */
    ProbeStage(Runnable fonts) {
        super(
                Contracts.PROBE,
                "bin/stage probe --checkpoint checkpoint.safetensors --recipe params/recipes/probe-linear.yml"
                        + " --train train.csv --eval heldout.csv --classes classes.csv --images DIR");
        this.fonts = fonts;
    }

    /** Runs the stage as a process. */
    public static void main(String[] args) {
        StageMain.run(new ProbeStage(), args);
    }

    @Override
    protected OutputFormats formats() {
        return super.formats()
                .with(EvalCurveRow.PROBE_SCHEMA, OutputFormat.table(ProbeRun.CURVE))
                .with(Prediction.SCHEMA, OutputFormat.table(Prediction.TABLE))
                .with(FastRate.SCHEMA, OutputFormat.table(ProbeRun.FAST))
                .with(FeaturePoint.SCHEMA, OutputFormat.table(ProbeRun.MAP))
                .with(Retrieved.SCHEMA, OutputFormat.table(ProbeRun.RETRIEVED))
                .with(ClassifierFile.SCHEMA, OutputFormat.of(ClassifierFile::verify, ClassifierFile::writeStub));
    }

    @Override
    protected void run() throws IOException {
        ProbeRecipe recipe = Recipes.read(recipeFile, ProbeRecipe.class);
        CheckpointFile checkpoint = networks(recipe);
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
                ProbeRun.Inputs inputs = new ProbeRun.Inputs(
                        runtime,
                        recipe,
                        checkpoint,
                        data,
                        Manifest.read(evalFile),
                        Hashes.sha256(evalFile),
                        Classes.read(classesFile),
                        cache(provenance));
                new ProbeRun(inputs, out(), provenance, this::say, fonts)
                        .run(contract().name(), cell(), List.of(first, floor), initial);
            }
        }
    }

    @Override
    protected void checkOptions() {
        super.checkOptions();
        if ((checkpointFile == null) == (weights == null)) {
            throw new StageFailure(
                    ExitCode.USAGE,
                    "--checkpoint, --weights: found " + (weights == null ? "neither" : "both")
                            + ": must be one of them");
        }
        if ((weights == null) != (arch == null)) {
            throw new StageFailure(
                    ExitCode.USAGE,
                    "--arch: found " + (arch == null ? "none with --weights" : arch + " without --weights")
                            + ": must go with --weights");
        }
        if (arch != null) {
            Backbones.requireName("--arch", arch);
        }
    }

    private CheckpointFile networks(ProbeRecipe recipe) {
        if (weights != null && arch != null) {
            return CheckpointFile.ofWeights(weights, arch, recipe.network());
        }
        return CheckpointFile.read(Objects.requireNonNull(checkpointFile, "one of both was asked for"));
    }

    private static FrozenBackbone frozen(TorchRuntime runtime, Network network, ProbeRecipe recipe, int plainWidth) {
        return new FrozenBackbone(runtime, network, recipe.normalize(), plainWidth);
    }

    private FeatureCache cache(Provenance provenance) {
        return featureCache == null ? FeatureCache.none() : FeatureCache.in(featureCache, provenance, this::say);
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
}
