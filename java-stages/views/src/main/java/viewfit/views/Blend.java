package viewfit.views;

/**
 * Interpolation as Pillow's ImageEnhance does it: {@code from + f * (v - from)} in float32, clamped to 0..255, fraction dropped.
 * Nearly always a product in 22-bit fixed point gives the same levels as the floats; whether it does is tried for all of them when a
 * factor is set, and if not they are looked up. One object per thread.
 */
final class Blend {
    private static final int BITS = 22;
    private static final int LEVELS = 256;
    private static final int MOST = LEVELS - 1;

    private final int[] table = new int[LEVELS];
    private final float[] scaled = new float[2 * LEVELS];
    private int weight;
    private int offset;
    private boolean exact;

    /** Prepares {@link #levels}: blending with one level. */
    void towards(int from, float factor) {
        weight = Math.round(factor * (1 << BITS));
        offset = (from << BITS) - weight * from;
        exact = true;
        for (int v = 0; v < LEVELS; v++) {
            table[v] = clamp((int) (from + factor * (v - from)));
            exact &= fixed(v) == table[v];
        }
    }

    private int fixed(int v) {
        return clamp((weight * v + offset) >> BITS);
    }

    /** Blends n samples with the level that was set. */
    void levels(int[] samples, int n) {
        if (exact) {
            levels(samples, weight, offset, n);
        } else {
            for (int i = 0; i < n; i++) {
                samples[i] = table[samples[i]];
            }
        }
    }

    private static void levels(int[] samples, int weight, int offset, int n) {
        for (int i = 0; i < n; i++) {
            int v = (weight * samples[i] + offset) >> BITS;
            v &= ~(v >> 31);
            samples[i] = (v | ((MOST - v) >> 31)) & MOST;
        }
    }

    /** Prepares {@link #greys}: blending with a level for each sample. */
    void towardsGrey(float factor) {
        weight = Math.round(factor * (1 << BITS));
        exact = true;
        // The float sum of a level and a product rounds up to a whole level only from this fraction on.
        double limit = 1 - 0x1p-15;
        for (int d = -MOST; d <= MOST; d++) {
            float product = factor * d;
            scaled[d + MOST] = product;
            double whole = Math.floor(product);
            exact &= (weight * d) >> BITS == whole && product - whole < limit;
        }
    }

    /** Blends n samples, each with a grey level of its own. */
    void greys(int[] grey, int[] samples, int n) {
        if (exact) {
            greys(grey, samples, weight, n);
        } else {
            for (int i = 0; i < n; i++) {
                samples[i] = clamp((int) (grey[i] + scaled[samples[i] - grey[i] + MOST]));
            }
        }
    }

    private static void greys(int[] grey, int[] samples, int weight, int n) {
        for (int i = 0; i < n; i++) {
            int v = grey[i] + ((weight * (samples[i] - grey[i])) >> BITS);
            v &= ~(v >> 31);
            samples[i] = (v | ((MOST - v) >> 31)) & MOST;
        }
    }

    private static int clamp(int v) {
        return Math.max(0, Math.min(MOST, v));
    }
}
