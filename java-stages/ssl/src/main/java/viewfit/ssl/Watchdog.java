package viewfit.ssl;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import viewfit.core.files.AtomicFiles;

/**
 * Notices that a run no longer moves: no step for many times as long as steps usually take. Writes down what every thread is at
 * and lets the process end, for another one to try again.
 */
public final class Watchdog implements AutoCloseable {
    /** Steps that the usual time is taken from. */
    private static final int REMEMBERED = 101;

    private static final double NANOS = 1e9;
    private static final long NAP = 1_000_000_000L;
    private static final long LATE = 5 * NAP;
    /** For writing down what the threads are at. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Rule rule;
    private final Path dump;
    private final long[] recent = new long[REMEMBERED];
    private final Thread thread;

    // Guarded by this.
    private int steps;
    private long last = System.nanoTime();
    private boolean resting = true;
    private boolean closed;

    /**
     * When to give up.
     *
     * @param times so many times the median step
     * @param least but at least so long
     * @param giveUp ends the process, with this line as its last word
     */
    public record Rule(double times, Duration least, Consumer<String> giveUp) {
        /** Never. */
        public static final Rule NEVER = new Rule(Double.POSITIVE_INFINITY, Duration.ZERO, line -> {});

        /** After 50 steps' time and at least 10 minutes: a network file system may take a few. */
        public static Rule usual(Consumer<String> giveUp) {
            return new Rule(50, Duration.ofMinutes(10), giveUp);
        }
    }

    /** @param dump file for what the threads are at */
    Watchdog(Rule rule, Path dump) {
        this.rule = rule;
        this.dump = dump;
        this.thread = new Thread(this::watch, "watchdog");
        thread.setDaemon(true);
        if (Double.isFinite(rule.times())) {
            thread.start();
        }
    }

    /** A step begins, or goes on after something else. */
    synchronized void begin() {
        last = System.nanoTime();
        resting = false;
        notifyAll();
    }

    /** A step is done; until the next one begins nothing is expected. */
    synchronized void end() {
        recent[steps % REMEMBERED] = System.nanoTime() - last;
        steps++;
        resting = true;
    }

    /** Nanoseconds that a step may take: without a step to go by, only the least of the rule holds. */
    private long limit() {
        long[] known = Arrays.copyOf(recent, Math.min(steps, REMEMBERED));
        Arrays.sort(known);
        double median = known.length == 0 ? 0 : known[known.length / 2];
        return (long) Math.max((double) rule.least().toNanos(), rule.times() * median);
    }

    private synchronized void watch() {
        try {
            while (!closed) {
                long left = resting ? Long.MAX_VALUE : last + limit() - System.nanoTime();
                if (left <= 0) {
                    giveUp();
                    return;
                }
                if (resting) {
                    wait();
                } else {
                    nap(Math.min(left, NAP));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits; time in which the whole process was stopped, as a batch system may do, is none of the step's. */
    @SuppressWarnings("WaitNotInLoop") // the only caller loops
    private void nap(long nanos) throws InterruptedException {
        long from = System.nanoTime();
        wait(nanos / 1_000_000 + 1);
        long late = System.nanoTime() - from - nanos;
        if (late > LATE) {
            last += late;
        }
    }

    private void giveUp() {
        String line = String.format(
                Locale.ROOT,
                "step %d: found none done in %.1f s: must take less than %.1f s; what the threads were at is in %s; run"
                        + " again",
                steps,
                (System.nanoTime() - last) / NANOS,
                limit() / NANOS,
                dump);
        // The disk of the outputs may be what everybody waits for.
        Thread writer = new Thread(() -> AtomicFiles.writeString(dump, threads()), "watchdog-dump");
        writer.setDaemon(true);
        writer.start();
        try {
            writer.join(PATIENCE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            rule.giveUp().accept(line);
        }
    }

    private static String threads() {
        return Arrays.stream(ManagementFactory.getThreadMXBean().dumpAllThreads(true, true))
                .map(Watchdog::words)
                .collect(Collectors.joining("\n"));
    }

    /** The whole stack; {@link ThreadInfo#toString} has eight frames of it. */
    private static String words(ThreadInfo thread) {
        return "\"" + thread.getThreadName() + "\" " + thread.getThreadState()
                + (thread.getLockName() == null ? "" : " on " + thread.getLockName()) + "\n"
                + Arrays.stream(thread.getStackTrace())
                        .map(f -> "    at " + f + "\n")
                        .collect(Collectors.joining());
    }

    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }
}
