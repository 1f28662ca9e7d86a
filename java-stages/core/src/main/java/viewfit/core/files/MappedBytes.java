package viewfit.core.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A file of any length seen through read-only mappings: no heap, no open file handle, no lock, any number of readers. Pages are
 * read when they are touched. Segments start at every GiB and are up to 2 GiB long, so that a piece of up to 1 GiB always lies
 * within one.
 */
public final class MappedBytes {
    /** Longest piece, in bytes. */
    public static final int MOST = 1 << 30;

    private final long size;
    private final List<ByteBuffer> segments;

    private MappedBytes(long size, List<ByteBuffer> segments) {
        this.size = size;
        this.segments = segments;
    }

    /** Maps a file as long as it is now. */
    public static MappedBytes open(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long size = channel.size();
            List<ByteBuffer> segments = new ArrayList<>();
            for (long start = 0; start < size; start += MOST) {
                long length = Math.min(Integer.MAX_VALUE, size - start);
                segments.add(channel.map(FileChannel.MapMode.READ_ONLY, start, length));
            }
            return new MappedBytes(size, segments);
        }
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
     * A view of a piece, little-endian, its first byte at position 0.
     *
     * @throws IndexOutOfBoundsException if it is not within the file or longer than {@link #MOST}
     */
    public ByteBuffer slice(long start, int length) {
        check(start, length);
        if (length == 0) {
            return ByteBuffer.allocate(0).order(ByteOrder.LITTLE_ENDIAN);
        }
        return segments.get((int) (start / MOST))
                .slice((int) (start % MOST), length)
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Copies a piece, of up to {@link #MOST} bytes, to {@code into[at]} and after. */
    public void copy(long start, byte[] into, int at, int length) {
        check(start, length);
        if (length > 0) {
            segments.get((int) (start / MOST)).get((int) (start % MOST), into, at, length);
        }
    }

    private void check(long start, int length) {
        if (!holds(start, length) || length > MOST) {
            throw new IndexOutOfBoundsException(length + " bytes from " + start + ": within " + size);
        }
    }
}
