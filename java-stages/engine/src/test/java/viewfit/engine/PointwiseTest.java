package viewfit.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;
import viewfit.graph.Graph;
import viewfit.graph.Init;
import viewfit.graph.Kernels;
import viewfit.graph.Op;
import viewfit.graph.Parameter;
import viewfit.graph.TorchScript;

/** The 1 x 1 convolutions of a ResNet-50 that are written another way, against plain loops: result and gradients. */
class PointwiseTest {
    private static final int N = 2;

    /** The result and the gradients of its weighted sum. */
    private static final String STEP =
            """
            def step(self, x: Tensor, weights: Tensor, W: List[Tensor], B: List[Tensor]) -> List[Tensor]:
              torch.set_grad_enabled(True)
              leaf = torch.requires_grad_(torch.detach(x), True)
              y = torch.to(self.f(leaf, W, B), 6)
              g = torch.autograd.grad([torch.sum(torch.mul(y, weights))], [leaf, W[0]])
              torch.set_grad_enabled(False)
              return [torch.detach(y), unchecked_cast(Tensor, g[0]), unchecked_cast(Tensor, g[1])]
            """;

    private static TorchRuntime runtime;

    @BeforeAll
    static void open() {
        runtime = TorchRuntime.open("cpu", 1);
    }

    @AfterAll
    static void close() {
        runtime.close();
    }

    private static float[] random(String name, int count) {
        RandomStream random = SeedTree.root(5).at(name).stream();
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.uniform(-1, 1);
        }
        return values;
    }

    /**
     * Sums of up to 2,048 terms of size 1, in float32 to 1e-5 of the largest value of a tensor, in bfloat16, whose terms and sums
     * have 8 bits, to 2e-2.
     */
    @ParameterizedTest
    @CsvSource({
        "256, 1024, 3, 2, 1",
        "512, 1024, 3, 3, 2",
        "512, 2048, 1, 2, 1",
        "1024, 256, 2, 2, 1",
        "1024, 2048, 4, 3, 2",
        "1024, 512, 1, 1, 1"
    })
    void equalLoops(int in, int out, int h, int w, int stride) {
        int u = (h - 1) / stride + 1;
        int v = (w - 1) / stride + 1;
        float[] x = random("x", N * in * h * w);
        float[] weight = random("w", out * in);
        float[] g = random("g", N * out * u * v);
        double[] y = new double[g.length];
        double[] dx = new double[x.length];
        double[] dw = new double[weight.length];
        for (int at = 0; at < y.length; at++) {
            int o = at / (u * v) % out;
            int pixel = at / v % u * stride * w + at % v * stride;
            for (int i = 0; i < in; i++) {
                int from = (at / (u * v * out) * in + i) * h * w + pixel;
                y[at] += (double) x[from] * weight[o * in + i];
                dx[from] += (double) g[at] * weight[o * in + i];
                dw[o * in + i] += (double) g[at] * x[from];
            }
        }
        for (boolean bf16 : new boolean[] {false, true}) {
            List<float[]> found = compiled(new int[] {in, out, h, w, stride}, bf16, x, weight, g);
            double bound = bf16 ? 2e-2 : 1e-5;
            check(y, found.get(0), bound);
            check(dx, found.get(1), bound);
            check(dw, found.get(2), bound);
        }
    }

    private static List<float[]> compiled(int[] c, boolean bf16, float[] x, float[] weight, float[] g) {
        Parameter p = new Parameter("w", List.of(c[1], c[0], 1, 1), new Init.Constant(0), true);
        Graph graph = new Graph(
                "f",
                c[0],
                List.of(new Op.Conv2d(0, 1, "w", "", 1, c[4], 0, 1)),
                List.of(p),
                List.of(),
                1,
                c[1],
                Map.of());
        Network network = Network.allocate(runtime, Map.of("p", graph), name -> false);
        network.write("p.w", weight);
        network.requireGradients();
        String text = new TorchScript(new Kernels(true, bf16)).training(graph, "f");
        assertTrue(text.contains("f_point"), "another way is what this is about");
        try (Program program = runtime.compile(text + STEP);
                Scope scope = runtime.scope()) {
            Tensor picture = runtime.channelsLast(scope, runtime.tensor(scope, x, N, c[0], c[2], c[3]));
            int u = (c[2] - 1) / c[4] + 1;
            int v = (c[3] - 1) / c[4] + 1;
            List<Tensor> out = program.call(
                    scope,
                    "step",
                    picture,
                    runtime.tensor(scope, g, N, c[1], u, v),
                    network.trainable(),
                    List.<Tensor>of());
            assertArrayEquals(new long[] {N, c[1], u, v}, out.get(0).shape());
            return out.stream().map(runtime::floats).toList();
        }
    }

    private static void check(double[] expected, float[] found, double bound) {
        double largest = 0;
        for (double value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        assertEquals(expected.length, found.length);
        for (int i = 0; i < found.length; i++) {
            assertEquals(expected[i], found[i], bound * largest, "value " + i);
        }
    }
}
