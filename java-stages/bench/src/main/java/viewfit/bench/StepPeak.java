package viewfit.bench;

import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;
import viewfit.engine.Program;
import viewfit.engine.Scope;
import viewfit.engine.Tensor;
import viewfit.engine.TorchRuntime;

/**
 * How fast float32 arithmetic gets on the threads of a runtime: a large matrix product, and a convolution of a good shape. They
 * come from two libraries, and on some processors one of them uses half of the width: the faster is the limit.
 */
final class StepPeak {
    private static final int TRIES = 6;
    private static final int SIDE = 2048;
    /** Of the convolution: 3 x 3 without padding, so that every product that is counted is made. */
    private static final int IMAGES = 16;

    private static final int CHANNELS = 256;
    private static final int SIZE = 30;
    private static final int KERNEL = 3;

    private static final String TEXT =
            """
            def product(self, a: Tensor, b: Tensor) -> Tensor:
              torch.set_grad_enabled(False)
              return torch.matmul(a, b)
            def convolution(self, x: Tensor, w: Tensor) -> Tensor:
              torch.set_grad_enabled(False)
              return torch.conv2d(x, w, None, [1, 1], [0, 0], [1, 1], 1)
            """;

    private final TorchRuntime runtime;
    private final RandomStream random = SeedTree.root(1).stream();

    private StepPeak(TorchRuntime runtime) {
        this.runtime = runtime;
    }

    /** GFLOP/s of the product and of the convolution, each the best of some. */
    static String measure(TorchRuntime runtime) {
        return new StepPeak(runtime).both();
    }

    private String both() {
        try (Program program = runtime.compile(TEXT);
                Scope scope = runtime.scope()) {
            double product = best(program, "product", noise(scope, SIDE, SIDE), noise(scope, SIDE, SIDE));
            Tensor x = runtime.channelsLast(scope, noise(scope, IMAGES, CHANNELS, SIZE, SIZE));
            Tensor w = runtime.channelsLast(scope, noise(scope, CHANNELS, CHANNELS, KERNEL, KERNEL));
            double convolution = best(program, "convolution", x, w);
            double outputs = (double) IMAGES * CHANNELS * (SIZE - KERNEL + 1) * (SIZE - KERNEL + 1);
            return 2e-9 * SIDE * SIDE * SIDE / product + " "
                    + 2e-9 * outputs * CHANNELS * KERNEL * KERNEL / convolution;
        }
    }

    private Tensor noise(Scope scope, int... shape) {
        long[] sizes = new long[shape.length];
        int count = 1;
        for (int i = 0; i < shape.length; i++) {
            sizes[i] = shape[i];
            count *= shape[i];
        }
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextDouble();
        }
        return runtime.tensor(scope, values, sizes);
    }

    /** Seconds. */
    private static double best(Program program, String function, Tensor a, Tensor b) {
        long best = Long.MAX_VALUE;
        for (int i = 0; i < TRIES; i++) {
            long start = System.nanoTime();
            program.run(function, a, b);
            best = Math.min(best, System.nanoTime() - start);
        }
        return best / 1e9;
    }
}
