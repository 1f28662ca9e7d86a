package viewfit.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where newer instructions are left alone; that results are right with those that are used, the tests of backbones say. */
class OneDnnTest {
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
