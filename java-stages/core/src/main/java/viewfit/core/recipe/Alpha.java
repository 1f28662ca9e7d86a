package viewfit.core.recipe;

/**
 * Weight of the global-global pairs in the loss; the global-local pairs have the rest (Tan, Saleh, Martinez 2023,
 * equation 3). Written as a number in 0 .. 1, or as the word {@code unweighted}: every pair counts the same, whatever
 * the number of views (equation 2).
 *
 * @param value the number; ignored when {@code unweighted}
 * @param unweighted whether the weight follows from the number of views
 */
public record Alpha(double value, boolean unweighted) {
    /** How recipes name the weight that makes all pairs equal. */
    public static final String UNWEIGHTED = "unweighted";

    public Alpha {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException("found " + value + ": must be >= 0 and <= 1, or " + UNWEIGHTED);
        }
    }

    /** A fixed weight in 0 .. 1. */
    public static Alpha of(double value) {
        return new Alpha(value, false);
    }

    /** All pairs alike. */
    public static Alpha equalPairs() {
        return new Alpha(0, true);
    }

    /**
     * The weight for a number of views: {@code (Ng - 1) / (Ng - 1 + Nl)} when unweighted.
     *
     * @param globals Ng, at least 2
     * @param locals Nl
     */
    public double weight(int globals, int locals) {
        return unweighted ? (globals - 1.0) / (globals - 1 + locals) : value;
    }
}
