package viewfit.views;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The taps of a one-dimensional resampling from {@code in} to {@code out} samples by a {@link Filter}, weights in 22-bit
 * fixed point. Output sample j is the sum over k below {@code count(j)} of {@code weights[at(j) + k] * input[first(j) + k]}, plus one
 * half, shifted right by 22.
 *
 * <p>The rounding rules are those of Pillow's resampling (goldens, section 8, "Image operations, exact rules"). Tables never change
 * once made, and all threads share those of usual sizes: a crop is of any size, and to work out its tables takes as long as to use
 * them.
 */
final class FilterTable {
    /** Fractional bits of the weights. */
    static final int BITS = 22;

    /** Enough for every side of a data set of usual photographs at two view sizes. */
    private static final int SLOTS = 2048;

    /** Weights of a table that is kept: 16 KiB, a reduction from 900 pixels to 224. */
    private static final int LARGEST_KEPT = 4096;

    private static final AtomicReferenceArray<FilterTable> KEPT = new AtomicReferenceArray<>(SLOTS);

    /** Outputs up to which a table is made whole; of a longer side only a part is ever asked for. */
    private static final int LARGEST_WHOLE = 4096;

    private final int in;
    private final int out;
    private final Filter filter;
    private final int start;
    private final int[] first;
    private final int[] count;
    final int[] weights;
    final int stride;

    private FilterTable(int in, int out, Filter filter, int start, int length) {
        this.in = in;
        this.out = out;
        this.filter = filter;
        this.start = start;
        double scale = (double) in / out;
        double widening = Math.max(scale, 1);
        double support = filter.support * widening;
        first = new int[length];
        count = new int[length];
        stride = (int) Math.ceil(support) * 2 + 1;
        weights = new int[Math.multiplyExact(length, stride)];
        double[] raw = new double[stride];
        for (int j = 0; j < length; j++) {
            double centre = (start + j + 0.5) * scale;
            // Not Math.max of the double: the rule truncates toward zero first, then clips.
            int low = Math.max((int) (centre - support + 0.5), 0);
            int high = Math.min((int) (centre + support + 0.5), in);
            double sum = 0;
            for (int k = 0; k < high - low; k++) {
                raw[k] = filter.at((k + low - centre + 0.5) * (1 / widening));
                sum += raw[k];
            }
            for (int k = 0; k < high - low; k++) {
                double fixed = raw[k] / sum * (1 << BITS);
                weights[j * stride + k] = (int) (fixed < 0 ? fixed - 0.5 : fixed + 0.5);
            }
            first[j] = low;
            count[j] = high - low;
        }
    }

    /** The first input of output sample j. */
    int first(int j) {
        return first[j - start];
    }

    /** Inputs of output sample j. */
    int count(int j) {
        return count[j - start];
    }

    /** Where the weights of output sample j start. */
    int at(int j) {
        return (j - start) * stride;
    }

    /**
     * The table of a resampling, made or found. Safe for use by many threads, and none waits for another.
     *
     * @param from first output sample that will be asked for
     * @param length how many will be
     */
    static FilterTable of(int in, int out, Filter filter, int from, int length) {
        if (out > LARGEST_WHOLE) {
            return new FilterTable(in, out, filter, from, length);
        }
        int hash = (in * 31 + out) * 2 + (filter == Filter.BICUBIC ? 0 : 1);
        int slot = (hash ^ (hash >>> 11)) & (SLOTS - 1);
        FilterTable kept = KEPT.get(slot);
        if (kept != null && kept.in == in && kept.out == out && kept.filter == filter) {
            return kept;
        }
        FilterTable made = new FilterTable(in, out, filter, 0, out);
        if (made.weights.length <= LARGEST_KEPT) {
            KEPT.set(slot, made);
        }
        return made;
    }
}
