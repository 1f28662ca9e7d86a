package viewfit.views;

/**
 * How a loader runs; none of it changes what it delivers, except batch size and seed.
 *
 * @param batchSize images per step, at least 1
 * @param seed root of all draws
 * @param threads worker threads, at least 1
 * @param prefetch batches prepared ahead of the consumer, at least 1
 */
public record LoaderOptions(int batchSize, long seed, int threads, int prefetch) {
    /** Two batches hide the jitter of decoding times; more only costs memory. */
    private static final int USUAL_PREFETCH = 2;

    public LoaderOptions {
        if (batchSize < 1 || threads < 1 || prefetch < 1) {
            throw new IllegalArgumentException("loader: batch size " + batchSize + ", threads " + threads
                    + ", prefetch " + prefetch + ": each at least 1");
        }
    }

    /** Options with the usual prefetch. */
    public LoaderOptions(int batchSize, long seed, int threads) {
        this(batchSize, seed, threads, USUAL_PREFETCH);
    }
}
