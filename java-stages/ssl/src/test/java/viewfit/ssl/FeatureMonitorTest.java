package viewfit.ssl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;
import viewfit.engine.NeighbourSearch;
import viewfit.engine.TorchRuntime;
import viewfit.goldens.NaiveKnn;

/** The monitor's k-NN against the naive twin: 20 neighbours, temperature 0.07, as in the reference. */
class FeatureMonitorTest {
    private static final int WIDTH = 24;
    private static final int CLASSES = 4;
    private static TorchRuntime runtime;

    @BeforeAll
    static void open() {
        runtime = TorchRuntime.open("cpu", 1);
    }

    @AfterAll
    static void close() {
        runtime.close();
    }

    /** A class is a direction and noise; every tenth row is that of the row five before it, of another class. */
    private static float[] features(String name, int count) {
        RandomStream random = SeedTree.root(2).at(name).stream();
        float[] values = new float[count * WIDTH];
        for (int row = 0; row < count; row++) {
            for (int c = 0; c < WIDTH; c++) {
                values[row * WIDTH + c] = (float) ((c == row % CLASSES ? 1 : 0) + random.nextGaussian());
            }
            if (row % 10 == 9) {
                System.arraycopy(values, (row - 5) * WIDTH, values, row * WIDTH, WIDTH);
            }
        }
        return values;
    }

    private static int[] labels(int count) {
        return IntStream.range(0, count).map(row -> row % CLASSES).toArray();
    }

    @Test
    void heldOutImagesAskTheBank() {
        float[] bank = features("bank", 300);
        float[] asked = features("asked", 90);
        double expected = NaiveKnn.of(bank, asked, WIDTH).accuracy(labels(300), labels(90), 20, 0.07, CLASSES, 1);
        assertEquals(
                expected,
                FeatureMonitor.top1(new NeighbourSearch(runtime), bank, labels(300), asked, labels(90), WIDTH));
        assertTrue(expected > .3 && expected < .95, "accuracy " + expected + " tells nothing");
    }

    @Test
    void withoutThemEveryRowAsksTheOthers() {
        float[] bank = features("bank", 300);
        NaiveKnn twin = NaiveKnn.others(bank, WIDTH);
        double expected = twin.accuracy(labels(300), labels(300), 20, 0.07, CLASSES, 1);
        assertEquals(
                expected,
                FeatureMonitor.top1(new NeighbourSearch(runtime), bank, labels(300), null, labels(300), WIDTH));
        double withItself = NaiveKnn.of(bank, bank, WIDTH).accuracy(labels(300), labels(300), 20, 0.07, CLASSES, 1);
        assertTrue(expected < withItself, "no row was left out");
    }

    /** Fewer others than neighbours: all of them vote. */
    @Test
    void aBankOfTwoAsksItsOther() {
        float[] two = {1, 0, 0, 1};
        assertEquals(
                1, FeatureMonitor.top1(new NeighbourSearch(runtime), two, new int[] {1, 1}, null, new int[] {1, 1}, 2));
        assertEquals(
                0, FeatureMonitor.top1(new NeighbourSearch(runtime), two, new int[] {0, 1}, null, new int[] {0, 1}, 2));
    }
}
