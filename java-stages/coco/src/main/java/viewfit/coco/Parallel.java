package viewfit.coco;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/** The same work for numbers from 0, on some threads. */
final class Parallel {
    private Parallel() {}

    /**
     * Calls {@code work} once for each of 0 to {@code count} - 1. Of calls that fail that of the smallest number is thrown, so
     * that the failure does not depend on the threads; the rest is done all the same.
     *
     * @param threads at least 1
     */
    static void forEach(int count, int threads, IntConsumer work) {
        int workers = Math.min(threads, count);
        AtomicInteger next = new AtomicInteger();
        List<Failed> failures = new ArrayList<>();
        Runnable share = () -> {
            for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                try {
                    work.accept(i);
                } catch (RuntimeException e) {
                    synchronized (failures) {
                        failures.add(new Failed(i, e));
                    }
                }
            }
        };
        if (workers <= 1) {
            share.run();
        } else {
            run(workers, share);
        }
        failures.stream().min((a, b) -> Integer.compare(a.number(), b.number())).ifPresent(first -> {
            throw first.failure();
        });
    }

    private static void run(int workers, Runnable share) {
        ExecutorService pool = Executors.newFixedThreadPool(workers, work -> {
            Thread thread = new Thread(work, "coco");
            thread.setDaemon(true);
            return thread;
        });
        try {
            List<Future<?>> shares = new ArrayList<>();
            for (int i = 0; i < workers; i++) {
                shares.add(pool.submit(share));
            }
            for (Future<?> each : shares) {
                each.get();
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException("the work catches all else", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while detections were matched", e);
        } finally {
            pool.shutdownNow();
        }
    }

    private record Failed(int number, RuntimeException failure) {}
}
