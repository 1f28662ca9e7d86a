package viewfit.core.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;
import viewfit.goldens.NaiveKnn;

/** Published values U45 and U47 and the naive twin; the golden suite has scores and votes of the official code. */
class NeighbourVotesTest {
    @Test
    void u45TheNearestOutvotesTwoThatAreFurther() {
        Nearest nearest = new Nearest(3, new int[] {0, 1, 2}, new double[] {.9, .8, .7}, 0);
        double[] votes = new NeighbourVotes(2, .07).votes(nearest, 0, new int[] {0, 1, 1}, 3);
        // exp(.9 / .07), exp(.8 / .07) and exp(.7 / .07), published as whole numbers.
        double scale = 383518 / votes[0];
        assertEquals(1, votes[0]);
        assertEquals(91911 + 22026, scale * votes[1], 2);
        assertTrue(votes[0] > votes[1]);
    }

    /** What a search would find. */
    private static Nearest found(NaiveKnn twin, int k) {
        int[] rows = new int[twin.queries() * k];
        double[] cosines = new double[rows.length];
        for (int q = 0; q < twin.queries(); q++) {
            int[] near = twin.nearest(q, k);
            for (int n = 0; n < k; n++) {
                rows[q * k + n] = near[n];
                cosines[q * k + n] = twin.cosine(q, near[n]);
            }
        }
        return new Nearest(k, rows, cosines, 0);
    }

    @Test
    void u47TopFiveIsAllOfFiveClasses() {
        RandomStream random = SeedTree.root(3).at("u47").stream();
        NaiveKnn twin = NaiveKnn.others(gaussians(random, 40 * 6), 6);
        int[] labels = labels(random, 40, 5);
        int[][] ranks = new NeighbourVotes(5, .07).ranks(found(twin, 7), labels, labels, 7);
        assertEquals(1, NeighbourVotes.accuracy(ranks, 0, 5));
        assertTrue(NeighbourVotes.accuracy(ranks, 0, 1) < 1, "all are right: nothing was tested");
    }

    @Test
    void everyNumberOfNeighboursVotesAsInTheNaiveTwin() {
        RandomStream random = SeedTree.root(1).at("twin").stream();
        float[] bank = gaussians(random, 60 * 4);
        NaiveKnn twin = NaiveKnn.of(bank, gaussians(random, 90 * 4), 4);
        int[] bankLabels = labels(random, 60, 9);
        int[] labels = labels(random, 90, 9);
        NeighbourVotes votes = new NeighbourVotes(9, .1);
        Nearest found = found(twin, 60);
        int[] counts = {1, 5, 20, 60};
        int[][] ranks = votes.ranks(found, bankLabels, labels, counts);
        for (int i = 0; i < counts.length; i++) {
            List<Winner> winners = votes.winners(found, bankLabels, counts[i]);
            for (int q = 0; q < labels.length; q++) {
                // A sum of up to 60 terms of 1 and less, each exact to the last bits.
                assertArrayEquals(
                        twin.votes(q, bankLabels, counts[i], .1, 9),
                        votes.votes(found, q, bankLabels, counts[i]),
                        1e-13);
                assertEquals(ranks[q][i] == 0, winners.get(q).label() == labels[q]);
                double[] shares = twin.votes(q, bankLabels, counts[i], .1, 9);
                assertEquals(
                        shares[winners.get(q).label()] / DoubleStream.of(shares).sum(),
                        winners.get(q).share(),
                        1e-13);
            }
            for (int best : new int[] {1, 5}) {
                assertEquals(
                        twin.accuracy(bankLabels, labels, counts[i], .1, 9, best),
                        NeighbourVotes.accuracy(ranks, i, best),
                        "k " + counts[i] + ", best " + best);
            }
        }
        assertTrue(
                IntStream.range(0, counts.length)
                                .mapToDouble(i -> NeighbourVotes.accuracy(ranks, i, 1))
                                .distinct()
                                .count()
                        > 2,
                "all k score the same: nothing was tested");
    }

    /** Without a vote of its own a class ranks by its index among all others that have none. */
    @Test
    void equalScoresKeepTheOrderOfTheClasses() {
        Nearest nearest = new Nearest(2, new int[] {0, 1, 0, 1, 0, 1}, new double[] {.5, .5, .5, .5, .5, .5}, 0);
        int[][] ranks = new NeighbourVotes(6, .07).ranks(nearest, new int[] {4, 2}, new int[] {2, 4, 3}, 2);
        assertArrayEquals(new int[][] {{0}, {1}, {4}}, ranks);
        assertEquals(
                List.of(new Winner(2, .5), new Winner(2, .5), new Winner(2, .5)),
                new NeighbourVotes(6, .07).winners(nearest, new int[] {4, 2}, 2));
    }

    @Test
    void noTemperatureOverflows() {
        Nearest nearest = new Nearest(2, new int[] {0, 1}, new double[] {1, -1}, 0);
        assertArrayEquals(new double[] {1, 0}, new NeighbourVotes(2, 1e-9).votes(nearest, 0, new int[] {0, 1}, 2));
    }

    @Test
    void refusesWhatHasNoAnswer() {
        assertThrows(IllegalArgumentException.class, () -> new NeighbourVotes(0, .07));
        assertThrows(IllegalArgumentException.class, () -> new NeighbourVotes(2, 0));
        assertThrows(IllegalArgumentException.class, () -> new NeighbourVotes(2, Double.NaN));
        NeighbourVotes votes = new NeighbourVotes(2, .07);
        Nearest nearest = new Nearest(2, new int[] {0, 1}, new double[] {1, 1}, 0);
        int[] bank = {0, 1};
        int[] label = {1};
        votes.ranks(nearest, bank, label, 1, 2);
        assertThrows(IllegalArgumentException.class, () -> votes.ranks(nearest, bank, bank, 1));
        assertThrows(IllegalArgumentException.class, () -> votes.ranks(nearest, new int[] {0, 2}, label, 1));
        assertThrows(IllegalArgumentException.class, () -> votes.ranks(nearest, bank, new int[] {-1}, 1));
        for (int[] counts : new int[][] {{0}, {3}, {2, 1}, {1, 1}}) {
            assertThrows(IllegalArgumentException.class, () -> votes.ranks(nearest, bank, label, counts));
        }
        assertThrows(IllegalArgumentException.class, () -> votes.winners(nearest, bank, 0));
        assertThrows(IllegalArgumentException.class, () -> votes.winners(nearest, bank, 3));
        assertThrows(IllegalArgumentException.class, () -> votes.winners(nearest, new int[] {0, 2}, 1));
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
