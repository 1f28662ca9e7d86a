package viewfit.core.random;

/**
 * A counter-based stream of random numbers: value {@code i} is a fixed mixing of key and {@code i}.
 *
 * <p>Source: the mixing function of SplitMix64 (Steele, Lea, Flood 2014, variant 13 by Stafford). Not thread-safe; one
 * stream belongs to one decision. Transcendental functions come from {@link StrictMath} so that all platforms agree.
 */
public final class RandomStream {
    static final long GAMMA = 0x9e3779b97f4a7c15L;
    private static final double UNIT = 0x1.0p-53;

    private long state;

    RandomStream(long key) {
        this.state = key;
    }

    public long nextLong() {
        state += GAMMA;
        return mix(state);
    }

    /** Uniform in [0, 1), a multiple of 2^-53. */
    public double nextDouble() {
        return (nextLong() >>> 11) * UNIT;
    }

    /** Uniform in [lo, hi); exactly {@code lo} when both are equal. */
    public double uniform(double lo, double hi) {
        return lo + (hi - lo) * nextDouble();
    }

    /**
     * Uniform in 0 .. bound-1 without bias (Lemire 2019, multiply and reject).
     *
     * @throws IllegalArgumentException if bound is not positive
     */
    public int nextInt(int bound) {
        if (bound <= 0) {
            throw new IllegalArgumentException("bound " + bound + ": must be > 0");
        }
        long product = (nextLong() >>> 32) * bound;
        long threshold = (1L << 32) % bound;
        while ((product & 0xffffffffL) < threshold) {
            product = (nextLong() >>> 32) * bound;
        }
        return (int) (product >>> 32);
    }

    /** Standard normal by Marsaglia's polar method; the second value of each pair is dropped to stay stateless. */
    public double nextGaussian() {
        while (true) {
            double u = 2 * nextDouble() - 1;
            double v = 2 * nextDouble() - 1;
            double s = u * u + v * v;
            if (s > 0 && s < 1) {
                return u * Math.sqrt(-2 * StrictMath.log(s) / s);
            }
        }
    }

    /** True with probability {@code p}; always consumes one value. */
    public boolean chance(double p) {
        return nextDouble() < p;
    }

    /** A uniform permutation of 0 .. n-1 (Fisher and Yates). */
    public int[] permutation(int n) {
        int[] order = new int[n];
        for (int i = 0; i < n; i++) {
            int j = nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
