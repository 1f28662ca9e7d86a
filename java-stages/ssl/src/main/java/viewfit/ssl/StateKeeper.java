package viewfit.ssl;

import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.metrics.CurveRow;
import viewfit.core.metrics.MonitorRow;
import viewfit.views.StandIns;

/**
 * Keeps the state of a run from time to time: copied between two steps, written while training goes on. It only does something
 * for a run that has a folder for states.
 */
final class StateKeeper implements AutoCloseable {
    private static final double NANOS = 1e9;

    private final @Nullable StateFolder states;
    private final RunControl control;
    private final Trainer trainer;
    private final Pretrainer.Job job;
    private final StandIns standIns;
    private final RunRecord record;
    private final StateWriter writer;
    private long last = System.nanoTime();
    private long stalled;

    StateKeeper(RunControl control, Trainer trainer, Pretrainer.Job job, StandIns standIns, RunRecord record) {
        this.control = control;
        this.states = control.states();
        this.trainer = trainer;
        this.job = job;
        this.standIns = standIns;
        this.record = record;
        StateFolder folder = control.states();
        this.writer = new StateWriter(line -> {
            if (folder != null) {
                folder.say(line);
            }
        });
    }

    /** Whether it is time, and the state before has been written; a run that keeps every step waits for it instead. */
    boolean due() {
        return states != null
                && System.nanoTime() - last >= control.every().toNanos()
                && (control.every().isZero() || !writer.busy());
    }

    /**
     * Copies the state and has it written.
     *
     * @param epochs epochs whose end was worked off
     */
    void keep(int epochs) {
        StateFolder folder = states;
        if (folder == null) {
            return;
        }
        long from = System.nanoTime();
        // What went wrong with the state before is told first, and its rows come with this one.
        writer.settle();
        double seconds = record.seconds();
        Journal.Mark<CurveRow> curve = record.curve().mark();
        Journal.Mark<MonitorRow> monitor = record.monitor().mark();
        RunState run = record.state(epochs, curve, monitor, standIns.met());
        Checkpoint.Content content =
                Checkpoint.state(trainer, run, Resumed.identity(job, trainer.runtime(), folder.code()));
        writer.begin(() -> {
            folder.require();
            // Rows first: a state must find all it counts.
            record.curve().keep(curve);
            record.monitor().keep(monitor);
            folder.take(seconds);
            folder.write(content, run.steps());
        });
        last = System.nanoTime();
        stalled += last - from;
    }

    /**
     * Keeps a last state and waits until it is written.
     *
     * @return what to end the run with
     * @throws StageFailure if that state cannot be written
     */
    StageFailure stop(int epochs) {
        String why = control.stop().get();
        if (states == null) {
            return new StageFailure(
                    ExitCode.TRANSIENT, why + ": stopped after " + record.steps() + " steps: run again");
        }
        if (record.steps() > 0) {
            keep(epochs);
            writer.require();
        }
        return new StageFailure(
                ExitCode.TRANSIENT,
                why + ": stopped after " + record.steps() + " of " + trainer.steps() + " steps: run again with "
                        + "--checkpoint-dir " + states + " to go on");
    }

    /**
     * Keeps a last state and hands it to who goes on.
     *
     * @param to folder that it is written to
     * @throws StageFailure if it cannot be written
     */
    void pause(int epochs, Path to) {
        StateFolder folder = states;
        if (folder == null) {
            throw new IllegalStateException("a run that pauses has a folder for its state");
        }
        keep(epochs);
        writer.require();
        folder.handOver(to);
    }

    /** Waits for what is being written; a run that has come to its end needs no state any more. */
    void finish() {
        writer.settle();
        if (writer.failed() > 0 && states != null) {
            states.say(String.format(Locale.ROOT, "%d states could not be written", writer.failed()));
        }
    }

    /** Seconds that training has waited for states. */
    double stalled() {
        return stalled / NANOS;
    }

    @Override
    public void close() {
        writer.close();
    }
}
