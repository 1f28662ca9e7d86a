package viewfit.core.files;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;

/**
 * Writes a file aside, forces it to the disk, and renames it into place: whoever looks at the target sees the old file,
 * the new one, or none, never a half. A failed write leaves nothing behind.
 */
public final class AtomicFiles {
    /** What the name of a file that is being written ends in. */
    public static final String ASIDE = ".tmp";

    private static final int BUFFER_BYTES = 1 << 16;

    /** Called when a write has come to a phase; tests let the disk be full there, or the process end. */
    static volatile IoConsumer<Phase> watcher = phase -> {};

    private AtomicFiles() {}

    /** How far a write has come. */
    enum Phase {
        /** The file aside is there, empty. */
        OPENED,
        /** Some of the content is handed over. */
        BEGUN,
        /** All content is handed to the system. */
        WRITTEN,
        /** And on the disk. */
        FORCED,
        /** The file bears its name. */
        RENAMED,
        /** For good. */
        DONE
    }

    /**
     * Writes {@code target} through {@code content}; missing parent folders are made.
     *
     * @throws StageFailure with {@link ExitCode#IO} and one line if the file system refuses, for example when full
     */
    public static void write(Path target, IoConsumer<OutputStream> content) {
        Path absolute = target.toAbsolutePath();
        Path folder = absolute.getParent();
        if (folder == null) {
            throw new IllegalArgumentException(target + ": a folder: a file path is needed");
        }
        Path aside = folder.resolve(absolute.getFileName() + ASIDE);
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new StageFailure(
                    ExitCode.IO,
                    folder + ": the folder cannot be made: " + reason(e) + ": its parent must be a writable folder",
                    e);
        }
        try {
            try {
                writeAside(aside, content);
                Files.move(aside, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                watcher.accept(Phase.RENAMED);
            } finally {
                Files.deleteIfExists(aside);
            }
            forceFolder(folder);
            watcher.accept(Phase.DONE);
        } catch (IOException e) {
            throw failure(target, e);
        }
    }

    public static void writeString(Path target, String text) {
        writeBytes(target, text.getBytes(StandardCharsets.UTF_8));
    }

    public static void writeBytes(Path target, byte[] bytes) {
        write(target, out -> out.write(bytes));
    }

    /** The one-line verdict for a failed read or write of {@code path}. */
    public static StageFailure failure(Path path, IOException e) {
        return new StageFailure(
                ExitCode.IO, path + ": " + reason(e) + ": the folder must be writable and have space", e);
    }

    /** The last name of a path; empty for a root. */
    public static String name(Path path) {
        Path name = path.getFileName();
        return name == null ? "" : name.toString();
    }

    private static void writeAside(Path aside, IoConsumer<OutputStream> content) throws IOException {
        try (FileChannel channel = FileChannel.open(
                aside, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            watcher.accept(Phase.OPENED);
            OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES) {
                private boolean begun;

                @Override
                public synchronized void write(byte[] bytes, int from, int length) throws IOException {
                    super.write(bytes, from, length);
                    if (!begun) {
                        begun = true;
                        flush();
                        watcher.accept(Phase.BEGUN);
                    }
                }
            };
            content.accept(out);
            out.flush();
            watcher.accept(Phase.WRITTEN);
            channel.force(true);
            watcher.accept(Phase.FORCED);
        }
    }

    /** Makes the rename itself durable; file systems that cannot open a folder are left as they are. */
    private static void forceFolder(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException ignored) {
            // The content is safe already; some platforms have no handle for a folder.
        }
    }

    /** What went wrong, without the path. */
    public static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "does not exist";
        }
        if (e instanceof FileAlreadyExistsException) {
            return "a file is in its place";
        }
        if (e instanceof FileSystemException fs) {
            String reason = fs.getReason();
            return reason == null ? e.getClass().getSimpleName() : reason;
        }
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
