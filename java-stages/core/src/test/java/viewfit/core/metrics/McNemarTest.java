package viewfit.core.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import org.junit.jupiter.api.Test;

/** Published p values, and every possible outcome counted in whole numbers. */
class McNemarTest {
    /** Share of the 2^n outcomes whose gap is at least as large, by counting them. */
    private static double counted(int b, int c) {
        int n = b + c;
        BigInteger binomial = BigInteger.ONE;
        BigInteger hits = BigInteger.ZERO;
        for (int heads = 0; heads <= n; heads++) {
            if (Math.abs(2 * heads - n) >= Math.abs(b - c)) {
                hits = hits.add(binomial);
            }
            binomial = binomial.multiply(BigInteger.valueOf(n - heads)).divide(BigInteger.valueOf(heads + 1));
        }
        return new BigDecimal(hits)
                .divide(new BigDecimal(BigInteger.TWO.pow(n)), new MathContext(30))
                .doubleValue();
    }

    /** Fagerland, Lydersen, Laake 2013, airway hyper-responsiveness: 1 and 7 pairs of 21, exact conditional p 0.0703. */
    @Test
    void publishedValues() {
        assertEquals(0.0703, new McNemar(1, 7, 21).p(), 5e-5);
        // The example of statsmodels' function of this name: 121 and 59.
        assertEquals(4.4344e-6, new McNemar(121, 59, 314).p(), 5e-10);
    }

    @Test
    void everySmallTableIsCounted() {
        for (int b = 0; b <= 25; b++) {
            for (int c = 0; c <= 25; c++) {
                double expected = counted(b, c);
                assertEquals(expected, new McNemar(b, c, 60).p(), 1e-13 * Math.max(expected, 1e-3), b + ", " + c);
            }
        }
    }

    @Test
    void largeTablesKeepTheirDigits() {
        for (int[] bc : new int[][] {{900, 1100}, {1000, 1001}, {0, 900}, {50, 800}, {5000, 5300}}) {
            double expected = counted(bc[0], bc[1]);
            double found = new McNemar(bc[0], bc[1], 50_000).p();
            assertEquals(1, found / expected, 1e-9, bc[0] + ", " + bc[1]);
        }
        assertEquals(0, new McNemar(0, 40_000, 50_000).p());
    }

    @Test
    void twoThatErrAlikeDoNotDiffer() {
        assertEquals(1, new McNemar(0, 0, 10).p());
        assertEquals(0, new McNemar(0, 0, 10).standardError());
        assertEquals(1, new McNemar(7, 7, 100).p());
    }

    /** The deviation of (first right) - (second right) over all images, taken one by one. */
    @Test
    void theStandardErrorIsThatOfTheDifferences() {
        McNemar test = new McNemar(30, 18, 200);
        double mean = 12.0 / 200;
        double squares = 30 * (1 - mean) * (1 - mean) + 18 * (1 + mean) * (1 + mean) + 152 * mean * mean;
        assertEquals(mean, test.difference(), 1e-15);
        assertEquals(Math.sqrt(squares / 200 / 200), test.standardError(), 1e-15);
    }

    /** Worked by hand: .01 x 4, .02 x 3, .03 x 2 = .06 but not below .06, .5. */
    @Test
    void holmRaisesInOrder() {
        assertArrayEquals(new double[] {.06, .04, .5, .06}, McNemar.holm(.03, .01, .5, .02), 1e-15);
        assertArrayEquals(new double[] {1, 1}, McNemar.holm(.6, .9), 0);
        assertArrayEquals(new double[0], McNemar.holm());
    }

    @Test
    void refusesWhatCannotBeCounted() {
        assertThrows(IllegalArgumentException.class, () -> new McNemar(-1, 0, 5));
        assertThrows(IllegalArgumentException.class, () -> new McNemar(3, 3, 5));
        assertThrows(IllegalArgumentException.class, () -> new McNemar(0, 0, 0));
    }
}
