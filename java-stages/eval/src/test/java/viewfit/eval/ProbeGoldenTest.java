package viewfit.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import viewfit.core.metrics.WeightedKnn;
import viewfit.core.random.SeedTree;
import viewfit.core.recipe.FinetuneRecipe;
import viewfit.core.recipe.LarsRecipe;
import viewfit.core.recipe.NormalizeRecipe;
import viewfit.core.recipe.OptimizerRecipe;
import viewfit.core.recipe.ProbeRecipe;
import viewfit.core.recipe.Recipes;
import viewfit.core.recipe.SgdRecipe;
import viewfit.core.recipe.SpanRecipe;
import viewfit.engine.Network;
import viewfit.engine.Scope;
import viewfit.engine.Tensor;
import viewfit.engine.TorchRuntime;
import viewfit.goldens.Fill;
import viewfit.goldens.GoldenCase;
import viewfit.goldens.GoldenTensor;
import viewfit.goldens.Goldens;
import viewfit.zoo.Backbones;
import viewfit.zoo.Heads;

/** Evaluation against the official code: features, probe training, accuracy, k-NN, published hyper-parameters. */
class ProbeGoldenTest {
    private static TorchRuntime runtime;

    @BeforeAll
    static void open() {
        runtime = TorchRuntime.open("cpu", 1);
    }

    @AfterAll
    static void close() {
        runtime.close();
    }

    @Test
    void featuresAndLogitsMatch() {
        GoldenCase golden = Goldens.ssl().byId("probe/features/mobilenet_v2");
        Network network = FrozenBackbone.allocate(runtime, Backbones.graph("mobilenet_v2"));
        for (GoldenTensor tensor : golden.tensors()) {
            if (tensor.name().startsWith("features.") && !tensor.kind().equals("zero_int64")) {
                network.write("backbone." + tensor.name(), tensor.values());
            }
        }
        NormalizeRecipe normalize = new NormalizeRecipe(List.of(0.5, 0.5, 0.5), List.of(0.5, 0.5, 0.5));
        try (FrozenBackbone backbone = new FrozenBackbone(runtime, network, normalize);
                Scope scope = runtime.scope()) {
            Tensor x = runtime.tensor(scope, golden.input("x"), golden.inputShape("x"));
            float[] features = runtime.floats(backbone.features(scope, runtime.channelsLast(scope, x)));
            golden.expected("feat").assertClose(features);
            List<GoldenTensor> head = golden.tensors("head");
            try (LinearClassifier classifier = classifier(backbone.width(), 20, sgd(1, false))) {
                classifier.write(head.get(0).values(), head.get(1).values());
                golden.expected("logits").assertClose(classifier.logits(features));
            }
        }
    }

    static List<GoldenCase> trainings() {
        return Goldens.ssl().cases("probe_training");
    }

    @ParameterizedTest
    @MethodSource("trainings")
    void everyTrainingStepMatches(GoldenCase golden) {
        int batch = golden.get("batch").asInt();
        int dim = golden.get("dim").asInt();
        int classes = golden.get("classes").asInt();
        int epochs = golden.get("epochs").asInt();
        int steps = golden.get("steps_per_epoch").asInt();
        double base = golden.get("base_lr_config").asDouble();
        OptimizerRecipe recipe = golden.get("optimizer").asText().equals("LARS") ? lars(base) : sgd(base, false);
        Rates rates = new Rates(recipe, batch, golden.get("min_lr").asDouble(), epochs, steps);
        double[] lr = GoldenCase.doubles(golden.get("lr_per_step"));
        List<GoldenTensor> tensors = golden.tensors();
        float[] losses = new float[epochs * steps];
        try (LinearClassifier classifier = classifier(dim, classes, recipe)) {
            classifier.write(tensors.get(0).values(), tensors.get(1).values());
            for (int t = 0; t < losses.length; t++) {
                assertEquals(lr[t], rates.lr(t / steps), 1e-12);
                int step = t;
                int[] labels = new int[batch];
                Arrays.setAll(labels, i -> (step + 3 * i) % classes);
                try (Scope scope = runtime.scope()) {
                    float[] x = Fill.values(golden.prefix() + "x:step" + t, (long) batch * dim, 1, 0);
                    int half = batch / 2;
                    List<Tensor> pieces = List.of(
                            runtime.tensor(scope, Arrays.copyOf(x, half * dim), half, dim),
                            runtime.tensor(scope, Arrays.copyOfRange(x, half * dim, x.length), batch - half, dim));
                    losses[t] = (float) classifier.fit(
                            scope, pieces, labels, rates.lr(t / steps), rates.weightDecay(t / steps, t % steps));
                }
            }
            golden.expected("loss_scalars").assertClose(losses);
            golden.expected("weight").assertClose(classifier.weight());
            golden.expected("bias").assertClose(classifier.bias());
        }
    }

