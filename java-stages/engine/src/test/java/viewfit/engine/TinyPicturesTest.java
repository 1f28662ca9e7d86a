package viewfit.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import viewfit.graph.Kernels;
import viewfit.graph.TorchScript;

/** 3 x 3 convolutions of pictures around the size where they become matrix products, against plain loops: result and gradients. */
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

    /**
     * Several passes of a student with one weight: those over pictures of the same size share a matrix, others do not, and
     * the gradient is that of all. In bfloat16 nothing is shared.
     */
    @ParameterizedTest
    @CsvSource({"1, false, 4", "2, false, 4", "1, true, 0"})
    void passesShareWhatTheyGather(int stride, boolean bf16, int matrices) {
        List<Convolutions.Shape> passes = Stream.of("3 2 2", "2 1 1", "2 2 1", "2 1 2", "4 2 2", "1 1 1", "2 3 2")
                .map(text ->
                        Stream.of(text.split(" ")).mapToInt(Integer::parseInt).toArray())
                .map(s -> new Convolutions.Shape(s[0], 5, 4, 3, s[1], s[2], stride))
                .toList();
        List<float[]> found = Convolutions.passes(runtime, new TorchScript(new Kernels(true, bf16)), passes);
        // Seven gradients, each as exact as above.
        float bound = bf16 ? 0.06f : 1e-5f;
        float[] gradient = new float[5 * 4 * 9];
        for (int i = 0; i < passes.size(); i++) {
            Convolutions.Result one = Convolutions.loops(passes.get(i));
            assertArrayEquals(one.y(), found.get(i), bound, "pass " + i);
            for (int at = 0; at < gradient.length; at++) {
                gradient[at] += one.dw()[at];
            }
        }
        assertArrayEquals(gradient, found.get(passes.size()), 7 * bound);
        assertArrayEquals(new float[] {matrices}, found.get(passes.size() + 1));
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
