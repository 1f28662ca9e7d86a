package viewfit.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

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

/** 3 x 3 convolutions of pictures around the size where they become matrix products, against plain loops: result and gradients. */
class TinyPicturesTest {
    private static final int N = 3;
    private static final int IN = 5;
    private static final int OUT = 4;
    private static final int K = 3;

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

    private record Case(int h, int w, int stride) {
        int rows() {
            return (h - 1) / stride + 1;
        }

        int columns() {
            return (w - 1) / stride + 1;
        }
    }

    private record Result(float[] y, float[] dx, float[] dw) {}

    private static float[] random(String name, int count) {
        RandomStream random = SeedTree.root(3).at(name).stream();
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.uniform(-1, 1);
        }
        return values;
    }

    private static Result loops(Case c, float[] x, float[] weight, float[] g) {
        double[] y = new double[g.length];
        double[] dx = new double[x.length];
        double[] dw = new double[weight.length];
        for (int at = 0; at < y.length; at++) {
            int ox = at % c.columns();
            int oy = at / c.columns() % c.rows();
            int o = at / (c.columns() * c.rows()) % OUT;
            int n = at / (c.columns() * c.rows() * OUT);
            for (int tap = 0; tap < IN * K * K; tap++) {
                int iy = oy * c.stride() + tap / K % K - 1;
                int ix = ox * c.stride() + tap % K - 1;
                if (iy < 0 || iy >= c.h() || ix < 0 || ix >= c.w()) {
                    continue;
                }
                int from = ((n * IN + tap / (K * K)) * c.h() + iy) * c.w() + ix;
                int by = o * IN * K * K + tap;
                y[at] += (double) x[from] * weight[by];
                dx[from] += (double) g[at] * weight[by];
                dw[by] += (double) g[at] * x[from];
            }
        }
        return new Result(floats(y), floats(dx), floats(dw));
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    private static Result compiled(Case c, Kernels kernels, float[] x, float[] weight, float[] g) {
        Parameter p = new Parameter("w", List.of(OUT, IN, K, K), new Init.Constant(0), true);
        Graph graph = new Graph(
                "f",
                IN,
                List.of(new Op.Conv2d(0, 1, "w", "", K, c.stride(), 1, 1)),
                List.of(p),
                List.of(),
                1,
                OUT,
                Map.of());
        Network network = Network.allocate(runtime, Map.of("p", graph), name -> false);
        network.write("p.w", weight);
        network.requireGradients();
        try (Program program = runtime.compile(new TorchScript(kernels).training(graph, "f") + STEP);
                Scope scope = runtime.scope()) {
            Tensor picture = runtime.channelsLast(scope, runtime.tensor(scope, x, N, IN, c.h(), c.w()));
            Tensor weights = runtime.tensor(scope, g, N, OUT, c.rows(), c.columns());
            List<Tensor> out = program.call(scope, "step", picture, weights, network.trainable(), List.<Tensor>of());
            assertEquals((long) N * OUT * c.rows() * c.columns(), out.get(0).size());
            return new Result(runtime.floats(out.get(0)), runtime.floats(out.get(1)), runtime.floats(out.get(2)));
        }
    }

    /** Float32 sums of at most 45 terms of size 1: 1e-5. bfloat16 rounds each term and the sum to 2^-9 of up to 8: 0.06. */
    @ParameterizedTest
    @CsvSource({
        "1, 1, 1", "1, 2, 1", "2, 1, 1", "2, 2, 1", "1, 1, 2", "2, 1, 2", "2, 2, 2", "2, 3, 1", "3, 2, 2", "3, 3, 1",
        "4, 4, 2"
    })
    void equalLoops(int h, int w, int stride) {
        Case c = new Case(h, w, stride);
        float[] x = random("x", N * IN * h * w);
        float[] weight = random("w", OUT * IN * K * K);
        float[] g = random("g", N * OUT * c.rows() * c.columns());
        Result expected = loops(c, x, weight, g);
        check(expected, compiled(c, new Kernels(false, false), x, weight, g), 1e-5f);
        check(expected, compiled(c, new Kernels(true, false), x, weight, g), 1e-5f);
        check(expected, compiled(c, new Kernels(true, true), x, weight, g), 0.06f);
    }

    private static void check(Result expected, Result found, float bound) {
        assertArrayEquals(expected.y(), found.y(), bound);
        assertArrayEquals(expected.dx(), found.dx(), bound);
        assertArrayEquals(expected.dw(), found.dw(), bound);
    }
}
