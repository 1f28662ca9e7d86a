package viewfit.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;
import viewfit.engine.TorchRuntime;

/** Principal components against power iteration, and which images are shown. */
class FeatureMapTest {
    private static TorchRuntime runtime;

    @BeforeAll
    static void open() {
        runtime = TorchRuntime.open("cpu", 1);
    }

    @AfterAll
    static void close() {
        runtime.close();
    }

    private static float[] features(int rows, int width) {
        RandomStream random = SeedTree.root(4).at("features").stream();
        float[] values = new float[rows * width];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (1 + random.nextGaussian() * (i % width == 2 ? 3 : i % width == 5 ? 2 : 1));
        }
        return values;
    }

    /** Largest eigenvectors of the covariance of the directions, one after the other; [axis][column], then their values. */
    private static double[][] powers(double[][] centred, int axes) {
        int width = centred[0].length;
        double[][] covariance = new double[width][width];
        for (double[] row : centred) {
            for (int i = 0; i < width; i++) {
                for (int j = 0; j < width; j++) {
                    covariance[i][j] += row[i] * row[j];
                }
            }
        }
        double[][] found = new double[axes + 1][];
        found[axes] = new double[axes];
        for (int axis = 0; axis < axes; axis++) {
            double[] v = new double[width];
            Arrays.setAll(v, i -> 1 + i);
            double length = 0;
            for (int n = 0; n < 20_000; n++) {
                double[] next = new double[width];
                for (int i = 0; i < width; i++) {
                    for (int j = 0; j < width; j++) {
                        next[i] += covariance[i][j] * v[j];
                    }
                }
                length = Math.sqrt(Arrays.stream(next).map(x -> x * x).sum());
                for (int i = 0; i < width; i++) {
                    v[i] = next[i] / length;
                }
            }
            int largest = 0;
            for (int i = 0; i < width; i++) {
                largest = Math.abs(v[i]) > Math.abs(v[largest]) ? i : largest;
            }
            double sign = Math.signum(v[largest]);
            for (int i = 0; i < width; i++) {
                v[i] *= sign;
                for (int j = 0; j < i; j++) {
                    covariance[i][j] -= length * v[i] * v[j];
                    covariance[j][i] = covariance[i][j];
                }
                covariance[i][i] -= length * v[i] * v[i];
            }
            found[axis] = v;
            found[axes][axis] = length;
        }
        return found;
    }

    @Test
    void componentsAreThoseOfPowerIteration() {
        int width = 7;
        float[] features = features(60, width);
        double[][] centred = new double[60][width];
        double[] mean = new double[width];
        for (int r = 0; r < 60; r++) {
            double squares = 0;
            for (int c = 0; c < width; c++) {
                squares += (double) features[r * width + c] * features[r * width + c];
            }
            for (int c = 0; c < width; c++) {
                centred[r][c] = features[r * width + c] / Math.sqrt(squares);
                mean[c] += centred[r][c] / 60;
            }
        }
        double total = 0;
        for (double[] row : centred) {
            for (int c = 0; c < width; c++) {
                row[c] -= mean[c];
                total += row[c] * row[c];
            }
        }
        double[][] axes = powers(centred, 2);
        PrincipalAxes found = PrincipalAxes.of(runtime, features, width, 3);
        assertEquals(3, found.count());
        for (int axis = 0; axis < 2; axis++) {
            assertEquals(axes[2][axis] / total, found.shares()[axis], 1e-5);
            for (int r = 0; r < 60; r++) {
                double expected = 0;
                for (int c = 0; c < width; c++) {
                    expected += centred[r][c] * axes[axis][c];
                }
                assertEquals(expected, found.score(r, axis), 1e-4, "row " + r + " axis " + axis);
            }
        }
    }

    @Test
    void featuresWithoutAnyVarianceHaveNoShares() {
        float[] same = new float[5 * 4];
        Arrays.fill(same, .5f);
        PrincipalAxes found = PrincipalAxes.of(runtime, same, 4, 50);
        assertEquals(4, found.count());
        for (float score : found.scores()) {
            assertEquals(0, score, 1e-6);
        }
        assertTrue(Double.isFinite(found.shares()[0]));
    }

    @Test
    void largeSetsAreCutClassByClass() {
        assertArrayEquals(new int[] {0, 1, 2}, FeatureMap.chosen(new int[] {0, 0, 1}, 3));
        // Classes 0 (four images), 1 (two), 2 (one): first of each, then the second ones.
        assertArrayEquals(new int[] {0, 1, 4, 5, 6}, FeatureMap.chosen(new int[] {0, 0, 0, 0, 1, 2, 1}, 5));
    }

    @Test
    void queriesAreTheFirstImagesOfSpreadClasses() {
        assertArrayEquals(new int[] {3, 0, 1}, Retrieval.queries(new int[] {5, 9, 5, 0}));
        int[] twenty = new int[40];
        Arrays.setAll(twenty, i -> i % 20);
        assertArrayEquals(new int[] {0, 2, 5, 7, 10, 12, 15, 17}, Retrieval.queries(twenty));
    }
}
