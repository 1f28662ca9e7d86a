package viewfit.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.ManifestRow;
import viewfit.core.random.SeedTree;
import viewfit.core.recipe.ProbeRecipe;
import viewfit.core.recipe.Recipes;
import viewfit.core.recipe.SgdRecipe;
import viewfit.engine.Network;
import viewfit.engine.TorchRuntime;
import viewfit.zoo.Backbones;

/** The whole probe on photographs: against a naive twin, and its edges. */
class LinearProbeTest {
    private static final List<ManifestRow> TRAIN = Fixtures.rows("train", 3, 7);
    private static final List<ManifestRow> HELDOUT = Fixtures.rows("val", 3, 3);
    private static TorchRuntime runtime;
    private static FrozenBackbone first;
    private static FrozenBackbone second;

    @BeforeAll
    static void open() {
        runtime = TorchRuntime.open("cpu", 1);
        first = backbone(1);
        second = backbone(2);
    }

    @AfterAll
    static void close() {
        first.close();
        second.close();
        runtime.close();
    }

    private static FrozenBackbone backbone(long seed) {
        Network network = FrozenBackbone.allocate(runtime, Backbones.graph("mobilenet_v2"));
        network.initialise(SeedTree.root(seed));
        ProbeRecipe recipe = Fixtures.probe("cached", 1, 1);
        try (TrainImages crops = Fixtures.data(TRAIN, HELDOUT, 3).crops(recipe.trainViews(), seed)) {
            BatchNorms.estimate(runtime, network, recipe.normalize(), crops);
        }
        return new FrozenBackbone(runtime, network, recipe.normalize());
    }

    /** Softmax regression with momentum, in doubles, one image at a time, on the same features in the same order. */
    @Test
    void cachedModeIsSoftmaxRegressionOnCentreCropFeatures() {
        ProbeRecipe recipe = Fixtures.probe("cached", 3, 8);
        ProbeData data = Fixtures.data(TRAIN, HELDOUT, 3);
        List<Double> losses = new ArrayList<>();
        List<ProbeScores> scores =
                new LinearProbe(runtime, recipe, data).run(List.of(first), (e, lr, loss, acc) -> losses.addAll(loss));

        SgdRecipe sgd = (SgdRecipe) recipe.optimizer();
        double[][] bank = features(data.train());
        double[][] held = features(data.heldout());
        NaiveSoftmax twin = new NaiveSoftmax(initial(recipe, 3), sgd.momentum());
        double peak = sgd.lr() * recipe.batchSize() / sgd.lrReferenceBatch();
        for (int epoch = 0; epoch < 3; epoch++) {
            double lr = recipe.finalLr() + .5 * (peak - recipe.finalLr()) * (1 + Math.cos(Math.PI * epoch / 3));
            int[] order =
                    SeedTree.root(recipe.seed()).at("order").at(epoch).stream().permutation(21);
            double sum = 0;
            for (int from = 0; from < 21; from += 8) {
                int[] rows = Arrays.copyOfRange(order, from, Math.min(21, from + 8));
                sum += rows.length * twin.step(bank, rows, data.trainLabels(), lr);
            }
            assertEquals(sum / 21, losses.get(epoch), 1e-4 * sum / 21);
        }
        for (int i = 0; i < held.length; i++) {
            double[] logits = twin.logits(held[i]);
            for (int c = 0; c < 3; c++) {
                assertEquals(logits[c], scores.get(0).logits()[i * 3 + c], 2e-3);
            }
        }
        assertEquals(1, scores.get(0).linear().top5());
    }

    private static double[][] features(viewfit.views.ImageStore store) {
        int width = first.width();
        try (ImageSource images =
                new EvalImages(store, Fixtures.probe("cached", 1, 1).evalViews(), 1)) {
            float[] all = FrozenBackbone.extract(List.of(first), images).get(0);
            double[][] rows = new double[all.length / width][width];
            for (int i = 0; i < all.length; i++) {
                rows[i / width][i % width] = all[i];
            }
            return rows;
        }
    }

    private static double[][] initial(ProbeRecipe recipe, int classes) {
        int width = first.width();
        try (LinearClassifier fresh =
                new LinearClassifier(runtime, width, classes, recipe.optimizer(), SeedTree.root(recipe.seed()))) {
            float[] weight = fresh.weight();
            double[][] rows = new double[classes][width + 1];
            for (int i = 0; i < weight.length; i++) {
                rows[i / width][i % width] = weight[i];
            }
            return rows;
        }
    }

