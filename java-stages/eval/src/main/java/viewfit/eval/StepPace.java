package viewfit.eval;

import java.util.function.LongSupplier;

/** Measures the steps of a run that trains a classifier; what goes on between epochs is in none of them. */
final class StepPace {
    private static final double NANOS = 1e9;

    private final int epochs;
    private final int stepsPerEpoch;
    private final LongSupplier clock;
    private final LongSupplier waitNanos;
    private long from;
    private long waitedBefore;

    /**
     * @param waitNanos time spent waiting for images so far
     */
    StepPace(int epochs, int stepsPerEpoch, LongSupplier waitNanos) {
        this(epochs, stepsPerEpoch, System::nanoTime, waitNanos);
    }

    StepPace(int epochs, int stepsPerEpoch, LongSupplier clock, LongSupplier waitNanos) {
        this.epochs = epochs;
        this.stepsPerEpoch = stepsPerEpoch;
        this.clock = clock;
        this.waitNanos = waitNanos;
    }

    /** The first step of an epoch begins. */
    void begin() {
        from = clock.getAsLong();
        waitedBefore = waitNanos.getAsLong();
    }

    /** A step ends, and the next begins. */
    EvalStep step(int epoch, int stepInEpoch, int images, double loss) {
        long now = clock.getAsLong();
        long waited = waitNanos.getAsLong();
        double nanos = Math.max(1, now - from);
        double share = (waited - waitedBefore) / nanos;
        from = now;
        waitedBefore = waited;
        return new EvalStep(
                epoch,
                (long) epoch * stepsPerEpoch + stepInEpoch,
                (long) epochs * stepsPerEpoch,
                loss,
                images * NANOS / nanos,
                share);
    }
}
