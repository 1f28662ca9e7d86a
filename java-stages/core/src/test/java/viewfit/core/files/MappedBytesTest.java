package viewfit.core.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;

class MappedBytesTest {
    private static final int LENGTH = 1 << 16;

    @TempDir
    Path dir;

    private Path file() throws IOException {
        byte[] bytes = new byte[LENGTH];
        new Random(1).nextBytes(bytes);
        return Files.write(dir.resolve("file"), bytes);
    }

    @Test
    void copiesAndNumbersAreThoseOfTheFile() throws IOException {
        Path file = file();
        byte[] bytes = Files.readAllBytes(file);
        MappedBytes mapped = MappedBytes.open(file);
        byte[] copy = new byte[LENGTH];
        mapped.copy(0, copy, 0, LENGTH);
        assertArrayEquals(bytes, copy);
        long expected = 0;
        for (int i = 7; i >= 0; i--) {
            expected = (expected << 8) | (bytes[13 + i] & 255);
        }
        assertEquals(expected, mapped.longAt(13));
        assertThrows(IndexOutOfBoundsException.class, () -> mapped.copy(LENGTH - 1, copy, 0, 2));
        assertThrows(IndexOutOfBoundsException.class, () -> mapped.longAt(LENGTH - 7));
    }

    /**
     * A file that was cut off under its mapping reads like a disk that fails: one line with its name. The virtual machine may
     * tell of it a little later, outside the read; a stage then ends with the same code and a line without the name.
     */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aPageThatIsNotThereIsAFailedRead() throws Exception {
        Path file = file();
        MappedBytes mapped = MappedBytes.open(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(0);
        }
        byte[] copy = new byte[LENGTH];
        String found = "nothing";
        try {
            mapped.copy(0, copy, 0, LENGTH);
            Thread.sleep(1);
        } catch (StageFailure e) {
            assertEquals(ExitCode.IO, e.exitCode());
            assertTrue(String.valueOf(e.getMessage()).startsWith(file + ": cannot be read"), e::getMessage);
            found = "a failed read";
        } catch (InternalError e) {
            found = String.valueOf(e.getMessage());
        }
        assertTrue(found.equals("a failed read") || found.contains("unsafe memory access"), found);
    }
}
