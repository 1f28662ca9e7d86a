package viewfit.ssl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;
import viewfit.core.recipe.Alpha;
import viewfit.engine.Program;
import viewfit.engine.Scope;
import viewfit.engine.Tensor;
import viewfit.engine.TorchRuntime;

/** Logits, queue and loss of MoCo: worked examples, a plain twin in double precision, properties. In float64. */
class MocoLossTest {
    private static TorchRuntime runtime;
    private static Program program;

    @BeforeAll
    static void open() {
        runtime = TorchRuntime.openDouble(1);
        program = runtime.compile(SharedText.MEASURES + MocoProgram.LOSS_TEXT);
    }

    @AfterAll
    static void close() {
        program.close();
        runtime.close();
    }

    private static float[] loss(float[] logits, int rows, int n, double alpha) {
        try (Scope scope = runtime.scope()) {
            Tensor l = runtime.tensor(scope, logits, rows, logits.length / rows);
            return runtime.floats(
                    program.call(scope, "loss_and_gradient", l, (long) n, alpha).get(0));
        }
    }

    private static float[] gradient(float[] logits, int rows, int n, double alpha) {
        try (Scope scope = runtime.scope()) {
            Tensor l = runtime.tensor(scope, logits, rows, logits.length / rows);
            return runtime.floats(
                    program.call(scope, "loss_and_gradient", l, (long) n, alpha).get(1));
        }
    }

    /** U24. */
    @Test
    void workedExample() {
        try (Scope scope = runtime.scope()) {
            Tensor q = runtime.tensor(scope, new float[] {1, 0}, 1, 2);
            Tensor k = runtime.tensor(scope, new float[] {.6f, .8f}, 1, 2);
            Tensor queue = runtime.tensor(scope, new float[] {0, -1, 1, 0}, 2, 2);
            float[] logits = runtime.floats(program.callOne(scope, "logits", q, k, queue, .2));
            assertArrayEquals(new float[] {3, 0, -5}, logits, 1e-6f);
            assertEquals(.048906854, loss(logits, 1, 1, 1)[0], 1e-7);
        }
    }

    /** U24: independent unit vectors, 65,536 negatives: ln 65537 + 1/2 (1/128) / .04; mean of 64 queries, so +-0.05. */
    @Test
    void chanceIsTheLogarithmOfTheQueue() {
        RandomStream random = SeedTree.root(31).stream();
        try (Scope scope = runtime.scope()) {
            Tensor q = program.callOne(
                    scope, "normalize", runtime.tensor(scope, LossTests.normal(random, 64 * 128), 64, 128));
            Tensor k = program.callOne(
                    scope, "normalize", runtime.tensor(scope, LossTests.normal(random, 64 * 128), 64, 128));
            Tensor queue = runtime.tensor(scope, LossTests.normal(random, 128 * 65536), 128, 65536);
            program.run("unit_columns", queue);
            Tensor logits = program.callOne(scope, "logits", q, k, queue, .2);
            double chance = Math.log(65537) + .5 / 128 / .04;
            assertEquals(11.19, chance, .005);
            float[] r = runtime.floats(
                    program.call(scope, "loss_and_gradient", logits, 64L, 1.0).get(0));
            // One logit has standard deviation 1 / sqrt(128) / .2 = 0.44; the mean of 64 one of 0.055.
            assertEquals(chance, r[0], .2);
        }
    }

    /** Value and gradient against plain sums, over queries and weights. Float rounding: 1e-6. */
    @ParameterizedTest
    @CsvSource({"0, 3, .4", "1, 1, 0", "6, 2, 1", "6, 4, .4", "3, 2, .25"})
    void agreesWithThePlainTwin(int locals, int n, double alpha) {
        RandomStream random = SeedTree.root(32).at(locals, n).stream();
        int width = 9;
        int rows = (1 + locals) * n;
        float[] logits = LossTests.normal(random, rows * width);
        double[] each = new double[rows];
        float[] slope = new float[logits.length];
        double global = 0;
        double local = 0;
        for (int r = 0; r < rows; r++) {
            double[] l = LossTests.logSoftmax(logits, r, width, 1);
            double share = r < n ? (locals == 0 ? 1 : alpha) / n : (1 - alpha) / (rows - n);
            for (int c = 0; c < width; c++) {
                slope[r * width + c] = (float) (share * (Math.exp(l[c]) - (c == 0 ? 1 : 0)));
            }
            each[r] = -l[0];
            global += r < n ? each[r] / n : 0;
            local += r < n ? 0 : each[r] / (rows - n);
        }
        float[] parts = loss(logits, rows, n, alpha);
        double expected = locals == 0 ? global : alpha * global + (1 - alpha) * local;
        assertEquals(expected, parts[0], 1e-6 * (1 + expected));
        assertEquals(global, parts[1], 1e-6 * (1 + global));
        assertEquals(local, parts[2], 1e-6 * (1 + local));
        float[] gradient = gradient(logits, rows, n, alpha);
        assertArrayEquals(slope, gradient, 1e-6f);
        LossTests.assertSlope(logits, gradient, x -> loss(x, rows, n, alpha)[0]);
        float[] shifted = loss(LossTests.plus(logits, 3), rows, n, alpha);
        assertEquals(parts[0], shifted[0], 2e-6 * (1 + expected), "a constant added to a row");
    }

    /** U13 for one key view: weights 1 and the number of local views. */
    @Test
    void unweightedIsTheMeanOverQueries() {
        float[] logits = LossTests.normal(SeedTree.root(33).stream(), 4 * 2 * 5);
        double mean = 0;
        for (int r = 0; r < 8; r++) {
            mean -= LossTests.logSoftmax(logits, r, 5, 1)[0] / 8;
        }
        assertEquals(mean, loss(logits, 8, 2, Alpha.equalPairs().weight(2, 3))[0], 1e-6 * (1 + mean));
    }

    /** Images are independent: the loss of a batch is the mean over its halves. */
    @Test
    void imagesAreIndependent() {
        float[] logits = LossTests.normal(SeedTree.root(34).stream(), 3 * 4 * 5);
        double halves = loss(LossTests.images(logits, 3, 4, 5, 2, 0), 6, 2, .3)[0]
                + (double) loss(LossTests.images(logits, 3, 4, 5, 1, 3), 6, 2, .3)[0];
        assertEquals(halves / 2, loss(logits, 12, 4, .3)[0], 1e-6);
    }

    /** U25: columns are replaced in turn; the share of queries that find their key. */
    @Test
    void queueWrapsAndKeysAreFound() {
        try (Scope scope = runtime.scope()) {
            Tensor queue = runtime.zeros(scope, 1, 4);
            for (int step = 0; step < 3; step++) {
                Tensor keys = runtime.tensor(scope, new float[] {step + 1, -step - 1}, 2, 1);
                program.run("push", queue, keys, step * 2L % 4);
            }
            assertArrayEquals(new float[] {3, -3, 2, -2}, runtime.floats(queue));
            Tensor logits = runtime.tensor(scope, new float[] {2, 1, 1, 2, 9, 0}, 3, 2);
            assertEquals(.5, runtime.scalar(program.callOne(scope, "top1", logits, 2L)), 1e-7);
        }
    }
}
