package viewfit.bench;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import viewfit.core.recipe.ViewRecipe;
import viewfit.views.ImageStore;
import viewfit.views.LoaderOptions;
import viewfit.views.MultiCropLoader;

/** Images per second of wall time by the number of workers, and memory while an epoch passes. */
final class EpochBench {
    private static final int BATCH = 64;
    private static final int QUARTERS = 4;
    private static final long WARM_UP = 10_000_000_000L;

    private final Photographs photographs;
    private final int rounds;
    private final ViewRecipe recipe = Photographs.views(96, 0.14);

    EpochBench(Photographs photographs, int rounds) {
        this.photographs = photographs;
        this.rounds = rounds;
    }

    void run() throws IOException {
        int cores = Runtime.getRuntime().availableProcessors();
        System.out.printf(
                Locale.ROOT,
                "%d photographs, 2 x 224 + 6 x 96, %d cores%n",
                photographs.paths().size(),
                cores);
        long start = System.nanoTime();
        while (System.nanoTime() - start < WARM_UP) {
            pass(cores);
        }
        int[] workers = {1, 2, Math.max(4, 2 * cores)};
        Rounds[] times = {new Rounds(), new Rounds(), new Rounds()};
        for (int i = 0; i < rounds; i++) {
            for (int k = 0; k < workers.length; k++) {
                times[k].add(pass(workers[k]));
            }
        }
        for (int k = 0; k < workers.length; k++) {
            System.out.printf(
                    Locale.ROOT,
                    "%d workers: %.1f images/s, %s of one%n",
                    workers[k],
                    1 / times[k].median(),
                    times[k].ratio(times[0]));
        }
        memory();
    }

    /** Seconds of wall time per image. */
    private double pass(int workers) {
        ImageStore store = new ImageStore(photographs.root(), photographs.rows(), 0);
        long steps = MultiCropLoader.stepsPerEpoch(store.size(), BATCH);
        long start = System.nanoTime();
        try (MultiCropLoader loader =
                new MultiCropLoader(store, recipe, new LoaderOptions(BATCH, 1, workers), 0, steps)) {
            while (loader.hasNext()) {
                loader.next();
            }
        }
        return (System.nanoTime() - start) / 1e9 / (steps * BATCH);
    }

    private void memory() throws IOException {
        ImageStore store = new ImageStore(photographs.root(), photographs.rows(), 0);
        long steps = MultiCropLoader.stepsPerEpoch(store.size(), BATCH);
        System.out.println("memory over an epoch with 2 workers: heap after collection, direct buffers, resident set");
        try (MultiCropLoader loader = new MultiCropLoader(store, recipe, new LoaderOptions(BATCH, 1, 2), 0, steps)) {
            for (long step = 0; loader.hasNext(); step++) {
                loader.next();
                if (step % Math.max(1, steps / QUARTERS) == 0 || step == steps - 1) {
                    report(step * BATCH);
                }
            }
        }
    }

    private static void report(long images) throws IOException {
        System.gc();
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        long direct = 0;
        for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
            direct += pool.getMemoryUsed();
        }
        System.out.printf(
                Locale.ROOT,
                "after %6d images: %4d MiB, %4d MiB, %5d MiB%n",
                images,
                heap >> 20,
                direct >> 20,
                Memory.resident() >> 10);
    }
}
