package viewfit.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;
import viewfit.graph.Graph;
import viewfit.graph.GraphBuilder;
import viewfit.graph.Init;
import viewfit.graph.Kernels;
import viewfit.graph.Parameter;
import viewfit.graph.TorchScript;

/** The operations of a vision transformer, compiled, against plain loops. */
class TransformerTest {
    private static final SeedTree SEED = SeedTree.root(9);
    private static final Init ANY = new Init.Normal(1);
    private static final int GRID = 2;

    /** One block of width 6 with 2 heads over grid x grid patches of 2 x 2 pixels; the features of its middle and its end. */
    private static Graph graph(double rate, int grid) {
        GraphBuilder g = new GraphBuilder("tiny", 3);
        String token = g.parameter("token", List.of(1, 1, 6), ANY);
        String position = g.parameter("position", List.of(1, 1 + grid * grid, 6), ANY);
        int x = g.tokens(g.patches("patches", g.input(), 6, 2), token, position, grid);
        int y = g.linear("qkv", g.layerNorm("norm1", x), 18, ANY, ANY);
        y = g.linear("proj", g.attention(y, 2), 6, ANY, ANY);
        int middle = g.add(x, g.dropPath(y, rate));
        y = g.linear("fc", g.layerNorm("norm2", middle), 6, ANY, ANY);
        int end = g.add(middle, g.dropPath(y, rate));
        int first = g.classToken(g.sharedLayerNorm("norm", middle));
        int second = g.classToken(g.layerNorm("norm", end));
        return g.build(g.concat(List.of(first, second)));
    }

    /** Behind the last attention one token is enough; equal results alone would not show that the others are left out. */
    @Test
    void nothingIsComputedForTokensThatNobodyReads() {
        String text = new TorchScript(new Kernels(false, false)).evaluation(graph(0, GRID), "f");
        assertTrue(text.contains(", True)"), "attention of the first token alone: " + text);
        assertTrue(text.contains("torch.narrow(v"), "first token of the skipped values: " + text);
    }

    private static String text(TorchScript script, Graph graph, boolean student) {
        return student ? script.student(graph, "f") : script.evaluation(graph, "f");
    }

    /**
     * Without factors, and with those of a student: 0 for a dropped sample, 1 / (1 - rate) for a kept one. Linear layers
     * take another way from 16 images on, attention from 257 tokens on.
     */
    @ParameterizedTest
    @CsvSource({"3, false, 2", "3, true, 2", "16, false, 2", "17, true, 2", "2, true, 17"})
    void compiledProgramEqualsPlainLoops(int count, boolean student, int grid) {
        int side = 2 * grid;
        Graph graph = graph(0.5, grid);
        float[][] factors = new float[student ? 2 : 0][count];
        for (int b = 0; b < factors.length; b++) {
            for (int i = 0; i < count; i++) {
                factors[b][i] = i % 3 == b ? 0 : 2;
            }
        }
        try (TorchRuntime runtime = TorchRuntime.open("cpu", 1);
                Program program = runtime.compile(text(runtime.script(), graph, student));
                Scope scope = runtime.scope()) {
            Network network = Network.allocate(runtime, Map.of("n", graph), n -> false);
            network.initialise(SEED);
            Map<String, float[]> tensors = new HashMap<>();
            for (Parameter p : network.state()) {
                tensors.put(p.name().substring(2), network.read(p.name()));
            }
            RandomStream random = SEED.at("x").stream();
            double[][][][] images = new double[count][3][side][side];
            float[] pixels = new float[count * 3 * side * side];
            for (int i = 0; i < pixels.length; i++) {
                pixels[i] = (float) random.uniform(-1, 1);
                images[i / (3 * side * side)][i / (side * side) % 3][i / side % side][i % side] = pixels[i];
            }
            Tensor x = runtime.channelsLast(scope, runtime.tensor(scope, pixels, count, 3, side, side));
            List<Tensor> p = network.parameters("n");
            Tensor y = student
                    ? program.callOne(
                            scope, "f", x, p, network.buffers("n"), runtime.tensor(scope, flat(factors), 2, count))
                    : program.callOne(scope, "f", x, p, network.buffers("n"));
            float[] actual = runtime.floats(y);
            double[][][] expected = new NaiveTransformer(graph, tensors, factors).evaluate(images);
            assertEquals(count * 12, actual.length);
            for (int i = 0; i < actual.length; i++) {
                // float32 against float64 through a dozen layers of values of order 1 to 10.
                assertEquals(expected[i / 12][0][i % 12], actual[i], 1e-4, "value " + i);
            }
        }
    }

    /** Attention is written in two ways, by the number of tokens; each is tried with few and with many. */
    @ParameterizedTest
    @ValueSource(ints = {2, 17})
    void bothFormsOfAttentionHaveTheSameGradients(int grid) {
        Graph graph = graph(0, grid);
        try (TorchRuntime runtime = TorchRuntime.open("cpu", 1)) {
            Network network = Network.allocate(runtime, Map.of("n", graph), n -> false);
            network.initialise(SEED);
            network.requireGradients();
            Map<String, float[]> products = gradients(network, graph, grid, "torch.le(t, 1000)");
            Map<String, float[]> fused = gradients(network, graph, grid, "torch.le(t, 0)");
            products.forEach((name, expected) -> {
                double largest = 0;
                for (float v : expected) {
                    largest = Math.max(largest, Math.abs(v));
                }
                // Sums over up to 290 tokens in float32, in another order.
                assertArrayEquals(expected, fused.get(name), (float) (1e-5 * largest), name);
            });
        }
    }

    private static Map<String, float[]> gradients(Network network, Graph graph, int grid, String condition) {
        TorchRuntime runtime = network.runtime();
        String text = runtime.script().training(graph, "f");
        String few = "torch.le(t, 256)";
        assertTrue(text.contains(few), text);
        try (Program program = runtime.compile(
                        text.replace(few, condition)
                                + Gradients.store(network)
                                + """
                        def step(self, x: Tensor, W: List[Tensor], P: List[Tensor], B: List[Tensor], G: List[Tensor]) -> Tensor:
                          torch.set_grad_enabled(True)
                          y = self.f(x, P, B)
                          return self.store(torch.autograd.grad([torch.sum(torch.sin(y))], W), G)
                        """);
                Gradients gradients = Gradients.of(network);
                Scope scope = runtime.scope()) {
            RandomStream random = SEED.at("pixels").stream();
            int side = 2 * grid;
            float[] pixels = new float[2 * 3 * side * side];
            for (int i = 0; i < pixels.length; i++) {
                pixels[i] = (float) random.uniform(-1, 1);
            }
            Tensor x = runtime.channelsLast(scope, runtime.tensor(scope, pixels, 2, 3, side, side));
            program.run(
                    "step", x, network.trainable(), network.parameters("n"), network.buffers("n"), gradients.targets());
            Map<String, float[]> values = new HashMap<>();
            network.trainableNames().forEach(name -> values.put(name, gradients.read(name)));
            return values;
        }
    }

    private static float[] flat(float[][] rows) {
        float[] all = new float[rows.length * rows[0].length];
        for (int i = 0; i < all.length; i++) {
            all[i] = rows[i / rows[0].length][i % rows[0].length];
        }
        return all;
    }

    @Test
    void aRateOfZeroAddsNoBranch() {
        assertEquals(List.of(), graph(0, GRID).dropPaths());
        assertEquals(List.of(0.5, 0.5), graph(0.5, GRID).dropPaths());
    }
}
