package viewfit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A process under real signals: the first one is a request, the second an order. */
@Timeout(60)
class StopSignalsTest {
    private static final int TRANSIENT = 75;

    /** Works until a signal comes and, if told so, on and on. */
    static final class Worker {
        private Worker() {}

        public static void main(String[] args) throws InterruptedException {
            StopSignals signals = StopSignals.install(System.out::println);
            System.out.println("ready");
            while (args[0].equals("deaf") || signals.name().isEmpty()) {
                Thread.sleep(10);
            }
            System.out.println("ends for " + signals.name());
            System.exit(TRANSIENT);
        }
    }

    @ParameterizedTest
    @CsvSource({"TERM", "INT", "USR1", "USR2"})
    void theFirstIsARequest(String signal) throws Exception {
        Process worker = worker("hears");
        try (BufferedReader lines = lines(worker)) {
            assertEquals("ready", lines.readLine());
            kill(worker, signal);
            assertEquals(
                    "SIG" + signal + ": ends after the step under way, with its state kept; once more to end at once",
                    lines.readLine());
            assertEquals("ends for SIG" + signal, lines.readLine());
            assertEquals(TRANSIENT, worker.waitFor());
        } finally {
            worker.destroyForcibly();
        }
    }

    @ParameterizedTest
    @CsvSource({"TERM, TERM, 143", "INT, INT, 130", "USR1, USR2, 140", "USR2, TERM, 143"})
    void theSecondIsAnOrder(String first, String second, int code) throws Exception {
        Process worker = worker("deaf");
        try (BufferedReader lines = lines(worker)) {
            assertEquals("ready", lines.readLine());
            kill(worker, first);
            assertTrue(String.valueOf(lines.readLine()).startsWith("SIG" + first));
            kill(worker, second);
            assertTrue(worker.waitFor(10, TimeUnit.SECONDS));
            assertEquals(code, worker.exitValue());
        } finally {
            worker.destroyForcibly();
        }
    }

    private static Process worker(String kind) throws IOException {
        return new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Worker.class.getName(),
                        kind)
                .redirectErrorStream(true)
                .start();
    }

    private static BufferedReader lines(Process process) {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    private static void kill(Process process, String signal) throws Exception {
        assertEquals(
                0,
                new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                        .start()
                        .waitFor());
    }
}
