package viewfit.core.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;

/** Published values U45 to U47 and a naive twin; the golden suite has scores and votes of the official code. */
class WeightedKnnTest {
    @Test
    void u45TheNearestOutvotesTwoThatAreFurther() {
        float[] bank = {angle(0.9, 0), angle(0.9, 1), angle(0.8, 0), angle(0.8, 1), angle(0.7, 0), angle(0.7, 1)};
        float[] votes = new WeightedKnn(3, 0.07, 2).votes(bank, new int[] {0, 1, 1}, new float[] {2, 0}, 1, 2);
        double scale = 383518 / votes[0];
        assertEquals(91911 + 22026, scale * votes[1], 2);
        assertTrue(votes[0] > votes[1]);
    }

    private static float angle(double cosine, int axis) {
        return (float) (axis == 0 ? cosine : Math.sqrt(1 - cosine * cosine));
    }

    @Test
    void u46LeaveOneOutDropsExactlySelf() {
        // Two identical rows of different classes: each must find the other, not itself.
        float[] twins = {1, 0, 1, 0};
        assertEquals(
                0,
                new WeightedKnn(1, 0.07, 2)
                        .leaveOneOut(twins, new int[] {0, 1}, 2)
                        .top1());
        assertEquals(
                1,
                new WeightedKnn(1, 0.07, 2)
                        .leaveOneOut(twins, new int[] {1, 1}, 2)
                        .top1());
    }

    @Test
    void u47TopFiveIsAllOfFiveClasses() {
        RandomStream random = SeedTree.root(3).at("u47").stream();
        float[] features = gaussians(random, 40 * 6);
        int[] labels = labels(random, 40, 5);
        WeightedKnn.Result result = new WeightedKnn(7, 0.07, 5).leaveOneOut(features, labels, 6);
        assertEquals(1, result.top5());
        assertTrue(result.top1() <= result.top5());
    }

    /** Sort everything, then add up the definition. */
    private static float[] naive(float[] bank, int[] labels, float[] queries, int dim, int k, double t, int classes) {
        int count = queries.length / dim;
        float[] votes = new float[count * classes];
        for (int q = 0; q < count; q++) {
            double[] cosines = new double[labels.length];
            List<Integer> order = new ArrayList<>();
            for (int i = 0; i < labels.length; i++) {
                cosines[i] = cosine(queries, q, bank, i, dim);
                order.add(i);
            }
            order.sort(Comparator.comparing((Integer i) -> -cosines[i]).thenComparing(i -> i));
            double[] sums = new double[classes];
            for (int n = 0; n < Math.min(k, labels.length); n++) {
                sums[labels[order.get(n)]] += Math.exp(cosines[order.get(n)] / t);
            }
            for (int c = 0; c < classes; c++) {
                votes[q * classes + c] = (float) (sums[c] / Math.exp(cosines[order.get(0)] / t));
            }
        }
        return votes;
    }

    private static double cosine(float[] a, int i, float[] b, int j, int dim) {
        double dot = 0;
        double aa = 0;
        double bb = 0;
        for (int d = 0; d < dim; d++) {
            dot += (double) a[i * dim + d] * b[j * dim + d];
            aa += (double) a[i * dim + d] * a[i * dim + d];
            bb += (double) b[j * dim + d] * b[j * dim + d];
        }
        return dot / Math.sqrt(aa * bb);
    }

    @Test
    void agreesWithItsNaiveTwin() {
        RandomStream random = SeedTree.root(1).at("twin").stream();
        for (int dim : new int[] {1, 3, 4, 17}) {
            for (int k : new int[] {1, 5, 500}) {
                float[] bank = gaussians(random, 60 * dim);
                int[] labels = labels(random, 60, 4);
                float[] queries = gaussians(random, 25 * dim);
                float[] expected = naive(bank, labels, queries, dim, k, 0.1, 4);
                float[] actual = new WeightedKnn(k, 0.1, 4).votes(bank, labels, queries, 25, dim);
                // In one dimension all cosines are 1 or -1 and which neighbours are taken is a matter of ties.
                if (dim > 1) {
                    assertArrayEquals(expected, actual, 2e-4f, "dim " + dim + " k " + k);
                }
            }
        }
    }

    @Test
    void refusesWhatHasNoAnswer() {
        WeightedKnn knn = new WeightedKnn(1, 0.07, 2);
        assertThrows(IllegalArgumentException.class, () -> knn.leaveOneOut(new float[0], new int[0], 2));
        assertThrows(IllegalArgumentException.class, () -> knn.leaveOneOut(new float[3], new int[2], 2));
        assertThrows(IllegalArgumentException.class, () -> knn.leaveOneOut(new float[4], new int[] {0, 2}, 2));
        float[] broken = {1, Float.NaN, 0, 1};
        assertThrows(IllegalArgumentException.class, () -> knn.leaveOneOut(broken, new int[] {0, 1}, 2));
        assertThrows(IllegalArgumentException.class, () -> new WeightedKnn(0, 0.07, 2));
    }

    private static float[] gaussians(RandomStream random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static int[] labels(RandomStream random, int count, int classes) {
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            labels[i] = random.nextInt(classes);
        }
        return labels;
    }
}
