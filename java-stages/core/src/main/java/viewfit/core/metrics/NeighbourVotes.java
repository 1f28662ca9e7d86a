package viewfit.core.metrics;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The vote of the weighted k-nearest-neighbour classifier.
 *
 * <pre>  score(c) = sum over the k most similar bank rows i of class c of  exp(cos(q, b_i) / T) </pre>
 *
 * <p>Neighbours of the same cosine count in the order of the bank, classes of the same score in the order of their index: a class
 * without a vote may so be among the best five. Source: Wu et al. 2018 (arXiv:1805.01978) as used by saic-fi/SSLight and
 * facebookresearch/dino. Differs from the source: votes are in double, and scaled per query so that the nearest neighbour's is 1;
 * the order of the classes is that of the formula, and no temperature overflows.
 *
 * @param classes number of classes
 * @param temperature T above, > 0
 */
public record NeighbourVotes(int classes, double temperature) {
    public NeighbourVotes {
        if (classes < 1 || !(temperature > 0)) {
            throw new IllegalArgumentException(
                    "classes " + classes + ", temperature " + temperature + ": must both be > 0");
        }
    }

    /**
     * The votes of a query's first {@code k} neighbours, [classes].
     *
     * @param bankLabels class of each bank row
     */
    public double[] votes(Nearest nearest, int query, int[] bankLabels, int k) {
        double[] votes = new double[classes];
        add(votes, nearest, query, bankLabels, 0, k);
        return votes;
    }

    /**
     * What the first {@code k} neighbours of each query vote for; it is the true class where {@link #ranks} has 0.
     *
     * @param bankLabels class of each bank row
     * @throws IllegalArgumentException if {@code k} is not in 1 .. the neighbours that were found, or a label is no class
     */
    public List<Winner> winners(Nearest nearest, int[] bankLabels, int k) {
        requireCount(nearest, k);
        requireClasses(bankLabels);
        return IntStream.range(0, nearest.queries())
                .mapToObj(q -> winner(votes(nearest, q, bankLabels, k)))
                .toList();
    }

    private static Winner winner(double[] votes) {
        int best = 0;
        double sum = 0;
        for (int c = 0; c < votes.length; c++) {
            best = votes[c] > votes[best] ? c : best;
            sum += votes[c];
        }
        return new Winner(best, votes[best] / sum);
    }

    /**
     * How many classes come before the true one, for several numbers of neighbours: [queries][counts].
     *
     * @param bankLabels class of each bank row
     * @param labels class of each query
     * @param counts numbers of neighbours that vote, in ascending order, of those that were found
     * @throws IllegalArgumentException if sizes disagree, a label is no class, or a count is out of order or range
     */
    public int[][] ranks(Nearest nearest, int[] bankLabels, int[] labels, int... counts) {
        if (labels.length != nearest.queries()) {
            throw new IllegalArgumentException(
                    labels.length + " labels: must be one of each of " + nearest.queries() + " queries");
        }
        for (int i = 0; i < counts.length; i++) {
            requireCount(nearest, counts[i]);
            if (i > 0 && counts[i] <= counts[i - 1]) {
                throw new IllegalArgumentException("neighbours " + Arrays.toString(counts) + ": must ascend");
            }
        }
        requireClasses(bankLabels);
        requireClasses(labels);
        int[][] ranks = new int[labels.length][];
        IntStream.range(0, labels.length)
                .parallel()
                .forEach(q -> ranks[q] = ranks(nearest, q, bankLabels, labels[q], counts));
        return ranks;
    }

    private int[] ranks(Nearest nearest, int query, int[] bankLabels, int label, int[] counts) {
        double[] votes = new double[classes];
        int[] ranks = new int[counts.length];
        int voted = 0;
        for (int i = 0; i < ranks.length; i++) {
            add(votes, nearest, query, bankLabels, voted, counts[i]);
            voted = counts[i];
            for (int c = 0; c < classes; c++) {
                if (votes[c] > votes[label] || (votes[c] == votes[label] && c < label)) {
                    ranks[i]++;
                }
            }
        }
        return ranks;
    }

    /** Adds the votes of neighbours {@code from} .. {@code to - 1}; the nearest of all has the weight 1. */
    private void add(double[] votes, Nearest nearest, int query, int[] bankLabels, int from, int to) {
        for (int n = from; n < to; n++) {
            double less = (nearest.cosine(query, n) - nearest.cosine(query, 0)) / temperature;
            votes[bankLabels[nearest.row(query, n)]] += StrictMath.exp(less);
        }
    }

    private static void requireCount(Nearest nearest, int k) {
        if (k < 1 || k > nearest.k()) {
            throw new IllegalArgumentException("neighbours " + k + ": must lie in 1 .. " + nearest.k());
        }
    }

    private void requireClasses(int[] labels) {
        for (int label : labels) {
            if (label < 0 || label >= classes) {
                throw new IllegalArgumentException("label " + label + ": must lie in 0 .. " + (classes - 1));
            }
        }
    }

    /**
     * Share of the queries whose class is among the {@code best} first.
     *
     * @param ranks of {@link #ranks}
     * @param count which of its numbers of neighbours, from 0
     */
    public static double accuracy(int[][] ranks, int count, int best) {
        return (double) Arrays.stream(ranks).filter(r -> r[count] < best).count() / ranks.length;
    }
}
