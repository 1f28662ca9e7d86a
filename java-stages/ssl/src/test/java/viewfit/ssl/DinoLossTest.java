package viewfit.ssl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

/** The loss alone: worked examples, a plain twin in double precision, and its properties. */
class DinoLossTest {
    private static TorchRuntime runtime;
    private static Program program;

    @BeforeAll
    static void open() {
        runtime = TorchRuntime.open("cpu", 1);
        program = runtime.compile(SharedText.MEASURES + DinoProgram.LOSS_TEXT);
    }

    @AfterAll
    static void close() {
        program.close();
        runtime.close();
    }

    /** Value, parts and gradient of one call. */
    private static final class Result {
        final double loss;
        final double global;
        final double local;
        final double entropy;
        final float[] gradient;

        Result(float[] parts, float[] gradient) {
            loss = parts[0];
            global = parts[1];
            local = parts[2];
            entropy = parts[3];
            this.gradient = gradient;
        }
    }

    private static Result loss(
            float[] student,
            float[] teacher,
            float[] center,
            int views,
            int teachers,
            int n,
            double alpha,
            double temp) {
        int k = center.length;
        try (Scope scope = runtime.scope()) {
            List<Tensor> r = program.call(
                    scope,
                    "loss_and_gradient",
                    runtime.tensor(scope, student, (long) views * n, k),
                    runtime.tensor(scope, teacher, (long) teachers * n, k),
                    runtime.tensor(scope, center, k),
                    (long) views,
                    (long) teachers,
                    (long) n,
                    alpha,
                    0.1,
                    temp);
            return new Result(runtime.floats(r.get(0)), runtime.floats(r.get(1)));
        }
    }

    private static float[] moved(float[] center, float[] teacher, double momentum) {
        try (Scope scope = runtime.scope()) {
            Tensor c = runtime.tensor(scope, center, center.length);
            program.run(
                    "move_center",
                    c,
                    runtime.tensor(scope, teacher, teacher.length / center.length, center.length),
                    momentum);
            return runtime.floats(c);
        }
    }

    private static final float[] STUDENT = {.1f, 0, -.1f, .05f, .05f, -.1f, 0, .1f, 0};
    private static final float[] TEACHER = {.2f, 0, 0, 0, .1f, .1f};

    /** Worked examples U10 to U12; float32 against double, so 2e-6. */
    @ParameterizedTest
    @CsvSource({
        ".04, 0, 1.328679024, 1.307976642, 1.316257595",
        ".07, 0, 1.311644746, 1.302437998, 1.306120697",
        ".04, .05, 1.493078134, 1.438823583, 1.460525404"
    })
    void workedExamples(double temp, float center, double global, double local, double weighted) {
        Result r = loss(STUDENT, TEACHER, new float[] {center, center, 0}, 3, 2, 1, .4, temp);
        assertEquals(global, r.global, 2e-6);
        assertEquals(local, r.local, 2e-6);
        assertEquals(weighted, r.loss, 2e-6);
    }

    /** U13: with alpha = share of the global pairs, the loss is the plain mean over all pairs. */
    @Test
    void alphaOfThePairCountsIsTheUnweightedMean() {
        assertEquals(1.318327833, loss(STUDENT, TEACHER, new float[3], 3, 2, 1, .5, .04).loss, 2e-6);
        RandomStream random = SeedTree.root(3).stream();
        for (int trial = 0; trial < 5; trial++) {
            int teachers = 2 + random.nextInt(2);
            int locals = 1 + random.nextInt(4);
            int n = 1 + random.nextInt(3);
            int k = 2 + random.nextInt(9);
            float[] s = normal(random, (teachers + locals) * n * k);
            float[] t = normal(random, teachers * n * k);
            float[] c = normal(random, k);
            double pairs = teachers * (teachers - 1.0);
            double alpha = pairs / (pairs + teachers * locals);
            Twin twin = new Twin(s, t, c, teachers + locals, teachers, n, k, .05);
            Result r = loss(s, t, c, teachers + locals, teachers, n, alpha, .05);
            assertEquals(twin.mean(), r.loss, 1e-5 * (1 + twin.mean()));
        }
    }

