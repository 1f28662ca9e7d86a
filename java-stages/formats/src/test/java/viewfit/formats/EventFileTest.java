package viewfit.formats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.contract.StageFailure;

class EventFileTest {
    @TempDir
    Path folder;

    private static byte[] scalars(long step) {
        return EventRecord.scalars((double) step, step, Map.of("loss", 1.0 / (step + 1)));
    }

    /** What is appended is there at once, for who reads along. */
    @Test
    void growsRecordByRecord() throws IOException {
        Path file = folder.resolve("run/events.out.tfevents.0");
        byte[] version = EventRecord.version(0);
        try (EventFile events = EventFile.open(file, out -> out.write(version))) {
            assertArrayEquals(version, Files.readAllBytes(file));
            for (long step = 0; step < 3; step++) {
                events.append(scalars(step));
                assertEquals(version.length + (step + 1) * scalars(0).length, Files.size(file));
                EventFile.verify(folder.resolve("run"));
            }
        }
    }

    @Test
    void anEarlierFileIsReplacedTornOrNot() throws IOException {
        Path file = folder.resolve("events.out.tfevents.0");
        Files.write(file, EventRecord.version(0));
        Files.write(file, new byte[] {1, 2, 3}, StandardOpenOption.APPEND);
        StageFailure torn = assertThrows(StageFailure.class, () -> EventFile.verify(folder));
        assertTrue(
                String.valueOf(torn.getMessage()).contains("tfevents.0: record 1: found 3 bytes"), torn.getMessage());
        EventFile.open(file, out -> out.write(EventRecord.version(1))).close();
        assertArrayEquals(EventRecord.version(1), Files.readAllBytes(file));
        EventFile.verify(folder);
    }

    @Test
    void aFolderWithoutEventsIsNotVerified() {
        assertThrows(StageFailure.class, () -> EventFile.verify(folder));
    }

    /** TensorBoard would not look at it. */
    @Test
    void anotherNameIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> EventFile.open(folder.resolve("events.bin"), out -> {}));
    }
}
