package viewfit.core.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.metrics.Provenance;
import viewfit.core.select.Selection;
import viewfit.core.select.TestPermit;

/** The manifest of the test split opens with a permit and no other way. */
class TestManifestTest {
    private static final List<ManifestRow> ROWS = List.of(new ManifestRow("val/a/1.jpg", 0, 3, ""));

    @TempDir
    Path dir;

    private TestPermit permit() {
        Path file = dir.resolve("selection.json");
        new Selection(
                        Selection.SCHEMA,
                        "heldout.knn.top1",
                        "",
                        List.of(new Selection.Choice("dino", "mobilenet_v2", "a", "", List.of())),
                        List.of(new Selection.Tested("a_s0", "a", Selection.CHOSEN, .5, "net")),
                        List.of(),
                        Map.of(),
                        new Provenance("", "probe", "", "", "", "", 0))
                .write(file);
        return TestPermit.of(file, "a_s0", "net", "probe");
    }

    @Test
    void isRefusedWithoutOne() {
        Path file = dir.resolve("renamed.csv");
        Manifest.ofTest(ROWS, Map.of("provenance", "{}")).write(file);
        StageFailure failure = assertThrows(StageFailure.class, () -> Manifest.read(file));
        assertEquals(ExitCode.BAD_DATA, failure.exitCode());
        assertTrue(String.valueOf(failure.getMessage()).startsWith(file + ": found the test split: must be"));
        Manifest read = Manifest.readTest(file, permit());
        assertEquals(ROWS, read.rows());
        // Written again it still says what it is.
        read.write(file);
        assertThrows(StageFailure.class, () -> Manifest.read(file));
    }

    @Test
    void anotherPartIsNoTestSplit() {
        Path file = dir.resolve("heldout.csv");
        new Manifest(ROWS, Map.of()).write(file);
        assertEquals(1, Manifest.read(file).size());
        StageFailure failure = assertThrows(StageFailure.class, () -> Manifest.readTest(file, permit()));
        assertEquals(ExitCode.BAD_DATA, failure.exitCode());
    }

    /** As versions before the mark wrote it. */
    @Test
    void itsNameWithoutTheMarkIsRefused() {
        Path file = dir.resolve("test.csv");
        new Manifest(ROWS, Map.of()).write(file);
        StageFailure failure = assertThrows(StageFailure.class, () -> Manifest.read(file));
        assertEquals(ExitCode.BAD_DATA, failure.exitCode());
        Manifest.check(file);
    }

    @Test
    void aPartThatNobodyKnowsIsRefused() {
        Path file = dir.resolve("flipped.csv");
        new Manifest(ROWS, Map.of("part", "tesu")).write(file);
        StageFailure failure = assertThrows(StageFailure.class, () -> Manifest.read(file));
        assertEquals(ExitCode.BAD_DATA, failure.exitCode());
        assertEquals(
                file + ": found the line '# part: tesu': must be '# part: test', or no such line",
                failure.getMessage());
    }
}
