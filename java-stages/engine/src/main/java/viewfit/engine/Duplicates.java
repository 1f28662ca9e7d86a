package viewfit.engine;

import java.util.Arrays;
import java.util.stream.IntStream;
import viewfit.core.metrics.Nearest;

/**
 * Rows of the same bits, which have the same cosine with any row. Networks that collapsed give many, up to all of them.
 *
 * <p>Groups are in the order of their first rows, so that among equal cosines the order of the groups is that of the bank: the
 * nearest k rows are then among the nearest k groups.
 */
final class Duplicates {
    private final UnitRows once;

    /** Rows by group, ascending in each; empty where no two rows are the same. */
    private final int[] members;

    /** Where each group begins in them, and the end. */
    private final int[] starts;

    private Duplicates(UnitRows once, int[] members, int[] starts) {
        this.once = once;
        this.members = members;
        this.starts = starts;
    }

    static Duplicates of(UnitRows rows) {
        int count = rows.rows();
        int[] hashes = new int[count];
        IntStream.range(0, count).parallel().forEach(row -> hashes[row] = rows.hash(row));
        // Open addressing: group + 1 of each slot, 0 for none.
        int[] table = new int[Integer.highestOneBit(count) * 4];
        int[] group = new int[count];
        int[] firsts = new int[count];
        int groups = 0;
        for (int row = 0; row < count; row++) {
            int slot = hashes[row] & table.length - 1;
            while (table[slot] != 0 && !same(rows, hashes, firsts[table[slot] - 1], row)) {
                slot = slot + 1 & table.length - 1;
            }
            if (table[slot] == 0) {
                firsts[groups] = row;
                table[slot] = ++groups;
            }
            group[row] = table[slot] - 1;
        }
        if (groups == count) {
            return new Duplicates(rows, new int[0], new int[0]);
        }
        int[] starts = new int[groups + 1];
        for (int g : group) {
            starts[g + 1]++;
        }
        Arrays.parallelPrefix(starts, Integer::sum);
        int[] next = starts.clone();
        int[] members = new int[count];
        for (int row = 0; row < count; row++) {
            members[next[group[row]]++] = row;
        }
        return new Duplicates(rows.pick(Arrays.copyOf(firsts, groups)), members, starts);
    }

    private static boolean same(UnitRows rows, int[] hashes, int first, int row) {
        return hashes[first] == hashes[row] && rows.same(first, row);
    }

    /** The first row of each group. */
    UnitRows once() {
        return once;
    }

    /**
     * The nearest rows from the nearest groups.
     *
     * @param k at most the rows of the bank
     * @param groups nearest {@code k} of them, or all of fewer
     */
    Nearest expand(Nearest groups, int k) {
        if (members.length == 0) {
            return groups;
        }
        int[] rows = new int[Math.multiplyExact(groups.queries(), k)];
        double[] cosines = new double[rows.length];
        IntStream.range(0, groups.queries()).parallel().forEach(q -> {
            int filled = 0;
            for (int n = 0; filled < k; ) {
                double cosine = groups.cosine(q, n);
                int end = n + 1;
                while (end < groups.k() && groups.cosine(q, end) == cosine) {
                    end++;
                }
                int[] tied = tied(groups, q, n, end, k - filled);
                System.arraycopy(tied, 0, rows, q * k + filled, tied.length);
                Arrays.fill(cosines, q * k + filled, q * k + filled + tied.length, cosine);
                filled += tied.length;
                n = end;
            }
        });
        return new Nearest(k, rows, cosines, groups.searchedTwice());
    }

    /** Rows of some groups with the same cosine, in the order of the bank, at most {@code most}. */
    private int[] tied(Nearest groups, int q, int from, int to, int most) {
        return IntStream.range(from, to)
                .map(n -> groups.row(q, n))
                .flatMap(g -> Arrays.stream(members, starts[g], Math.min(starts[g + 1], starts[g] + most)))
                .sorted()
                .limit(most)
                .toArray();
    }
}
