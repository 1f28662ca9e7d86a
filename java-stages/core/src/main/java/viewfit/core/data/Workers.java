package viewfit.core.data;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/** A fixed number of threads of one's own: a task keeps to the cores it was given. */
final class Workers implements AutoCloseable {
    private final ExecutorService pool;

    /** That many threads, at least one. */
    Workers(int threads) {
        pool = Executors.newFixedThreadPool(threads, work -> {
            Thread thread = new Thread(work, "intake");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Applies some work to all items, side by side.
     *
     * @return the results in the order of the items
     * @throws RuntimeException what the work threw for the first item that failed
     */
    <T, R> List<R> map(List<T> items, Function<T, R> work) {
        List<Callable<R>> calls = new ArrayList<>(items.size());
        items.forEach(item -> calls.add(() -> work.apply(item)));
        List<R> results = new ArrayList<>(items.size());
        try {
            for (Future<R> future : pool.invokeAll(calls)) {
                results.add(future.get());
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException("a function throws no checked exceptions", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while images were read", e);
        }
        return results;
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }
}
