package viewfit.views;

/**
 * The taps of a one-dimensional resampling from {@code in} to {@code out} samples by a {@link Filter}, weights in 22-bit
 * fixed point. Output sample j is the sum over k below
 * {@code count[j]} of {@code weights[j * stride + k] * input[first[j] + k]}, plus one half, shifted right by 22.
 *
 * <p>The rounding rules are those of Pillow's resampling (goldens, section 8, "Image operations, exact rules").
 */
final class FilterTable {
    /** Fractional bits of the weights. */
    static final int BITS = 22;

    final int[] first;
    final int[] count;
    final int[] weights;
    final int stride;

    /** The largest entry of {@link #count}. */
    final int longest;

    FilterTable(int in, int out, Filter filter) {
        double scale = (double) in / out;
        double widening = Math.max(scale, 1);
        double support = filter.support * widening;
        first = new int[out];
        count = new int[out];
        stride = (int) Math.ceil(support) * 2 + 1;
        weights = new int[out * stride];
        double[] raw = new double[stride];
        int most = 0;
        for (int j = 0; j < out; j++) {
            double centre = (j + 0.5) * scale;
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
            most = Math.max(most, high - low);
        }
        longest = most;
    }
}
