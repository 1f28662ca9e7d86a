package viewfit.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import viewfit.graph.Kernels;
import viewfit.graph.TorchScript;

/** The 1 x 1 convolutions of a ResNet-50 that are written another way, against plain loops: result and gradients. */
class PointwiseTest {
    private static TorchRuntime runtime;

    @BeforeAll
    static void open() {
        runtime = TorchRuntime.open("cpu", 1);
    }

    @AfterAll
    static void close() {
        runtime.close();
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
        Convolutions.Shape c = new Convolutions.Shape(2, in, out, 1, h, w, stride);
        Convolutions.Result expected = Convolutions.loops(c);
        for (boolean bf16 : new boolean[] {false, true}) {
            TorchScript script = new TorchScript(new Kernels(true, bf16));
            assertTrue(script.training(c.graph(), "f").contains("f_point"), "another way is what this is about");
            Convolutions.Result found = Convolutions.compiled(runtime, script, c);
            float bound = bf16 ? 2e-2f : 1e-5f;
            check(expected.y(), found.y(), bound);
            check(expected.dx(), found.dx(), bound);
            check(expected.dw(), found.dw(), bound);
        }
    }

    private static void check(float[] expected, float[] found, float bound) {
        assertArrayEquals(expected, found, bound * Convolutions.largest(expected));
    }
}
