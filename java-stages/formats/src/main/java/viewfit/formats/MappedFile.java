package viewfit.formats;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.MappedBytes;

/**
 * A file seen through windows into its mapping: nothing is copied to the heap, pages are read when they are touched. Segments
 * start at every GiB and are up to 2 GiB long, so that a window of up to 1 GiB always lies within one.
 */
final class MappedFile {
    /** Longest window, in bytes. */
    static final long MAX_WINDOW = MappedBytes.MOST;

    /** Longest file, in bytes; a sparse file can claim any length. */
    private static final long MAX_FILE = 1L << 40;

    private final Path path;
    private final long size;
    private final List<ByteBuffer> segments;

    private MappedFile(Path path, long size, List<ByteBuffer> segments) {
        this.path = path;
        this.size = size;
        this.segments = segments;
    }

    /**
     * Maps a file.
     *
     * @param wanted what the file should be, for the message
     * @throws StageFailure NO_INPUT if there is no such file; BAD_DATA beyond 1 TiB; IO if it cannot be read
     */
    static MappedFile open(Path path, String wanted) {
        if (!Files.isRegularFile(path)) {
            throw new StageFailure(ExitCode.NO_INPUT, path + ": no such file: " + wanted + " is needed");
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size > MAX_FILE) {
                throw Malformed.in(path, "", size + " bytes", "at most " + MAX_FILE);
            }
            return new MappedFile(path, size, MappedBytes.segments(channel, size));
        } catch (IOException e) {
            throw new StageFailure(ExitCode.IO, path + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** Content that is in memory already, under the name of a file. */
    static MappedFile of(Path path, ByteBuffer content) {
        return new MappedFile(path, content.remaining(), List.of(content.slice()));
    }

    Path path() {
        return path;
    }

    /** Bytes of the file. */
    long size() {
        return size;
    }

    /**
     * The bytes from {@code start} on, little-endian, at position 0.
     *
     * @param place what is looked for, for the message
     * @throws StageFailure BAD_DATA if they are not all within the file or more than 1 GiB
     */
    ByteBuffer window(String place, long start, long length) {
        if (start < 0 || length < 0 || start > size || length > size - start) {
            throw Malformed.in(
                    path,
                    place,
                    Long.toUnsignedString(length) + " bytes from byte " + Long.toUnsignedString(start),
                    "an end within the file of " + size + " bytes");
        }
        if (length > MAX_WINDOW - 1) {
            throw Malformed.in(path, place, length + " bytes", "less than " + MAX_WINDOW + " bytes in one piece");
        }
        if (length == 0) {
            return ByteBuffer.allocate(0).order(ByteOrder.LITTLE_ENDIAN);
        }
        int segment = (int) (start / MAX_WINDOW);
        return segments.get(segment)
                .slice((int) (start % MAX_WINDOW), (int) length)
                .order(ByteOrder.LITTLE_ENDIAN);
    }
}
