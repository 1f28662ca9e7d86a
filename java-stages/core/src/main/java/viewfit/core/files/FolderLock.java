package viewfit.core.files;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;

/**
 * Keeps two processes from writing into one folder. The file {@code lock} says who holds it: process id, host, start of the
 * process; the holder renews it every few seconds. Left by a process that is gone it is taken over: on this host at once, where
 * the process can be looked up; for another host, which cannot be asked, when it has not been renewed for a while.
 */
public final class FolderLock implements AutoCloseable {
    /** Place of the time of start in {@code /proc/PID/stat}, counted from the field after the name. */
    private static final int STAT_START = 19;

    /** Name of the file. */
    public static final String FILE = "lock";

    /** How often the holder shows that it is alive. */
    private static final Duration BEAT = Duration.ofSeconds(10);

    /** Longer than a few beats and than network file systems remember attributes. */
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Path file;
    private final String holder;
    private final Thread heart;
    private volatile boolean closed;

    /** For tests: other times. */
    record Times(Duration beat, Duration patience) {}

    private FolderLock(Path file, String holder, Times times) {
        this.file = file;
        this.holder = holder;
        this.heart = new Thread(() -> beat(times.beat()), "folder-lock");
        heart.setDaemon(true);
        heart.start();
    }

    /**
     * Takes the lock of a folder, which must exist.
     *
     * @param say told, in one line, of a stale lock and of waiting
     * @throws StageFailure {@link ExitCode#TRANSIENT} naming the holder, if there is one that lives; IO
     */
    public static FolderLock take(Path folder, Consumer<String> say) {
        return take(folder, say, new Times(BEAT, PATIENCE), Host.NAME);
    }

    static FolderLock take(Path folder, Consumer<String> say, Times times, String host) {
        Path file = folder.resolve(FILE);
        String me = me(host);
        try {
            try {
                create(file, me);
            } catch (FileAlreadyExistsException e) {
                requireStale(file, say, times, host);
                takeOver(file, me);
            }
            if (!me.equals(read(file))) {
                throw held(file, read(file));
            }
            return new FolderLock(file, me, times);
        } catch (IOException e) {
            throw AtomicFiles.failure(file, e);
        }
    }

    private static void create(Path file, String me) throws IOException {
        Files.createFile(file);
        try {
            Files.writeString(file, me);
        } catch (IOException e) {
            // An empty lock would keep others waiting for somebody who never was.
            Files.deleteIfExists(file);
            throw e;
        }
    }

    /** Text of this process. */
    private static String me(String host) {
        ProcessHandle self = ProcessHandle.current();
        return self.pid() + " " + host + " " + started(self) + "\n";
    }

    /** Ticks since the machine started, where it says: unlike a time of day they stay as they are when the clock is set. */
    private static String started(ProcessHandle process) {
        try {
            String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
            return "tick-" + stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[STAT_START];
        } catch (IOException | RuntimeException e) {
            return startInstant(process);
        }
    }

    private static String startInstant(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toString).orElse("unknown");
    }

    private static void requireStale(Path file, Consumer<String> say, Times times, String host) throws IOException {
        String text = read(file);
        String[] parts = text.strip().split(" ", -1);
        if (parts.length == 3 && parts[1].equals(host)) {
            if (alive(parts[0], parts[2])) {
                throw held(file, text);
            }
            say.accept(file + ": left by process " + parts[0] + ", which is gone: taken over");
            return;
        }
        say.accept(file + ": " + holder(text) + " cannot be asked from here: waiting up to "
                + times.patience().toSeconds() + " s for a sign of life; remove the file to go on at once");
        Object before = stamp(file);
        long until = System.nanoTime() + times.patience().toNanos();
        while (System.nanoTime() < until && Files.exists(file)) {
            pause(Math.min(times.patience().toMillis(), 200));
            if (Files.exists(file) && !stamp(file).equals(before)) {
                throw held(file, text);
            }
        }
        say.accept(file + ": not renewed by " + holder(text) + ": taken over");
    }

    /** Whether a process of this host lives, and is not another one that got its number later. */
    private static boolean alive(String pid, String start) {
        return pid.matches("\\d{1,18}")
                && ProcessHandle.of(Long.parseLong(pid))
                        .filter(ProcessHandle::isAlive)
                        .filter(p -> start.equals("unknown") || started(p).equals(start))
                        .isPresent();
    }

    /** Of two that take over at the same time the later one wins; the pause lets the earlier one see it. */
    private static void takeOver(Path file, String me) throws IOException {
        Path aside = file.resolveSibling(FILE + "." + ProcessHandle.current().pid());
        Files.writeString(aside, me);
        Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        pause(200);
    }

    private static StageFailure held(Path file, String text) {
        return new StageFailure(
                ExitCode.TRANSIENT,
                file + ": held by " + holder(text) + ": must be free; if that process is gone remove the file");
    }

    private static String holder(String text) {
        String[] parts = text.strip().split(" ", -1);
        return parts.length == 3 ? "process " + parts[0] + " on " + parts[1] : "somebody";
    }

    private static String read(Path file) throws IOException {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            return "";
        }
    }

    private static Object stamp(Path file) throws IOException {
        try {
            return Files.getLastModifiedTime(file) + read(file);
        } catch (NoSuchFileException e) {
            return "";
        }
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StageFailure(ExitCode.TRANSIENT, "interrupted while waiting for a lock: run again", e);
        }
    }

    /** Moves the file's time on: by a second whatever the clock, as only the change matters. */
    private void beat(Duration every) {
        while (!closed) {
            try {
                Thread.sleep(every.toMillis());
                if (!closed && holder.equals(read(file))) {
                    FileTime last = Files.getLastModifiedTime(file);
                    Files.setLastModifiedTime(
                            file, FileTime.from(last.toInstant().plusSeconds(1)));
                }
            } catch (InterruptedException e) {
                return;
            } catch (IOException ignored) {
                // The next beat may come through; require() tells if another process has taken over meanwhile.
            }
        }
    }

    /**
     * Checks that the lock is still this process's.
     *
     * @throws StageFailure {@link ExitCode#TRANSIENT} if another one has taken it over
     */
    public void require() {
        try {
            String now = read(file);
            if (!now.equals(holder)) {
                throw now.isEmpty()
                        ? new StageFailure(
                                ExitCode.TRANSIENT, file + ": removed while this process wrote here: must stay")
                        : held(file, now);
            }
        } catch (IOException e) {
            throw AtomicFiles.failure(file, e);
        }
    }

    /** Gives the folder free. */
    @Override
    public void close() {
        closed = true;
        heart.interrupt();
        try {
            if (holder.equals(read(file))) {
                Files.deleteIfExists(file);
            }
        } catch (IOException ignored) {
            // A lock of a process that is gone is recognised as such.
        }
    }
}
