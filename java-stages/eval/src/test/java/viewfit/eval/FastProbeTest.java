package viewfit.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;
import viewfit.core.recipe.FastProbeRecipe;
import viewfit.engine.TorchRuntime;

/** The grid of rates against softmax regression in doubles, one rate and one image at a time. */
class FastProbeTest {
    private static final int CLASSES = 3;
    private static final int WIDTH = 5;
    private static final int IMAGES = 50;
    private static TorchRuntime runtime;

    @BeforeAll
    static void open() {
        runtime = TorchRuntime.open("cpu", 1);
    }

    @AfterAll
    static void close() {
        runtime.close();
    }

    private static int[] labels(int count) {
        return IntStream.range(0, count).map(i -> i % CLASSES).toArray();
    }

    /** Classes that overlap: no rate gets everything right. */
    private static float[] features(String name, int count) {
        RandomStream random = SeedTree.root(3).at(name).stream();
        float[] values = new float[count * WIDTH];
        for (int i = 0; i < values.length; i++) {
            int row = i / WIDTH;
            values[i] = (float) (random.nextGaussian() + (i % WIDTH == row % CLASSES ? 1 : 0));
        }
        return values;
    }

    private static FastProbeRecipe recipe(int epochs, Double... rates) {
        return new FastProbeRecipe(List.of(rates), 256, epochs, 16, .9);
    }

    /** Batches of 16 over two epochs, first without a fifth of the images. */
    @Test
    void imagesThatStepsSawAreCounted() {
        List<String> told = new ArrayList<>();
        new FastProbe(runtime, recipe(2, .1), 7)
                .run(
                        features("train", 40),
                        labels(40),
                        features("heldout", 30),
                        labels(30),
                        CLASSES,
                        (what, count, all) -> told.add(what + " " + count + "/" + all));
        assertEquals(
                List.of(
                        "fast probe, choice of the rate 16/64",
                        "fast probe, choice of the rate 32/64",
                        "fast probe, choice of the rate 48/64",
                        "fast probe, choice of the rate 64/64",
                        "fast probe 16/80",
                        "fast probe 32/80",
                        "fast probe 40/80",
                        "fast probe 56/80",
                        "fast probe 72/80",
                        "fast probe 80/80"),
                told);
    }

    private static FastScores run(FastProbeRecipe recipe) {
        return new FastProbe(runtime, recipe, 7)
                .run(features("train", IMAGES), labels(IMAGES), features("heldout", 30), labels(30), CLASSES);
    }

    /** Logits of the held-out images and the loss of the last epoch, for one rate. */
    private record Twin(double[] logits, double loss) {}

    private static Twin naive(double rate, int epochs) {
        return naive(rate, epochs, features("train", IMAGES), labels(IMAGES), features("heldout", 30));
    }

