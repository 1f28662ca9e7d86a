package viewfit.core.metrics;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Weighted k-nearest-neighbour classifier on L2-normalised features.
 *
 * <pre>  score(c) = sum over the k most similar bank rows i of class c of  exp(cos(q, b_i) / T) </pre>
 *
 * <p>Source: Wu et al. 2018 (arXiv:1805.01978) as used by saic-fi/SSLight for its monitor; equal similarities keep the
 * order of the bank, equal scores the order of the classes. Differs from the source: nothing.
 *
 * <p>Features are row-major {@code float[rows * dim]} and need not be normalised. Queries are independent, so the result
 * does not depend on the number of threads; memory beside the inputs is one normalised copy of each.
 */
public final class WeightedKnn {
    private final int k;
    private final double temperature;
    private final int classes;

    /**
     * @param k neighbours that vote; with fewer bank rows all of them vote
     * @param temperature T above, > 0
     * @param classes number of classes
     */
    public WeightedKnn(int k, double temperature, int classes) {
        if (k < 1 || classes < 1 || !(temperature > 0)) {
            throw new IllegalArgumentException(
                    "k " + k + ", temperature " + temperature + ", classes " + classes + ": must all be > 0");
        }
        this.k = k;
        this.temperature = temperature;
        this.classes = classes;
    }

    /**
     * @param top1 share of queries whose label has the most votes
     * @param top5 share of queries whose label is among the five with most votes
     */
    public record Result(double top1, double top5) {}

    /**
     * Scores queries against a bank of labelled rows.
     *
     * @throws IllegalArgumentException if sizes disagree, a label is out of range, a feature is not finite, or either
     *     side is empty
     */
    public Result evaluate(float[] bank, int[] bankLabels, float[] queries, int[] queryLabels, int dim) {
        return result(votes(bank, bankLabels, queries, queryLabels.length, dim), queryLabels);
    }

    /** Scores every row against all the others; the row itself never votes. */
    public Result leaveOneOut(float[] features, int[] labels, int dim) {
        float[] bank = normalized(features, labels.length, dim);
        return result(votes(bank, checked(labels), bank, labels.length, dim, true), labels);
    }

    /**
     * The votes [queries, classes], row-major, scaled per query so that the nearest neighbour's weight is 1: the order of
     * the classes is that of the formula above, and no temperature overflows.
     */
    public float[] votes(float[] bank, int[] bankLabels, float[] queries, int queryCount, int dim) {
        float[] normalizedBank = normalized(bank, bankLabels.length, dim);
        return votes(normalizedBank, checked(bankLabels), normalized(queries, queryCount, dim), queryCount, dim, false);
    }

    private Result result(float[] votes, int[] labels) {
        checked(labels);
        return new Result(TopK.accuracy(votes, classes, labels, 1), TopK.accuracy(votes, classes, labels, 5));
    }

    private float[] votes(float[] bank, int[] bankLabels, float[] queries, int count, int dim, boolean dropSelf) {
        float[] scores = new float[count * classes];
        IntStream.range(0, count).parallel().forEach(q -> voteOne(bank, bankLabels, queries, q, dim, dropSelf, scores));
        return scores;
    }

    private void voteOne(
            float[] bank, int[] bankLabels, float[] queries, int q, int dim, boolean dropSelf, float[] scores) {
        int size = Math.min(k, bankLabels.length);
        float[] best = new float[size];
        int[] at = new int[size];
        Arrays.fill(best, Float.NEGATIVE_INFINITY);
        int filled = 0;
        for (int i = 0; i < bankLabels.length; i++) {
            if (dropSelf && i == q) {
                continue;
            }
            float s = dot(queries, q * dim, bank, i * dim, dim);
            if (filled == size && s <= best[size - 1]) {
                continue;
            }
            int slot = filled < size ? filled++ : size - 1;
            for (; slot > 0 && best[slot - 1] < s; slot--) {
                best[slot] = best[slot - 1];
                at[slot] = at[slot - 1];
            }
            best[slot] = s;
            at[slot] = i;
        }
        for (int n = 0; n < filled; n++) {
            scores[q * classes + bankLabels[at[n]]] += (float) Math.exp((best[n] - best[0]) / temperature);
        }
    }

    private int[] checked(int[] labels) {
        for (int label : labels) {
            if (label < 0 || label >= classes) {
                throw new IllegalArgumentException("label " + label + ": must lie in 0 .. " + (classes - 1));
            }
        }
        return labels;
    }

    private static float[] normalized(float[] features, int rows, int dim) {
        if (rows == 0 || dim < 1 || features.length != (long) rows * dim) {
            throw new IllegalArgumentException(
                    features.length + " values for " + rows + " rows of " + dim + ": must be their product, > 0");
        }
        float[] out = features.clone();
        for (int row = 0; row < rows; row++) {
            double squares = 0;
            for (int i = row * dim; i < (row + 1) * dim; i++) {
                squares += (double) out[i] * out[i];
            }
            if (!Double.isFinite(squares)) {
                throw new IllegalArgumentException("features of row " + row + ": not finite: must be finite");
            }
            float scale = (float) (1 / Math.max(Math.sqrt(squares), 1e-12));
            for (int i = row * dim; i < (row + 1) * dim; i++) {
                out[i] *= scale;
            }
        }
        return out;
    }

    private static float dot(float[] a, int aAt, float[] b, int bAt, int dim) {
        // Four accumulators let the compiler use vector registers; the order is fixed, so results are repeatable.
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        int i = 0;
        for (; i + 3 < dim; i += 4) {
            s0 += a[aAt + i] * b[bAt + i];
            s1 += a[aAt + i + 1] * b[bAt + i + 1];
            s2 += a[aAt + i + 2] * b[bAt + i + 2];
            s3 += a[aAt + i + 3] * b[bAt + i + 3];
        }
        float sum = (s0 + s1) + (s2 + s3);
        for (; i < dim; i++) {
            sum += a[aAt + i] * b[bAt + i];
        }
        return sum;
    }
}
