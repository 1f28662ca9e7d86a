package viewfit.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.pytorch.jni.LibUtils;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where newer instructions are left alone; that results are right with those that are used, the tests of backbones say. */
class OneDnnTest {
    @Test
    void othersAreHeldToTheSameInstructions() {
        String said = System.getenv(OneDnn.LEVEL);
        try (TorchRuntime runtime = TorchRuntime.open("cpu", 1)) {
            String expected = said != null ? said : OneDnn.limited() ? "AVX2" : null;
            assertEquals(expected, runtime.oneDnnEnvironment().get(OneDnn.LEVEL));
        }
    }

    /** Where oneDNN would take the caches to have one byte it has possible ones, and nothing is held back. */
    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void theLibtorchOfTheBuildHasPossibleCaches() {
        TorchRuntime.open("cpu", 1).close();
        OneDnnCaches caches = OneDnnCaches.of(folder()).orElseThrow();
        assertTrue(caches.size(1) >= 4096, "first level: " + caches.size(1));
        assertTrue(caches.size(2) >= 4096, "second level: " + caches.size(2));
        if (OneDnn.suspicious() && System.getenv(OneDnn.LEVEL) == null) {
            assertFalse(OneDnn.limited());
        }
    }

    /** What the file says and what the loader says lie equally far apart. */
    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void symbolsOfTheFileAreThoseOfTheLoader() throws IOException {
        TorchRuntime.open("cpu", 1).close();
        Path file = folder().resolve(System.mapLibraryName("torch_cpu"));
        List<String> names = List.of("_ZN2at13globalContextEv", "_ZN2at15get_num_threadsEv");
        List<SymbolTable.Symbol> found = SymbolTable.find(file, names);
        NativeLibrary loaded = NativeLibrary.getInstance(file.toString());
        long first = Pointer.nativeValue(loaded.getGlobalVariableAddress(names.get(0)));
        long second = Pointer.nativeValue(loaded.getGlobalVariableAddress(names.get(1)));
        assertEquals(second - first, found.get(1).at() - found.get(0).at());
        assertEquals(List.of(), SymbolTable.find(file, List.of(names.get(0), "no_such_symbol")));
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void otherFilesHaveNoSymbols(@TempDir Path folder) throws IOException {
        List<String> names = List.of("_ZN2at13globalContextEv");
        assertEquals(List.of(), SymbolTable.find(Files.write(folder.resolve("empty"), new byte[0]), names));
        assertEquals(List.of(), SymbolTable.find(Files.write(folder.resolve("zero"), new byte[200]), names));
        assertEquals(Optional.empty(), OneDnnCaches.of(folder));
        // The first page of a library: its sections are gone.
        byte[] head = new byte[4096];
        try (InputStream in = Files.newInputStream(folder().resolve(System.mapLibraryName("torch_cpu")))) {
            assertEquals(head.length, in.readNBytes(head, 0, head.length));
        }
        Path cut = Files.write(folder.resolve("cut"), head);
        assertThrows(IOException.class, () -> SymbolTable.find(cut, names));
    }

    private static Path folder() {
        return Path.of(LibUtils.getLibtorchPath());
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
    void suspicious(String vendor, String flags, boolean cachesAreKnown, boolean expected) {
        String processor = "processor\t: 0\nvendor_id\t: " + vendor + "\nflags\t\t: fpu " + flags + "\nbugs\t\t:\n";
        assertEquals(expected, OneDnn.suspicious(processor, cachesAreKnown));
    }
}
