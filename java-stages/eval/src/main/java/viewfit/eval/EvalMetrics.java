package viewfit.eval;

import java.util.Map;
import java.util.TreeMap;

/** Scores by the dotted names of {@code metrics.json}; accuracies are fractions. */
public final class EvalMetrics {
    private final Map<String, Double> values = new TreeMap<>();
    private final Map<String, Long> counts = new TreeMap<>();

    /**
     * Adds the scores of one classifier, {@code name.top1} and {@code name.top5}, and the standard error of each.
     *
     * @param name such as {@code heldout.linear}
     */
    public EvalMetrics add(String name, Accuracy accuracy) {
        values.put(name + ".top1", accuracy.top1());
        values.put(name + ".top5", accuracy.top5());
        values.put(name + ".top1.standard-error", accuracy.standardError());
        values.put(name + ".top5.standard-error", accuracy.standardErrorOfTop5());
        return this;
    }

    /**
     * Adds scores of the last epoch, and beside them, under names nobody takes for the result, those of the best one.
     *
     * @param bestEpoch counted from 0
     */
    public EvalMetrics add(String name, Accuracy last, Accuracy best, int bestEpoch) {
        add(name, last);
        values.put(name + ".top1.best-epoch", best.top1());
        values.put(name + ".top5.best-epoch", best.top5());
        return count(name + ".best-epoch", bestEpoch);
    }

    /** Adds the scores of the neighbour classifier: the one to report, and each number of neighbours as {@code name-k20}. */
    public EvalMetrics add(String name, KnnScores scores) {
        add(name, scores.reported());
        scores.byK().forEach((k, accuracy) -> add(name + "-k" + k, accuracy));
        return this;
    }

    /** Adds a whole number. */
    public EvalMetrics count(String name, long value) {
        counts.put(name, value);
        return this;
    }

    /** Scores so far. */
    public Map<String, Double> values() {
        return Map.copyOf(values);
    }

    /** Counts so far. */
    public Map<String, Long> counts() {
        return Map.copyOf(counts);
    }
}
