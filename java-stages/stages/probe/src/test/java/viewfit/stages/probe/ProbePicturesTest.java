package viewfit.stages.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.Hashes;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.Outcome;

/** Pictures of the features: with fonts, without, and when the code itself is at fault. */
class ProbePicturesTest {
    private static final List<String> TABLES = List.of("retrieval.csv", "feature-map.csv");
    private static final List<String> PICTURES = List.of("retrieval.png", "feature-map.png", "feature-map.svg");

    @TempDir
    Path folder;

    private Metrics metrics(String out) {
        return Metrics.read(folder.resolve(out).resolve("metrics.json"));
    }

    @Test
    void withoutFontsTheTablesStandAndTheMessageSaysSo() throws IOException {
        ProbeFolder inputs = ProbeFolder.in(folder);
        assertEquals(0, inputs.run(new ProbeStage()).code());
        ProbeFolder.Ending ending = inputs.run(
                new ProbeStage(() -> {
                    throw new StageFailure(ExitCode.NO_INPUT, "fonts: Java cannot load any: install one");
                }),
                "--out=" + folder.resolve("bare"));
        assertEquals(0, ending.code(), ending.err());
        for (String file : TABLES) {
            assertEquals(
                    Hashes.sha256(folder.resolve("out").resolve(file)),
                    Hashes.sha256(folder.resolve("bare").resolve(file)),
                    file);
        }
        for (String file : PICTURES) {
            assertTrue(Files.size(folder.resolve("out").resolve(file)) > 0, file);
            assertFalse(Files.exists(folder.resolve("bare").resolve(file)), file);
        }
        assertEquals(Outcome.OK, metrics("bare").outcome());
        assertEquals(metrics("out").values(), metrics("bare").values());
        assertEquals(
                metrics("out").message()
                        + "; retrieval.png and feature-map.png, .svg are not drawn: fonts: Java cannot load any: install one",
                metrics("bare").message());
    }

    /** A mistake of the code is none of the machine: it is not passed over. */
    @Test
    void whatIsNoMissingFontEndsTheStage() throws IOException {
        ProbeFolder inputs = ProbeFolder.in(folder);
        for (RuntimeException mistake : List.of(new IllegalStateException("a bug"), new ArithmeticException("a bug"))) {
            ProbeFolder.Ending ending = inputs.run(new ProbeStage(() -> {
                throw mistake;
            }));
            assertEquals(ExitCode.BUG.code(), ending.code(), ending.err());
            assertTrue(ending.err().contains("a bug"), ending.err());
        }
    }
}
