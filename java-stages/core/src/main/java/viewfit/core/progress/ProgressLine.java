package viewfit.core.progress;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * At most one plain line every few seconds on stderr, without carriage returns since task logs are files:
 * {@code pretrain dino  ep 3/100  step 1200/5004  loss 7.213  412 img/s  eta 2h14m}.
 */
public final class ProgressLine {
    private static final double NANOS = 1e9;

    private final String label;
    private final int epochs;
    private final long steps;
    private final long everyNanos;
    private final PrintStream out;
    private final LongSupplier clock;
    private final long start;
    private long last;
    private long firstStep = -1;

    /**
     * @param label stage and subject, such as {@code pretrain dino}
     * @param epochs epochs in total
     * @param steps steps in total over all epochs
     * @param everySeconds least time between two lines
     */
    public ProgressLine(String label, int epochs, long steps, double everySeconds) {
        this(label, epochs, steps, everySeconds, System.err, System::nanoTime);
    }

    ProgressLine(String label, int epochs, long steps, double everySeconds, PrintStream out, LongSupplier clock) {
        this.label = label;
        this.epochs = epochs;
        this.steps = steps;
        this.everyNanos = (long) (everySeconds * NANOS);
        this.out = out;
        this.clock = clock;
        this.start = clock.getAsLong();
        this.last = start - everyNanos;
    }

    /**
     * Tells how far the run is; prints if the last line is old enough, and at the last step.
     *
     * @param epoch counted from 0
     * @param step counted from 0 over the run
     * @param loss of this step
     * @param imagesPerSecond recent speed
     */
    public void step(int epoch, long step, double loss, double imagesPerSecond) {
        step(epoch, step, loss, "", imagesPerSecond);
    }

    /**
     * As {@link #step(int, long, double, double)}.
     *
     * @param more what to tell right after the loss; may be empty
     */
    public void step(int epoch, long step, double loss, String more, double imagesPerSecond) {
        long now = clock.getAsLong();
        if (firstStep < 0) {
            firstStep = step;
        }
        if (now - last < everyNanos && step + 1 < steps) {
            return;
        }
        last = now;
        out.println(String.format(
                Locale.ROOT,
                "%s  ep %d/%d  step %d/%d  loss %.3f%s  %.0f img/s  eta %s",
                label,
                epoch + 1,
                epochs,
                step + 1,
                steps,
                loss,
                more,
                imagesPerSecond,
                eta(now, step)));
    }

    /** Prints one line at once, with the label in front. */
    public void say(String text) {
        out.println(label + "  " + text);
    }

    private String eta(long now, long step) {
        long done = step + 1 - firstStep;
        double seconds = (now - start) / NANOS / done * (steps - step - 1);
        return duration(Math.round(seconds));
    }

    /** {@code 2h14m}, {@code 3m05s} or {@code 12s}. */
    static String duration(long seconds) {
        if (seconds >= 3600) {
            return String.format(Locale.ROOT, "%dh%02dm", seconds / 3600, seconds % 3600 / 60);
        }
        return seconds >= 60 ? String.format(Locale.ROOT, "%dm%02ds", seconds / 60, seconds % 60) : seconds + "s";
    }
}
