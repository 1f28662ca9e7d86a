package viewfit.core.progress;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Now and then a plain line on stderr, without carriage returns since task logs are files: one ten seconds after the first step, then
 * one every half minute at most, and one at the end.
 *
 * <pre>
 *   pretrain ours_s0  epoch 3/100  step 1200/5004  loss 7.213 of 8.318  412 images/s  wait 1 %  eta 2h14m
 * </pre>
 *
 * <p>Speed and wait are means over the steps since the line before. The time that is left is by all steps since the
 * first, with what went on between them; what came before the first, such as reading a state, has no part in it.
 */
public final class ProgressLine {
    private static final double NANOS = 1e9;
    private static final long FIRST_NANOS = 10_000_000_000L;
    private static final long EVERY_NANOS = 30_000_000_000L;
    private static final double PERCENT = 100;
    private static final int FAST = 10;

    private final String label;
    private final int epochs;
    private final PrintStream out;
    private final LongSupplier clock;
    private long due;
    private long firstTime;
    private long firstStep = -1;

    /** Of the images that are counted: what is done, and since when and how many. */
    private String counted = "";

    private long countedTime;
    private long countedFirst;
    private long countedLast;

    /** Of the steps since the line before: how many, seconds per image of each, and of these the seconds that were waited. */
    private int count;

    private double seconds;
    private double waited;

    /**
     * @param label stage and subject, such as {@code pretrain ours_s0}
     * @param epochs to count to: those of the run, or up to the end of this part of it
     */
    public ProgressLine(String label, int epochs) {
        this(label, epochs, System.err, System::nanoTime);
    }

    ProgressLine(String label, int epochs, PrintStream out, LongSupplier clock) {
        this.label = label;
        this.epochs = epochs;
        this.out = out;
        this.clock = clock;
        this.due = clock.getAsLong() + FIRST_NANOS;
    }

    /**
     * Tells how far the run is, when it is time for a line, and at the last step.
     *
     * @param epoch counted from 0
     * @param step counted from 0 over the run
     * @param steps of all these epochs
     * @param loss of this step
     * @param more what to tell right after the loss; may be empty
     * @param imagesPerSecond speed of this step
     * @param waitShare share of its time that was spent waiting for images
     */
    public void step(
            int epoch, long step, long steps, double loss, String more, double imagesPerSecond, double waitShare) {
        long now = clock.getAsLong();
        if (firstStep < 0) {
            firstStep = step;
            firstTime = now;
            due = now + FIRST_NANOS;
        }
        count++;
        seconds += 1 / imagesPerSecond;
        waited += waitShare / imagesPerSecond;
        if (now < due && step + 1 < steps) {
            return;
        }
        due = now + EVERY_NANOS;
        double speed = count / seconds;
        out.println(String.format(
                Locale.ROOT,
                "%s  epoch %d/%d  step %d/%d  loss %.3f%s  %." + (speed < FAST ? 1 : 0) + "f images/s  wait %.0f %%%s",
                label,
                epoch + 1,
                epochs,
                step + 1,
                steps,
                loss,
                more,
                speed,
                PERCENT * waited / seconds,
                left(now, step, steps)));
        count = 0;
        seconds = 0;
        waited = 0;
    }

    /**
     * Tells how many images something has been done to, when it is time for a line.
     *
     * @param what is done; another one, or fewer than before, begins to count anew
     * @param count of images, all that were done so far
     */
    public void images(String what, long count, long all) {
        long now = clock.getAsLong();
        if (!what.equals(counted) || count < countedLast) {
            counted = what;
            countedTime = now;
            countedFirst = count;
        }
        countedLast = count;
        if (now < due || count == countedFirst) {
            return;
        }
        due = now + EVERY_NANOS;
        double speed = (count - countedFirst) * NANOS / (now - countedTime);
        out.println(String.format(
                Locale.ROOT,
                "%s  %s  %d/%d  %.0f images/s  eta %s",
                label,
                what,
                count,
                all,
                speed,
                duration(Math.round((all - count) / speed))));
    }

    /** Prints one line at once, with the label in front. */
    public void say(String text) {
        out.println(label + "  " + text);
    }

    /**
     * The time that is left, where more than one step is known. Steps that are told together were done by the time of the first of
     * them, so that whole windows are counted where a line is due: by the first step of one.
     */
    private String left(long now, long step, long steps) {
        if (step == firstStep) {
            return "";
        }
        double each = (now - firstTime) / NANOS / (step - firstStep);
        return "  eta " + duration(Math.round(each * (steps - step - 1)));
    }

    /** {@code 3d04h}, {@code 2h14m}, {@code 3m05s} or {@code 12s}. */
    public static String duration(long seconds) {
        if (seconds >= 86_400) {
            return String.format(Locale.ROOT, "%dd%02dh", seconds / 86_400, seconds % 86_400 / 3600);
        }
        if (seconds >= 3600) {
            return String.format(Locale.ROOT, "%dh%02dm", seconds / 3600, seconds % 3600 / 60);
        }
        return seconds >= 60 ? String.format(Locale.ROOT, "%dm%02ds", seconds / 60, seconds % 60) : seconds + "s";
    }
}
