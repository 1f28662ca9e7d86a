package viewfit.stages.pretrain;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
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
import viewfit.core.files.AtomicFiles;
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
    private static final int MOST_MINUTES = 100_000;
    private static final double MILLIS_PER_MINUTE = 60_000;

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

    @Option(
            names = "--checkpoint-dir",
            paramLabel = "DIR",
            description =
                    "Folder of this run alone that its state is kept in, made if it is missing; a run that was"
                            + " interrupted goes on from there to the same results. TERM, INT, USR1 and USR2 then end the run after"
                            + " the step under way, with code 75. Empty again when the run is done (default: no state is kept).")
    private @Nullable Path checkpointDir;

    @Option(
            names = "--checkpoint-minutes",
            paramLabel = "M",
            description = "With --checkpoint-dir, minutes between two states; fractions are allowed (default: 10).")
    private @Nullable Double checkpointMinutes;

    @Option(
            names = "--checkpoint-keep",
            paramLabel = "K",
            description = "With --checkpoint-dir, how many states stay; an older one serves if the newest is damaged"
                    + " (default: 2).")
    private @Nullable Integer checkpointKeep;

    @Option(
            names = "--keep-states",
            description =
                    "With --checkpoint-dir, leave the states there when the run is done, for whoever removes them when"
                            + " the results are safe.")
    private boolean keepStates;

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
        checkStates();
        if (profile != null && profile < 1) {
            throw new StageFailure(ExitCode.USAGE, "--profile: found " + profile + ": must be at least 1 step");
        }
    }

    private void checkStates() {
        if (checkpointDir == null && (checkpointMinutes != null || checkpointKeep != null || keepStates)) {
            String given = checkpointMinutes != null
                    ? "--checkpoint-minutes"
                    : checkpointKeep != null ? "--checkpoint-keep" : "--keep-states";
            throw new StageFailure(ExitCode.USAGE, given + ": found without a folder: needs --checkpoint-dir");
        }
        for (Path taken : List.of(out(), out().resolve("checkpoints"))) {
            if (checkpointDir != null && same(checkpointDir, taken)) {
                throw new StageFailure(
                        ExitCode.USAGE,
                        "--checkpoint-dir: found " + checkpointDir
                                + ": must be another folder than those of the outputs, " + out()
                                + " and its checkpoints/");
            }
        }
        if (checkpointMinutes != null && !(checkpointMinutes >= 0 && checkpointMinutes <= MOST_MINUTES)) {
            throw new StageFailure(
                    ExitCode.USAGE,
                    "--checkpoint-minutes: found " + checkpointMinutes + ": must be in 0 .. " + MOST_MINUTES);
        }
        if (checkpointKeep != null && checkpointKeep < 1) {
            throw new StageFailure(
                    ExitCode.USAGE, "--checkpoint-keep: found " + checkpointKeep + ": must be at least 1 state");
        }
    }

    private static boolean same(Path a, Path b) {
        try {
            return (Files.exists(a) && Files.exists(b))
                    ? Files.isSameFile(a, b)
                    : a.toAbsolutePath().normalize().equals(b.toAbsolutePath().normalize());
        } catch (IOException e) {
            throw AtomicFiles.failure(a, e);
        }
    }

    private DamagePolicy damaged() {
        return new DamagePolicy(onDamaged, damagedQuota);
    }

    @Override
    protected void run() {
        // First of all: a signal on the way to the first step is noted too.
        StopSignals signals = checkpointDir == null ? null : StopSignals.install(this::say);
        Path train = given(manifest);
        ImageFiles.root(given(images));
        Pretrainer.Job job = job(Recipes.read(given(recipe), PretrainRecipe.class), train);
        Watchdog.Rule hang = Watchdog.Rule.usual(line -> leave(ExitCode.TRANSIENT, line));
        RunControl control = new RunControl(null, Duration.ZERO, () -> "", hang, tensorboard);
        if (checkpointDir != null && signals != null) {
            states = StateFolder.open(checkpointDir, checkpointKeep == null ? 2 : checkpointKeep, this::say);
            double minutes = checkpointMinutes == null ? 10 : checkpointMinutes;
            Duration every = Duration.ofMillis(Math.round(minutes * MILLIS_PER_MINUTE));
            control = new RunControl(states, every, signals::name, hang, tensorboard);
        }
        try (TorchRuntime runtime =
                TorchRuntime.open(device(), threads(), job.recipe().precision())) {
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
            if (!keepStates) {
                states.clear();
            }
            states.close();
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
                .with("tensorboard", OutputFormat.of(EventFile::verify, Files::createDirectories));
    }
}
