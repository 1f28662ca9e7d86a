package viewfit.ssl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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

/** Assignment, queue and loss of SwAV: worked examples, a plain twin in double precision, properties. In float64. */
class SwavLossTest {
    private static final double TEMPERATURE = .1;
    private static final double EPSILON = .05;

    /** The list of assigned views is part of a program's text. */
    private static final String CALLS =
            """
            def both(self, O: Tensor, codes: List[Tensor], views: int, globals: int, n: int, alpha: float, temperature: float) -> List[Tensor]:
              return self.loss_and_gradient(O, codes, ASSIGN, views, globals, n, alpha, temperature)
            def assigned(self, O: Tensor, Q: Tensor, W: Tensor, queued: int, n: int, epsilon: float, iterations: int) -> List[Tensor]:
              return self.codes(O, Q, W, ASSIGN, torch.gt(queued, 0), n, epsilon, iterations)
            def enqueue(self, Q: Tensor, Z: Tensor, n: int) -> Tensor:
              p = self.push(Q, [Z], ASSIGN, n)
              return Q
            """;

    private static TorchRuntime runtime;

    @BeforeAll
    static void open() {
        runtime = TorchRuntime.openDouble(1);
    }

    @AfterAll
    static void close() {
        runtime.close();
    }

    private static Program program(String assign) {
        return runtime.compile(SharedText.MEASURES + SwavProgram.LOSS_TEXT + CALLS.replace("ASSIGN", assign));
    }

    private static float[] sinkhorn(float[] scores, int rows, int k, int iterations) {
        try (Program program = program("[0]");
                Scope scope = runtime.scope()) {
            Tensor s = runtime.tensor(scope, scores, rows, k);
            return runtime.floats(program.callOne(scope, "sinkhorn", s, EPSILON, (long) iterations));
        }
    }

    /** U19. */
    @Test
    void twoByTwo() {
        float a = (float) .880797078;
        float b = (float) .119202922;
        for (int iterations : new int[] {1, 3, 10}) {
            float[] codes = sinkhorn(new float[] {.1f, 0, 0, .1f}, 2, 2, iterations);
            assertArrayEquals(new float[] {a, b, b, a}, codes, 2e-7f);
        }
    }

    /** U20: three iterations by value, fifty by the sums they tend to; the scores are rounded to float: 1e-6. */
    @Test
    void fourByThree() {
        float[] scores = {.2f, 0, 0, .1f, .1f, 0, .3f, .1f, 0, 0, .2f, .1f};
        float[] codes = sinkhorn(scores, 4, 3, 3);
        assertArrayEquals(
                new float[] {(float) .5021677848, (float) .0777874467, (float) .4200447685},
                Arrays.copyOf(codes, 3),
                1e-6f);
        assertArrayEquals(
                new float[] {(float) .7885774522, (float) .1221532491, (float) .0892692987},
                Arrays.copyOfRange(codes, 6, 9),
                1e-6f);
        double[] sums = {1.35594, 1.31781, 1.32625};
        float[] many = sinkhorn(scores, 4, 3, 50);
        for (int k = 0; k < 3; k++) {
            assertEquals(sums[k], codes[k] + codes[3 + k] + codes[6 + k] + codes[9 + k], 1e-5);
            assertEquals(4 / 3.0, many[k] + many[3 + k] + many[6 + k] + many[9 + k], 1e-6);
        }
    }

    /** U21. */
    @Test
    void codesAreDistributionsThatFollowTheirRows() {
        RandomStream random = SeedTree.root(4).stream();
        int rows = 5;
        int k = 7;
        float[] scores = LossTests.normal(random, rows * k);
        float[] codes = sinkhorn(scores, rows, k, 3);
        for (int r = 0; r < rows; r++) {
            double sum = 0;
            for (int i = 0; i < k; i++) {
                assertTrue(codes[r * k + i] >= 0);
                sum += codes[r * k + i];
            }
            assertEquals(1, sum, 1e-6);
        }
        assertArrayEquals(codes, sinkhorn(LossTests.plus(scores, 2), rows, k, 3), 2e-6f, "a constant added");
        float[] turned = new float[scores.length];
        float[] expected = new float[scores.length];
        for (int r = 0; r < rows; r++) {
            System.arraycopy(scores, r * k, turned, (r + 2) % rows * k, k);
            System.arraycopy(codes, r * k, expected, (r + 2) % rows * k, k);
        }
        assertArrayEquals(expected, sinkhorn(turned, rows, k, 3), 1e-6f, "rows permuted");
        float[] same = new float[rows * k];
        for (int i = 0; i < same.length; i++) {
            same[i] = scores[i % k];
        }
        float[] collapsed = sinkhorn(same, rows, k, 3);
        for (float share : collapsed) {
            assertEquals(1.0 / k, share, 1e-6, "identical images get uniform codes");
        }
    }

    /** Scores far outside the cosines: e^(x / epsilon) alone would overflow. */
    @Test
    void largeScoresDoNotOverflow() {
        float[] codes = sinkhorn(new float[] {40, 0, 0, 40}, 2, 2, 3);
        assertArrayEquals(new float[] {1, 0, 0, 1}, codes, 1e-6f);
    }

