package viewfit.stages.pretrain;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import viewfit.cli.ComputeStage;
import viewfit.cli.OutputFormat;
import viewfit.cli.OutputFormats;
import viewfit.cli.StageMain;
import viewfit.cli.StopSignals;
import viewfit.core.contract.Contracts;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.DamagePolicy;
import viewfit.core.data.Manifest;
import viewfit.core.files.Hashes;
import viewfit.core.images.ImageFiles;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.Recipes;
import viewfit.engine.TorchRuntime;
import viewfit.formats.EventFile;
import viewfit.ssl.Checkpoint;
import viewfit.ssl.Pretrainer;
import viewfit.ssl.RunControl;
import viewfit.ssl.StartWeights;
import viewfit.ssl.StateFolder;
import viewfit.ssl.Watchdog;

/** Trains a backbone on the views of a recipe. */
@Command(name = "pretrain")
public final class PretrainStage extends ComputeStage {
    @Option(names = "--recipe", required = true, paramLabel = "FILE", description = "Complete recipe of this cell.")
    private @Nullable Path recipe;

    @Option(names = "--manifest", required = true, paramLabel = "FILE", description = "Images to train on.")
    private @Nullable Path manifest;

    @Option(
            names = "--monitor",
            paramLabel = "FILE",
            description = "Labelled images that ask the k-NN monitor (default: the training images ask each other).")
    private @Nullable Path monitor;

    @Option(
            names = "--weights",
            paramLabel = "FILE",
            description =
                    "Start the backbone from these weights: safetensors or .pth of torchvision, timm or the official"
                            + " code, or a Viewfit checkpoint (default: drawn from the recipe's seed).")
    private @Nullable Path weights;

    @Option(
            names = "--weights-network",
            paramLabel = "SIDE",
            description = "student or teacher, where the file holds both (default: student).")
    private StartWeights.@Nullable Side side;

    @Option(
            names = "--images",
            required = true,
            paramLabel = "DIR",
            description = "Folder the manifests' paths are relative to, or a pack.")
    private @Nullable Path images;

    @Option(
            names = "--on-damaged",
            paramLabel = "WHAT",
            defaultValue = "${env:VIEWFIT_ON_DAMAGED:-fail}",
            description = "fail, or skip: another image stands in for a damaged or missing one (default: that of the"
                    + " environment variable VIEWFIT_ON_DAMAGED, else fail).")
    private DamagePolicy.OnDamaged onDamaged = DamagePolicy.OnDamaged.FAIL;

    @Option(
            names = "--damaged-quota",
            paramLabel = "SHARE",
            defaultValue = "${env:VIEWFIT_DAMAGED_QUOTA:-" + DamagePolicy.DEFAULT_QUOTA + "}",
            description = "With skip, largest share of the training images that may be damaged (default: that of the"
                    + " environment variable VIEWFIT_DAMAGED_QUOTA, else 0.01).")
    private double damagedQuota = DamagePolicy.DEFAULT_QUOTA;

    @Option(
            names = "--profile",
            paramLabel = "N",
            description = "Measure where the time of N steps goes: profile.csv, profile.json (default: measure none).")
    private @Nullable Integer profile;

    @Option(
            names = "--tensorboard",
            arity = "0..1",
            paramLabel = "BOOL",
            fallbackValue = "true",
            defaultValue = "${env:VIEWFIT_TENSORBOARD:-false}",
            description =
                    "Write curve, monitor and contact sheet for TensorBoard too: tensorboard/ (default: that of the"
                            + " environment variable VIEWFIT_TENSORBOARD, else false).")
    private boolean tensorboard;

    @Mixin
    private StateOptions stateOptions = new StateOptions();

    private @Nullable StateFolder states;

    public PretrainStage() {
        super(
                Contracts.PRETRAIN,
                "bin/stage pretrain --recipe cells/ours-s0.yml --manifest train.csv --monitor heldout.csv"
                        + " --images photos --cell ours-s0 --out ours-s0");
    }

    public static void main(String[] args) {
        StageMain.run(new PretrainStage(), args);
    }

    @Override
    protected void checkOptions() {
        super.checkOptions();
        damaged();
        if (weights == null && side != null) {
            throw new StageFailure(ExitCode.USAGE, "--weights-network: found " + side + ": needs --weights");
        }
        stateOptions.check(out());
        if (profile != null && profile < 1) {
            throw new StageFailure(ExitCode.USAGE, "--profile: found " + profile + ": must be at least 1 step");
        }
    }

    private DamagePolicy damaged() {
        return new DamagePolicy(onDamaged, damagedQuota);
    }

    @Override
    protected void run() {
        // First of all: a signal on the way to the first step is noted too.
        StopSignals signals = stateOptions.asked() ? StopSignals.install(this::say) : null;
        Path train = given(manifest);
        ImageFiles.root(given(images));
        Pretrainer.Job job = job(Recipes.read(given(recipe), PretrainRecipe.class), train);
        Watchdog.Rule hang = Watchdog.Rule.usual(line -> leave(ExitCode.TRANSIENT, line));
        states = stateOptions.open(out(), this::say);
        RunControl control = new RunControl(
                states,
                stateOptions.every(),
                signals == null ? () -> "" : signals::name,
                hang,
                tensorboard,
                stateOptions.until());
        try (TorchRuntime runtime = TorchRuntime.forPretraining(
                device(), threads(), job.recipe().precision(), job.recipe().backbone())) {
            Pretrainer.run(runtime, job.with(workers(runtime.gpu())), profile == null ? 0 : profile, control);
        } catch (RuntimeException | Error e) {
            if (states != null) {
                states.close();
            }
            throw e;
        }
    }

    /** Not before: a run that ends between its last output and here goes on from its last state. */
    @Override
    protected void done() {
        if (states != null) {
            stateOptions.done(out(), states);
        }
    }

    private Pretrainer.Job job(PretrainRecipe complete, Path train) {
        Manifest rows = Manifest.read(train);
        Manifest asked = monitor == null ? null : Manifest.read(monitor);
        String sha256 = Hashes.sha256(train);
        StartWeights start = start(complete);
        try {
            return new Pretrainer.Job(complete, rows, asked, sha256, given(images), out(), cell(), 1, start, damaged());
        } catch (StageFailure e) {
            // The job knows the recipe's keys, not its file.
            throw new StageFailure(e.exitCode(), recipe + ": " + e.getMessage(), e);
        }
    }

    private StartWeights start(PretrainRecipe complete) {
        if (weights == null) {
            return StartWeights.none();
        }
        StartWeights start = StartWeights.read(weights, side, complete.backbone());
        say(start.line());
        return start;
    }

    private static Path given(@Nullable Path option) {
        if (option == null) {
            throw new IllegalStateException("a required option is missing although the command line was accepted");
        }
        return option;
    }

    @Override
    protected OutputFormats formats() {
        return OutputFormats.standard()
                .with(Checkpoint.SCHEMA, OutputFormat.of(Checkpoint::verify, Checkpoint::writeStub))
                .with("state", OutputFormat.of(StateFolder::verify, Files::createDirectories))
                .with("tensorboard", OutputFormat.of(EventFile::verify, Files::createDirectories));
    }
}
