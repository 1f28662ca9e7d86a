package viewfit.eval;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Accuracies of the neighbour classifier.
 *
 * @param k neighbours that vote for the score to report
 * @param byK the score of each number of neighbours, k among them
 */
public record KnnScores(int k, SortedMap<Integer, Accuracy> byK) {
    public KnnScores {
        byK = Collections.unmodifiableSortedMap(new TreeMap<>(byK));
        if (!byK.containsKey(k)) {
            throw new IllegalArgumentException("k " + k + ": must be one of " + byK.keySet());
        }
    }

    /** The score to report. */
    public Accuracy reported() {
        return of(k);
    }

    private Accuracy of(int neighbours) {
        Accuracy accuracy = byK.get(neighbours);
        if (accuracy == null) {
            throw new IllegalArgumentException("k " + neighbours + ": must be one of " + byK.keySet());
        }
        return accuracy;
    }

    /** The higher of two networks' scores, each score for itself, on the same images. */
    public KnnScores higher(KnnScores other) {
        SortedMap<Integer, Accuracy> higher = new TreeMap<>();
        byK.forEach((n, accuracy) -> higher.put(n, accuracy.higher(other.of(n))));
        return new KnnScores(k, higher);
    }
}
