package viewfit.bench;

import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;
import viewfit.core.metrics.Nearest;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;
import viewfit.engine.NeighbourSearch;
import viewfit.engine.TorchRuntime;

/** Exact neighbours by products of matrices against a loop over pairs, on made-up features of a thousand classes. */
final class KnnBench {
    private static final int CLASSES = 1000;
    private static final int K = 200;

    /** Queries of the loop, which is too slow for all. */
    private static final int LOOPED = 100;

    private final int queries;
    private final int bank;
    private final int width;
    private final int rounds;

    KnnBench(int queries, int bank, int width, int rounds) {
        this.queries = queries;
        this.bank = bank;
        this.width = width;
        this.rounds = rounds;
    }

    void run() throws IOException {
        int threads = Runtime.getRuntime().availableProcessors();
        float[] rows = features("bank", bank);
        float[] asked = features("queries", queries);
        int few = Math.min(queries, LOOPED);
        Rounds search = new Rounds();
        Rounds loop = new Rounds();
        int again = 0;
        long same = 0;
        int compared = 1;
        long before = Memory.resident();
        try (TorchRuntime runtime = TorchRuntime.open("cpu", threads)) {
            for (int i = 0; i < rounds; i++) {
                long start = System.nanoTime();
                Nearest found = new NeighbourSearch(runtime).find(rows, asked, width, K);
                search.add((System.nanoTime() - start) / 1e9);
                again = found.searchedTwice();
                long between = System.nanoTime();
                int[] looped = PairLoop.nearest(rows, Arrays.copyOf(asked, few * width), width, found.k());
                loop.add((System.nanoTime() - between) / 1e9 * queries / few);
                same = IntStream.range(0, looped.length)
                        .filter(n -> looped[n] == found.rows()[n])
                        .count();
                compared = looped.length;
            }
        }
        double macs = (double) queries * bank * width;
        System.out.printf(
                Locale.ROOT,
                "%d queries, bank of %d, width %d, k %d, %d threads: %.2f s (%.2f to %.2f), %.0f GMAC/s, %d queries searched"
                        + " twice; loop, from %d queries, %.0f s, ratio %s, same neighbours in"
                        + " %.2f %% of the places; features %.0f MB, resident before %.0f MiB,"
                        + " peak %.0f MiB%n",
                queries,
                bank,
                width,
                K,
                threads,
                search.median(),
                search.smallest(),
                search.largest(),
                macs / search.median() / 1e9,
                again,
                few,
                loop.median(),
                search.ratio(loop),
                100.0 * same / compared,
                4e-6 * width * ((double) bank + queries),
                before / 1024.0,
                Memory.peak() / 1024.0);
    }

    /** A direction per class and noise that is stronger, all of it positive, as after a rectifier. */
    private float[] features(String name, int count) {
        float[] values = new float[count * width];
        float[] centres = new float[CLASSES * width];
        IntStream.range(0, CLASSES)
                .parallel()
                .forEach(c -> fill(centres, c, SeedTree.root(1).at("centres").at(c).stream()));
        IntStream.range(0, count).parallel().forEach(i -> {
            fill(values, i, SeedTree.root(1).at(name).at(i).stream());
            for (int d = 0; d < width; d++) {
                values[i * width + d] = Math.max(0, 1.5f * values[i * width + d] + centres[i % CLASSES * width + d]);
            }
        });
        return values;
    }

    private void fill(float[] values, int row, RandomStream random) {
        for (int d = 0; d < width; d++) {
            values[row * width + d] = (float) random.nextGaussian();
        }
    }
}
