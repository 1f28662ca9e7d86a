package viewfit.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import viewfit.graph.Kernels;
import viewfit.graph.TorchScript;

/** 3 x 3 convolutions of pictures around the size up to which they are products of taps, against plain loops: result and gradients. */
class TinyPicturesTest {
    private static TorchRuntime runtime;

    @BeforeAll
    static void open() {
        runtime = TorchRuntime.open("cpu", 1);
    }

    @AfterAll
    static void close() {
        runtime.close();
    }

    /** Float32 sums of at most 45 terms of size 1: 1e-5. bfloat16 rounds each term and the sum to 2^-9 of up to 8: 0.06. */
    @ParameterizedTest
    @CsvSource({
        "1, 1, 1", "1, 2, 1", "2, 1, 1", "2, 2, 1", "1, 1, 2", "2, 1, 2", "2, 2, 2", "2, 3, 1", "3, 2, 2", "3, 3, 1",
        "4, 4, 2"
    })
    void equalLoops(int h, int w, int stride) {
        Convolutions.Shape c = new Convolutions.Shape(3, 5, 4, 3, h, w, stride);
        Convolutions.Result expected = Convolutions.loops(c);
        check(expected, compiled(new Kernels(false, false), c), 1e-5f);
        check(expected, compiled(new Kernels(true, false), c), 1e-5f);
        check(expected, compiled(new Kernels(true, true), c), 0.06f);
    }

    private static Convolutions.Result compiled(Kernels kernels, Convolutions.Shape c) {
        return Convolutions.compiled(runtime, new TorchScript(kernels), c);
    }

    private static void check(Convolutions.Result expected, Convolutions.Result found, float bound) {
        assertArrayEquals(expected.y(), found.y(), bound);
        assertArrayEquals(expected.dx(), found.dx(), bound);
        assertArrayEquals(expected.dw(), found.dw(), bound);
    }
}
