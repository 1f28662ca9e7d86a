package viewfit.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A process that is told to stop in the middle of a computation ends by that signal, not by a crash. */
class ExitGateTest {
    private static final int KILLED_BY_SIGTERM = 128 + 15;

    /** Computes gradients without end; every backward pass asks libtorch for state that the exit takes down. */
    static final class Busy {
        public static void main(String[] args) throws IOException {
            TorchRuntime runtime = TorchRuntime.open("cpu", 1);
            Program program = runtime.compile(
                    """
                    def spin(self, x: Tensor) -> Tensor:
                      torch.set_grad_enabled(True)
                      y = torch.requires_grad_(torch.detach(x), True)
                      for i in range(2000):
                        g = torch.autograd.grad([torch.sum(torch.mul(y, y))], [y])
                      torch.set_grad_enabled(False)
                      return torch.detach(y)
                    """);
            Tensor x = runtime.zeros(runtime.run(), 8);
            while (true) {
                try (Scope scope = runtime.scope()) {
                    program.callOne(scope, "spin", x);
                    System.out.println("busy");
                }
            }
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void sigtermEndsABusyProcessCleanly(@TempDir Path folder) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:ErrorFile=" + folder.resolve("crash.log"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Busy.class.getName())
                .directory(folder.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            assertNotNull(out.readLine(), "the process must have begun to compute");
            assertNotNull(out.readLine());
            process.destroy();
            assertTrue(process.waitFor(60, TimeUnit.SECONDS));
            assertEquals(KILLED_BY_SIGTERM, process.exitValue());
        } finally {
            process.destroyForcibly();
        }
    }
}
