package viewfit.stages.grid;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.ImageCount;

/** What a plan is asked for with. */
final class PlanOptions {
    /** Classes of ImageNet, where images are a number and nothing is known of their labels. */
    private static final int CLASSES = 1000;

    @Option(
            names = "--plan",
            description =
                    "Print what the sweep will cost, cell by cell, and write nothing. Needs --images or --image-count.")
    private boolean plan;

    @Option(
            names = "--images",
            paramLabel = "PATH",
            description = "With --plan: the images, as split takes them; they are listed, and none is opened.")
    private @Nullable Path images;

    @Option(
            names = "--image-count",
            paramLabel = "N",
            description = "With --plan, instead of --images: how many images there will be to train on.")
    private int imageCount;

    @Option(
            names = "--heldout-per-class",
            paramLabel = "N",
            description = "With --plan and --images: how many of each class split will hold out (default: 50).")
    private int heldoutPerClass = 50;

    @Option(
            names = "--done",
            paramLabel = "DIR",
            description =
                    "With --plan: results of an earlier run, grid/ and pretrain/, whose finished cells say how fast the"
                            + " machine is.")
    private @Nullable Path done;

    @Option(
            names = "--flops-per-second",
            paramLabel = "X",
            description = "With --plan: how fast the machine is, whatever --done says.")
    private double flopsPerSecond;

    @Option(
            names = "--budget",
            paramLabel = "HOURS",
            description = "With --plan: say which epochs of --halve-at keep the sweep within so many hours.")
    private @Nullable Double budget;

    /** Images to train on, and of how many classes. */
    record Images(int train, int classes) {}

    boolean asked() {
        return plan;
    }

    /** Refuses what does not go together. */
    void check() {
        boolean counted = imageCount != 0;
        if (!plan) {
            refuseIf(images != null, "--images");
            refuseIf(counted, "--image-count");
            refuseIf(done != null, "--done");
            refuseIf(flopsPerSecond != 0, "--flops-per-second");
            refuseIf(budget != null, "--budget");
            return;
        }
        if ((images != null) == counted) {
            throw usage(
                    "--plan: found " + (counted ? "both" : "neither") + ": needs one of --images and --image-count");
        }
        if (imageCount < 0) {
            throw usage("--image-count: found " + imageCount + ": must be 1 or more");
        }
        if (heldoutPerClass < 0) {
            throw usage("--heldout-per-class: found " + heldoutPerClass + ": must be 0 or more");
        }
        if (!(flopsPerSecond >= 0) || Double.isInfinite(flopsPerSecond)) {
            throw usage("--flops-per-second: found " + flopsPerSecond + ": must be above 0");
        }
        if (budget != null && !(budget > 0 && Double.isFinite(budget))) {
            throw usage("--budget: found " + budget + ": must be above 0 hours");
        }
    }

    /** Hours that may be spent; null if nobody said. */
    @Nullable
    Double budget() {
        return budget;
    }

    Images images() {
        if (images == null) {
            return new Images(imageCount, CLASSES);
        }
        if (!Files.exists(images)) {
            throw new StageFailure(ExitCode.NO_INPUT, images + ": does not exist: must be a data set");
        }
        ImageCount count = ImageCount.of(images);
        return new Images(count.train(heldoutPerClass), count.classes() > 0 ? count.classes() : CLASSES);
    }

    /** How fast the machine is, if that is known. */
    Speed speed(int classes) {
        if (done != null && !Files.isDirectory(done)) {
            throw new StageFailure(ExitCode.NO_INPUT, "--done: found " + done + ": must be a folder of results");
        }
        if (flopsPerSecond > 0) {
            return Speed.given(flopsPerSecond);
        }
        return done == null ? Speed.unknown() : Speed.measured(done, classes);
    }

    private static void refuseIf(boolean given, String option) {
        if (given) {
            throw usage(option + ": found without --plan: needs --plan");
        }
    }

    private static StageFailure usage(String message) {
        return new StageFailure(ExitCode.USAGE, message);
    }
}
