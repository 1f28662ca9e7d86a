package viewfit.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Test;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;

/** The definition by plain sums, the slope by differences, and what the picture is for. */
class TsneTest {
    private static double[][] gaussians(String name, int n, int dimensions) {
        RandomStream random = SeedTree.root(2).at(name).stream();
        double[][] points = new double[n][dimensions];
        for (double[] point : points) {
            Arrays.setAll(point, i -> random.nextGaussian());
        }
        return points;
    }

    private static double divergence(double[] p, double[][] y) {
        int n = y.length;
        double total = 0;
        double[] q = new double[n * n];
        for (int a = 0; a < n; a++) {
            for (int b = 0; b < n; b++) {
                double dx = y[a][0] - y[b][0];
                double dy = y[a][1] - y[b][1];
                q[a * n + b] = a == b ? 0 : 1 / (1 + dx * dx + dy * dy);
                total += q[a * n + b];
            }
        }
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            if (p[i] > 0) {
                sum += p[i] * Math.log(p[i] * total / q[i]);
            }
        }
        return sum;
    }

    @Test
    void theSlopeIsThatOfTheDivergence() {
        double[] p = Tsne.affinities(gaussians("points", 12, 5), 3);
        double[][] y = gaussians("plane", 12, 2);
        double[][] slope = Tsne.gradient(p, y, 1);
        double h = 1e-5;
        for (int a = 0; a < 12; a++) {
            for (int d = 0; d < 2; d++) {
                double at = y[a][d];
                y[a][d] = at + h;
                double up = divergence(p, y);
                y[a][d] = at - h;
                double down = divergence(p, y);
                y[a][d] = at;
                assertEquals((up - down) / (2 * h), slope[a][d], 1e-8, a + ", " + d);
            }
        }
    }

    /** Every row a bell with the wanted perplexity, the rest by the definition. */
    @Test
    void neighbourhoodsHaveTheirPerplexity() {
        double[][] points = gaussians("points", 40, 6);
        double[] p = Tsne.affinities(points, 8);
        double all = 0;
        for (int a = 0; a < 40; a++) {
            assertEquals(0, p[a * 40 + a]);
            for (int b = 0; b < 40; b++) {
                assertEquals(p[a * 40 + b], p[b * 40 + a], 0);
                all += p[a * 40 + b];
            }
        }
        assertEquals(1, all, 1e-12);
        double[] naive = new double[1600];
        for (int a = 0; a < 40; a++) {
            double[] row = bell(points, a, 8);
            for (int b = 0; b < 40; b++) {
                naive[a * 40 + b] += row[b] / 80;
                naive[b * 40 + a] += row[b] / 80;
            }
        }
        assertArrayEquals(naive, p, 1e-8);
    }

    /** By a fine scan of widths. */
    private static double[] bell(double[][] points, int a, double perplexity) {
        double low = -20;
        double high = 20;
        double[] row = {};
        for (int i = 0; i < 100; i++) {
            double beta = Math.exp((low + high) / 2);
            row = new double[points.length];
            double sum = 0;
            for (int b = 0; b < row.length; b++) {
                double squares = 0;
                for (int d = 0; d < points[a].length; d++) {
                    squares += Math.pow(points[a][d] - points[b][d], 2);
                }
                row[b] = a == b ? 0 : Math.exp(-beta * squares);
                sum += row[b];
            }
            double entropy = 0;
            for (int b = 0; b < row.length; b++) {
                row[b] /= sum;
                entropy -= row[b] > 0 ? row[b] * Math.log(row[b]) : 0;
            }
            if (entropy > Math.log(perplexity)) {
                low = (low + high) / 2;
            } else {
                high = (low + high) / 2;
            }
        }
        return row;
    }

    /** Four clouds in ten dimensions: the nearest in the plane is of the same cloud. */
    @Test
    void cloudsStayApart() {
        double[][] points = gaussians("clouds", 80, 10);
        for (int i = 0; i < 80; i++) {
            points[i][i % 4] += 8;
        }
        double[][] y = new Tsne(10, 500, 1).place(points);
        for (int a = 0; a < 80; a++) {
            int nearest = -1;
            double least = Double.POSITIVE_INFINITY;
            for (int b = 0; b < 80; b++) {
                double gap = Math.hypot(y[a][0] - y[b][0], y[a][1] - y[b][1]);
                if (b != a && gap < least) {
                    least = gap;
                    nearest = b;
                }
            }
            assertEquals(a % 4, nearest % 4, "point " + a);
        }
        double[] p = Tsne.affinities(points, 10);
        assertTrue(divergence(p, y) < .5 * divergence(p, new double[80][2]), "no better than all in one place");
    }

    @Test
    void threadsChangeNoBitAndTheSeedCounts() throws Exception {
        double[][] points = gaussians("points", 50, 8);
        double[][] here = new Tsne(10, 60, 1).place(points);
        double[][] there = new ForkJoinPool(3)
                .submit(() -> new Tsne(10, 60, 1).place(points))
                .get();
        assertTrue(Arrays.deepEquals(here, there));
        assertFalse(Arrays.deepEquals(here, new Tsne(10, 60, 2).place(points)));
    }

    /** Features of a collapsed network, and the fewest points. */
    @Test
    void equalPointsAndFewPointsHavePlaces() {
        for (double[][] points : new double[][][] {new double[6][3], gaussians("four", 4, 3), gaussians("one", 9, 1)}) {
            for (double[] at : new Tsne(30, 200, 1).place(points)) {
                assertTrue(Double.isFinite(at[0]) && Double.isFinite(at[1]));
            }
        }
    }
}
