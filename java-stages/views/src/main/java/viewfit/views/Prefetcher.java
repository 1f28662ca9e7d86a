package viewfit.views;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Fills batches ahead of their consumer with a few threads. A ring of batches is reused: one at the consumer, the others being
 * filled. Pictures are handed out one by one in order, and each has its own place in its batch, so the result does not depend
 * on how many threads there are. A picture that fails spoils its batch only, and the first failing place of the batch is what
 * the consumer gets to see.
 *
 * @param <B> batch type
 */
final class Prefetcher<B> implements AutoCloseable {
    /** How a batch is filled. */
    interface Filler<B> {
        /** A new step starts in this batch. */
        void begin(B batch, long epoch, long stepInEpoch, int size);

        /** Fills one place. Different places of one batch are filled by several threads at a time. */
        void fill(B batch, int position, int image, long epoch, Workbench bench);
    }

    /** A batch of the ring and how far it is. */
    private static final class Slot<B> {
        final B batch;
        long step = -1;
        int unfinished;
        int failedPosition = Integer.MAX_VALUE;

        @Nullable
        Throwable failure;

        Slot(B batch) {
            this.batch = batch;
        }
    }

    private final StepPlan plan;
    private final Filler<B> filler;
    private final long endStep;
    private final List<Slot<B>> ring = new ArrayList<>();
    private final List<Thread> workers = new ArrayList<>();
    private final Object lock = new Object();
    private final AtomicLong workNanos = new AtomicLong();

    // Guarded by the lock: the step whose batch the consumer holds, and the next place to hand out.
    private long heldStep;
    private long nextStep;
    private int nextPosition;
    private boolean closed;

    /** What ended a worker before its time. */
    private @Nullable Throwable broken;

    // Of the consumer's thread alone.
    private long deliverStep;
    private long waitNanos;

    /**
     * Starts the threads.
     *
     * @param firstStep first step to deliver
     * @param endStep step to stop before
     * @param batches makes the batches of the ring
     */
    Prefetcher(
            StepPlan plan, long firstStep, long endStep, LoaderOptions options, Supplier<B> batches, Filler<B> filler) {
        this.plan = plan;
        this.filler = filler;
        this.endStep = endStep;
        this.heldStep = firstStep;
        this.nextStep = firstStep;
        this.deliverStep = firstStep;
        for (int i = 0; i <= options.prefetch(); i++) {
            ring.add(new Slot<>(batches.get()));
        }
        for (int i = 0; i < options.threads(); i++) {
            Thread worker = new Thread(this::work, "views-" + i);
            worker.setDaemon(true);
            workers.add(worker);
        }
        workers.forEach(Thread::start);
    }

    /** Whether {@link #next} has another batch. */
    boolean hasNext() {
        return deliverStep < endStep;
    }

    /** Time {@link #next} has waited so far, in nanoseconds. */
    long waitNanos() {
        return waitNanos;
    }

    /** Time the threads have spent filling places so far, all of them together, in nanoseconds. */
    long workNanos() {
        return workNanos.get();
    }

    /**
     * Waits for the next batch, which stays untouched until the following call.
     *
     * @throws NoSuchElementException after the last step
     * @throws IllegalStateException if closed or interrupted
     * @throws viewfit.core.contract.StageFailure if a picture of this batch cannot be read
     */
    B next() {
        if (!hasNext()) {
            throw new NoSuchElementException("loader: step " + deliverStep + ": below " + endStep);
        }
        long start = System.nanoTime();
        Slot<B> slot = slot(deliverStep);
        Throwable failure;
        synchronized (lock) {
            heldStep = deliverStep;
            lock.notifyAll();
            while (!closed && broken == null && !filled(slot)) {
                pause();
            }
            if (closed) {
                throw new IllegalStateException("loader: closed: next() before close()");
            }
            failure = filled(slot) ? slot.failure : broken;
        }
        deliverStep++;
        waitNanos += System.nanoTime() - start;
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
        if (failure != null) {
            throw new IllegalStateException("loader: " + failure, failure);
        }
        return slot.batch;
    }

    private boolean filled(Slot<B> slot) {
        return slot.step == deliverStep && slot.unfinished == 0;
    }

    private Slot<B> slot(long step) {
        return ring.get((int) (step % ring.size()));
    }

    @SuppressWarnings("WaitNotInLoop") // every caller loops
    private void pause() {
        try {
            lock.wait();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("loader: interrupted while waiting", e);
        }
    }

    /** A worker that ends early says why, or the consumer would wait for it without end. */
    private void work() {
        try {
            fillBatches();
        } catch (Throwable e) {
            synchronized (lock) {
                broken = e;
                lock.notifyAll();
            }
        }
    }

    private void fillBatches() {
        try (Workbench bench = new Workbench()) {
            while (true) {
                long step;
                int position;
                int image;
                synchronized (lock) {
                    while (!closed && nextStep < endStep && nextStep >= heldStep + ring.size()) {
                        pause();
                    }
                    if (closed || nextStep >= endStep) {
                        return;
                    }
                    step = nextStep;
                    position = nextPosition;
                    image = handOut();
                }
                fill(step, position, image, bench);
            }
        }
    }

    /** Takes the next place and moves on; the first place of a step claims its batch. */
    private int handOut() {
        int size = plan.size(nextStep);
        if (nextPosition == 0) {
            Slot<B> slot = slot(nextStep);
            slot.step = nextStep;
            slot.unfinished = size;
            slot.failedPosition = Integer.MAX_VALUE;
            slot.failure = null;
            filler.begin(slot.batch, plan.epoch(nextStep), plan.stepInEpoch(nextStep), size);
        }
        int image = plan.image(nextStep, nextPosition);
        nextPosition++;
        if (nextPosition == size) {
            nextPosition = 0;
            nextStep++;
        }
        return image;
    }

    private void fill(long step, int position, int image, Workbench bench) {
        Slot<B> slot = slot(step);
        Throwable failure = null;
        long start = System.nanoTime();
        try {
            filler.fill(slot.batch, position, image, plan.epoch(step), bench);
        } catch (RuntimeException | Error e) {
            failure = e;
        }
        workNanos.addAndGet(System.nanoTime() - start);
        synchronized (lock) {
            if (failure != null && position < slot.failedPosition) {
                slot.failedPosition = position;
                slot.failure = failure;
            }
            slot.unfinished--;
            if (slot.unfinished == 0) {
                lock.notifyAll();
            }
        }
    }

    /** Stops the threads and waits for them. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
        boolean interrupted = false;
        for (Thread worker : workers) {
            while (worker.isAlive()) {
                try {
                    worker.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