    /** Softmax regression; the last weight of a class is its bias. */
    private static final class NaiveSoftmax {
        private final double[][] weight;
        private final double[][] momentum;
        private final double keep;

        NaiveSoftmax(double[][] weight, double keep) {
            this.weight = weight;
            this.momentum = new double[weight.length][weight[0].length];
            this.keep = keep;
        }

        double[] logits(double[] x) {
            double[] out = new double[weight.length];
            for (int c = 0; c < out.length; c++) {
                out[c] = weight[c][x.length];
                for (int i = 0; i < x.length; i++) {
                    out[c] += weight[c][i] * x[i];
                }
            }
            return out;
        }

        double step(double[][] features, int[] rows, int[] labels, double lr) {
            double[][] gradient = new double[weight.length][weight[0].length];
            double loss = 0;
            for (int row : rows) {
                double[] z = logits(features[row]);
                double sum = Arrays.stream(z).map(Math::exp).sum();
                loss -= (z[labels[row]] - Math.log(sum)) / rows.length;
                for (int c = 0; c < z.length; c++) {
                    double d = (Math.exp(z[c]) / sum - (c == labels[row] ? 1 : 0)) / rows.length;
                    for (int i = 0; i < features[row].length; i++) {
                        gradient[c][i] += d * features[row][i];
                    }
                    gradient[c][features[row].length] += d;
                }
            }
            for (int c = 0; c < weight.length; c++) {
                for (int i = 0; i < weight[c].length; i++) {
                    momentum[c][i] = keep * momentum[c][i] + gradient[c][i];
                    weight[c][i] -= lr * momentum[c][i];
                }
            }
            return loss;
        }
    }

    /** U48, and the same crops for all: a backbone probed beside another scores exactly as it does alone. */
    @Test
    void augmentedModeLeavesTheBackboneAloneAndDoesNotMixNetworks() {
        ProbeRecipe recipe = Fixtures.probe("augmented", 2, 64);
        ProbeData data = Fixtures.data(Fixtures.rows("train", 10, 7), HELDOUT, 10);
        String before = first.sha256();
        List<ProbeScores> both = new LinearProbe(runtime, recipe, data).run(List.of(first, second), (e, l, o, a) -> {});
        List<ProbeScores> alone = new LinearProbe(runtime, recipe, data).run(List.of(second), (e, l, o, a) -> {});
        assertEquals(before, first.sha256());
        assertNotEquals(before, second.sha256());
        assertArrayEquals(alone.get(0).logits(), both.get(1).logits());
        assertNotEquals(both.get(0).logits()[0], both.get(1).logits()[0]);
        assertTrue(both.get(0).linear().top5() >= both.get(0).linear().top1());
    }

    /** Crops differ from epoch to epoch: with a learning rate of zero only they can change the loss. */
    @Test
    void augmentedModeDrawsNewCropsEveryEpoch() {
        String text = Recipes.toYaml(Fixtures.probe("augmented", 2, 8)).replaceFirst("lr: 1.0", "lr: 0.0");
        ProbeRecipe recipe =
                Recipes.parse(text.replaceFirst("final-lr: [^\n]+", "final-lr: 0.0"), "zero lr", ProbeRecipe.class);
        List<Double> losses = new ArrayList<>();
        ProbeData data = Fixtures.data(TRAIN, HELDOUT, 3);
        new LinearProbe(runtime, recipe, data).run(List.of(first), (e, lr, loss, acc) -> losses.addAll(loss));
        assertNotEquals(losses.get(0), losses.get(1));
        assertEquals(losses.get(0), losses.get(1), .1);
    }

    @Test
    void oneClassOneImageAndMoreNeighboursThanImagesWork() {
        List<ManifestRow> one = Fixtures.rows("train", 1, 1);
        ProbeData data = Fixtures.data(one, Fixtures.rows("val", 1, 2), 1);
        for (String mode : List.of("cached", "augmented")) {
            LinearProbe probe = new LinearProbe(runtime, Fixtures.probe(mode, 1, 32), data);
            assertEquals(1, probe.neighbours());
            ProbeScores scores = probe.run(List.of(first), (e, lr, loss, acc) -> assertEquals(0, loss.get(0), 1e-6))
                    .get(0);
            assertEquals(1, scores.linear().top1());
            assertEquals(1, scores.linear().top5());
            assertEquals(1, scores.knn().reported().top1());
        }
    }

