package viewfit.core.table;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import viewfit.core.files.AtomicFiles;

/**
 * A growing table. Each row reaches the operating system in one call, so a killed process leaves whole rows; a power cut
 * may leave a last line without line feed, which readers leave out.
 */
public final class CsvAppender<R extends Record> implements AutoCloseable {
    private final CsvTable<R> table;
    private final Path file;
    private final FileChannel channel;

    /** Goes on with the table that is there. */
    CsvAppender(CsvTable<R> table, Path file) {
        this.table = table;
        this.file = file;
        try {
            this.channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw AtomicFiles.failure(file, e);
        }
    }

    /** Appends one row. */
    public void append(R row) {
        try {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(table.format(row));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw AtomicFiles.failure(file, e);
        }
    }

    /** Length of the file in bytes, whole rows all of it unless an {@link #append} failed. */
    public long size() {
        try {
            return channel.size();
        } catch (IOException e) {
            throw AtomicFiles.failure(file, e);
        }
    }

    /** Removes what lies behind a length that {@link #size} once gave, such as half a row of a full disk. */
    public void cut(long size) {
        try {
            channel.truncate(size);
        } catch (IOException e) {
            throw AtomicFiles.failure(file, e);
        }
    }

    /** Forces the rows to the disk. */
    public void force() {
        try {
            channel.force(true);
        } catch (IOException e) {
            throw AtomicFiles.failure(file, e);
        }
    }

    /** Forces the rows to the disk and closes the file. */
    @Override
    public void close() {
        try (channel) {
            channel.force(true);
        } catch (IOException e) {
            throw AtomicFiles.failure(file, e);
        }
    }

    /** Whether the table is where it should be; for messages. */
    @Override
    public String toString() {
        return table.schema() + " at " + file + (Files.exists(file) ? "" : " (missing)");
    }
}
