package viewfit.core.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import viewfit.core.files.AtomicFiles.Phase;
import viewfit.core.files.KilledWriter.Kind;
import viewfit.formats.Safetensors;
import viewfit.formats.TensorFile;
import viewfit.ssl.StateWriting;

/** A process is killed in each phase of writing: readers find what was there before or what was written, and never a mixture. */
@Timeout(120)
class KilledWriterTest {
    @TempDir
    private Path folder;

    static Stream<Arguments> kindsAndPhases() {
        List<String> phases = new ArrayList<>(List.of(KilledWriter.BEFORE));
        Stream.of(Phase.values()).map(Phase::name).forEach(phases::add);
        return Stream.of(Kind.values()).flatMap(kind -> phases.stream().map(phase -> Arguments.of(kind, phase)));
    }

    @ParameterizedTest
    @MethodSource("kindsAndPhases")
    void theOldOrTheNewIsThere(Kind kind, String phase) throws Exception {
        KilledWriter.write(kind, folder, 1);
        assertEquals(1, read(kind));
        assertEquals(KilledWriter.KILLED, kill(kind, phase));

        boolean renamed = phase.equals(Phase.RENAMED.name()) || phase.equals(Phase.DONE.name());
        boolean begun = !renamed && !phase.equals(KilledWriter.BEFORE);
        // Before anything is read: whoever opens a folder of states removes what was left half.
        assertEquals(begun ? 1 : 0, asides().size(), () -> "files aside: " + asides());
        assertEquals(renamed ? 2 : 1, read(kind), phase);

        KilledWriter.write(kind, folder, 2);
        assertEquals(2, read(kind));
        assertEquals(List.of(), asides(), "the next run cleans up");
    }

    private int kill(Kind kind, String phase) throws IOException, InterruptedException {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                KilledWriter.class.getName(),
                kind.name(),
                folder.toString(),
                "2",
                phase);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        assertEquals("", said);
        return process.exitValue();
    }

    /** The number that all of a file says; fails if it says two. */
    private int read(Kind kind) throws IOException {
        switch (kind) {
            case TEXT -> {
                List<String> lines = Files.readAllLines(folder.resolve("file.txt"));
                assertEquals(100_000, lines.size());
                assertEquals(1, lines.stream().distinct().count());
                return Integer.parseInt(lines.get(0).replace("line ", ""));
            }
            case SAFETENSORS -> {
                TensorFile content = Safetensors.read(folder.resolve("file.safetensors"));
                int number = Integer.parseInt(content.meta("number"));
                for (float value : content.tensor("weight").floats()) {
                    assertEquals(number, value);
                }
                return number;
            }
            default -> {
                List<String> said = new ArrayList<>();
                Integer steps = StateWriting.newest(folder, said);
                // Of a process that is gone only its lock is left to tell of, and no damaged state.
                assertTrue(said.stream().allMatch(line -> line.contains("which is gone: taken over")), said::toString);
                return steps == null ? 0 : steps;
            }
        }
    }

    private List<String> asides() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(AtomicFiles::name)
                    .filter(name -> name.endsWith(".tmp"))
                    .toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
