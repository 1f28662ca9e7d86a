package viewfit.goldens;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The naive twin of weighted k-NN: every pair in double, everything sorted, the definition added up. Neighbours of the same cosine
 * stand in the order of the bank, classes of the same score in that of their index.
 */
public final class NaiveKnn {
    private static final double SHORTEST = 1e-12;

    private final double[][] cosines;
    private final int[][] order;

    private NaiveKnn(float[] bank, float[] queries, int width, boolean leaveOut) {
        int rows = bank.length / width;
        cosines = new double[queries.length / width][rows];
        order = new int[cosines.length][];
        for (int q = 0; q < cosines.length; q++) {
            double[] own = cosines[q];
            int query = q;
            for (int row = 0; row < rows; row++) {
                own[row] = cosine(queries, q, bank, row, width);
            }
            order[q] = IntStream.range(0, rows)
                    .filter(row -> !leaveOut || row != query)
                    .boxed()
                    .sorted(Comparator.comparing((Integer row) -> -own[row]).thenComparing(row -> row))
                    .mapToInt(Integer::intValue)
                    .toArray();
        }
    }

    /** Every query against every row of the bank; both row-major [rows, width]. */
    public static NaiveKnn of(float[] bank, float[] queries, int width) {
        return new NaiveKnn(bank, queries, width, false);
    }

    /** Every row against all the others. */
    public static NaiveKnn others(float[] rows, int width) {
        return new NaiveKnn(rows, rows, width, true);
    }

    private static double cosine(float[] a, int i, float[] b, int j, int width) {
        double dot = 0;
        double aa = 0;
        double bb = 0;
        for (int c = 0; c < width; c++) {
            dot += (double) a[i * width + c] * b[j * width + c];
            aa += (double) a[i * width + c] * a[i * width + c];
            bb += (double) b[j * width + c] * b[j * width + c];
        }
        return dot / (Math.max(Math.sqrt(aa), SHORTEST) * Math.max(Math.sqrt(bb), SHORTEST));
    }

    /** Number of queries. */
    public int queries() {
        return order.length;
    }

    /** Bank rows of a query, nearest first: {@code k}, or as many as there are. */
    public int[] nearest(int query, int k) {
        return IntStream.of(order[query]).limit(k).toArray();
    }

    /** Cosine of a query and a row of the bank. */
    public double cosine(int query, int row) {
        return cosines[query][row];
    }

    /** Votes of the nearest {@code k}, [classes], with the nearest one's as 1. */
    public double[] votes(int query, int[] bankLabels, int k, double temperature, int classes) {
        double[] votes = new double[classes];
        int[] nearest = nearest(query, k);
        for (int row : nearest) {
            double less = cosines[query][row] - cosines[query][nearest[0]];
            votes[bankLabels[row]] += Math.exp(less / temperature);
        }
        return votes;
    }

    /** Share of the queries whose class is among the {@code best} with the most votes. */
    public double accuracy(int[] bankLabels, int[] labels, int k, double temperature, int classes, int best) {
        int hits = 0;
        for (int q = 0; q < order.length; q++) {
            double[] votes = votes(q, bankLabels, k, temperature, classes);
            int label = labels[q];
            long before = IntStream.range(0, classes)
                    .filter(c -> votes[c] > votes[label] || (votes[c] == votes[label] && c < label))
                    .count();
            hits += before < best ? 1 : 0;
        }
        return (double) hits / order.length;
    }
}
