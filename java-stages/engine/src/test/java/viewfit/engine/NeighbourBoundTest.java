package viewfit.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import viewfit.core.metrics.Nearest;

/**
 * The rounding error that the search reckons with, against the same products in double. If a product could be further off than the
 * bound, the search might call a list certain that is not.
 */
class NeighbourBoundTest {
    private static final int ROWS = 150;
    private static final int QUERIES = 40;

    /** Half a unit in the last place of double. */
    private static final double ROUNDING = 0x1.0p-53;

    private static TorchRuntime runtime;

    @BeforeAll
    static void open() {
        runtime = TorchRuntime.open("cpu", 1);
    }

    @AfterAll
    static void close() {
        runtime.close();
    }

    /** Rows of one kind of features, some of them twice. */
    private static float[] features(String name, int rows, int width, double mean, double deviation) {
        float[] values = NeighbourSearchTest.gaussians(name, rows * width, mean, deviation);
        System.arraycopy(values, 0, values, (rows - 1) * width, width);
        System.arraycopy(values, 0, values, rows / 2 * width, width);
        return values;
    }

    /** Cosine by the plain formula, summed from the last column to the first. */
    private static double cosine(float[] a, int i, float[] b, int j, int width) {
        double dot = 0;
        double aa = 0;
        double bb = 0;
        for (int c = width - 1; c >= 0; c--) {
            dot += (double) a[i * width + c] * b[j * width + c];
            aa += (double) a[i * width + c] * a[i * width + c];
            bb += (double) b[j * width + c] * b[j * width + c];
        }
        return dot / Math.sqrt(aa) / Math.sqrt(bb);
    }

    /** The product less what all rows of the bank have in common: {@code q.b - q.m}. */
    private static double product(UnitRows queries, int q, UnitRows bank, int row, double[] mean) {
        double sum = 0;
        for (int c = 0; c < mean.length; c++) {
            sum += queries.value(q, c) * (bank.value(row, c) - mean[c]);
        }
        return sum;
    }

    /** {@code 1.1 (n + 8) u} of the lengths' product and the offset. */
    private static double bound(UnitRows queries, int q, UnitRows bank, int row, double[] mean) {
        double offset = 0;
        for (int c = 0; c < mean.length; c++) {
            offset += (bank.value(row, c) - mean[c]) * mean[c];
        }
        double lengths = length(queries, q, mean) * length(bank, row, mean);
        return (mean.length + 8) * 1.1 * 0x1.0p-24 * (lengths + Math.abs(offset));
    }

    private static double length(UnitRows rows, int row, double[] mean) {
        double squares = 0;
        for (int c = 0; c < mean.length; c++) {
            squares += (rows.value(row, c) - mean[c]) * (rows.value(row, c) - mean[c]);
        }
        return Math.sqrt(squares);
    }

    /** The largest error of a product as a share of the bound, over all pairs. */
    private static double worst(float[] bank, float[] queries, int width, int piece, int block, boolean wide) {
        UnitRows rows = new UnitRows(bank, width);
        UnitRows asked = new UnitRows(queries, width);
        double[] mean = rows.centre();
        // All rows are listed, so that every product is seen.
        NeighbourSearch.Lists lists =
                new NeighbourSearch(runtime, piece, block, wide).lists(rows, asked, mean, rows.rows());
        double worst = 0;
        for (int q = 0; q < asked.rows(); q++) {
            boolean[] seen = new boolean[rows.rows()];
            for (int n = 0; n < rows.rows(); n++) {
                int row = (int) lists.rows[q * rows.rows() + n];
                seen[row] = true;
                double bound = bound(asked, q, rows, row, mean);
                double expected = product(asked, q, rows, row, mean) + bound;
                double error = Math.abs(lists.scores[q * rows.rows() + n] - expected);
                double lost = (width + 8) * (Float.MIN_NORMAL + 4 * ROUNDING);
                worst = Math.max(worst, error / (bound + lost));
            }
            for (boolean one : seen) {
                assertTrue(one, "a row of query " + q + " is not in its list");
            }
        }
        return worst;
    }

