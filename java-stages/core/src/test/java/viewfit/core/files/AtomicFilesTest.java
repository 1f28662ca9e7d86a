package viewfit.core.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;

class AtomicFilesTest {
    @TempDir
    Path dir;

    private List<String> names() throws IOException {
        try (Stream<Path> list = Files.list(dir)) {
            return list.map(AtomicFiles::name).sorted().toList();
        }
    }

    @Test
    void writesWholeFilesAndMakesFolders() throws IOException {
        Path file = dir.resolve("a/b/c.txt");
        AtomicFiles.writeString(file, "grün\n");
        assertEquals("grün\n", Files.readString(file));
        AtomicFiles.writeString(file, "new");
        assertEquals("new", Files.readString(file));
        assertEquals(List.of("a"), names());
    }

    @Test
    void theTargetIsNeverHalfWritten() throws IOException {
        Path file = dir.resolve("c.txt");
        AtomicFiles.writeString(file, "old");
        AtomicFiles.write(file, out -> {
            out.write(new byte[1 << 20]);
            out.flush();
            assertEquals("old", Files.readString(file));
        });
        assertEquals(1 << 20, Files.size(file));
    }

    @Test
    void aFullDiskLeavesNothingHalfWrittenAndIsOneLine() throws IOException {
        Path file = dir.resolve("c.txt");
        StageFailure e = assertThrows(
                StageFailure.class,
                () -> AtomicFiles.write(file, out -> {
                    out.write(1);
                    throw new IOException("No space left on device");
                }));
        assertEquals(ExitCode.IO, e.exitCode());
        assertEquals(file + ": No space left on device: the folder must be writable and have space", e.getMessage());
        assertEquals(List.of(), names());
    }

    @Test
    void aProgramErrorLeavesNothingEither() throws IOException {
        assertThrows(
                IllegalStateException.class,
                () -> AtomicFiles.write(dir.resolve("c.txt"), out -> {
                    throw new IllegalStateException();
                }));
        assertEquals(List.of(), names());
    }

    @Test
    void aDeviceThatIsReallyFullIsReported() {
        Path full = Path.of("/dev/full");
        Assumptions.assumeTrue(Files.exists(full));
        IOException e = assertThrows(IOException.class, () -> Files.writeString(full, "x"));
        assertTrue(AtomicFiles.reason(e).contains("No space left"), () -> AtomicFiles.reason(e));
    }

    /** The file aside is a link to a device that is always full. */
    @Test
    void theOldFileStaysWholeWhenTheDiskIsFull() throws IOException {
        Path full = Path.of("/dev/full");
        Assumptions.assumeTrue(Files.exists(full));
        Path file = dir.resolve("c.txt");
        AtomicFiles.writeString(file, "old");
        Files.createSymbolicLink(dir.resolve("c.txt.tmp"), full);
        StageFailure e = assertThrows(StageFailure.class, () -> AtomicFiles.writeString(file, "x".repeat(1 << 20)));
        assertEquals(ExitCode.IO, e.exitCode());
        assertEquals(file + ": No space left on device: the folder must be writable and have space", e.getMessage());
        assertEquals("old", Files.readString(file));
        assertEquals(List.of("c.txt"), names());
        AtomicFiles.writeString(file, "new");
        assertEquals("new", Files.readString(file));
    }

    @Test
    void aFileWhereAFolderShouldBeIsReported() throws IOException {
        Files.writeString(dir.resolve("f"), "");
        StageFailure e = assertThrows(StageFailure.class, () -> AtomicFiles.writeString(dir.resolve("f/g.txt"), "x"));
        assertEquals(ExitCode.IO, e.exitCode());
        assertEquals(
                dir.resolve("f")
                        + ": the folder cannot be made: a file is in its place: its parent must be a writable folder",
                e.getMessage());
    }

    @Test
    void checksumsAreTheStandardOnes() throws IOException {
        String abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        Path file = Files.writeString(dir.resolve("abc"), "abc");
        assertEquals(abc, Hashes.sha256(file));
        assertEquals(abc, Hashes.sha256("abc"));
        assertEquals("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", Hashes.sha256(new byte[0]));
        assertThrows(StageFailure.class, () -> Hashes.sha256(dir.resolve("nowhere")));
    }
}
