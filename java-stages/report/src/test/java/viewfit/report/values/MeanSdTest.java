package viewfit.report.values;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;

class MeanSdTest {

    /** The textbook way: half the mean squared difference over all ordered pairs is the sample variance. */
    private static double naiveSd(List<Double> values) {
        double sum = 0;
        for (double a : values) {
            for (double b : values) {
                sum += (a - b) * (a - b);
            }
        }
        int n = values.size();
        return Math.sqrt(sum / (2.0 * n * (n - 1)));
    }

    @Test
    void agreesWithPairwiseTwin() {
        RandomStream random = SeedTree.root(7).at("mean-sd").stream();
        for (int n = 2; n < 30; n++) {
            List<Double> values = new ArrayList<>();
            for (int i = 0; i < n; i++) {
                values.add(random.uniform(0.2, 0.9));
            }
            MeanSd got = MeanSd.of(values);
            assertEquals(n, got.n());
            assertEquals(values.stream().mapToDouble(v -> v).sum() / n, got.mean(), 1e-15);
            assertEquals(naiveSd(values), got.sd(), 1e-14);
        }
    }

    @Test
    void twoValuesByHand() {
        MeanSd got = MeanSd.of(List.of(0.60, 0.64));
        assertEquals(0.62, got.mean(), 1e-15);
        assertEquals(0.04 / Math.sqrt(2), got.sd(), 1e-15, "n - 1, not n");
    }

    @Test
    void oneValueHasNoSpread() {
        MeanSd got = MeanSd.of(List.of(0.5));
        assertEquals(0.5, got.mean());
        assertTrue(Double.isNaN(got.sd()));
        assertFalse(got.hasSpread());
    }

    @Test
    void noValueIsNotZero() {
        MeanSd got = MeanSd.of(List.of());
        assertFalse(got.isMeasured());
        assertTrue(Double.isNaN(got.mean()));
    }

    @Test
    void closeValuesFarFromZeroKeepTheirSpread() {
        assertEquals(1.0, MeanSd.of(List.of(1e9, 1e9 + 1, 1e9 + 2)).sd(), 1e-9);
    }
}
