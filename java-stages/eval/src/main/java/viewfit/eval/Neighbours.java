package viewfit.eval;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import viewfit.core.metrics.Nearest;
import viewfit.core.metrics.NeighbourVotes;
import viewfit.core.metrics.Winner;
import viewfit.core.recipe.KnnRecipe;
import viewfit.engine.TorchRuntime;

/**
 * Weighted k-NN of held-out images in a bank of training images, both as centre crops, for several k from one search; the vote is
 * that of {@link NeighbourVotes}.
 *
 * @param k neighbours that vote for the score to report
 * @param all numbers of neighbours that are scored, in ascending order, k among them
 * @param temperature of the vote
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
    KnnScores score(TorchRuntime runtime, FrozenBackbone backbone, CentreCrops crops, ProbeData data) {
        Nearest nearest = crops.nearest(runtime, backbone, most());
        return score(nearest, data.trainLabels(), data.heldoutLabels(), data.classes());
    }

    /** What the neighbours of each held-out image vote for, by the number of them that is reported. */
    List<Winner> winners(TorchRuntime runtime, FrozenBackbone backbone, CentreCrops crops, ProbeData data) {
        return new NeighbourVotes(data.classes(), temperature)
                .winners(crops.nearest(runtime, backbone, most()), data.trainLabels(), k);
    }

    /**
     * Accuracies of the queries.
     *
     * @param nearest at least as many neighbours as are asked for
     * @param bankLabels class of each bank row
     * @param queryLabels class of each query
     */
    KnnScores score(Nearest nearest, int[] bankLabels, int[] queryLabels, int classes) {
        int[] counts = all.stream().mapToInt(Integer::intValue).toArray();
        int[][] ranks = new NeighbourVotes(classes, temperature).ranks(nearest, bankLabels, queryLabels, counts);
        SortedMap<Integer, Accuracy> scores = new TreeMap<>();
        for (int i = 0; i < counts.length; i++) {
            scores.put(
                    counts[i],
                    new Accuracy(
                            NeighbourVotes.accuracy(ranks, i, 1),
                            NeighbourVotes.accuracy(ranks, i, BEST),
                            queryLabels.length));
        }
        return new KnnScores(k, scores);
    }
}
