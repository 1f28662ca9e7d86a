package viewfit.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import viewfit.checks.GoldenCheck;
import viewfit.checks.GoldenTheme;
import viewfit.core.random.SeedTree;
import viewfit.core.recipe.BackboneRecipe;
import viewfit.core.recipe.LarsRecipe;
import viewfit.core.recipe.NormalizeRecipe;
import viewfit.core.recipe.OptimizerRecipe;
import viewfit.core.recipe.SgdRecipe;
import viewfit.core.recipe.SpanRecipe;
import viewfit.engine.GoldenNetworks;
import viewfit.engine.Network;
import viewfit.engine.Scope;
import viewfit.engine.Tensor;
import viewfit.engine.TorchRuntime;
import viewfit.goldens.Fill;
import viewfit.goldens.GoldenCase;
import viewfit.goldens.GoldenTensor;
import viewfit.goldens.Goldens;
import viewfit.graph.Graph;
import viewfit.zoo.Backbones;

/** Section 9, linear probe: features and logits of frozen backbones, training of the classifier. */
public final class ProbeGoldens implements GoldenTheme {
    private static final NormalizeRecipe UNUSED = new NormalizeRecipe(List.of(0.5, 0.5, 0.5), List.of(0.5, 0.5, 0.5));

    private static final Pattern LABELS = Pattern.compile("label i at step t = \\(t \\+ (\\d+)\\*i\\) mod classes");
    private static final Pattern FEATURES = Pattern.compile("(.+), scale ([\\d.]+)");

    @Override
    public Map<String, GoldenCheck> checks() {
        return Map.of("probe_features", ProbeGoldens::features, "probe_training", ProbeGoldens::training);
    }

    private static void features(GoldenCase golden) {
        Graph graph = featureGraph(golden.get("arch").asText(), golden.get("vit_last_blocks"));
        int classes = golden.get("num_classes").asInt();
        try (TorchRuntime runtime = TorchRuntime.open(Goldens.device(), 1)) {
            Network network = GoldenNetworks.filled(runtime, FrozenBackbone.PART, graph, golden.tensors());
            List<GoldenTensor> head = golden.tensors("head");
            assertEquals(2, head.size(), "tensors of the classifier");
            try (FrozenBackbone backbone = new FrozenBackbone(runtime, network, UNUSED);
                    Scope scope = runtime.scope();
                    LinearClassifier classifier = classifier(runtime, backbone.width(), classes, sgd(1, 0, false))) {
                Tensor x = runtime.tensor(scope, golden.input("x"), golden.inputShape("x"));
                float[] features = runtime.floats(backbone.features(scope, runtime.channelsLast(scope, x)));
                golden.expected("feat").assertClose(features);
                classifier.write(head.get(0).values(), head.get(1).values());
                golden.expected("logits").assertClose(classifier.logits(features));
            }
        }
    }

    /** The graph that a probe reads its features from: of a transformer the class tokens of its last blocks. */
    private static Graph featureGraph(String arch, JsonNode lastBlocks) {
        return Backbones.graph(new BackboneRecipe(arch, false, 0), lastBlocks.asInt(1));
    }

    private static void training(GoldenCase golden) {
        int batch = golden.get("batch").asInt();
        int dim = golden.get("dim").asInt();
        int classes = golden.get("classes").asInt();
        int epochs = golden.get("epochs").asInt();
        int steps = golden.get("steps_per_epoch").asInt();
        OptimizerRecipe recipe = optimizer(golden);
        Rates rates = new Rates(recipe, batch, golden.get("min_lr").asDouble(), epochs, steps);
        double[] lr = GoldenCase.doubles(golden.get("lr_per_step"));
        assertEquals(epochs * steps, lr.length, "steps");
        int stride = Integer.parseInt(match(LABELS, golden.get("labels")).group(1));
        Matcher fill = match(FEATURES, golden.get("features"));
        float[] losses = new float[lr.length];
        try (TorchRuntime runtime = TorchRuntime.open(Goldens.device(), 1);
                LinearClassifier classifier = classifier(runtime, dim, classes, recipe)) {
            List<GoldenTensor> tensors = golden.tensors();
            classifier.write(tensors.get(0).values(), tensors.get(1).values());
            for (int t = 0; t < losses.length; t++) {
                assertEquals(lr[t], rates.lr(t / steps), 1e-12 * lr[t], "rate of step " + t);
                int step = t;
                int[] labels = new int[batch];
                Arrays.setAll(labels, i -> (step + stride * i) % classes);
                String name = fill.group(1).replace("{t}", "" + t);
                float[] x = Fill.values(name, (long) batch * dim, Double.parseDouble(fill.group(2)), 0);
                try (Scope scope = runtime.scope()) {
                    losses[t] = (float) classifier.fit(
                            scope,
                            pieces(runtime, scope, x, batch, dim),
                            labels,
                            rates.lr(t / steps),
                            rates.weightDecay(t / steps, t % steps));
                }
            }
            golden.expected("loss_scalars").assertClose(losses);
            golden.expected("weight").assertClose(classifier.weight());
            golden.expected("bias").assertClose(classifier.bias());
        }
    }

    /** A batch comes in pieces, as from the caches of several views. */
    private static List<Tensor> pieces(TorchRuntime runtime, Scope scope, float[] x, int batch, int dim) {
        int half = batch / 2;
        return List.of(
                runtime.tensor(scope, Arrays.copyOf(x, half * dim), half, dim),
                runtime.tensor(scope, Arrays.copyOfRange(x, half * dim, x.length), batch - half, dim));
    }

    private static Matcher match(Pattern pattern, JsonNode text) {
        Matcher matcher = pattern.matcher(text.asText());
        assertTrue(matcher.matches(), "cannot read: " + text.asText());
        return matcher;
    }

    /** The optimiser of an evaluation case; SGD ignores the configured weight decay, as the official code does. */
    static OptimizerRecipe optimizer(GoldenCase golden) {
        double lr = golden.get("base_lr_config").asDouble();
        double momentum = golden.get("momentum").asDouble();
        double decay = golden.get("weight_decay").asDouble();
        boolean nesterov = golden.get("nesterov").asBoolean();
        return switch (golden.get("optimizer").asText()) {
            case "LARS" ->
                new LarsRecipe("lars", lr, 256, new SpanRecipe(decay, decay), 0, 1, 0, momentum, 0.001, true, false);
            case "SGD" -> sgd(lr, momentum, nesterov);
            default -> throw new AssertionError("no optimiser " + golden.get("optimizer") + " of a probe");
        };
    }

    private static OptimizerRecipe sgd(double lr, double momentum, boolean nesterov) {
        return new SgdRecipe("sgd", lr, 256, new SpanRecipe(0, 0), 0, 1, 0, momentum, nesterov);
    }

    private static LinearClassifier classifier(TorchRuntime runtime, int width, int classes, OptimizerRecipe recipe) {
        return new LinearClassifier(runtime, width, classes, recipe, SeedTree.root(0));
    }
}
