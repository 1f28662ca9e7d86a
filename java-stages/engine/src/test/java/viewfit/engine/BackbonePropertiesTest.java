package viewfit.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;
import viewfit.core.recipe.BackboneRecipe;
import viewfit.graph.Graph;
import viewfit.graph.Init;
import viewfit.graph.Parameter;
import viewfit.zoo.Backbones;
import viewfit.zoo.Heads;

/** What must hold for every backbone, freshly initialised: shapes, independence of the batch, statistics of the weights. */
class BackbonePropertiesTest {
    private static final SeedTree SEED = SeedTree.root(5);
    private static TorchRuntime runtime;

    @BeforeAll
    static void open() {
        runtime = TorchRuntime.open("cpu", 1);
    }

    @AfterAll
    static void close() {
        runtime.close();
    }

    static List<String> names() {
        return Backbones.names();
    }

    private static Network fresh(Graph graph) {
        Network network = Network.allocate(runtime, Map.of("net", graph), name -> false);
        network.initialise(SEED);
        return network;
    }

    private static float[] images(int n, int height, int width) {
        RandomStream random = SEED.at("x").stream();
        float[] values = new float[n * 3 * height * width];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.uniform(-2, 2);
        }
        return values;
    }

    private static float[] features(Network network, float[] values, int n, int height, int width) {
        try (Program program = runtime.compile(runtime.script().evaluation(network.graph("net"), "f"));
                Scope step = runtime.scope()) {
            Tensor x = runtime.channelsLast(step, runtime.tensor(step, values, n, 3, height, width));
            Tensor y = program.callOne(step, "f", x, network.parameters("net"), network.buffers("net"));
            assertArrayEquals(new long[] {n, network.graph("net").outputWidth()}, y.shape());
            return runtime.floats(y);
        }
    }

    /** U35: any size, square or not. */
    @ParameterizedTest
    @MethodSource("names")
    void anySizeGivesOneFeaturePerImage(String name) {
        Network network = fresh(Backbones.graph(name));
        for (int[] size : new int[][] {{224, 224}, {128, 128}, {103, 103}, {96, 64}, {32, 32}}) {
            for (float v : features(network, images(1, size[0], size[1]), 1, size[0], size[1])) {
                assertTrue(Float.isFinite(v));
            }
        }
    }

    /**
     * U39: a picture's features do not depend on its neighbours in the batch, and come out the same twice. Kernels choose
     * their blocking by batch size: equal up to float rounding, 1e-5 of the largest value.
     */
    @ParameterizedTest
    @MethodSource("names")
    void featuresAreBatchSizeIndependent(String name) {
        Network network = fresh(Backbones.graph(name));
        float[] both = images(2, 48, 48);
        float[] all = features(network, both, 2, 48, 48);
        assertArrayEquals(all, features(network, both, 2, 48, 48));
        float[] alone = features(network, Arrays.copyOf(both, both.length / 2), 1, 48, 48);
        float largest = 0;
        for (float v : alone) {
            largest = Math.max(largest, Math.abs(v));
        }
        assertArrayEquals(Arrays.copyOf(all, alone.length), alone, 1e-5f * largest);
    }

    /** The same for a batch as training has it: oneDNN has other kernels for many pictures, and plans them by the machine. */
    @ParameterizedTest
    @CsvSource({"mobilenet_v2, 64", "mobilenet_v2, 36", "resnet18, 64", "resnet50, 36", "vit_tiny, 64"})
    void picturesOfALargeBatchAreThoseOfASmallOne(String name, int side) {
        int n = 64;
        int few = 4;
        Network network = fresh(Backbones.graph(name));
        float[] many = images(n, side, side);
        float[] all = features(network, many, n, side, side);
        int pixels = many.length / n;
        int width = all.length / n;
        float largest = Convolutions.largest(all);
        for (int from = 0; from < n; from += few) {
            float[] some =
                    features(network, Arrays.copyOfRange(many, from * pixels, (from + few) * pixels), few, side, side);
            float[] found = Arrays.copyOfRange(all, from * width, (from + few) * width);
            assertArrayEquals(some, found, 1e-5f * largest, "pictures from " + from + " on");
        }
    }

    /**
     * Mean and standard deviation of every tensor of at least 4,096 values against the rule it is drawn by; the rules
     * themselves are stated in {@link #rule}, from the notes on the official code. Five standard errors.
     */
    @ParameterizedTest
    @MethodSource("names")
    void weightsHaveTheirStatistics(String name) {
        assertStatistics(fresh(Backbones.graph(name)), name.startsWith("vit_"));
    }

    private static void assertStatistics(Network network, boolean transformer) {
        for (Parameter p : network.state()) {
            double std = rule(p, transformer);
            float[] values = network.read(p.name());
            if (values.length < 4096 || std == 0) {
                continue;
            }
            double sum = 0;
            double squares = 0;
            for (float v : values) {
                sum += v;
                squares += (double) v * v;
            }
            double n = values.length;
            assertEquals(0, sum / n, 5 * std / Math.sqrt(n), p.name());
            assertEquals(std, Math.sqrt(squares / n), 5 * std / Math.sqrt(2 * n), p.name());
        }
    }

    /** Standard deviation that a tensor must start with; 0 for constants. */
    private static double rule(Parameter p, boolean transformer) {
        List<Integer> s = p.shape();
        boolean constant = p.vector() && !p.name().endsWith("proj.bias");
        if (p.name().contains("patch_embed")) {
            // Uniform in +-1/sqrt(3 * 16 * 16).
            return 1 / Math.sqrt(768) / Math.sqrt(3);
        }
        if (constant || p.vector()) {
            return 0;
        }
        if (transformer) {
            return 0.02;
        }
        // Kaiming normal, fan-out, groups ignored.
        return Math.sqrt(2.0 / (s.get(0) * s.get(2) * s.get(3)));
    }

    @ParameterizedTest
    @MethodSource("names")
    void normsStartAtOneAndBiasesAtZero(String name) {
        for (Parameter p : Backbones.graph(name).state()) {
            if (p.vector() && !p.name().contains("patch_embed")) {
                boolean one = p.name().endsWith("weight") || p.name().endsWith("running_var");
                assertEquals(new Init.Constant(one ? 1 : 0), p.init(), p.name());
            }
        }
    }

    /** Heads: DINO and MoCo normal 0.02 (or PyTorch's default), SwAV normal 0.01, DINO's directions uniform. */
    @Test
    void headsHaveTheirStatistics() {
        assertHead(Heads.dino(512, 3, 512, 256, 128, true, false), "mlp.0.weight", .02);
        assertHead(Heads.dino(512, 3, 512, 256, 128, true, false), "last_layer.weight_v", 1 / Math.sqrt(3 * 256));
        assertHead(Heads.swav(512, 2, 512, 128, 300, true), "projection.mlp.0.weight", .01);
        assertHead(Heads.swav(512, 2, 512, 128, 300, true), "prototypes.weight", .01);
        assertHead(Heads.moco(512, 2, 512, 128, false, false), "mlp.2.weight", .02);
        assertHead(Heads.moco(512, 2, 256, 128, false, true), "mlp.0.weight", 1 / Math.sqrt(3 * 512));
        assertHead(Heads.moco(512, 2, 256, 128, false, true), "mlp.2.weight", 1 / Math.sqrt(3 * 256));
        assertHead(Heads.linear(512, 100), "fc.weight", .01);
    }

    private static void assertHead(Graph head, String name, double std) {
        float[] values = fresh(head).read("net." + name);
        double squares = 0;
        for (float v : values) {
            squares += (double) v * v;
        }
        assertEquals(std, Math.sqrt(squares / values.length), 5 * std / Math.sqrt(2.0 * values.length), name);
    }

    /** Official code: the rate of block b is 0.1 b / 11, for attention and perceptron each; the first block has none. */
    @Test
    void dropPathRisesLinearly() {
        List<Double> rates =
                Backbones.graph(new BackboneRecipe("vit_tiny", false, 0.1)).dropPaths();
        assertEquals(22, rates.size());
        for (int i = 0; i < 22; i++) {
            assertEquals(0.1 * (i / 2 + 1) / 11, rates.get(i), 1e-15);
        }
        assertEquals(List.of(), Backbones.graph("vit_tiny").dropPaths());
        assertEquals(List.of(), Backbones.graph("resnet18").dropPaths());
    }

    /** The class tokens of the last blocks side by side; the last one is the plain feature. */
    @ParameterizedTest
    @CsvSource({"vit_tiny, 192", "vit_small, 384"})
    void lastBlocksEndWithThePlainFeature(String name, int width) {
        BackboneRecipe recipe = new BackboneRecipe(name, false, 0);
        float[] x = images(1, 32, 32);
        float[] one = features(fresh(Backbones.graph(recipe)), x, 1, 32, 32);
        float[] four = features(fresh(Backbones.graph(recipe, 4)), x, 1, 32, 32);
        assertEquals(4 * width, four.length);
        assertArrayEquals(one, Arrays.copyOfRange(four, 3 * width, 4 * width), 1e-6f);
        assertThrows(IllegalArgumentException.class, () -> Backbones.graph(recipe, 13));
        assertThrows(
                IllegalArgumentException.class, () -> Backbones.graph(new BackboneRecipe("resnet18", false, 0), 4));
    }
}
