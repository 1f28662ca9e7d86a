package viewfit.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that a change must not alter unseen. {@code -Dviewfit.snapshot=write} takes a new one. */
final class Snapshot {
    private Snapshot() {}

    static void compare(Path expected, String actual) throws IOException {
        if ("write".equals(System.getProperty("viewfit.snapshot"))) {
            Files.createDirectories(expected.getParent());
            Files.writeString(expected, actual);
            return;
        }
        assertEquals(
                Files.exists(expected) ? Files.readString(expected) : "(no snapshot)",
                actual,
                () -> Repository.ROOT.relativize(expected) + " differs; if it should, see test-data/README.md");
    }
}