    static List<GoldenCase> accuracies() {
        return Goldens.ssl().cases("accuracy");
    }

    @ParameterizedTest
    @MethodSource("accuracies")
    void accuracyMatches(GoldenCase golden) {
        int classes = (int) golden.inputShape("logits")[1];
        int[] labels = ints(golden.get("labels"));
        Accuracy accuracy = Accuracy.of(golden.input("logits"), classes, labels);
        assertEquals(golden.get("top1_percent").asDouble() / 100, accuracy.top1(), 1e-12);
        assertEquals(golden.get("top5_percent").asDouble() / 100, accuracy.top5(), 1e-12);
        assertArrayEquals(ints(golden.get("argmax")), Prediction.best(golden.input("logits"), classes));
    }

    @Test
    void neighboursMatch() {
        GoldenCase golden = Goldens.ssl().byId("probe/knn/small");
        float[] features = golden.floats(golden.get("features"));
        int[] labels = ints(golden.get("labels"));
        int classes = golden.get("classes").asInt();
        int dim = features.length / labels.length;
        Neighbours neighbours =
                new Neighbours(golden.get("k").asInt(), golden.get("T").asDouble());
        int half = labels.length / 2;
        Accuracy split = neighbours.score(
                Arrays.copyOf(features, half * dim),
                Arrays.copyOf(labels, half),
                Arrays.copyOfRange(features, half * dim, features.length),
                Arrays.copyOfRange(labels, half, labels.length),
                dim,
                classes);
        assertEquals(golden.get("split").get("top1").asDouble() / 100, split.top1(), 1e-12);
        assertEquals(golden.get("split").get("top5").asDouble() / 100, split.top5(), 1e-12);
        WeightedKnn.Result loo =
                new WeightedKnn(neighbours.k(), neighbours.temperature(), classes).leaveOneOut(features, labels, dim);
        assertEquals(golden.get("leave_one_out").get("top1").asDouble() / 100, loo.top1(), 1e-12);
        assertEquals(golden.get("leave_one_out").get("top5").asDouble() / 100, loo.top5(), 1e-12);
    }

    /** U45: cosines .9, .8, .7 weigh 383518, 91911, 22026, so the nearest class outvotes the other two. */
    @Test
    void theNearestNeighbourOutvotesTwoFarther() {
        float[] bank = {.9f, (float) Math.sqrt(1 - .81), .8f, .6f, .7f, (float) Math.sqrt(1 - .49)};
        float[] votes = new WeightedKnn(3, .07, 2).votes(bank, new int[] {0, 1, 1}, new float[] {1, 0}, 1, 2);
        assertEquals(1, votes[0], 1e-6);
        assertEquals((91911 + 22026) / 383518.0, votes[1], 1e-5);
    }

    /** The published linear and semi-supervised settings are those of the recipe files. */
    @Test
    void recipesStateThePublishedSettings() {
        GoldenCase linear = Goldens.ssl().byId("probe/groups/linear_mobilenet_v2");
        ProbeRecipe probe = Recipes.parse(Fixtures.recipeText("probe-linear"), "probe", ProbeRecipe.class);
        assertEquals("augmented", probe.mode());
        assertEquals(linear.get("momentum").asDouble(), ((LarsRecipe) probe.optimizer()).momentum());
        assertSettings(linear, probe.optimizer(), probe.batchSize(), probe.epochs(), probe.finalLr());

        GoldenCase semi = Goldens.ssl().byId("probe/groups/semi_mobilenet_v2");
        FinetuneRecipe tune = Recipes.parse(Fixtures.recipeText("finetune-1pct"), "finetune", FinetuneRecipe.class);
        assertEquals(semi.get("nesterov").asBoolean(), ((SgdRecipe) tune.optimizer()).nesterov());
        assertEquals(semi.get("momentum").asDouble(), ((SgdRecipe) tune.optimizer()).momentum());
        assertSettings(semi, tune.optimizer(), tune.batchSize(), tune.epochs(), tune.finalLr());
    }

