package viewfit.ssl;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;
import viewfit.views.MultiCropBatch;

/** Steps of a run whose reports have not been read yet, and the time they took together. */
final class OpenSteps {
    private static final double NANOS = 1e9;

    private final Deque<Step> steps = new ArrayDeque<>();
    private long nanos;
    private long waitNanos;
    private long totalNanos;
    private long totalWaitNanos;

    /**
     * One step.
     *
     * @param rows its images, as rows of the manifest
     */
    record Step(Clock clock, List<Integer> rows) {}

    /**
     * How fast images went through.
     *
     * @param imagesPerSecond images, not views
     * @param waitShare share of the time that was spent waiting for views
     */
    record Pace(double imagesPerSecond, double waitShare) {}

    /** Notes a step; the batch may be used again afterwards. */
    void add(Clock clock, MultiCropBatch batch) {
        steps.addLast(new Step(
                clock,
                IntStream.range(0, batch.size()).map(batch::image).boxed().toList()));
    }

    /** Notes time that went into the steps, and how much of it was spent waiting for views. */
    void spend(long more, long moreWait) {
        nanos += more;
        waitNanos += moreWait;
    }

    /** Closes the time of {@code images} that went through their steps together: the mean over them. */
    Pace pace(long images) {
        Pace pace = pace(images, nanos, waitNanos);
        totalNanos += nanos;
        totalWaitNanos += waitNanos;
        nanos = 0;
        waitNanos = 0;
        return pace;
    }

    /** Over all the time that was closed, of {@code images}. */
    Pace total(long images) {
        return pace(images, totalNanos, totalWaitNanos);
    }

    private static Pace pace(long images, long nanos, long waitNanos) {
        double some = Math.max(1, nanos);
        return new Pace(images * NANOS / some, waitNanos / some);
    }

    /** Takes out the oldest step. */
    Step next() {
        return steps.removeFirst();
    }
}