    /** Codes, value and gradient against the plain twin, over views, assigned views, queue. Float rounding: 1e-6. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2 | 0 | 3 | [0, 1] | 0 | .4", "2 | 6 | 4 | [0, 1] | 0 | .4", "2 | 1 | 2 | [0] | 0 | 0",
                "2 | 3 | 2 | [1] | 4 | 1", "3 | 2 | 3 | [0, 2] | 6 | .25", "2 | 6 | 1 | [0, 1] | 5 | .142857",
            })
    void agreesWithThePlainTwin(int globals, int locals, int n, String assign, int queueRows, double alpha) {
        RandomStream random = SeedTree.root(21).at(globals, locals, n).stream();
        int k = 6;
        int d = 3;
        int views = globals + locals;
        int[] assigned = Arrays.stream(assign.replaceAll("[\\[\\] ]", "").split(",", -1))
                .mapToInt(Integer::parseInt)
                .toArray();
        float[] scores = LossTests.normal(random, views * n * k);
        for (int i = 0; i < scores.length; i++) {
            scores[i] *= .2f;
        }
        float[] prototypes = LossTests.normal(random, k * d);
        float[] queue = LossTests.normal(random, assigned.length * Math.max(1, queueRows) * d);
        for (int i = 0; i < queue.length; i++) {
            queue[i] *= .1f;
        }
        try (Program program = program(assign);
                Scope scope = runtime.scope()) {
            Tensor o = runtime.tensor(scope, scores, (long) views * n, k);
            List<Tensor> codes = program.call(
                    scope,
                    "assigned",
                    o,
                    runtime.tensor(scope, queue, assigned.length, Math.max(1, queueRows), d),
                    runtime.tensor(scope, prototypes, k, d),
                    queueRows > 0 ? 1L : 0L,
                    (long) n,
                    EPSILON,
                    3L);
            SwavTwin twin = new SwavTwin(scores, views, globals, n, k, alpha, TEMPERATURE);
            for (int a = 0; a < assigned.length; a++) {
                double[][] code = twin.code(assigned[a], queue, a, queueRows, prototypes, d, EPSILON);
                assertArrayEquals(SwavTwin.flat(code), runtime.floats(codes.get(a)), 1e-6f);
            }
            List<Tensor> r =
                    program.call(scope, "both", o, codes, (long) views, (long) globals, (long) n, alpha, TEMPERATURE);
            float[] parts = runtime.floats(r.get(0));
            assertEquals(twin.loss(), parts[0], 1e-6 * (1 + twin.loss()));
            assertEquals(twin.global(), parts[1], 1e-6 * (1 + twin.global()));
            assertEquals(twin.local(), parts[2], 1e-6 * (1 + twin.local()));
            assertEquals(twin.entropy(), parts[3], 1e-6);
            float[] gradient = runtime.floats(r.get(1));
            assertArrayEquals(twin.gradient(), gradient, 1e-6f);
            LossTests.assertSlope(scores, gradient, x -> new SwavTwin(twin, x).loss());
        }
    }

    /** U13: the named value makes the loss the plain mean over all pairs. */
    @Test
    void unweightedIsTheMeanOverPairs() {
        RandomStream random = SeedTree.root(22).stream();
        float[] scores = LossTests.normal(random, 5 * 2 * 4);
        SwavTwin twin = new SwavTwin(scores, 5, 2, 2, 4, Alpha.equalPairs().weight(2, 3), TEMPERATURE);
        twin.code(0, new float[1], 0, 0, new float[1], 1, EPSILON);
        twin.code(1, new float[1], 1, 0, new float[1], 1, EPSILON);
        try (Program program = program("[0, 1]");
                Scope scope = runtime.scope()) {
            Tensor o = runtime.tensor(scope, scores, 10, 4);
            Tensor none = runtime.zeros(scope, 2, 1, 1);
            List<Tensor> codes =
                    program.call(scope, "assigned", o, none, runtime.zeros(scope, 4, 1), 0L, 2L, EPSILON, 3L);
            List<Tensor> r = program.call(
                    scope, "both", o, codes, 5L, 2L, 2L, Alpha.equalPairs().weight(2, 3), TEMPERATURE);
            assertEquals(twin.mean(), runtime.floats(r.get(0))[0], 1e-6 * (1 + twin.mean()));
        }
    }

    /** U22: newest first, the oldest fall off. */
    @Test
    void queueIsFirstInFirstOut() {
        try (Program program = program("[0, 1]");
                Scope scope = runtime.scope()) {
            Tensor queue = runtime.zeros(scope, 2, 4, 1);
            List<float[]> seen = new ArrayList<>();
            for (int step = 1; step <= 3; step++) {
                float[] rows = {step, step + .5f, 10 * step, 10 * step + .5f, 99, 99};
                seen.add(runtime.floats(
                        program.callOne(scope, "enqueue", queue, runtime.tensor(scope, rows, 6, 1), 2L)));
            }
            assertArrayEquals(new float[] {1, 1.5f, 0, 0, 10, 10.5f, 0, 0}, seen.get(0));
            assertArrayEquals(new float[] {2, 2.5f, 1, 1.5f, 20, 20.5f, 10, 10.5f}, seen.get(1));
            assertArrayEquals(new float[] {3, 3.5f, 2, 2.5f, 30, 30.5f, 20, 20.5f}, seen.get(2));
        }
    }

    @Test
    void rowsGetUnitLength() {
        try (Program program = program("[0]");
                Scope scope = runtime.scope()) {
            Tensor rows = runtime.tensor(scope, new float[] {3, 4, 0, 0}, 2, 2);
            program.run("unit_rows", rows);
            assertArrayEquals(new float[] {.6f, .8f, 0, 0}, runtime.floats(rows), 1e-7f);
        }
    }
}
