package viewfit.core.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;

/** Two writers never share a folder, and a lock without an owner keeps nobody out. */
@Timeout(60)
class FolderLockTest {
    private static final FolderLock.Times QUICK = new FolderLock.Times(Duration.ofMillis(50), Duration.ofMillis(1500));

    @TempDir
    Path folder;

    private final List<String> said = new ArrayList<>();

    private Path file() {
        return folder.resolve(FolderLock.FILE);
    }

    private FolderLock take() {
        return FolderLock.take(folder, said::add, QUICK, "here");
    }

    @Test
    void oneAfterTheOther() throws IOException {
        try (FolderLock lock = take()) {
            assertTrue(
                    Files.readString(file()).startsWith(ProcessHandle.current().pid() + " here "));
            StageFailure e = assertThrows(StageFailure.class, this::take);
            assertEquals(ExitCode.TRANSIENT, e.exitCode());
            assertEquals(
                    file() + ": held by process " + ProcessHandle.current().pid()
                            + " on here: must be free; if that process is gone remove the file",
                    e.getMessage());
            lock.require();
        }
        assertFalse(Files.exists(file()));
        take().close();
        assertEquals(List.of(), said);
    }

    /** Holds a folder until it is killed. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] args) throws InterruptedException {
            FolderLock.take(Path.of(args[0]), line -> {});
            System.out.println("holds");
            Thread.sleep(60_000);
        }
    }

    @Test
    void aProcessThatLivesKeepsOthersOutAndOneThatWasKilledDoesNot() throws Exception {
        Process holder = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(holder.getInputStream(), StandardCharsets.UTF_8))) {
            assertEquals("holds", lines.readLine());
            StageFailure e = assertThrows(StageFailure.class, () -> FolderLock.take(folder, said::add));
            assertTrue(String.valueOf(e.getMessage()).contains("held by process " + holder.pid() + " on "));
        } finally {
            holder.destroyForcibly();
        }
        assertTrue(holder.waitFor(20, TimeUnit.SECONDS));
        FolderLock.take(folder, said::add).close();
        assertEquals(List.of(file() + ": left by process " + holder.pid() + ", which is gone: taken over"), said);
    }

    /** Process ids come round: the time of its start tells the owner from a later process. */
    @Test
    void anotherProcessWithTheNumberOfTheOwnerIsNotTheOwner() throws IOException {
        Files.writeString(file(), ProcessHandle.current().pid() + " here 2001-01-01T00:00:00Z\n");
        take().close();
        assertEquals(1, said.size(), said.toString());
    }

    @Test
    void anotherHostIsGivenTimeToShowThatItLives() throws IOException {
        Files.writeString(file(), "17 there 2001-01-01T00:00:00Z\n");
        take().close();
        assertEquals(
                List.of(
                        file() + ": process 17 on there cannot be asked from here: waiting up to 1 s for a sign of"
                                + " life; remove the file to go on at once",
                        file() + ": not renewed by process 17 on there: taken over"),
                said);
    }

    /** Hosts do not see each other's processes; each beat of the holder counts as a sign of life. */
    @Test
    void anotherHostThatLivesKeepsTheFolder() {
        try (FolderLock theirs = FolderLock.take(folder, said::add, QUICK, "there")) {
            StageFailure e = assertThrows(StageFailure.class, this::take);
            assertEquals(ExitCode.TRANSIENT, e.exitCode());
            theirs.require();
        }
    }

    @Test
    void aLockThatSpeaksOfNobodyIsWaitedFor() throws IOException {
        Files.writeString(file(), "");
        take().close();
        assertTrue(said.get(0).contains(": somebody cannot be asked"), said.toString());
    }

    @Test
    void whoLosesTheLockWritesNoMore() throws IOException {
        FolderLock lock = take();
        Files.writeString(file(), "17 there 2001-01-01T00:00:00Z\n");
        StageFailure e = assertThrows(StageFailure.class, lock::require);
        assertEquals(ExitCode.TRANSIENT, e.exitCode());
        assertTrue(String.valueOf(e.getMessage()).contains("held by process 17 on there"), e.getMessage());
        lock.close();
        assertTrue(Files.exists(file()), "the other's lock stays");

        Files.delete(file());
        FolderLock removed = take();
        Files.delete(file());
        StageFailure gone = assertThrows(StageFailure.class, removed::require);
        assertTrue(String.valueOf(gone.getMessage()).contains("removed while this process wrote here"));
        removed.close();
    }
}
