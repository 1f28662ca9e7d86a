package viewfit.engine;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;

/**
 * Lifetime of native memory: the run's scope lives as long as the {@link TorchRuntime}, a step's scope is opened and closed
 * around one step and frees everything the step made.
 */
public final class Scope implements AutoCloseable {
    private final PtNDManager manager;
    private final Runnable onClose;
    private boolean closed;

    Scope(PtNDManager manager) {
        this(manager, () -> {});
    }

    /** @param onClose told once, after all is freed */
    Scope(PtNDManager manager, Runnable onClose) {
        this.manager = manager;
        this.onClose = onClose;
    }

    PtNDManager manager() {
        return manager;
    }

    Tensor adopt(long handle) {
        return new Tensor(new PtNDArray(manager, handle));
    }

    /** Becomes the owner of a tensor of another scope, which may close before this one. */
    public Tensor take(Tensor tensor) {
        tensor.array().attach(manager);
        return tensor;
    }

    /** Frees all tensors of this scope. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            manager.close();
            onClose.run();
        }
    }
}
