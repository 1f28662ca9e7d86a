package viewfit.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.List;
import java.util.Map;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;
import viewfit.graph.Graph;
import viewfit.graph.Init;
import viewfit.graph.Op;
import viewfit.graph.Parameter;
import viewfit.graph.TorchScript;

/** One convolution as a compiled program, with its gradients: what the tests of its forms share. */
final class Convolutions {
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

    private Convolutions() {}

    /**
     * Result and gradients of the sum of y times g.
     *
     * @param dx by the pictures
     * @param dw by the weights
     */
    record Result(float[] y, float[] dx, float[] dw) {}

    /** A convolution of {@code n} pictures, padded so that a stride of 1 keeps their size; its numbers are drawn by its shape. */
    record Shape(int n, int in, int out, int kernel, int h, int w, int stride) {
        int rows() {
            return (h - 1) / stride + 1;
        }

        int columns() {
            return (w - 1) / stride + 1;
        }

        Graph graph() {
            return new Graph(
                    "f",
                    in,
                    List.of(new Op.Conv2d(0, 1, "w", "", kernel, stride, kernel / 2, 1)),
                    List.of(new Parameter("w", List.of(out, in, kernel, kernel), new Init.Constant(0), true)),
                    List.of(),
                    1,
                    out,
                    Map.of());
        }

        float[] x() {
            return random("x", n * in * h * w);
        }

        float[] weight() {
            return random("w", out * in * kernel * kernel);
        }

        float[] g() {
            return random("g", n * out * rows() * columns());
        }
    }

    private static float[] random(String name, int count) {
        RandomStream random = SeedTree.root(3).at(name).stream();
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.uniform(-1, 1);
        }
        return values;
    }

    static Result compiled(TorchRuntime runtime, TorchScript script, Shape c) {
        Graph graph = c.graph();
        Network network = Network.allocate(runtime, Map.of("p", graph), name -> false);
        network.write("p.w", c.weight());
        network.requireGradients();
        try (Program program = runtime.compile(script.training(graph, "f") + STEP);
                Scope scope = runtime.scope()) {
            Tensor picture = runtime.channelsLast(scope, runtime.tensor(scope, c.x(), c.n(), c.in(), c.h(), c.w()));
            Tensor weights = runtime.tensor(scope, c.g(), c.n(), c.out(), c.rows(), c.columns());
            List<Tensor> out = program.call(scope, "step", picture, weights, network.trainable(), List.<Tensor>of());
            assertArrayEquals(
                    new long[] {c.n(), c.out(), c.rows(), c.columns()},
                    out.get(0).shape());
            return new Result(runtime.floats(out.get(0)), runtime.floats(out.get(1)), runtime.floats(out.get(2)));
        }
    }

    /** The same by plain loops, in double. */
    static Result loops(Shape c) {
        float[] x = c.x();
        float[] weight = c.weight();
        float[] g = c.g();
        int taps = c.kernel() * c.kernel();
        int outPixels = c.rows() * c.columns();
        double[] y = new double[g.length];
        double[] dx = new double[x.length];
        double[] dw = new double[weight.length];
        for (int at = 0; at < y.length; at++) {
            int ox = at % c.columns();
            int oy = at / c.columns() % c.rows();
            int o = at / outPixels % c.out();
            int n = at / (outPixels * c.out());
            for (int tap = 0; tap < c.in() * taps; tap++) {
                int iy = oy * c.stride() + tap / c.kernel() % c.kernel() - c.kernel() / 2;
                int ix = ox * c.stride() + tap % c.kernel() - c.kernel() / 2;
                if (iy < 0 || iy >= c.h() || ix < 0 || ix >= c.w()) {
                    continue;
                }
                int from = ((n * c.in() + tap / taps) * c.h() + iy) * c.w() + ix;
                int by = o * c.in() * taps + tap;
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

    static float largest(float[] values) {
        float largest = 0;
        for (float v : values) {
            largest = Math.max(largest, Math.abs(v));
        }
        return largest;
    }
}