    private static void assertSettings(
            GoldenCase golden, OptimizerRecipe optimizer, int batch, int epochs, double finalLr) {
        assertEquals(golden.get("batch_per_gpu").asInt() * golden.get("gpus").asInt(), batch);
        assertEquals(golden.get("epochs").asInt(), epochs);
        assertEquals(golden.get("min_lr").asDouble(), finalLr);
        Rates rates = new Rates(optimizer, batch, finalLr, epochs, 3);
        assertEquals(GoldenCase.number(golden.get("lr")), rates.lr(0), 1e-12);
        assertEquals(golden.get("weight_decay").asDouble(), rates.weightDecay(0, 0));
        // U8: the value of the epoch's first step, held.
        double expected = finalLr + .5 * (rates.lr(0) - finalLr) * (1 + Math.cos(Math.PI * (epochs - 1) / epochs));
        assertEquals(expected, rates.lr(epochs - 1), 1e-12);
    }

    /** What trains is exactly what the official groups list, in both protocols. */
    @Test
    void trainedTensorsAreThoseOfTheOfficialGroups() {
        GoldenCase golden = Goldens.ssl().byId("probe/groups/semi_mobilenet_v2");
        TreeSet<String> official = new TreeSet<>();
        golden.get("groups").forEach(g -> official.addAll(GoldenCase.strings(g.get("names"))));
        Network network = Network.allocate(
                runtime,
                java.util.Map.of(
                        "backbone",
                        Backbones.graph("mobilenet_v2"),
                        "head",
                        Heads.semiSupervised(1280, 2, 16, true, 5)),
                name -> false);
        TreeSet<String> ours = new TreeSet<>();
        network.trainableNames().forEach(name -> ours.add(SemiNames.official(name)));
        assertEquals(official, ours);
    }

    /** Which tensors come from the checkpoint and which start anew, as in the official name map. */
    @Test
    void pretrainedTensorsAreThoseOfTheOfficialMap() {
        GoldenCase golden = Goldens.ssl().byId("probe/checkpoint_map/dino_mobilenet_v2_semi");
        TreeSet<String> mapped = new TreeSet<>();
        for (JsonNode row : golden.get("rows")) {
            String target = row.get(1).asText();
            if (!target.endsWith("num_batches_tracked")) {
                mapped.add(target);
                String source =
                        row.get(0).asText().replace("module.student.", "").replace("encoder.", "features.");
                assertEquals(target, SemiNames.official(source));
            }
        }
        Network network = Network.allocate(
                runtime,
                java.util.Map.of(
                        "backbone",
                        Backbones.graph("mobilenet_v2"),
                        "head",
                        Heads.semiSupervised(1280, 2, 16, true, 5)),
                name -> false);
        TreeSet<String> loaded = new TreeSet<>();
        List<String> fresh = new ArrayList<>();
        network.state().forEach(p -> {
            if (FinetuneNetwork.pretrained(p.name())) {
                loaded.add(SemiNames.official(p.name()));
            } else {
                fresh.add(SemiNames.official(p.name()));
            }
        });
        assertEquals(mapped, loaded);
        assertEquals(GoldenCase.strings(golden.get("left_at_initial_value")), fresh);
        assertTrue(golden.get("use_head").asBoolean());
    }

    static LinearClassifier classifier(int width, int classes, OptimizerRecipe recipe) {
        return new LinearClassifier(runtime, width, classes, recipe, SeedTree.root(0));
    }

    static OptimizerRecipe lars(double lr) {
        return new LarsRecipe("lars", lr, 256, new SpanRecipe(0, 0), 0, true, true, 0.9, 0.001, true, false);
    }

    static OptimizerRecipe sgd(double lr, boolean nesterov) {
        return new SgdRecipe("sgd", lr, 256, new SpanRecipe(0, 0), 0, true, true, 0.9, nesterov);
    }

    static int[] ints(JsonNode node) {
        return Arrays.stream(GoldenCase.longs(node)).mapToInt(Math::toIntExact).toArray();
    }
}
