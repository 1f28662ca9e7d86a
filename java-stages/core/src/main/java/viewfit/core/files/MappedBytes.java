package viewfit.core.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;

/**
 * A file of any length read through read-only mappings: no heap, no open file handle, no lock, any number of readers. Pages are
 * read when they are touched. Segments start at every GiB and are up to 2 GiB long, so that a piece of up to 1 GiB always lies
 * within one.
 */
public final class MappedBytes {
    /** Longest piece, in bytes. */
    public static final int MOST = 1 << 30;

    private final Path path;
    private final long size;
    private final List<ByteBuffer> segments;

    private MappedBytes(Path path, long size, List<ByteBuffer> segments) {
        this.path = path;
        this.size = size;
        this.segments = segments;
    }

    /** Maps a file as long as it is now. */
    public static MappedBytes open(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long size = channel.size();
            return new MappedBytes(path, size, segments(channel, size));
        }
    }

    /**
     * Maps a file in segments that start at every {@link #MOST} bytes and are up to 2 GiB long.
     *
     * @return little-endian views that outlive the channel
     */
    public static List<ByteBuffer> segments(FileChannel channel, long size) throws IOException {
        List<ByteBuffer> segments = new ArrayList<>();
        for (long start = 0; start < size; start += MOST) {
            long length = Math.min(Integer.MAX_VALUE, size - start);
            segments.add(
                    channel.map(FileChannel.MapMode.READ_ONLY, start, length).order(ByteOrder.LITTLE_ENDIAN));
        }
        return segments;
    }

    /** Bytes of the file. */
    public long size() {
        return size;
    }

    /** Whether the piece lies within the file. */
    public boolean holds(long start, long length) {
        return start >= 0 && length >= 0 && start <= size && length <= size - start;
    }

    /**
     * Copies a piece to {@code into[at]} and after. Bytes are looked at on the heap alone: outside a copy, a page that cannot
     * be read could end the process.
     *
     * @throws IndexOutOfBoundsException if it is not within the file or longer than {@link #MOST}
     * @throws StageFailure IO if a page cannot be read
     */
    public void copy(long start, byte[] into, int at, int length) {
        check(start, length);
        if (length > 0) {
            try {
                segments.get((int) (start / MOST)).get((int) (start % MOST), into, at, length);
            } catch (InternalError e) {
                throw unreadable(e);
            }
        }
    }

    /**
     * The little-endian number at a place.
     *
     * @throws IndexOutOfBoundsException if it is not within the file
     * @throws StageFailure IO if the page cannot be read
     */
    public long longAt(long start) {
        check(start, Long.BYTES);
        try {
            return segments.get((int) (start / MOST)).getLong((int) (start % MOST));
        } catch (InternalError e) {
            throw unreadable(e);
        }
    }

    /**
     * So the virtual machine tells of a page that the disk did not deliver, or that is gone since the file was cut. It may do so
     * a little later than the read; stages that see the error itself end with the same code.
     */
    private StageFailure unreadable(InternalError e) {
        return new StageFailure(
                ExitCode.IO,
                path + ": cannot be read (a mapped page is not there): the disk and the file must be whole",
                e);
    }

    private void check(long start, int length) {
        if (!holds(start, length) || length > MOST) {
            throw new IndexOutOfBoundsException(length + " bytes from " + start + ": within " + size);
        }
    }
}