    /** The last epoch is the result; the best one stays beside it. */
    @Test
    void lastEpochIsReported() {
        List<Accuracy> seen = new ArrayList<>();
        ProbeData data = Fixtures.data(TRAIN, HELDOUT, 3);
        ProbeScores scores = new LinearProbe(runtime, Fixtures.probe("cached", 6, 4), data)
                .run(List.of(first), (e, lr, loss, acc) -> seen.addAll(acc))
                .get(0);
        assertEquals(seen.get(5), scores.linear());
        assertEquals(
                seen.stream().mapToDouble(Accuracy::top1).max().orElseThrow(),
                scores.best().top1());
        assertEquals(seen.get(scores.bestEpoch()), scores.best());
    }

    @Test
    void aLossThatIsNotFiniteStopsTheProbe() {
        String text = Recipes.toYaml(Fixtures.probe("cached", 3, 4)).replaceFirst("lr: 1.0", "lr: 1.0e38");
        ProbeRecipe recipe = Recipes.parse(text, "huge lr", ProbeRecipe.class);
        LinearProbe probe = new LinearProbe(runtime, recipe, Fixtures.data(TRAIN, HELDOUT, 3));
        StageFailure failure =
                assertThrows(StageFailure.class, () -> probe.run(List.of(first), (e, lr, loss, acc) -> {}));
        assertEquals(ExitCode.DIVERGED, failure.exitCode());
        assertTrue(failure.getMessage().contains("learning rate"), failure.getMessage());
    }

    /** Features of 1e-9 bear any learning rate; those of the control do not. */
    @Test
    void aControlThatDivergesLeavesTheRun() {
        String text = Recipes.toYaml(Fixtures.probe("cached", 3, 4)).replaceFirst("lr: 1.0", "lr: 1.0e38");
        ProbeRecipe recipe = Recipes.parse(text, "huge lr", ProbeRecipe.class);
        LinearProbe probe = new LinearProbe(runtime, recipe, Fixtures.data(TRAIN, HELDOUT, 3));
        Network network = FrozenBackbone.allocate(runtime, Backbones.graph("mobilenet_v2"));
        network.initialise(SeedTree.root(1));
        List<Integer> running = new ArrayList<>();
        try (FrozenBackbone small = new FrozenBackbone(runtime, network, recipe.normalize())) {
            List<ProbeScores> scores = probe.run(List.of(small, first), (e, lr, loss, acc) -> running.add(loss.size()));
            assertEquals(1, scores.size());
            assertEquals(3, running.size());
            assertEquals(1, running.get(2));
            assertTrue(
                    probe.dropped().get(0).contains("must be finite"),
                    probe.dropped().get(0));
            assertEquals(scores.get(0).knn(), probe.knn(small));
            assertThrows(StageFailure.class, () -> probe.run(List.of(first, small), (e, lr, loss, acc) -> {}));
        }
    }

    @Test
    void theRateIsThatOfTheBatchReallyTaken() {
        ProbeRecipe recipe = Fixtures.probe("cached", 1, 64);
        LinearProbe probe = new LinearProbe(runtime, recipe, Fixtures.data(TRAIN, HELDOUT, 3));
        assertEquals(21, probe.batchSize());
        SgdRecipe sgd = (SgdRecipe) recipe.optimizer();
        double expected = sgd.lr() * 21 / sgd.lrReferenceBatch();
        probe.run(List.of(first), (e, lr, loss, acc) -> assertEquals(expected, lr, 1e-12));
    }

    @Test
    void aFloorIsTheHigherOfBothInEachScore() {
        assertEquals(new Accuracy(.3, .9, 10), new Accuracy(.3, .8, 10).higher(new Accuracy(.2, .9, 10)));
        assertThrows(IllegalArgumentException.class, () -> new Accuracy(0, 0, 1).higher(new Accuracy(0, 0, 2)));
    }

    @Test
    void piecesDivideTheBatch() {
        assertEquals(256, LinearProbe.piece(4096));
        assertEquals(250, LinearProbe.piece(1000));
        assertEquals(100, LinearProbe.piece(100));
        assertEquals(257, LinearProbe.piece(257));
        assertEquals(1, LinearProbe.piece(1));
    }

    @Test
    void standardErrorIsBinomial() {
        assertEquals(Math.sqrt(.25 * .75 / 100), new Accuracy(.25, 1, 100).standardError(), 1e-15);
        assertEquals(0, new Accuracy(1, 1, 10).standardError());
    }
}
