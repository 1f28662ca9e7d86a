package viewfit.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import viewfit.core.recipe.AdamwRecipe;
import viewfit.core.recipe.LarsRecipe;
import viewfit.core.recipe.OptimizerRecipe;
import viewfit.core.recipe.SgdRecipe;
import viewfit.core.recipe.SpanRecipe;
import viewfit.goldens.GoldenCase;
import viewfit.goldens.Goldens;
import viewfit.graph.Graph;
import viewfit.graph.Init;
import viewfit.graph.Parameter;

/** Update rules against the official code (LARS) and PyTorch (AdamW, SGD), and the hand-computed values U26 to U30. */
class GoldenOptimizerTest {
    private static final SpanRecipe NO_DECAY = new SpanRecipe(0, 0);
    private static TorchRuntime runtime;

    @BeforeAll
    static void open() {
        runtime = TorchRuntime.open("cpu", 1);
    }

    @AfterAll
    static void close() {
        runtime.close();
    }

    static List<GoldenCase> optimizers() {
        return Goldens.ssl().cases("optimizer");
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void everyStepMatches(GoldenCase golden) {
        List<String> order = GoldenCase.strings(golden.get("grads_order"));
        JsonNode params = golden.get("params");
        JsonNode skips = golden.get("none_grad_steps");
        Set<String> skipping = new HashSet<>();
        skips.fieldNames().forEachRemaining(n -> skipping.add("p." + n));
        List<Parameter> list =
                order.stream().map(n -> parameter(n, params.get(n))).toList();
        Network network = network(list, skipping);
        order.forEach(name -> network.write("p." + name, GoldenCase.values(params.get(name))));
        Gradients gradients = Gradients.of(network);
        double[] lr = GoldenCase.doubles(golden.get("lr_per_step"));
        double[] wd = GoldenCase.doubles(golden.get("weight_decay_per_step"));
        try (Optimizer optimizer = Optimizer.of(network, gradients, recipe(golden))) {
            for (int step = 0; step < lr.length; step++) {
                boolean tail = true;
                for (int i = 0; i < order.size(); i++) {
                    JsonNode gradient = golden.get("grads").get(step).get(i);
                    boolean none = false;
                    for (JsonNode skipped : skips.path(order.get(i))) {
                        none |= skipped.asInt() == step;
                    }
                    tail &= !none;
                    if (!none) {
                        gradients.write("p." + order.get(i), GoldenCase.values(gradient));
                    }
                }
                optimizer.step(lr[step], wd[step], tail);
                for (String name : order) {
                    golden.expected("p:" + name + ":" + step).assertClose(network.read("p." + name));
                }
            }
        }
    }

    private static Parameter parameter(String name, JsonNode fill) {
        List<Integer> shape = new ArrayList<>();
        fill.get("shape").forEach(n -> shape.add(n.asInt()));
        return new Parameter(name, shape, new Init.Constant(0), true);
    }

    private static OptimizerRecipe recipe(GoldenCase golden) {
        boolean trustDepthwise = true;
        boolean decayDepthwise = true;
        // The probe's variant has no flags: it decides by rank.
        boolean probe = golden.get("optimizer").asText().equals("LARS_eval");
        boolean trust1d = !probe;
        boolean decay1d = !probe;
        for (JsonNode group : golden.get("groups")) {
            Parameter first = parameter(
                    "p", golden.get("params").get(group.get("names").get(0).asText()));
            boolean decay = group.get("flags").path("wd_factor").asDouble(1) != 0;
            boolean trust = !group.get("flags").path("lars_exclude").asBoolean(false);
            if (first.vector()) {
                decay1d = decay;
                trust1d = trust;
            } else if (first.depthwise()) {
                decayDepthwise = decay;
                trustDepthwise = trust;
            }
        }
        JsonNode h = golden.get("hyper");
        double momentum = h.get("momentum").asDouble();
        return switch (golden.get("optimizer").asText()) {
            case "LARS", "LARS_eval" ->
                new LarsRecipe(
                        "lars",
                        1,
                        256,
                        NO_DECAY,
                        0,
                        decayDepthwise,
                        decay1d,
                        momentum,
                        h.get("eta").asDouble(),
                        trustDepthwise,
                        trust1d);
            case "AdamW" ->
                new AdamwRecipe(
                        "adamw",
                        1,
                        256,
                        NO_DECAY,
                        0,
                        decayDepthwise,
                        decay1d,
                        h.get("betas").get(0).asDouble(),
                        h.get("betas").get(1).asDouble(),
                        h.get("eps").asDouble());
            default ->
                new SgdRecipe(
                        "sgd",
                        1,
                        256,
                        NO_DECAY,
                        0,
                        decayDepthwise,
                        decay1d,
                        momentum,
                        h.path("nesterov").asBoolean(false));
        };
    }

    @Test
    void clippingIsPerTensor() {
        GoldenCase golden = Goldens.ssl().cases("clip_gradients").get(0);
        JsonNode grads = golden.get("grads");
        List<Parameter> list = new ArrayList<>();
        for (int i = 0; i < grads.size(); i++) {
            list.add(parameter("g" + i, grads.get(i)));
        }
        Network network = network(list, Set.of());
        Gradients gradients = Gradients.of(network);
        for (int i = 0; i < grads.size(); i++) {
            gradients.write("p.g" + i, GoldenCase.values(grads.get(i)));
        }
        // Plain SGD from 0 with rate -1 turns each parameter into its clipped gradient.
        OptimizerRecipe sgd =
                new SgdRecipe("sgd", 1, 256, NO_DECAY, golden.get("clip").asDouble(), false, false, 0, false);
        try (Optimizer optimizer = Optimizer.of(network, gradients, sgd)) {
            optimizer.step(-1, 0, true);
        }
        for (int i = 0; i < grads.size(); i++) {
            golden.expected("g" + i).assertClose(network.read("p.g" + i));
        }
    }

    /** U26, U28: trust ratio on a matrix, none on a zero tensor. */
    @Test
    void larsByHand() {
        Network network = network(List.of(matrix("w")), Set.of());
        network.write("p.w", new float[] {3, 4});
        Gradients gradients = Gradients.of(network);
        LarsRecipe lars = new LarsRecipe("lars", 1, 256, NO_DECAY, 0, false, false, 0.9, 0.001, true, false);
        try (Optimizer optimizer = Optimizer.of(network, gradients, lars)) {
            gradients.write("p.w", new float[] {0.6f, 0.8f});
            optimizer.step(1, 0, true);
            assertArrayEquals(new float[] {2.997f, 3.996f}, network.read("p.w"), 1e-6f);
            assertArrayEquals(new float[] {0.003f, 0.004f}, optimizer.readState("momentum", "p.w"), 1e-9f);
            // Scale invariance: a hundred times the gradient, the same step.
            gradients.write("p.w", new float[] {60, 80});
            optimizer.step(1, 0, true);
            assertArrayEquals(new float[] {2.991303f, 3.988404f}, network.read("p.w"), 1e-6f);
        }
        network.write("p.w", new float[] {0, 0});
        try (Optimizer optimizer = Optimizer.of(network, gradients, lars)) {
            gradients.write("p.w", new float[] {0.6f, -0.8f});
            optimizer.step(1, 0, true);
            assertArrayEquals(new float[] {-0.6f, 0.8f}, network.read("p.w"), 1e-7f);
        }
    }

    /** U29, U30. */
    @Test
    void nesterovAndAdamwByHand() {
        Network network = network(List.of(matrix("w")), Set.of());
        Gradients gradients = Gradients.of(network);
        network.write("p.w", new float[] {1, 1});
        SgdRecipe nesterov = new SgdRecipe("sgd", 1, 256, NO_DECAY, 0, false, false, 0.9, true);
        try (Optimizer optimizer = Optimizer.of(network, gradients, nesterov)) {
            for (float expected : new float[] {0.81f, 0.539f}) {
                gradients.write("p.w", new float[] {1, 1});
                optimizer.step(0.1, 0, true);
                assertArrayEquals(new float[] {expected, expected}, network.read("p.w"), 1e-6f);
            }
        }
        network.write("p.w", new float[] {1, 1});
        AdamwRecipe adam = new AdamwRecipe("adamw", 1, 256, NO_DECAY, 0, false, false, 0.9, 0.999, 1e-8);
        try (Optimizer optimizer = Optimizer.of(network, gradients, adam)) {
            gradients.write("p.w", new float[] {0.5f, 0.5f});
            optimizer.step(0.1, 0.4, true);
            assertArrayEquals(new float[] {0.86f, 0.86f}, network.read("p.w"), 1e-6f);
            assertArrayEquals(new long[] {1, 0}, optimizer.steps());
        }
    }

    /** A frozen tail keeps its values and its momentum although it has gradients. */
    @Test
    void frozenTailDoesNotMove() {
        Network network = network(List.of(matrix("body"), matrix("tail")), Set.of("p.tail"));
        Gradients gradients = Gradients.of(network);
        for (String name : List.of("p.body", "p.tail")) {
            network.write(name, new float[] {1, 2});
            gradients.write(name, new float[] {1, 1});
        }
        SgdRecipe sgd = new SgdRecipe("sgd", 1, 256, NO_DECAY, 0, false, false, 0.9, false);
        try (Optimizer optimizer = Optimizer.of(network, gradients, sgd)) {
            optimizer.step(0.5, 0.1, false);
            assertArrayEquals(new float[] {1, 2}, network.read("p.tail"));
            assertArrayEquals(new float[] {0, 0}, optimizer.readState("momentum", "p.tail"));
            assertEquals(0.45f, network.read("p.body")[0], 1e-6f);
        }
    }

    private static Parameter matrix(String name) {
        return new Parameter(name, List.of(1, 2), new Init.Constant(0), true);
    }

    private static Network network(List<Parameter> parameters, Set<String> freezable) {
        Graph graph = new Graph("p", 1, List.of(), parameters, List.of(), 0, 1, Map.of());
        return Network.allocate(runtime, Map.of("p", graph), freezable::contains);
    }
}
