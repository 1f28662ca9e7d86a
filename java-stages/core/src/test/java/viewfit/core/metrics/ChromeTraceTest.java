package viewfit.core.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;

class ChromeTraceTest {
    @TempDir
    private Path folder;

    /** The keys of the trace event format: viewers know no others. */
    @Test
    void anEventIsOneCompleteEvent() throws IOException {
        Path file = folder.resolve("trace.json");
        ChromeTrace.write(
                file,
                Provenance.ofCode("abc", 7),
                Map.of(3, "step"),
                List.of(new ChromeTrace.Event("wait \"x\"", "phase", 3, 1234567890.12345, 0.5)));
        ChromeTrace.verify(file);
        JsonNode root = new ObjectMapper().readTree(file.toFile());
        assertEquals("profile-trace/1", root.path("schema").asText());
        assertEquals(7, root.path("provenance").path("seed").asInt());
        assertEquals(2, root.path("traceEvents").size());
        List<String> lines = Files.readAllLines(file);
        assertEquals(
                "{\"name\":\"thread_name\",\"ph\":\"M\",\"pid\":0,\"tid\":3,\"args\":{\"name\":\"step\"}}",
                lines.get(1));
        assertEquals(
                ",{\"name\":\"wait \\\"x\\\"\",\"ph\":\"X\",\"pid\":0,\"tid\":3,\"cat\":\"phase\",\"ts\":1234567890.123,"
                        + "\"dur\":0.500}]}",
                lines.get(2));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{\"schema\":\"profile-trace/1\"}",
                "{\"schema\":\"profile-trace/2\",\"traceEvents\":[]}",
                "{\"schema\":\"profile-trace/1\",\"traceEvents\":[{\"name\":",
                "{\"schema\":\"profile-trace/1\",\"traceEvents\":[]} x",
            })
    void anythingElseIsRefused(String text) throws IOException {
        Path file = folder.resolve("trace.json");
        Files.writeString(file, text);
        StageFailure e = assertThrows(StageFailure.class, () -> ChromeTrace.verify(file));
        assertEquals(ExitCode.BAD_DATA, e.exitCode());
    }
}
