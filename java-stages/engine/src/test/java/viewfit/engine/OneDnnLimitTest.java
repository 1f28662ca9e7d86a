package viewfit.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.pytorch.jni.LibUtils;
import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** That oneDNN hears of a limit which is set after it was loaded; it reads it once, so a process of its own tries. */
class OneDnnLimitTest {
    /** {@code dnnl::impl::cpu::x64::(anonymous)::max_cpu_isa()}: to an int, a bit for each set of instructions that may be used. */
    private static final String LATEST = "_ZN4dnnl4impl3cpu3x6412_GLOBAL__N_111max_cpu_isaEv";

    private static final String ANCHOR = "_ZN2at13globalContextEv";

    /** Loads the engine, limits it if told so, and says what oneDNN allows. */
    static final class Limited {
        public static void main(String[] args) throws IOException {
            EngineLoader.load(1, true);
            if (args[0].equals("limit")) {
                OneDnn.limit();
            }
            System.out.println("latest " + latest());
        }

        private static int latest() throws IOException {
            Path file = Path.of(LibUtils.getLibtorchPath()).resolve(System.mapLibraryName("torch_cpu"));
            List<SymbolTable.Symbol> found = SymbolTable.find(file, List.of(ANCHOR, LATEST));
            Pointer anchor = NativeLibrary.getInstance(file.toString()).getGlobalVariableAddress(ANCHOR);
            long base = Pointer.nativeValue(anchor) - found.get(0).at();
            Function latest =
                    Function.getFunction(new Pointer(base + found.get(1).at()));
            return latest.invokePointer(new Object[0]).getInt(0);
        }
    }

    private static String run(String how, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Limited.class.getName(),
                        how)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        Process process = builder.start();
        try (InputStream in = process.getInputStream()) {
            String said = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return said.lines()
                    .filter(line -> line.startsWith("latest "))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no answer: " + said));
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    @Timeout(120)
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void aLimitComesInTime() throws IOException {
        assumeTrue(System.getenv(OneDnn.LEVEL) == null && System.getenv("DNNL_MAX_CPU_ISA") == null);
        assumeTrue(Files.readString(Path.of("/proc/cpuinfo")).contains(" avx512f"));
        String limited = run("limit", Map.of());
        assertEquals(run("free", Map.of(OneDnn.LEVEL, "AVX2")), limited);
        assertNotEquals(run("free", Map.of()), limited);
    }
}
