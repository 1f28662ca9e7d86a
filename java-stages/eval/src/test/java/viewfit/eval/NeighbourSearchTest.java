package viewfit.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import viewfit.core.metrics.WeightedKnn;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;
import viewfit.core.recipe.KnnRecipe;
import viewfit.engine.TorchRuntime;

/** The search against sorting everything in double; the golden suite has neighbours of the official code. */
class NeighbourSearchTest {
    private static TorchRuntime runtime;

    @BeforeAll
    static void open() {
        runtime = TorchRuntime.open("cpu", 1);
    }

    @AfterAll
    static void close() {
        runtime.close();
    }

    /** All cosines by the plain formula, sorted. */
    private static int[][] naive(float[] bank, float[] queries, int width, int k) {
        int rows = bank.length / width;
        int[][] nearest = new int[queries.length / width][];
        for (int q = 0; q < nearest.length; q++) {
            double[] cosines = new double[rows];
            for (int r = 0; r < rows; r++) {
                double dot = 0;
                double aa = 0;
                double bb = 0;
                for (int c = 0; c < width; c++) {
                    dot += (double) queries[q * width + c] * bank[r * width + c];
                    aa += (double) queries[q * width + c] * queries[q * width + c];
                    bb += (double) bank[r * width + c] * bank[r * width + c];
                }
                cosines[r] = dot / (Math.sqrt(aa) * Math.sqrt(bb));
            }
            nearest[q] = IntStream.range(0, rows)
                    .boxed()
                    .sorted(Comparator.comparing((Integer r) -> -cosines[r]).thenComparing(r -> r))
                    .limit(k)
                    .mapToInt(Integer::intValue)
                    .toArray();
        }
        return nearest;
    }

    private static void assertNearest(int[][] expected, Nearest actual) {
        for (int q = 0; q < expected.length; q++) {
            int[] row = Arrays.copyOfRange(actual.rows(), q * actual.k(), (q + 1) * actual.k());
            assertArrayEquals(expected[q], row, "query " + q);
        }
    }

