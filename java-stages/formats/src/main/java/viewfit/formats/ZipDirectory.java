package viewfit.formats;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import viewfit.core.contract.StageFailure;

/** The central directory of a zip file, with zip64 (PKWARE's APPNOTE.TXT 6.3.10, sections 4.3.12 to 4.3.16 and 4.5.3). */
final class ZipDirectory {
    private static final String PLACE = "zip directory";
    private static final int ROW_SIGNATURE = 0x02014b50;
    private static final int ROW_BYTES = 46;
    private static final int END_SIGNATURE = 0x06054b50;
    private static final int END_BYTES = 22;
    private static final int MAX_COMMENT = 0xffff;
    private static final int LOCATOR64_SIGNATURE = 0x07064b50;
    private static final int LOCATOR64_BYTES = 20;
    private static final int END64_SIGNATURE = 0x06064b50;
    private static final int END64_BYTES = 56;
    private static final int EXTRA64 = 1;
    private static final long MAX_UINT = 0xffffffffL;
    private static final int MAX_USHORT = 0xffff;

    /** A real checkpoint has some thousand entries of less than 100 bytes each. */
    private static final long MAX_DIRECTORY = 16L << 20;

    private final MappedFile file;

    private ZipDirectory(MappedFile file) {
        this.file = file;
    }

    /**
     * One entry as the directory describes it; numbers are not validated yet, except that they were there.
     *
     * @param header first byte of its local header
     * @param end first byte that no entry may reach: the start of the directory
     */
    record Row(String name, int flags, int method, int crc, long packed, long size, long header, long end) {}

    /** All rows in the order of the directory. */
    static List<Row> read(MappedFile file) {
        return new ZipDirectory(file).read();
    }

    private List<Row> read() {
        long endAt = end();
        ByteBuffer end = file.window(PLACE, endAt, END_BYTES);
        int disks = (end.getShort(4) & 0xffff) + (end.getShort(6) & 0xffff);
        long count = end.getShort(10) & 0xffff;
        long bytes = end.getInt(12) & MAX_UINT;
        long start = end.getInt(16) & MAX_UINT;
        if (count == MAX_USHORT || bytes == MAX_UINT || start == MAX_UINT) {
            ByteBuffer end64 = end64(endAt);
            disks = 0;
            count = end64.getLong(32);
            bytes = end64.getLong(40);
            start = end64.getLong(48);
        }
        if (disks != 0 || start < 0 || bytes < 0 || bytes > MAX_DIRECTORY || start > endAt - bytes) {
            throw bad(
                    bytes + " bytes from byte " + start,
                    "one of at most " + MAX_DIRECTORY + " bytes before its end record");
        }
        return rows(file.window(PLACE, start, bytes), count, start);
    }

    /** The end record is the last thing in the file, behind it comes only its own comment. */
    private long end() {
        long size = file.size();
        for (long at = size - END_BYTES; at >= 0 && at >= size - END_BYTES - MAX_COMMENT; at--) {
            ByteBuffer end = file.window(PLACE, at, END_BYTES);
            if (end.getInt(0) == END_SIGNATURE && (end.getShort(20) & 0xffff) == size - END_BYTES - at) {
                return at;
            }
        }
        throw bad("no end record", "a zip file to its last byte (cut off?)");
    }

    private ByteBuffer end64(long endAt) {
        ByteBuffer locator = file.window(PLACE, endAt - LOCATOR64_BYTES, LOCATOR64_BYTES);
        if (locator.getInt(0) != LOCATOR64_SIGNATURE) {
            throw bad("no zip64 locator", "one before the end record");
        }
        ByteBuffer end64 = file.window(PLACE, locator.getLong(8), END64_BYTES);
        if (end64.getInt(0) != END64_SIGNATURE || end64.getInt(16) != 0 || end64.getInt(20) != 0) {
            throw bad("no zip64 end record", "one of an archive in one piece");
        }
        return end64;
    }

    private List<Row> rows(ByteBuffer in, long count, long start) {
        List<Row> rows = new ArrayList<>();
        int at = 0;
        while (at < in.capacity()) {
            if (in.capacity() - at < ROW_BYTES || in.getInt(at) != ROW_SIGNATURE) {
                throw bad("no entry at byte " + (start + at), "entries up to its end");
            }
            int name = in.getShort(at + 28) & 0xffff;
            int extra = in.getShort(at + 30) & 0xffff;
            int next = at + ROW_BYTES + name + extra + (in.getShort(at + 32) & 0xffff);
            if (next > in.capacity()) {
                throw bad("an entry of " + (next - at) + " bytes at byte " + (start + at), "entries up to its end");
            }
            rows.add(row(in.slice(at, ROW_BYTES + name + extra).order(in.order()), name, start));
            at = next;
        }
        if (rows.size() != count) {
            throw bad(rows.size() + " entries", count + " as its end record says");
        }
        return rows;
    }

    private Row row(ByteBuffer in, int nameBytes, long end) {
        String name =
                StandardCharsets.UTF_8.decode(in.slice(ROW_BYTES, nameBytes)).toString();
        long packed = in.getInt(20) & MAX_UINT;
        long size = in.getInt(24) & MAX_UINT;
        long header = in.getInt(42) & MAX_UINT;
        ByteBuffer wide = extra64(in, ROW_BYTES + nameBytes);
        if (size == MAX_UINT) {
            size = next(name, wide);
        }
        if (packed == MAX_UINT) {
            packed = next(name, wide);
        }
        if (header == MAX_UINT) {
            header = next(name, wide);
        }
        return new Row(
                name, in.getShort(8) & 0xffff, in.getShort(10) & 0xffff, in.getInt(16), packed, size, header, end);
    }

    /** The 64-bit numbers of a row, in the order size, packed size, header; only those that did not fit are there. */
    private static ByteBuffer extra64(ByteBuffer in, int from) {
        int at = from;
        while (at + 4 <= in.capacity()) {
            int length = in.getShort(at + 2) & 0xffff;
            if (at + 4 + length > in.capacity()) {
                break;
            }
            if ((in.getShort(at) & 0xffff) == EXTRA64) {
                return in.slice(at + 4, length).order(in.order());
            }
            at += 4 + length;
        }
        return ByteBuffer.allocate(0);
    }

    private long next(String name, ByteBuffer wide) {
        if (wide.remaining() < Long.BYTES) {
            throw bad("no zip64 number for " + Malformed.shown(name), "one");
        }
        return wide.getLong();
    }

    private StageFailure bad(String found, String expected) {
        return Malformed.in(file.path(), PLACE, found, expected);
    }
}
