package viewfit.ssl;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;

/**
 * Writes states while training goes on: one thread, one state at a time. A write that fails is told of in one line and the run
 * goes on, with the state before it still there.
 */
final class StateWriter implements AutoCloseable {
    private final Consumer<String> say;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread worker = new Thread(task, "state-writer");
        worker.setDaemon(true);
        return worker;
    });
    private @Nullable Future<?> current;
    private int failed;

    /** @param say told of failures, in one line */
    StateWriter(Consumer<String> say) {
        this.say = say;
    }

    /** Whether a state is being written. */
    boolean busy() {
        return current != null && !current.isDone();
    }

    /** Starts writing once the state before is done with. */
    void begin(Runnable write) {
        settle();
        current = thread.submit(write);
    }

    /** States that could not be written. */
    int failed() {
        return failed;
    }

    /**
     * Waits for the state that is being written, and tells of its failure.
     *
     * @throws StageFailure TRANSIENT if the folder has become another process's: this one has nothing to do there any more
     */
    void settle() {
        StageFailure failure = await();
        if (failure != null) {
            if (failure.exitCode() == ExitCode.TRANSIENT) {
                throw failure;
            }
            failed++;
            say.accept("state not written, the one before stays: " + failure.getMessage());
        }
    }

    /**
     * Waits as {@link #settle}.
     *
     * @throws StageFailure the failure
     */
    void require() {
        StageFailure failure = await();
        if (failure != null) {
            throw failure;
        }
    }

    private @Nullable StageFailure await() {
        Future<?> writing = current;
        current = null;
        if (writing == null) {
            return null;
        }
        try {
            writing.get();
            return null;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StageFailure failure) {
                return failure;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException("writing a state failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a state was written", e);
        }
    }

    /** Waits for the state that is being written and ends the thread. */
    @Override
    public void close() {
        try {
            settle();
        } finally {
            thread.shutdown();
        }
    }
}