    /** The plain twin: every pair on its own, double precision. Differences are float32 rounding: 1e-5 relative. */
    @ParameterizedTest
    @CsvSource({"2, 0, 3, .4", "2, 1, 1, 0", "2, 1, 2, 1", "3, 4, 2, .4", "2, 6, 4, .142857"})
    void agreesWithThePlainTwin(int teachers, int locals, int n, double alpha) {
        RandomStream random = SeedTree.root(11).at(teachers, locals, n).stream();
        int k = 10;
        float[] s = normal(random, (teachers + locals) * n * k);
        float[] t = normal(random, teachers * n * k);
        float[] c = normal(random, k);
        Twin twin = new Twin(s, t, c, teachers + locals, teachers, n, k, .06);
        Result r = loss(s, t, c, teachers + locals, teachers, n, alpha, .06);
        double expected = locals == 0 ? twin.global : alpha * twin.global + (1 - alpha) * twin.local;
        assertEquals(expected, r.loss, 1e-5 * (1 + expected));
        assertEquals(twin.global, r.global, 1e-5 * (1 + twin.global));
        assertEquals(locals == 0 ? 0 : twin.local, r.local, 1e-5 * (1 + twin.local));
        assertEquals(twin.entropy, r.entropy, 1e-5);
        assertArrayEquals(twin.gradient(alpha), r.gradient, 2e-5f);
    }

    /** U14: uniform on both sides is ln K. */
    @ParameterizedTest
    @CsvSource({"4096, 8.317766", "65536, 11.090355", "1000, 6.907755"})
    void uniformIsTheLogarithmOfK(int k, double expected) {
        Result r = loss(new float[3 * k], new float[2 * k], new float[k], 3, 2, 1, .4, .04);
        assertEquals(expected, r.loss, 2e-5);
        assertEquals(expected, r.entropy, 2e-5);
    }

    /** U15. */
    @Test
    void centreMovesByTheBatchMean() {
        float[] teacher = {0, 1, 2, 3};
        float[] center = {0, 0};
        double[][] expected = {{.1, .2}, {.19, .38}, {.271, .542}};
        for (double[] e : expected) {
            center = moved(center, teacher, .9);
            assertEquals(e[0], center[0], 1e-6);
            assertEquals(e[1], center[1], 1e-6);
        }
    }

    /** U18: the teacher keeps its share. */
    @Test
    void teacherFollows() {
        try (Scope scope = runtime.scope()) {
            Tensor teacher = runtime.tensor(scope, new float[] {1}, 1);
            Tensor student = runtime.tensor(scope, new float[] {0}, 1);
            program.run("follow", teacher, student, .996);
            assertEquals(.996, runtime.scalar(teacher), 1e-7);
            program.run("follow", teacher, student, .998);
            assertEquals(.994008, runtime.scalar(teacher), 1e-7);
        }
    }

    @Test
    void featureStdIsZeroWhenCollapsedAndOneOverRootWidthWhenSpread() {
        RandomStream random = SeedTree.root(5).stream();
        assertEquals(0, std(new float[] {1, 2, 2, 4, 3, 6}, 3, 2), 1e-6);
        assertEquals(1 / Math.sqrt(64), std(normal(random, 2000 * 64), 2000, 64), 1e-3);
        assertTrue(std(new float[] {0, 0, 0, 0}, 2, 2) == 0, "rows of zero must not divide by zero");
    }

    /** Two equal rows and their opposite: cosines 1, -1, -1. Independent rows: 0. */
    @Test
    void featureCosineIsTheMeanOverPairsOfDifferentRows() {
        RandomStream random = SeedTree.root(5).stream();
        assertEquals(1, cosine(new float[] {1, 2, 2, 4, 3, 6}, 3, 2), 1e-6);
        assertEquals(-1 / 3.0, cosine(new float[] {1, 2, 2, 4, -3, -6}, 3, 2), 1e-6);
        assertEquals(0, cosine(normal(random, 1000 * 64), 1000, 64), 1e-3);
    }

    private static double cosine(float[] rows, int n, int d) {
        try (Scope scope = runtime.scope()) {
            return runtime.scalar(program.call(scope, "spread", runtime.tensor(scope, rows, n, d), (long) n)
                    .get(1));
        }
    }

    /** The loss is a mean over images: that of a batch is the mean of those of its halves, whatever their order. */
    @Test
    void imagesAreIndependent() {
        RandomStream random = SeedTree.root(8).stream();
        int k = 7;
        float[] c = normal(random, k);
        float[] s = normal(random, 3 * 4 * k);
        float[] t = normal(random, 2 * 4 * k);
        double whole = loss(s, t, c, 3, 2, 4, .3, .05).loss;
        double first =
                loss(LossTests.images(s, 3, 4, k, 2, 0), LossTests.images(t, 2, 4, k, 2, 0), c, 3, 2, 2, .3, .05).loss;
        double other =
                loss(LossTests.images(s, 3, 4, k, 1, 3), LossTests.images(t, 2, 4, k, 1, 3), c, 3, 2, 2, .3, .05).loss;
        assertEquals(whole, (first + other) / 2, 1e-5);
    }