    /**
     * A product is off by at most {@code (n + 3) u} of the lengths' product plus the offset, n its terms and u = 2^-24: one rounding a
     * term and sum, two for the factors, one for the score as it is handed over. The bound, which is part of the score, has {@code 1.1 (n + 8) u} of them,
     * so no error may reach it. What the double twin itself is off by is 2^-29 of that. Errors of both signs cancel to about the
     * square root of n, and are then some hundredth of the bound: were all below a five-thousandth, it would be too wide to be of use.
     */
    @Test
    void noProductIsFurtherOffThanTheBound() {
        for (int width : new int[] {3, 64, 700}) {
            for (double[] kind : new double[][] {{0, 1}, {.5, 1}, {1, 2e-3}, {1e-6, 1e-6}}) {
                float[] bank = features("bank", ROWS, width, kind[0], kind[1]);
                float[] queries = features("queries", QUERIES, width, kind[0], kind[1]);
                System.arraycopy(bank, 0, queries, width, width);
                String what = "width " + width + ", features " + Arrays.toString(kind);
                for (boolean wide : new boolean[] {false, true}) {
                    double worst = worst(bank, queries, width, 16384, 1024, wide);
                    assertTrue(worst < 1, what + ": " + worst + " of the bound");
                    assertTrue(wide || worst > 2e-4, what + ": " + worst + " of the bound");
                }
            }
        }
    }

    /**
     * Products in double of the factors in single precision: off by one rounding of the score, and 2^-45 for what sums of up to 701
     * terms of at most 1 lose in double, here and in the twin. Sums in single precision are not that near.
     */
    @Test
    void productsInDoubleAreRoundedOnce() {
        int width = 700;
        UnitRows bank = new UnitRows(features("bank", ROWS, width, .5, 1), width);
        UnitRows queries = new UnitRows(features("queries", QUERIES, width, .5, 1), width);
        double[] mean = bank.centre();
        long[] further = new long[2];
        for (int wide = 0; wide < 2; wide++) {
            NeighbourSearch.Lists lists =
                    new NeighbourSearch(runtime, 64, 16, wide == 1).lists(bank, queries, mean, ROWS);
            for (int i = 0; i < lists.scores.length; i++) {
                double twin = rounded(queries, i / ROWS, bank, (int) lists.rows[i], mean);
                double allowed = 0x1.0p-24 * Math.abs(twin) + 0x1.0p-45;
                further[wide] += Math.abs(lists.scores[i] - twin) > allowed ? 1 : 0;
            }
        }
        assertEquals(0, further[1]);
        assertTrue(further[0] > ROWS * QUERIES / 10, further[0] + " of the sums in single precision");
    }

    private static double rounded(UnitRows queries, int q, UnitRows bank, int row, double[] mean) {
        double sum = 0;
        double offset = 0;
        for (int c = 0; c < mean.length; c++) {
            double b = bank.value(row, c) - mean[c];
            sum += (double) (float) (queries.value(q, c) - mean[c]) * (float) b;
            offset += b * mean[c];
        }
        double share = (mean.length + 8) * 1.1 * 0x1.0p-24;
        double lengths = (double) (float) length(queries, q, mean) * (float) (share * length(bank, row, mean));
        return sum + lengths + (float) (offset + share * Math.abs(offset));
    }

    /** One row a piece, all but one, all, more than there are; the same of the queries. */
    @Test
    void theBoundHoldsAtTheEdgesOfPieces() {
        int width = 64;
        float[] bank = features("bank", ROWS, width, .5, 1);
        float[] queries = features("queries", QUERIES, width, .5, 1);
        for (int piece : new int[] {1, ROWS - 1, ROWS, ROWS + 1}) {
            for (int block : new int[] {1, QUERIES - 1, QUERIES, QUERIES + 1}) {
                double worst = worst(bank, queries, width, piece, block, false);
                assertTrue(worst < 1, piece + " rows, " + block + " queries: " + worst + " of the bound");
            }
        }
    }

    /**
     * The cosines of the answer, in double: a sum of n products is off by n roundings of at most 1, either length by half as many
     * and a square root, and two more for product and quotient: {@code (2 n + 5)} roundings, as many again for the twin.
     */
    @Test
    void cosinesAreThoseOfAnotherOrderOfTheSum() {
        for (int width : new int[] {1, 17, 700}) {
            float[] bank = features("bank", ROWS, width, .5, 1);
            float[] queries = features("queries", QUERIES, width, .5, 1);
            Nearest found = new NeighbourSearch(runtime, 40, 7).find(bank, queries, width, 30);
            for (int q = 0; q < QUERIES; q++) {
                for (int n = 0; n < 30; n++) {
                    assertEquals(
                            cosine(queries, q, bank, found.row(q, n), width),
                            found.cosine(q, n),
                            2 * (2 * width + 5) * ROUNDING,
                            "width " + width + ", query " + q + ", neighbour " + n);
                }
            }
        }
    }
}
