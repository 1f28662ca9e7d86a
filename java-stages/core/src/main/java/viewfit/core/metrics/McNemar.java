package viewfit.core.metrics;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * McNemar's test of two classifiers on the same images: those that only one of the two gets right decide. Under the hypothesis that
 * both err alike each such image is a fair coin, so the p value is an exact binomial one, two-sided, whatever their number.
 *
 * <p>It says whether these two trained networks differ on images like these; what another seed would change is not in it. Source:
 * McNemar 1947; the exact form is that of Fagerland, Lydersen, Laake 2013 ("exact conditional").
 *
 * @param firstOnly images that the first gets right and the second wrong
 * @param secondOnly the other way round
 * @param images all images
 */
public record McNemar(long firstOnly, long secondOnly, long images) {
    public McNemar {
        if (firstOnly < 0 || secondOnly < 0 || images < 1 || firstOnly + secondOnly > images) {
            throw new IllegalArgumentException(
                    firstOnly + " and " + secondOnly + " of " + images + " images: must be counts of some of them");
        }
    }

    /** Accuracy of the first less that of the second, a fraction. */
    public double difference() {
        return (double) (firstOnly - secondOnly) / images;
    }

    /** Standard error of the difference, for the pairing: sqrt(b + c - (b - c)^2 / n) / n. */
    public double standardError() {
        double discordant = firstOnly + secondOnly;
        double gap = firstOnly - secondOnly;
        return Math.sqrt(discordant - gap * gap / images) / images;
    }

    /**
     * Probability of a gap at least as large among {@code b + c} fair coins: min(1, 2 P(X <= min(b, c))). The sum runs from its
     * largest term down, so it has about 12 digits; below 1e-308 it is 0.
     */
    public double p() {
        long n = firstOnly + secondOnly;
        long k = Math.min(firstOnly, secondOnly);
        if (2 * k == n) {
            return 1;
        }
        double log = -n * Math.log(2);
        for (long j = 1; j <= k; j++) {
            log += Math.log((double) (n - k + j) / j);
        }
        double term = 1;
        double sum = 1;
        for (long i = k; i >= 1 && term > 1e-18 * sum; i--) {
            term *= (double) i / (n - i + 1);
            sum += term;
        }
        return Math.min(1, 2 * Math.exp(log) * sum);
    }

    /**
     * P values of several tests, raised so that with all of them together the chance of a false alarm stays what one alone has
     * (Holm 1979): the smallest times their number, the next times one less, and none below one before it.
     */
    public static double[] holm(double... p) {
        int[] order = IntStream.range(0, p.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> p[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        double[] raised = new double[p.length];
        double last = 0;
        for (int i = 0; i < order.length; i++) {
            last = Math.max(last, Math.min(1, (p.length - i) * p[order[i]]));
            raised[order[i]] = last;
        }
        return raised;
    }
}
