package viewfit.report.values;

import java.util.List;

/**
 * Mean and sample standard deviation (n - 1 in the denominator) of a few independent runs.
 *
 * @param n how many values; 0 when nothing was measured
 * @param mean arithmetic mean; NaN when n = 0
 * @param sd sample standard deviation; NaN when n &lt; 2, because one run says nothing about spread
 */
public record MeanSd(int n, double mean, double sd) {

    /**
     * Two passes: the mean first, then the squared deviations from it, so that values close together far from zero keep
     * their digits.
     */
    public static MeanSd of(List<Double> values) {
        int n = values.size();
        if (n == 0) {
            return new MeanSd(0, Double.NaN, Double.NaN);
        }
        double sum = 0;
        for (double v : values) {
            sum += v;
        }
        double mean = sum / n;
        double squares = 0;
        for (double v : values) {
            squares += (v - mean) * (v - mean);
        }
        return new MeanSd(n, mean, n < 2 ? Double.NaN : Math.sqrt(squares / (n - 1)));
    }

    public boolean isMeasured() {
        return n > 0;
    }

    /** Whether a deviation can be stated, that is n &gt;= 2. */
    public boolean hasSpread() {
        return n > 1;
    }
}
