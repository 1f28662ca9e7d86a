package viewfit.engine;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Keeps libtorch calls and the end of the process apart. When a batch system or a user stops a run, the JVM unloads native
 * state while other threads still compute, and libtorch then crashes with a core dump instead of a plain exit status. So
 * every {@link NativeCall}, and the load of libtorch, holds this gate, and the shutdown hook takes it for good: it waits for what
 * is under way, and nothing else begins.
 */
final class ExitGate {
    /** Longer than a step of a large network; a batch system's own patience is usually 30 s. */
    private static final long PATIENCE_SECONDS = 20;

    private static final ReentrantLock GATE = new ReentrantLock();
    private static boolean installed;

    private ExitGate() {}

    /** Installs the shutdown hook once per process. */
    static synchronized void install() {
        if (!installed) {
            installed = true;
            Runtime.getRuntime().addShutdownHook(new Thread(ExitGate::shut, "engine-exit"));
        }
    }

    @SuppressWarnings("LockNotBeforeTry") // kept until the process is gone
    private static void shut() {
        try {
            GATE.tryLock(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Begins a native call, or the load. */
    static void enter() {
        GATE.lock();
    }

    /** Ends it. */
    static void leave() {
        GATE.unlock();
    }
}
