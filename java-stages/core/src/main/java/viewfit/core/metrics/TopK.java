package viewfit.core.metrics;

/** How often the true class is among the k best scores. */
public final class TopK {
    private TopK() {}

    /**
     * Rank of the label: how many classes come before it, equal scores in order of their index.
     *
     * @param scores [rows, classes] row-major
     */
    public static int rank(float[] scores, int row, int classes, int label) {
        int base = row * classes;
        float own = scores[base + label];
        int before = 0;
        for (int c = 0; c < classes; c++) {
            float s = scores[base + c];
            if (s > own || (s == own && c < label)) {
                before++;
            }
        }
        return before;
    }

    /**
     * Share of rows whose label is among the {@code k} largest scores.
     *
     * @param scores [labels.length, classes] row-major
     * @throws IllegalArgumentException if sizes disagree or there are no rows
     */
    public static double accuracy(float[] scores, int classes, int[] labels, int k) {
        if (labels.length == 0 || scores.length != (long) labels.length * classes) {
            throw new IllegalArgumentException(scores.length + " scores for " + labels.length + " rows of " + classes
                    + ": must be their product, > 0");
        }
        int hits = 0;
        for (int row = 0; row < labels.length; row++) {
            if (rank(scores, row, classes, labels[row]) < k) {
                hits++;
            }
        }
        return (double) hits / labels.length;
    }
}
