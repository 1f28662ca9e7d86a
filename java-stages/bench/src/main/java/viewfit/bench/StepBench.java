package viewfit.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One training step against plain PyTorch, written the official way and tuned. Every side is a process of its own; they take
 * turns, round by round.
 */
final class StepBench {
    /** After them SwAV's queue is full, libtorch has chosen its kernels and the heap has its size. */
    private static final int WARM_UP = 4;
    /** From files the JVM has compiled the making of views by then. */
    private static final int WARM_UP_FROM_FILES = 40;

    private final List<StepJob> jobs;
    private final List<String> precisions;
    private final List<String> pythons;
    private final int rounds;
    private final int steps;

    StepBench(List<StepJob> jobs, List<String> precisions, List<String> pythons, int rounds, int steps) {
        this.jobs = List.copyOf(jobs);
        this.precisions = List.copyOf(precisions);
        this.pythons = List.copyOf(pythons);
        this.rounds = rounds;
        this.steps = steps;
    }

    void run() throws IOException {
        System.out.printf(
                Locale.ROOT,
                "Times of a step in ms, median of %d rounds of %d steps (extremes); ratios are to Viewfit in the same precision;"
                        + " memory is the peak of the whole process; oneDNN of all sides: %s.%n",
                rounds,
                steps,
                StepSide.instructions().isEmpty() ? "all instructions" : StepSide.instructions());
        for (StepJob job : jobs) {
            compare(job);
        }
    }

    private void compare(StepJob job) throws IOException {
        List<StepSide> sides = new ArrayList<>();
        try {
            for (String precision : precisions) {
                enter(sides, job, precision, null);
                for (String python : pythons) {
                    for (String mode : precision.equals("bf16") ? List.of("bf16") : List.of("plain", "tuned")) {
                        enter(sides, job, mode, python);
                    }
                }
            }
            for (int i = 0; i < rounds; i++) {
                for (StepSide side : sides) {
                    side.round(steps);
                }
            }
            print(job, sides);
        } finally {
            sides.forEach(StepSide::close);
        }
    }

    /**
     * Starts a side and warms it up. A Python that cannot do it, as older versions lack bfloat16 kernels, is left out.
     *
     * @param python null for ours
     */
    private static void enter(List<StepSide> sides, StepJob job, String mode, @Nullable String python)
            throws IOException {
        int warmUp = job.images() == null ? WARM_UP : WARM_UP_FROM_FILES;
        if (python == null) {
            StepSide side = StepSide.viewfit(job, mode, null);
            sides.add(side);
            side.warmUp(warmUp);
            return;
        }
        try {
            StepSide side = StepSide.python(python, job, mode, null);
            sides.add(side);
            try {
                side.warmUp(warmUp);
            } catch (IOException e) {
                side.close();
                sides.remove(side);
                throw e;
            }
        } catch (IOException e) {
            System.out.printf("%nleft out of the next table: %s, %s: %s%n", python, mode, e.getMessage());
        }
    }

    private static void print(StepJob job, List<StepSide> sides) throws IOException {
        double macs = sides.get(0).macs();
        List<double[]> peaks = new ArrayList<>();
        for (StepSide side : sides) {
            peaks.add(side.peak());
        }
        double limit = peaks.stream().flatMapToDouble(Arrays::stream).max().orElseThrow();
        System.out.printf(Locale.ROOT, "%n%s; %.2f GMAC in a step, limit %.0f GFLOP/s%n%n", job, macs / 1e9, limit);
        System.out.println("| side | precision | wall ms | ratio | CPU ms | ratio | peak MiB | of the float32 limit"
                + " | product, convolution GFLOP/s |");
        System.out.println("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        for (int i = 0; i < sides.size(); i++) {
            StepSide side = sides.get(i);
            row(side, ours(sides, side.precision()), 2 * macs / (limit * 1e9), peaks.get(i));
        }
    }

    private static StepSide ours(List<StepSide> sides, String precision) {
        return sides.stream()
                .filter(side -> side.ours() && side.precision().equals(precision))
                .findFirst()
                .orElseThrow();
    }

    /**
     * @param least seconds that the step would take if it were nothing but products at the limit
     */
    private static void row(StepSide side, StepSide ours, double least, double[] peak) {
        System.out.printf(
                Locale.ROOT,
                "| %s | %s | %s | %s | %s | %s | %.0f | %.0f %% | %.0f, %.0f |%n",
                side.name(),
                side.precision(),
                figures(side.wall()),
                side.ours() ? "" : ours.wall().ratio(side.wall()),
                figures(side.cpu()),
                side.ours() ? "" : ours.cpu().ratio(side.cpu()),
                side.memory(),
                100 * least / (side.wall().median() / 1000),
                peak[0],
                peak[1]);
    }

    private static String figures(Rounds rounds) {
        return String.format(Locale.ROOT, "%.0f (%.0f to %.0f)", rounds.median(), rounds.smallest(), rounds.largest());
    }
}
