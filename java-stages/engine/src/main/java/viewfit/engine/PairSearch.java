package viewfit.engine;

import java.util.Arrays;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import viewfit.core.metrics.Nearest;

/**
 * The nearest rows by cosines in double, pair by pair. All rows of the bank are gone through in tiles: many sums that do not wait for
 * each other, each in its own order.
 */
final class PairSearch {
    /** Bank rows of a tile: with 2,048 columns it takes 2 MB. */
    private static final int TILE = 128;

    /** Queries that go through a panel of eight rows together, out of a near cache. */
    private static final int GROUP = 16;

    private final UnitRows bank;
    private final UnitRows queries;
    private final int k;
    private final int[] rows;
    private final double[] cosines;
    private final int[] filled;

    /** @param k neighbours of a query, at most the rows of the bank */
    PairSearch(UnitRows bank, UnitRows queries, int k) {
        this.bank = bank;
        this.queries = queries;
        this.k = k;
        this.rows = new int[Math.multiplyExact(queries.rows(), k)];
        this.cosines = new double[rows.length];
        this.filled = new int[queries.rows()];
    }

    /** Takes the nearest of some rows. */
    void among(int query, int[] some) {
        for (int row : some) {
            insert(query, row, queries.cosine(query, bank, row));
        }
    }

    /** The least cosine of what was taken. */
    double worst(int query) {
        return cosines[query * k + k - 1];
    }

    /**
     * Takes the nearest of all rows, for some of the queries.
     *
     * @param done is told how many rows of the bank are done
     */
    void all(int[] some, IntConsumer done) {
        if (some.length == 0) {
            return;
        }
        for (int query : some) {
            filled[query] = 0;
        }
        int panels = TILE / UnitRows.PANEL;
        double[] tile = new double[TILE * bank.width()];
        for (int first = 0; first < bank.rows(); first += TILE) {
            int from = first;
            IntStream.range(0, panels)
                    .parallel()
                    .forEach(p -> bank.panel(from + p * UnitRows.PANEL, tile, p * UnitRows.PANEL * bank.width()));
            IntStream.range(0, (some.length + GROUP - 1) / GROUP).parallel().forEach(g -> {
                int[] group = Arrays.copyOfRange(some, g * GROUP, Math.min(some.length, (g + 1) * GROUP));
                for (int p = 0; p < panels; p++) {
                    panel(group, from + p * UnitRows.PANEL, tile, p * UnitRows.PANEL * bank.width());
                }
            });
            done.accept(Math.min(first + TILE, bank.rows()));
        }
    }

    private void panel(int[] group, int first, double[] tile, int at) {
        int count = Math.min(UnitRows.PANEL, bank.rows() - first);
        double[] products = new double[UnitRows.PANEL];
        for (int query : group) {
            if (count > 0) {
                queries.products(query, tile, at, products);
            }
            for (int n = 0; n < count; n++) {
                insert(query, first + n, queries.cosine(query, bank, first + n, products[n]));
            }
        }
    }

    private void insert(int query, int row, double cosine) {
        int at = query * k;
        int have = filled[query];
        if (have == k && !before(cosine, row, at + k - 1)) {
            return;
        }
        int slot = have < k ? have : k - 1;
        filled[query] = slot + 1;
        for (; slot > 0 && before(cosine, row, at + slot - 1); slot--) {
            cosines[at + slot] = cosines[at + slot - 1];
            rows[at + slot] = rows[at + slot - 1];
        }
        cosines[at + slot] = cosine;
        rows[at + slot] = row;
    }

    private boolean before(double cosine, int row, int other) {
        return cosine > cosines[other] || (cosine == cosines[other] && row < rows[other]);
    }

    /** What was taken. */
    Nearest found(int searchedTwice) {
        return new Nearest(k, rows, cosines, searchedTwice);
    }
}
