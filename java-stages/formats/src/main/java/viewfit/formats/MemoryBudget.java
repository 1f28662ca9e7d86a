package viewfit.formats;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import viewfit.core.contract.StageFailure;

/**
 * The heap that one file may ask for beyond windows into its mapping: inflated entries and views that had to be put in order. A
 * small file can describe an enormous tensor, by compression or by a stride of zero; an honest one needs about its own size.
 */
final class MemoryBudget {
    private static final long BASE_BYTES = 64L << 20;
    private static final int TIMES_FILE = 2;

    private final Path file;
    private long left;

    private MemoryBudget(Path file, long left) {
        this.file = file;
        this.left = left;
    }

    /** 64 MiB and twice the file. */
    static MemoryBudget of(MappedFile file) {
        return new MemoryBudget(file.path(), BASE_BYTES + TIMES_FILE * file.size());
    }

    /**
     * Sets bytes aside.
     *
     * @throws StageFailure BAD_DATA if the file has asked for too much
     */
    void take(String place, long bytes) {
        if (bytes > left || bytes >= MappedFile.MAX_WINDOW) {
            throw Malformed.in(
                    file,
                    place,
                    bytes + " bytes to unfold",
                    "at most " + Math.min(left, MappedFile.MAX_WINDOW - 1) + " more in a file of this size");
        }
        left -= bytes;
    }

    /** A fresh little-endian buffer out of the budget. */
    ByteBuffer allocate(String place, long bytes) {
        take(place, bytes);
        return ByteBuffer.allocate((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
