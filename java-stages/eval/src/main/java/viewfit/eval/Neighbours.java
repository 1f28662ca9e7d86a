package viewfit.eval;

import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import viewfit.core.recipe.KnnRecipe;
import viewfit.engine.TorchRuntime;

/**
 * Weighted k-NN of held-out images in a bank of training images, both as centre crops, for several k from one search.
 *
 * <pre>  score(c) = sum over the k most similar bank rows i of class c of  exp(cos(q, b_i) / T) </pre>
 *
 * <p>Neighbours of the same cosine count in the order of the bank, classes of the same score in the order of their index: a class
 * without a vote may so be among the best five. Source: Wu et al. 2018 (arXiv:1805.01978) as used by saic-fi/SSLight and
 * facebookresearch/dino. Differs from the source: cosines and votes are in double, see {@link NeighbourSearch}.
 *
 * @param k neighbours that vote for the score to report
 * @param all numbers of neighbours that are scored, in ascending order, k among them
 * @param temperature T above
 */
record Neighbours(int k, List<Integer> all, double temperature) {
    private static final int BEST = 5;

    /** The recipe's numbers that the bank has images for; the first of them is cut to the bank. */
    static Neighbours of(KnnRecipe recipe, int bankSize) {
        int k = Math.min(recipe.k(), bankSize);
        TreeSet<Integer> all = new TreeSet<>(recipe.also());
        all.removeIf(n -> n > bankSize);
        all.add(k);
        return new Neighbours(k, List.copyOf(all), recipe.temperature());
    }

    /** Most neighbours that are asked for. */
    int most() {
        return all.get(all.size() - 1);
    }

    /** Accuracies of the held-out images, by the plain feature of a backbone. */
    KnnScores score(TorchRuntime runtime, FrozenBackbone backbone, float[] bank, float[] heldout, ProbeData data) {
        Nearest nearest = new NeighbourSearch(runtime)
                .find(backbone.plain(bank), backbone.plain(heldout), backbone.plainWidth(), most());
        return score(nearest, data.trainLabels(), data.heldoutLabels(), data.classes());
    }

    /**
     * Accuracies of the queries.
     *
     * @param nearest at least as many neighbours as are asked for
     * @param bankLabels class of each bank row
     * @param queryLabels class of each query
     */
    KnnScores score(Nearest nearest, int[] bankLabels, int[] queryLabels, int classes) {
        int[][] ranks = new int[queryLabels.length][];
        IntStream.range(0, queryLabels.length)
                .parallel()
                .forEach(q -> ranks[q] = ranks(nearest, q, bankLabels, queryLabels[q], classes));
        SortedMap<Integer, Accuracy> scores = new TreeMap<>();
        for (int i = 0; i < all.size(); i++) {
            int at = i;
            double top1 = Arrays.stream(ranks).filter(r -> r[at] < 1).count();
            double top5 = Arrays.stream(ranks).filter(r -> r[at] < BEST).count();
            int n = queryLabels.length;
            scores.put(all.get(i), new Accuracy(top1 / n, top5 / n, n));
        }
        return new KnnScores(k, scores);
    }

    /** How many classes come before the true one, for each number of neighbours. */
    private int[] ranks(Nearest nearest, int query, int[] bankLabels, int label, int classes) {
        double[] votes = new double[classes];
        int[] ranks = new int[all.size()];
        int voted = 0;
        for (int i = 0; i < ranks.length; i++) {
            voted = vote(votes, nearest, query, bankLabels, voted, all.get(i));
            for (int c = 0; c < classes; c++) {
                if (votes[c] > votes[label] || (votes[c] == votes[label] && c < label)) {
                    ranks[i]++;
                }
            }
        }
        return ranks;
    }

    /** Adds the votes of neighbours {@code from} .. {@code to - 1}; the nearest of all has the weight 1. */
    private int vote(double[] votes, Nearest nearest, int query, int[] bankLabels, int from, int to) {
        for (int n = from; n < to; n++) {
            double less = (nearest.cosine(query, n) - nearest.cosine(query, 0)) / temperature;
            votes[bankLabels[nearest.row(query, n)]] += StrictMath.exp(less);
        }
        return to;
    }

    /** The votes of one query, [classes], scaled so that the nearest neighbour's is 1. */
    double[] votes(Nearest nearest, int query, int[] bankLabels, int classes) {
        double[] votes = new double[classes];
        vote(votes, nearest, query, bankLabels, 0, k);
        return votes;
    }
}