    /** A constant added to a row of logits changes no softmax; one in the teacher's may sit in the centre as well. */
    @Test
    void constantsDoNotMatter() {
        RandomStream random = SeedTree.root(9).stream();
        float[] s = normal(random, 3 * 2 * 5);
        float[] t = normal(random, 2 * 2 * 5);
        float[] c = normal(random, 5);
        double loss = loss(s, t, c, 3, 2, 2, .4, .05).loss;
        assertEquals(loss, loss(LossTests.plus(s, 3), LossTests.plus(t, 2), c, 3, 2, 2, .4, .05).loss, 2e-5);
        assertEquals(loss, loss(s, LossTests.plus(t, 2), LossTests.plus(c, 2), 3, 2, 2, .4, .05).loss, 2e-5);
    }

    @Test
    void gradientIsTheSlope() {
        RandomStream random = SeedTree.root(10).stream();
        float[] s = normal(random, 4 * 2 * 5);
        float[] t = normal(random, 2 * 2 * 5);
        float[] c = normal(random, 5);
        LossTests.assertSlope(s, loss(s, t, c, 4, 2, 2, .4, .05).gradient, x -> loss(x, t, c, 4, 2, 2, .4, .05).loss);
    }

    private static double std(float[] rows, int n, int d) {
        try (Scope scope = runtime.scope()) {
            return runtime.scalar(program.call(scope, "spread", runtime.tensor(scope, rows, n, d), (long) n)
                    .get(0));
        }
    }

    private static float[] normal(RandomStream random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (0.3 * random.nextGaussian());
        }
        return values;
    }

    /** Definition of the loss, pair by pair. */
    private static final class Twin {
        private final int views;
        private final int teachers;
        private final int n;
        private final int k;
        private final double[][] p;
        private final double[][] q;
        double global;
        double local;
        double entropy;
        private double sum;
        private int pairs;

        Twin(float[] s, float[] t, float[] c, int views, int teachers, int n, int k, double temp) {
            this.views = views;
            this.teachers = teachers;
            this.n = n;
            this.k = k;
            p = softmax(s, new float[k], k, .1);
            q = softmax(t, c, k, temp);
            int globalPairs = 0;
            int localPairs = 0;
            for (int i = 0; i < teachers; i++) {
                for (int v = 0; v < views; v++) {
                    if (v == i) {
                        continue;
                    }
                    double term = term(i, v);
                    sum += term;
                    pairs++;
                    if (v < teachers) {
                        global += term;
                        globalPairs++;
                    } else {
                        local += term;
                        localPairs++;
                    }
                }
            }
            global /= globalPairs;
            local = localPairs == 0 ? 0 : local / localPairs;
            for (double[] row : q) {
                for (double x : row) {
                    entropy -= x > 0 ? x * Math.log(x) / q.length : 0;
                }
            }
        }

        double mean() {
            return sum / pairs;
        }

        private double term(int i, int v) {
            double term = 0;
            for (int b = 0; b < n; b++) {
                for (int j = 0; j < k; j++) {
                    term -= q[i * n + b][j] * Math.log(p[v * n + b][j]) / n;
                }
            }
            return term;
        }

        /** U17: of one term: (softmax - q) / temperature / batch. */
        float[] gradient(double alpha) {
            float[] gradient = new float[views * n * k];
            int locals = views - teachers;
            for (int v = 0; v < views; v++) {
                double weight = v >= teachers
                        ? (1 - alpha) / (teachers * locals)
                        : (locals == 0 ? 1 : alpha) / (teachers * (teachers - 1));
                for (int i = 0; i < teachers; i++) {
                    for (int b = 0; b < n && v != i; b++) {
                        for (int j = 0; j < k; j++) {
                            gradient[(v * n + b) * k + j] +=
                                    (float) (weight * (p[v * n + b][j] - q[i * n + b][j]) / .1 / n);
                        }
                    }
                }
            }
            return gradient;
        }

        private static double[][] softmax(float[] logits, float[] center, int k, double temp) {
            double[][] rows = new double[logits.length / k][k];
            for (int r = 0; r < rows.length; r++) {
                double total = 0;
                for (int j = 0; j < k; j++) {
                    rows[r][j] = Math.exp(((double) logits[r * k + j] - center[j]) / temp);
                    total += rows[r][j];
                }
                for (int j = 0; j < k; j++) {
                    rows[r][j] /= total;
                }
            }
            return rows;
        }
    }
}