    private static Twin naive(double rate, int epochs, float[] train, int[] labels, float[] scored) {
        int images = labels.length;
        float[] first = LinearClassifier.firstWeight(runtime, WIDTH, CLASSES, SeedTree.root(7));
        double[][] w = new double[CLASSES][WIDTH + 1];
        double[][] m = new double[CLASSES][WIDTH + 1];
        for (int i = 0; i < first.length; i++) {
            w[i / WIDTH][i % WIDTH] = first[i];
        }
        double mean = 0;
        for (int epoch = 0; epoch < epochs; epoch++) {
            double lr = rate * 16 / 256 * .5 * (1 + Math.cos(Math.PI * epoch / epochs));
            int[] order = SeedTree.root(7).at("order").at(epoch).stream().permutation(images);
            mean = 0;
            for (int from = 0; from < images; from += 16) {
                int count = Math.min(16, images - from);
                double[][] g = new double[CLASSES][WIDTH + 1];
                for (int i = from; i < from + count; i++) {
                    double[] x = row(train, order[i]);
                    double[] p = softmax(w, x);
                    mean -= Math.log(p[labels[order[i]]]) / images;
                    for (int c = 0; c < CLASSES; c++) {
                        for (int d = 0; d <= WIDTH; d++) {
                            g[c][d] += (p[c] - (labels[order[i]] == c ? 1 : 0)) * x[d] / count;
                        }
                    }
                }
                for (int c = 0; c < CLASSES; c++) {
                    for (int d = 0; d <= WIDTH; d++) {
                        m[c][d] = .9 * m[c][d] + g[c][d];
                        w[c][d] -= lr * m[c][d];
                    }
                }
            }
        }
        double[] logits = new double[scored.length / WIDTH * CLASSES];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = score(w[i % CLASSES], row(scored, i / CLASSES));
        }
        return new Twin(logits, mean);
    }

    private static double[] row(float[] features, int row) {
        double[] x = new double[WIDTH + 1];
        for (int d = 0; d < WIDTH; d++) {
            x[d] = features[row * WIDTH + d];
        }
        x[WIDTH] = 1;
        return x;
    }

    private static double score(double[] w, double[] x) {
        double z = 0;
        for (int d = 0; d < x.length; d++) {
            z += w[d] * x[d];
        }
        return z;
    }

    private static double[] softmax(double[][] w, double[] x) {
        double[] p = new double[w.length];
        double sum = 0;
        for (int c = 0; c < p.length; c++) {
            p[c] = Math.exp(score(w[c], x));
            sum += p[c];
        }
        for (int c = 0; c < p.length; c++) {
            p[c] /= sum;
        }
        return p;
    }

    @Test
    void everyRateIsSoftmaxRegressionOfItsOwn() {
        FastScores scores = run(recipe(6, .01, .1, 1.0, 10.0));
        for (int r = 0; r < 4; r++) {
            Twin twin = naive(scores.rates().get(r), 6);
            assertEquals(twin.loss(), scores.losses().get(r), 1e-4 * Math.max(1, twin.loss()), "rate " + r);
            float[] logits = new float[twin.logits().length];
            for (int i = 0; i < logits.length; i++) {
                logits[i] = (float) twin.logits()[i];
            }
            Accuracy expected = Accuracy.of(logits, CLASSES, labels(30));
            assertEquals(expected, scores.accuracies().get(r), "rate " + r);
            if (r == scores.best()) {
                assertArrayEquals(logits, scores.logits(), 2e-4f);
            }
            assertEquals(scores.rates().get(r) * 16 / 256, scores.lrs().get(r), 1e-15);
        }
        assertTrue(scores.accuracies().stream().distinct().count() > 1, "all rates score the same");
    }

    /** A fifth of the training images chooses, and what is scored has no say. */
    @Test
    void theRateIsChosenByTrainingImages() {
        int[] order = SeedTree.root(7).at("choice").stream().permutation(IMAGES);
        float[] train = features("train", IMAGES);
        float[] fitted = new float[(IMAGES - 10) * WIDTH];
        float[] apart = new float[10 * WIDTH];
        int[] fittedLabels = new int[IMAGES - 10];
        int[] apartLabels = new int[10];
        for (int i = 0; i < IMAGES; i++) {
            float[] to = i < 10 ? apart : fitted;
            System.arraycopy(train, order[i] * WIDTH, to, (i < 10 ? i : i - 10) * WIDTH, WIDTH);
            (i < 10 ? apartLabels : fittedLabels)[i < 10 ? i : i - 10] = labels(IMAGES)[order[i]];
        }
        FastScores scores = run(recipe(6, .001, .1, 1.0, 30.0));
        for (int r = 0; r < 4; r++) {
            double[] logits =
                    naive(scores.rates().get(r), 6, fitted, fittedLabels, apart).logits();
            float[] floats = new float[logits.length];
            for (int i = 0; i < floats.length; i++) {
                floats[i] = (float) logits[i];
            }
            assertEquals(
                    Accuracy.of(floats, CLASSES, apartLabels).top1(),
                    scores.choices().get(r),
                    "rate " + r);
        }
        assertTrue(scores.choices().stream().distinct().count() > 1, "all rates choose the same");
        double best = scores.choices().stream().mapToDouble(d -> d).max().orElseThrow();
        assertEquals(scores.choices().indexOf(best), scores.best());

        // Other labels of what is scored, the same choice.
        FastScores other = new FastProbe(runtime, recipe(6, .001, .1, 1.0, 30.0), 7)
                .run(train, labels(IMAGES), features("others", 30), new int[30], CLASSES);
        assertEquals(scores.best(), other.best());
    }

    /** Beside others or alone; the rest of the matrix is another's. */
    @Test
    void ratesDoNotMix() {
        FastScores all = run(recipe(4, .1, 1.0, 1e38));
        FastScores alone = run(recipe(4, 1.0));
        assertEquals(alone.losses().get(0), all.losses().get(1), 1e-6);
        assertEquals(alone.accuracies().get(0), all.accuracies().get(1));
        assertTrue(
                Double.isNaN(all.losses().get(2)),
                "a rate of 1e38 has loss " + all.losses().get(2));
        assertNotEquals(2, all.best());
        FastRate lost = all.rows("pretrained").get(2);
        assertTrue(Double.isNaN(lost.top1()) && Double.isNaN(lost.loss()) && !lost.chosen());
    }

    @Test
    void theLowestOfEqualRatesIsChosen() {
        FastScores scores = run(recipe(1, 1e-12, 1e-11));
        assertEquals(scores.accuracies().get(0), scores.accuracies().get(1));
        assertEquals(0, scores.best());
        assertTrue(scores.rows("pretrained").get(0).chosen());
        assertFalse(scores.rows("pretrained").get(1).chosen());
    }

    @Test
    void withoutAnyFiniteLossThereIsNoScore() {
        StageFailure failure = assertThrows(StageFailure.class, () -> run(recipe(3, 1e40, 1e41)));
        assertEquals(ExitCode.DIVERGED, failure.exitCode());
        assertTrue(failure.getMessage().contains("lower fast.rates"), failure.getMessage());
    }

    @Test
    void aRecipeHasItsRatesInOrder() {
        assertThrows(IllegalArgumentException.class, () -> recipe(1, 1.0, .1));
        assertThrows(IllegalArgumentException.class, () -> recipe(1, 0.0));
        assertThrows(IllegalArgumentException.class, () -> recipe(1));
    }
}
