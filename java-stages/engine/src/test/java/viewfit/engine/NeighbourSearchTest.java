package viewfit.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import viewfit.core.metrics.Nearest;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;
import viewfit.goldens.NaiveKnn;

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

    static void assertNearest(NaiveKnn expected, Nearest actual) {
        for (int q = 0; q < expected.queries(); q++) {
            int[] row = Arrays.copyOfRange(actual.rows(), q * actual.k(), (q + 1) * actual.k());
            assertArrayEquals(expected.nearest(q, actual.k()), row, "query " + q);
        }
        assertEquals(expected.queries(), actual.queries());
    }

    private static void assertSame(Nearest expected, Nearest actual) {
        assertEquals(expected.k(), actual.k());
        assertArrayEquals(expected.rows(), actual.rows());
        assertArrayEquals(expected.cosines(), actual.cosines());
    }

    static float[] gaussians(String name, int count, double mean, double deviation) {
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
            float[] bank = gaussians("bank", 700 * width, .2, 1);
            float[] queries = gaussians("queries", 37 * width, .2, 1);
            NaiveKnn twin = NaiveKnn.of(bank, queries, width);
            for (int k : new int[] {1, 10, 200, 1000}) {
                Nearest found = new NeighbourSearch(runtime, 150, 10).find(bank, queries, width, k);
                assertEquals(Math.min(k, 700), found.k());
                assertNearest(twin, found);
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
        assertNearest(NaiveKnn.of(bank, queries, width), found);
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
        assertEquals(0, found.searchedTwice());
        for (int n = 0; n < 150; n++) {
            assertEquals(n < 120 ? n : n + 10, found.row(0, n));
            assertEquals(n, found.row(1, n));
        }
    }

    /** Rows of one direction but of several lengths make a list uncertain, and only then is the bank gone through again. */
    @Test
    void aListThatCannotTellIsSearchedAgain() {
        int width = 16;
        float[] bank = withDuplicates(400, width);
        for (int copy = 100; copy < 200; copy++) {
            for (int c = 0; c < width; c++) {
                bank[copy * width + c] *= copy;
            }
        }
        float[] queries = gaussians("queries", 30 * width, 0, 1);
        System.arraycopy(bank, 0, queries, 3 * width, width);
        NaiveKnn twin = NaiveKnn.of(bank, queries, width);
        for (int piece : new int[] {16384, 90}) {
            Nearest found = new NeighbourSearch(runtime, piece, 1024).find(bank, queries, width, 20);
            assertNearest(twin, found);
            assertTrue(found.searchedTwice() >= 1 && found.searchedTwice() < 30, found.searchedTwice() + " twice");
        }
    }

    /** Rows 100 to 199 are copies of row 0. */
    private static float[] withDuplicates(int rows, int width) {
        float[] bank = gaussians("bank", rows * width, 0, 1);
        for (int copy = 100; copy < 200; copy++) {
            System.arraycopy(bank, 0, bank, copy * width, width);
        }
        return bank;
    }

    /** Rows whose own list is full of duplicates that come before them, and rows that find themselves first. */
    @Test
    void othersLeaveOutTheRowItselfAndNothingElse() {
        int width = 16;
        float[] rows = withDuplicates(300, width);
        NaiveKnn twin = NaiveKnn.others(rows, width);
        for (int k : new int[] {1, 20, 99, 100, 150, 299, 1000}) {
            for (int piece : new int[] {16384, 90}) {
                Nearest found = new NeighbourSearch(runtime, piece, 64).others(rows, width, k);
                assertEquals(Math.min(k, 299), found.k());
                assertNearest(twin, found);
            }
        }
        Nearest found = new NeighbourSearch(runtime).others(rows, width, 20);
        assertEquals(100, found.row(0, 0));
        assertEquals(0, found.row(199, 0));
        assertEquals(118, found.row(199, 19), "19 of the copies that come before it, and none is lost");
        assertEquals(1, found.cosine(199, 19), 1e-15);
    }

    /** Published value U46: of two equal rows each must find the other, not itself. */
    @Test
    void u46LeaveOneOutDropsExactlySelf() {
        Nearest found = new NeighbourSearch(runtime).others(new float[] {1, 0, 1, 0}, 2, 1);
        assertArrayEquals(new int[] {1, 0}, found.rows());
    }

    /** The edges of blocks and pieces: one row, one less than all, all, one more. */
    @Test
    void piecesChangeNoBit() {
        int width = 33;
        float[] bank = withDuplicates(1000, width);
        float[] queries = gaussians("queries", 65 * width, .5, 1);
        System.arraycopy(bank, 0, queries, 5 * width, width);
        Nearest whole = new NeighbourSearch(runtime).find(bank, queries, width, 50);
        Nearest others = new NeighbourSearch(runtime).others(queries, width, 50);
        for (int piece : new int[] {1, 7, 64, 65, 66, 999, 1000, 1001}) {
            for (int block : piece < 64 ? new int[] {65} : new int[] {1, 64, 65, 66}) {
                NeighbourSearch search = new NeighbourSearch(runtime, piece, block);
                assertSame(whole, search.find(bank, queries, width, 50));
                assertSame(others, search.others(queries, width, 50));
            }
        }
    }

    @Test
    void threadsChangeNoBit() throws Exception {
        int width = 130;
        float[] bank = withDuplicates(500, width);
        float[] queries = gaussians("queries", 40 * width, .5, 1);
        Nearest one = new NeighbourSearch(runtime).find(bank, queries, width, 30);
        Nearest others = new NeighbourSearch(runtime).others(bank, width, 30);
        ForkJoinPool pool = new ForkJoinPool(3);
        try (TorchRuntime several = TorchRuntime.open("cpu", 3)) {
            NeighbourSearch search = new NeighbourSearch(several);
            assertSame(
                    one,
                    pool.submit(() -> search.find(bank, queries, width, 30)).get());
            assertSame(others, pool.submit(() -> search.others(bank, width, 30)).get());
        } finally {
            pool.shutdown();
            TorchRuntime.open("cpu", 1).close();
        }
    }

    /** What a run whose precision rounds products does instead. */
    @Test
    void productsInDoubleFindTheSame() {
        int width = 40;
        float[] bank = withDuplicates(600, width);
        float[] queries = gaussians("queries", 50 * width, .5, 1);
        assertSame(
                new NeighbourSearch(runtime, 200, 20, false).find(bank, queries, width, 30),
                new NeighbourSearch(runtime, 200, 20, true).find(bank, queries, width, 30));
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
        assertThrows(IllegalArgumentException.class, () -> search.others(broken, 2, 1));
        assertThrows(IllegalArgumentException.class, () -> search.others(good, 2, 0));
        assertThrows(IllegalArgumentException.class, () -> search.others(good, 4, 1), "one row has no others");
        assertThrows(IllegalArgumentException.class, () -> search.others(new float[0], 2, 1));
    }
}
