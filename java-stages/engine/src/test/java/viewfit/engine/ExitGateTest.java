package viewfit.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A process that is told to stop computes no further and ends by that signal, not by a crash. */
class ExitGateTest {
    private static final int KILLED_BY_SIGTERM = 128 + 15;

    /**
     * Computes gradients without end, a line after each call. Its exit takes two seconds, in which a computation that went
     * on would be heard of.
     */
    static final class Busy {
        public static void main(String[] args) throws IOException {
            TorchRuntime runtime = TorchRuntime.open("cpu", 1);
            Program program = runtime.compile(
                    """
                    def spin(self, x: Tensor) -> Tensor:
                      z = x
                      for i in range(200):
                        torch.set_grad_enabled(True)
                        y = torch.requires_grad_(torch.detach(z), True)
                        g = torch.autograd.grad([torch.sum(torch.matmul(y, y))], [y])
                        torch.set_grad_enabled(False)
                        z = torch.sub(torch.detach(y), unchecked_cast(Tensor, g[0]))
                      return z
                    """);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                try {
                    TimeUnit.SECONDS.sleep(2);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }));
            Tensor x = runtime.zeros(runtime.run(), 64, 64);
            while (true) {
                try (Scope scope = runtime.scope()) {
                    program.callOne(scope, "spin", x);
                    System.out.println("busy");
                }
            }
        }
    }

    /**
     * Goes for the gate as soon as libtorch is in memory and still being set up, as a process that is told to stop does, and
     * says whether the library that is loaded after it is there by then.
     */
    static final class Loading {
        public static void main(String[] args) throws InterruptedException {
            Thread stop = new Thread(() -> {
                while (!mapped("libtorch_cpu.")) {
                    Thread.onSpinWait();
                }
                ExitGate.enter();
                System.out.println(mapped("libdjl_torch.") ? "loaded" : "half loaded");
                Runtime.getRuntime().halt(0);
            });
            stop.setDaemon(true);
            stop.start();
            TorchRuntime.open("cpu", 1);
            stop.join();
        }

        private static boolean mapped(String library) {
            try {
                return Files.readString(Path.of("/proc/self/maps")).contains(library);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static Process start(Path folder, Class<?> main) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:ErrorFile=" + folder.resolve("crash.log"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        main.getName())
                .directory(folder.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static BufferedReader output(Process process) {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Reads up to a line: libraries may write lines of their own before it. */
    private static boolean says(BufferedReader out, String expected) throws IOException {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.equals(expected)) {
                return true;
            }
        }
        return false;
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void sigtermStopsABusyProcess(@TempDir Path folder) throws IOException, InterruptedException {
        Process process = start(folder, Busy.class);
        try (BufferedReader out = output(process)) {
            assertTrue(says(out, "busy"), "the process must have begun to compute");
            assertTrue(says(out, "busy"));
            process.toHandle().destroy();
            long later = out.lines().count();
            assertTrue(later < 100, later + " further calls");
            assertTrue(process.waitFor(60, TimeUnit.SECONDS));
            assertEquals(KILLED_BY_SIGTERM, process.exitValue());
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void theEndOfAProcessWaitsForTheLibraryToLoad(@TempDir Path folder) throws IOException {
        Process process = start(folder, Loading.class);
        try (BufferedReader out = output(process)) {
            assertTrue(says(out, "loaded"), "the gate was free while libtorch was half loaded");
        } finally {
            process.destroyForcibly();
        }
    }
}
