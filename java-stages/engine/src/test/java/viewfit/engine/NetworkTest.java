package viewfit.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;
import viewfit.graph.Graph;
import viewfit.graph.GraphBuilder;
import viewfit.graph.Init;
import viewfit.graph.Parameter;
import viewfit.zoo.Heads;
import viewfit.zoo.MobileNetV2;

class NetworkTest {
    private static final SeedTree SEED = SeedTree.root(7);
    private static TorchRuntime runtime;

    @BeforeAll
    static void open() {
        runtime = TorchRuntime.open("cpu", 1);
    }

    @AfterAll
    static void close() {
        runtime.close();
    }

    private static Network mobileNetWithHead() {
        Map<String, Graph> parts = new LinkedHashMap<>();
        parts.put("backbone", MobileNetV2.graph());
        parts.put("head", Heads.dino(1280, 3, 32, 16, 24, true, false));
        Network network = Network.allocate(runtime, parts, n -> n.contains("last_layer"));
        network.initialise(SEED);
        return network;
    }

    /** A conv net with every operation, small enough for loops, of odd sizes that show a swapped axis. */
    private static Graph everyOperation() {
        GraphBuilder g = new GraphBuilder("tiny", 3);
        int x = g.relu6(g.batchNorm("n0", g.conv("c0", g.input(), 6, 3, 2, 1)));
        int y = g.relu(g.batchNorm("n1", g.conv("c1", x, 6, 3, 1, 6)));
        y = g.maxPool(g.add(x, g.batchNorm("n2", g.conv("c2", y, 6, 1, 1, 1))), 3, 2);
        y = g.gelu(g.batchNorm("n3", g.linear("l", g.globalMeanPool(y), 5, new Init.Normal(1), new Init.Normal(1))));
        return g.build(g.weightNormLinear("w", g.l2Normalize(y), 4, new Init.Uniform(1), true));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void compiledProgramEqualsPlainLoops(boolean training) {
        requireEqual(everyOperation(), training);
    }

    /** What is read again is not overwritten: the input, a map before its activation, a branch after its sum. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void valuesWithSeveralReadersAreKept(boolean training) {
        GraphBuilder g = new GraphBuilder("twice", 3);
        int x = g.add(g.input(), g.relu6(g.input()));
        int c = g.conv("c", x, 4, 3, 1, 1);
        int r = g.relu(c);
        int sum = g.add(c, r);
        requireEqual(g.build(g.globalMeanPool(g.add(r, sum))), training);
    }

    private static void requireEqual(Graph graph, boolean training) {
        Network network = Network.allocate(runtime, Map.of("n", graph), n -> false);
        Map<String, float[]> tensors = new HashMap<>();
        for (Parameter p : network.state()) {
            RandomStream random = SEED.at(p.name()).stream();
            float[] values = new float[p.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.uniform(p.name().endsWith("running_var") ? 0.2 : -1, 1);
            }
            network.write(p.name(), values);
            tensors.put(p.name().substring(2), values);
        }
        int n = 3;
        int h = 7;
        int w = 5;
        double[] input = new double[n * 3 * h * w];
        RandomStream random = SEED.at("x").stream();
        Arrays.setAll(input, i -> (float) random.uniform(-2, 2));
        float[] pixels = new float[input.length];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) input[i];
        }
        NaiveNetwork.Value expected =
                new NaiveNetwork(graph, tensors, training).evaluate(new NaiveNetwork.Value(input, n, 3, h, w));
        String text = training
                ? runtime.script().training(graph, "f")
                : runtime.script().evaluation(graph, "f");
        try (Program program = runtime.compile(text);
                Scope step = runtime.scope()) {
            Tensor x = runtime.channelsLast(step, runtime.tensor(step, pixels, n, 3, h, w));
            float[] actual =
                    runtime.floats(program.callOne(step, "f", x, network.parameters("n"), network.buffers("n")));
            assertEquals(n * 4, actual.length);
            for (int i = 0; i < actual.length; i++) {
                // float32 against float64 through eight layers of values of order 1; batch norm over 3 rows amplifies.
                assertEquals(expected.data()[i], actual[i], 2e-5, "value " + i);
            }
        }
    }

    @Test
    void storageRoundTripsRowMajorValuesAndKeepsItsGapsZero() {
        Network network = mobileNetWithHead();
        for (Parameter p : network.state()) {
            float[] values = new float[p.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = i + 1;
            }
            network.write(p.name(), values);
            assertArrayEquals(values, network.read(p.name()), p.name());
        }
        double expected = 0;
        for (Layout.Segment s : network.layout().segments()) {
            double size = s.parameter().size();
            expected += size * (size + 1) / 2;
            assertEquals(0, s.offset() % 16, s.parameter().name());
        }
        double sum = 0;
        for (float v : runtime.floats(network.flat())) {
            sum += v;
        }
        // float32 steps: the largest tensor's sum dominates, each element is exact below 2^24.
        assertEquals(expected, sum, 0);
    }

    @Test
    void freezableTensorsFormTheTail() {
        Network network = mobileNetWithHead();
        List<String> names = network.trainableNames();
        assertEquals("head.last_layer.weight_v", names.get(names.size() - 1));
        assertFalse(names.contains("head.last_layer.weight_g"));
        // U31: 39 weights, 17 depth-wise, 111 vectors.
        long[] groups = new long[3];
        for (Layout.Segment s : network.layout().segments().subList(0, names.size())) {
            groups[s.parameter().vector() ? 2 : s.parameter().depthwise() ? 1 : 0]++;
        }
        assertArrayEquals(new long[] {39, 17, 111}, groups);
    }

    @Test
    void initialValuesDependOnSeedAndNameOnly() {
        Network one = mobileNetWithHead();
        Network alone = Network.allocate(runtime, Map.of("backbone", MobileNetV2.graph()), n -> false);
        alone.initialise(SEED);
        for (Parameter p : alone.state()) {
            assertArrayEquals(one.read(p.name()), alone.read(p.name()), p.name());
        }
        float[] stem = one.read("backbone.features.18.0.weight");
        double square = 0;
        for (float v : stem) {
            square += (double) v * v;
        }
        // 409,600 draws: the standard error of the standard deviation is 0.11 %; four of them.
        assertEquals(1, Math.sqrt(square / stem.length) / Math.sqrt(2.0 / 1280), 0.0045);
        Network other = Network.allocate(runtime, Map.of("backbone", MobileNetV2.graph()), n -> false);
        other.initialise(SeedTree.root(8));
        assertFalse(
                Arrays.equals(other.read("backbone.features.0.0.weight"), one.read("backbone.features.0.0.weight")));
    }

    @Test
    void copiesParametersBuffersAndCounts() {
        Network one = mobileNetWithHead();
        one.write("backbone.features.0.1.running_mean", new float[32]);
        one.countPasses("backbone", 2);
        Network two = mobileNetWithHead();
        two.write("backbone.features.0.1.running_var", new float[32]);
        two.copyFrom(one);
        for (Parameter p : one.state()) {
            assertArrayEquals(one.read(p.name()), two.read(p.name()), p.name());
        }
        assertEquals(2, two.passes("backbone"));
        Network small = Network.allocate(runtime, Map.of("backbone", everyOperation()), n -> false);
        assertThrows(IllegalArgumentException.class, () -> small.copyFrom(one));
    }

    @Test
    void pixelsAreNormalisedPerChannel() {
        ByteBuffer pixels = ByteBuffer.allocateDirect(2 * 3);
        pixels.put(new byte[] {0, (byte) 128, (byte) 255, 10, 20, 30}).flip();
        try (Scope step = runtime.scope()) {
            Tensor mean = runtime.tensor(step, new float[] {0.5f, 0.25f, 0}, 1, 3, 1, 1);
            Tensor std = runtime.tensor(step, new float[] {0.5f, 1, 2}, 1, 3, 1, 1);
            Tensor x = runtime.images(step, runtime.pixels(step, pixels, 1, 1, 2), mean, std);
            assertArrayEquals(new long[] {1, 3, 1, 2}, x.shape());
            float[] expected = {
                -1, (10 / 255f - 0.5f) / 0.5f, 128 / 255f - 0.25f, 20 / 255f - 0.25f, 0.5f, 30 / 255f / 2
            };
            assertArrayEquals(expected, runtime.floats(x), 1e-7f);
        }
    }

    @Test
    void badProgramsAndArgumentsAreRefusedWithTheirPlace() {
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class,
                () -> runtime.compile("def f(self, x: Tensor) -> Tensor:\n  return torch.no_such(x)\n"));
        assertTrue(e.getMessage().contains("no_such"), e.getMessage());
        Network network = mobileNetWithHead();
        assertThrows(IllegalArgumentException.class, () -> network.write("backbone.features.0.0.weight", new float[3]));
        assertThrows(IllegalArgumentException.class, () -> network.tensor("backbone.nothing"));
        assertThrows(IllegalArgumentException.class, () -> TorchRuntime.open("tpu", 1));
        assertThrows(IllegalArgumentException.class, () -> TorchRuntime.open("cpu", -1));
    }
}
