package viewfit.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import viewfit.core.metrics.Nearest;
import viewfit.goldens.NaiveKnn;

/** Banks that are hard on a search: few or no queries may be compared with every row in double, and the answer is the same. */
class NeighbourCostTest {
    private static TorchRuntime runtime;

    @BeforeAll
    static void open() {
        runtime = TorchRuntime.open("cpu", 1);
    }

    @AfterAll
    static void close() {
        runtime.close();
    }

    private static void assertNearest(NaiveKnn expected, Nearest actual) {
        NeighbourSearchTest.assertNearest(expected, actual);
        for (int q = 0; q < expected.queries(); q++) {
            for (int n = 0; n < actual.k(); n++) {
                assertEquals(
                        expected.cosine(q, actual.row(q, n)), actual.cosine(q, n), "query " + q + ", neighbour " + n);
            }
        }
    }

    /** Cosines of .99999 but for a few rows: zeros, or unrelated ones, more of them than a list has to spare. */
    @Test
    void rowsUnlikeTheOthersMakeNoneUncertain() {
        int width = 320;
        float[] queries = NeighbourSearchTest.gaussians("queries", 40 * width, 1, 2e-3);
        for (int few : new int[] {1, 100}) {
            for (double deviation : new double[] {0, 1}) {
                float[] bank = NeighbourSearchTest.gaussians("bank", 900 * width, 1, 2e-3);
                float[] unlike = NeighbourSearchTest.gaussians("unlike", few * width, 0, deviation);
                System.arraycopy(unlike, 0, bank, 450 * width, unlike.length);
                Nearest found = new NeighbourSearch(runtime, 200, 16).find(bank, queries, width, 20);
                assertNearest(NaiveKnn.of(bank, queries, width), found);
                assertEquals(0, found.searchedTwice(), few + " rows, deviation " + deviation);
            }
        }
    }

    /** A network that gives every image the same features, or zeros. */
    @Test
    void equalRowsAreComparedOnce() {
        int width = 48;
        for (float value : new float[] {0, .7f}) {
            float[] rows = new float[500 * width];
            Arrays.fill(rows, value);
            Nearest found = new NeighbourSearch(runtime, 200, 16).others(rows, width, 20);
            assertNearest(NaiveKnn.others(rows, width), found);
            assertEquals(0, found.searchedTwice());
        }
    }

    /** Three kinds of rows among others, each more often than a list is long. */
    @Test
    void duplicatesAreComparedOnce() {
        int width = 48;
        float[] rows = NeighbourSearchTest.gaussians("bank", 700 * width, .2, 1);
        for (int row = 3; row < 600; row++) {
            System.arraycopy(rows, row % 3 * width, rows, row * width, width);
        }
        Nearest found = new NeighbourSearch(runtime, 200, 16).others(rows, width, 20);
        assertNearest(NaiveKnn.others(rows, width), found);
        assertEquals(0, found.searchedTwice());
    }

    /** Rows of the same cosine with a query, though not of the same bits: those of one kind lie between those of the other. */
    @Test
    void tiesOfSeveralKindsKeepTheOrderOfTheBank() {
        float[] bank = new float[400 * 2];
        for (int row = 0; row < 400; row++) {
            bank[row * 2] = 1 << row % 3;
        }
        float[] queries = {1, 0, -1, 1};
        Nearest found = new NeighbourSearch(runtime).find(bank, queries, 2, 150);
        assertNearest(NaiveKnn.of(bank, queries, 2), found);
        assertEquals(149, found.row(0, 149));
    }

    /** One direction, no two rows of the same length: all queries go through the whole bank, which is told of and can be ended. */
    @Test
    void aLongSearchCanBeEnded() {
        int width = 5;
        float[] bank = new float[300 * width];
        for (int i = 0; i < bank.length; i++) {
            bank[i] = (i / width + 1) * .1f * (i % width + 1);
        }
        List<String> told = new ArrayList<>();
        NeighbourSearch.Listener listener = (what, rows, all) -> told.add(what + " " + rows + "/" + all);
        Nearest found = new NeighbourSearch(runtime, 200, 160, false, listener).others(bank, width, 20);
        assertNearest(NaiveKnn.others(bank, width), found);
        assertEquals(300, found.searchedTwice());
        assertEquals(
                List.of(
                        "k-NN 100/300",
                        "k-NN 200/300",
                        "k-NN 250/300",
                        "k-NN 300/300",
                        "k-NN 300/300",
                        "k-NN 300/300",
                        "k-NN in double 128/300",
                        "k-NN in double 256/300",
                        "k-NN in double 300/300"),
                told);
        for (String last : told) {
            NeighbourSearch ended = new NeighbourSearch(runtime, 200, 160, false, (what, rows, all) -> {
                if (last.equals(what + " " + rows + "/" + all)) {
                    throw new IllegalStateException(last);
                }
            });
            assertThrows(IllegalStateException.class, () -> ended.others(bank, width, 20));
        }
    }
}
