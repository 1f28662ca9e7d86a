package viewfit.ssl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;
import viewfit.engine.Program;
import viewfit.engine.Scope;
import viewfit.engine.Tensor;
import viewfit.engine.TorchRuntime;

/** Cross-entropy over views with smoothed targets: a plain twin in double precision, properties. In float64. */
class SupervisedLossTest {
    private static final int K = 4;
    private static final long[] LABELS = {2, 0, 3};
    private static TorchRuntime runtime;
    private static Program program;

    @BeforeAll
    static void open() {
        runtime = TorchRuntime.openDouble(1);
        program = runtime.compile(SupervisedProgram.LOSS_TEXT);
    }

    @AfterAll
    static void close() {
        program.close();
        runtime.close();
    }

    /** [loss, accuracy] and the gradient. */
    private static List<float[]> loss(float[] logits, long[] labels, double smoothing) {
        try (Scope scope = runtime.scope()) {
            List<Tensor> r = program.call(
                    scope,
                    "loss_and_gradient",
                    runtime.tensor(scope, logits, logits.length / K, K),
                    runtime.tensor(scope, labels, labels.length),
                    smoothing);
            return List.of(runtime.floats(r.get(0)), runtime.floats(r.get(1)));
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "2, .1", "3, .5"})
    void agreesWithThePlainTwin(int views, double smoothing) {
        RandomStream random = SeedTree.root(35).at(views).stream();
        int rows = views * LABELS.length;
        float[] logits = LossTests.normal(random, rows * K);
        double expected = 0;
        int hits = 0;
        float[] slope = new float[logits.length];
        for (int r = 0; r < rows; r++) {
            double[] l = LossTests.logSoftmax(logits, r, K, 1);
            long label = LABELS[r % LABELS.length];
            int best = 0;
            for (int c = 0; c < K; c++) {
                double target = (c == label ? 1 - smoothing : 0) + smoothing / K;
                expected -= target * l[c] / rows;
                slope[r * K + c] = (float) ((Math.exp(l[c]) - target) / rows);
                best = l[c] > l[best] ? c : best;
            }
            hits += best == label ? 1 : 0;
        }
        List<float[]> r = loss(logits, LABELS, smoothing);
        assertEquals(expected, r.get(0)[0], 1e-6 * (1 + expected));
        assertEquals((double) hits / rows, r.get(0)[1], 1e-6);
        assertArrayEquals(slope, r.get(1), 1e-6f);
        LossTests.assertSlope(logits, r.get(1), x -> loss(x, LABELS, smoothing).get(0)[0]);
    }

    /** Images are independent and come in any order; a constant added to all logits changes nothing. */
    @Test
    void orderAndConstantsDoNotMatter() {
        float[] logits = LossTests.normal(SeedTree.root(36).stream(), 2 * 2 * K);
        long[] labels = {1, 3};
        double loss = loss(logits, labels, .1).get(0)[0];
        float[] turned = LossTests.images(logits, 2, 2, K, 1, 0);
        assertEquals(loss, loss(turned, new long[] {3, 1}, .1).get(0)[0], 1e-6);
        assertEquals(loss, loss(LossTests.plus(logits, 5), labels, .1).get(0)[0], 1e-6);
    }

    /** U14: uniform logits give ln K whatever the smoothing. */
    @Test
    void uniformIsTheLogarithmOfK() {
        for (double smoothing : new double[] {0, .1, .9}) {
            assertEquals(Math.log(K), loss(new float[3 * K], LABELS, smoothing).get(0)[0], 1e-6);
        }
    }
}
