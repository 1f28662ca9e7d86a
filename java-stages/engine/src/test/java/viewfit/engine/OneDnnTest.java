package viewfit.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where newer instructions are left alone; that results are right with those that are used, the tests of backbones say. */
class OneDnnTest {
    @Test
    void othersAreHeldToTheSameInstructions() {
        String said = System.getenv(OneDnn.LEVEL);
        String expected = said != null ? said : OneDnn.limited() ? "AVX2" : null;
        assertEquals(expected, TorchRuntime.oneDnnEnvironment().get(OneDnn.LEVEL));
    }

    /** A libtorch without oneDNN compiles what it cannot run. */
    @Test
    void whatCannotRunHasNoValue() {
        String form = "def probe(self, x: Tensor) -> Tensor:\n  return torch.%s\n";
        try (TorchRuntime runtime = TorchRuntime.open("cpu", 1)) {
            assertEquals(9, runtime.probe(form.formatted("mul(x, x)"), 3));
            assertEquals(Float.NaN, runtime.probe(form.formatted("view(x, [7])"), 3));
            assertEquals(Float.NaN, runtime.probe(form.formatted("no_such(x)"), 3));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "AuthenticAMD, sse2 avx2 avx512f avx512_bf16, false, true",
        "AuthenticAMD, sse2 avx2 avx512f avx512_bf16, true, false",
        "AuthenticAMD, sse2 avx2, false, false",
        "GenuineIntel, sse2 avx2 avx512f amx_bf16, false, false",
    })
    void limited(String vendor, String flags, boolean cachesAreKnown, boolean expected) {
        String processor = "processor\t: 0\nvendor_id\t: " + vendor + "\nflags\t\t: fpu " + flags + "\nbugs\t\t:\n";
        assertEquals(expected, OneDnn.limited(processor, cachesAreKnown));
    }
}
