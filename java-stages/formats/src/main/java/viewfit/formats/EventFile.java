package viewfit.formats;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.AtomicFiles;
import viewfit.core.files.IoConsumer;

/**
 * A file of events that grows while TensorBoard reads it. What it begins with appears at once; then each record reaches the
 * operating system in one call, so that a killed process leaves whole records. TensorBoard waits for the rest of a record that a
 * power cut has torn.
 */
public final class EventFile implements AutoCloseable {
    /** What TensorBoard knows such files by. */
    public static final String MARK = "tfevents";

    private final Path file;
    private final FileChannel channel;

    private EventFile(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Replaces the file, if there is one, and goes on behind what it begins with.
     *
     * @param file its name has {@link #MARK} in it
     * @param first writes whole records
     */
    public static EventFile open(Path file, IoConsumer<OutputStream> first) {
        if (!AtomicFiles.name(file).contains(MARK)) {
            throw new IllegalArgumentException(file + ": must have " + MARK + " in its name");
        }
        AtomicFiles.write(file, first);
        try {
            return new EventFile(file, FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND));
        } catch (IOException e) {
            throw AtomicFiles.failure(file, e);
        }
    }

    /** Appends one record of {@link EventRecord}. */
    public void append(byte[] record) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(record);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw AtomicFiles.failure(file, e);
        }
    }

    /** Forces the records to the disk and closes the file. */
    @Override
    public void close() {
        try (channel) {
            channel.force(true);
        } catch (IOException e) {
            throw AtomicFiles.failure(file, e);
        }
    }

    /**
     * Checks every record of every such file in a folder.
     *
     * @throws StageFailure {@link ExitCode#BAD_DATA} if there is none, or one is not whole
     */
    public static void verify(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(f -> AtomicFiles.name(f).contains(MARK)).sorted().toList();
        }
        if (files.isEmpty()) {
            throw new StageFailure(ExitCode.BAD_DATA, folder + ": found no file of events: must be one at least");
        }
        for (Path events : files) {
            try (InputStream in = new BufferedInputStream(Files.newInputStream(events))) {
                EventRecord.check(in, events.toString());
            }
        }
    }
}