    private static float[] gaussians(String name, int count, double mean, double deviation) {
        RandomStream random = SeedTree.root(5).at(name).stream();
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (mean + deviation * random.nextGaussian());
        }
        return values;
    }

    @Test
    void agreesWithItsNaiveTwin() {
        for (int width : new int[] {2, 17, 200}) {
            for (int k : new int[] {1, 10, 200, 1000}) {
                float[] bank = gaussians("bank", 700 * width, .2, 1);
                float[] queries = gaussians("queries", 37 * width, .2, 1);
                Nearest found = new NeighbourSearch(runtime, 150, 10).find(bank, queries, width, k);
                assertEquals(Math.min(k, 700), found.k());
                assertNearest(naive(bank, queries, width, k), found);
            }
        }
    }

    /** Cosines of .99999 and more: single precision alone has less than two digits of their differences. */
    @Test
    void featuresThatAreNearlyTheSameAreToldApart() {
        int width = 320;
        float[] bank = gaussians("bank", 900 * width, 1, 2e-3);
        float[] queries = gaussians("queries", 40 * width, 1, 2e-3);
        Nearest found = new NeighbourSearch(runtime).find(bank, queries, width, 20);
        assertTrue(found.cosine(0, 19) > .99999, "cosine " + found.cosine(0, 19));
        assertNearest(naive(bank, queries, width, 20), found);
        assertEquals(0, found.searchedTwice());
    }

    /** One direction for all, up to the last bit, and rows of zeros: what is left is the order of the bank. */
    @Test
    void equalCosinesKeepTheOrderOfTheBank() {
        float[] bank = new float[300 * 8];
        Arrays.fill(bank, .7f);
        Arrays.fill(bank, 120 * 8, 130 * 8, 0);
        float[] queries = new float[2 * 8];
        Arrays.fill(queries, 0, 8, .3f);
        Nearest found = new NeighbourSearch(runtime, 64, 1).find(bank, queries, 8, 150);
        assertEquals(2, found.searchedTwice());
        for (int n = 0; n < 150; n++) {
            assertEquals(n < 120 ? n : n + 10, found.row(0, n));
            assertEquals(n, found.row(1, n));
        }
    }

    /** Duplicates at the end of the list make it uncertain, and only then is the bank gone through again. */
    @Test
    void aListThatCannotTellIsSearchedAgain() {
        int width = 16;
        float[] bank = gaussians("bank", 400 * width, 0, 1);
        for (int copy = 100; copy < 200; copy++) {
            System.arraycopy(bank, 0, bank, copy * width, width);
        }
        float[] queries = gaussians("queries", 30 * width, 0, 1);
        System.arraycopy(bank, 0, queries, 3 * width, width);
        for (int piece : new int[] {16384, 90}) {
            Nearest found = new NeighbourSearch(runtime, piece, 1024).find(bank, queries, width, 20);
            assertNearest(naive(bank, queries, width, 20), found);
            assertTrue(found.searchedTwice() >= 1 && found.searchedTwice() < 30, found.searchedTwice() + " twice");
            assertEquals(0, found.row(3, 0));
            assertEquals(100, found.row(3, 1));
        }
    }

    @Test
    void piecesAndThreadsChangeNoBit() {
        int width = 33;
        float[] bank = gaussians("bank", 1000 * width, .5, 1);
        float[] queries = gaussians("queries", 65 * width, .5, 1);
        Nearest whole = new NeighbourSearch(runtime).find(bank, queries, width, 50);
        for (int[] size : new int[][] {{1, 65}, {7, 1}, {100, 64}, {999, 65}, {1000, 3}}) {
            Nearest pieces = new NeighbourSearch(runtime, size[0], size[1]).find(bank, queries, width, 50);
            assertArrayEquals(whole.rows(), pieces.rows());
            assertArrayEquals(whole.cosines(), pieces.cosines());
        }
    }

    /** The votes of several k from one search are those of the plain classifier for each. */
    @Test
    void everyNumberOfNeighboursVotesAsItWouldAlone() {
        int width = 24;
        float[] bank = gaussians("bank", 500 * width, .1, 1);
        float[] queries = gaussians("queries", 200 * width, .1, 1);
        RandomStream random = SeedTree.root(9).at("labels").stream();
        int[] bankLabels = IntStream.range(0, 500).map(i -> random.nextInt(12)).toArray();
        int[] labels = IntStream.range(0, 200).map(i -> random.nextInt(12)).toArray();
        Neighbours neighbours = Neighbours.of(new KnnRecipe(20, List.of(10, 100, 200, 1000), .07), 500);
        assertEquals(List.of(10, 20, 100, 200), neighbours.all());
        Nearest nearest = new NeighbourSearch(runtime, 128, 50).find(bank, queries, width, neighbours.most());
        KnnScores scores = neighbours.score(nearest, bankLabels, labels, 12);
        assertEquals(scores.byK().get(20), scores.reported());
        for (int k : neighbours.all()) {
            WeightedKnn.Result alone = new WeightedKnn(k, .07, 12).evaluate(bank, bankLabels, queries, labels, width);
            assertEquals(
                    new Accuracy(alone.top1(), alone.top5(), 200), scores.byK().get(k), "k " + k);
        }
        assertTrue(scores.byK().values().stream().distinct().count() > 2, "all k score the same: nothing was tested");
    }

    @Test
    void aSmallBankCutsTheReportedNumberAndDropsTheOthers() {
        Neighbours neighbours = Neighbours.of(new KnnRecipe(20, List.of(10, 100), .07), 12);
        assertEquals(12, neighbours.k());
        assertEquals(List.of(10, 12), neighbours.all());
        TreeMap<Integer, Accuracy> low = new TreeMap<>();
        low.put(10, new Accuracy(.1, .9, 10));
        TreeMap<Integer, Accuracy> high = new TreeMap<>();
        high.put(10, new Accuracy(.2, .8, 10));
        assertEquals(
                new Accuracy(.2, .9, 10),
                new KnnScores(10, low).higher(new KnnScores(10, high)).reported());
    }

    @Test
    void refusesWhatHasNoAnswer() {
        NeighbourSearch search = new NeighbourSearch(runtime);
        float[] good = {1, 2, 3, 4};
        assertThrows(IllegalArgumentException.class, () -> search.find(good, new float[0], 2, 1));
        assertThrows(IllegalArgumentException.class, () -> search.find(new float[3], good, 2, 1));
        assertThrows(IllegalArgumentException.class, () -> search.find(good, good, 2, 0));
        float[] broken = {1, Float.NaN, 0, 1};
        assertThrows(IllegalArgumentException.class, () -> search.find(broken, good, 2, 1));
        assertThrows(IllegalArgumentException.class, () -> search.find(good, broken, 2, 1));
    }
}
