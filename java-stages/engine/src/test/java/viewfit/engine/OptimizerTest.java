package viewfit.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import viewfit.core.recipe.AdamwRecipe;
import viewfit.core.recipe.LarsRecipe;
import viewfit.core.recipe.SgdRecipe;
import viewfit.core.recipe.SpanRecipe;
import viewfit.graph.Graph;
import viewfit.graph.Init;
import viewfit.graph.Parameter;

/** Update rules at the hand-computed values U26 to U30; the golden suite has those of the official code. */
class OptimizerTest {
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

    /** U26, U28: trust ratio on a matrix, none on a zero tensor. */
    @Test
    void larsByHand() {
        Network network = network(List.of(matrix("w")), Set.of());
        network.write("p.w", new float[] {3, 4});
        Gradients gradients = Gradients.of(network);
        LarsRecipe lars = new LarsRecipe("lars", 1, 256, NO_DECAY, 0, 0, 0, 0.9, 0.001, true, false);
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
        SgdRecipe nesterov = new SgdRecipe("sgd", 1, 256, NO_DECAY, 0, 0, 0, 0.9, true);
        try (Optimizer optimizer = Optimizer.of(network, gradients, nesterov)) {
            for (float expected : new float[] {0.81f, 0.539f}) {
                gradients.write("p.w", new float[] {1, 1});
                optimizer.step(0.1, 0, true);
                assertArrayEquals(new float[] {expected, expected}, network.read("p.w"), 1e-6f);
            }
        }
        network.write("p.w", new float[] {1, 1});
        AdamwRecipe adam = new AdamwRecipe("adamw", 1, 256, NO_DECAY, 0, 0, 0, 0.9, 0.999, 1e-8);
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
        SgdRecipe sgd = new SgdRecipe("sgd", 1, 256, NO_DECAY, 0, 0, 0, 0.9, false);
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
