package viewfit.formats;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.StageFailure;

/**
 * A zip file whose stored entries are windows into the mapped file; {@link java.util.zip.ZipFile} would copy them. Follows
 * PKWARE's APPNOTE.TXT 6.3.10 with zip64. Trusted are only archives of one piece, without repeated names, without overlaps, and
 * entries whose local header agrees with the directory.
 */
final class ZipArchive {
    /** Method of entries that are stored as they are. */
    static final int STORED = 0;

    /** Method of compressed entries. */
    static final int DEFLATED = 8;

    private static final int LOCAL_SIGNATURE = 0x04034b50;
    private static final int LOCAL_BYTES = 30;
    private static final int ENCRYPTED = 1;

    private final MappedFile file;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /**
     * @param crc of the unpacked bytes; 0 where the writer did not compute one, which torch allows
     * @param start first byte of the packed data in the file
     */
    record Entry(String name, int method, int crc, long packed, long size, long start) {}

    private ZipArchive(MappedFile file) {
        this.file = file;
    }

    /**
     * Reads the directory of an archive; the entries stay in the file.
     *
     * @throws StageFailure BAD_DATA, naming the place, if it is not well-formed
     */
    static ZipArchive read(MappedFile file) {
        ZipArchive archive = new ZipArchive(file);
        List<ZipDirectory.Row> rows = new ArrayList<>(ZipDirectory.read(file));
        rows.sort(Comparator.comparingLong(ZipDirectory.Row::header));
        long free = 0;
        for (ZipDirectory.Row row : rows) {
            if (row.header() < free) {
                throw archive.bad(row.name(), "an entry from byte " + row.header(), "entries side by side");
            }
            Entry entry = archive.entry(row);
            free = entry.start() + entry.packed();
            if (archive.entries.put(entry.name(), entry) != null) {
                throw archive.bad(entry.name(), "two entries of this name", "one");
            }
        }
        return archive;
    }

    private Entry entry(ZipDirectory.Row row) {
        if ((row.flags() & ENCRYPTED) != 0) {
            throw bad(row.name(), "an encrypted entry", "a plain one");
        }
        boolean stored = row.method() == STORED && row.packed() == row.size();
        if (!stored && row.method() != DEFLATED) {
            throw bad(
                    row.name(),
                    "method " + row.method() + " with " + row.packed() + " bytes for " + row.size(),
                    "a stored or deflated entry");
        }
        ByteBuffer local = file.window(place(row.name()), row.header(), LOCAL_BYTES);
        int nameBytes = local.getShort(26) & 0xffff;
        int extraBytes = local.getShort(28) & 0xffff;
        if (local.getInt(0) != LOCAL_SIGNATURE
                || (local.getShort(8) & 0xffff) != row.method()
                || !row.name().equals(name(row.header() + LOCAL_BYTES, nameBytes))) {
            throw bad(row.name(), "no such header at byte " + row.header(), "the header that the directory points to");
        }
        long start = row.header() + LOCAL_BYTES + nameBytes + extraBytes;
        if (row.packed() < 0 || row.size() < 0 || row.packed() > row.end() - start) {
            throw bad(row.name(), row.packed() + " bytes from byte " + start, "an end before the directory");
        }
        return new Entry(row.name(), row.method(), row.crc(), row.packed(), row.size(), start);
    }

    private String name(long start, int bytes) {
        return StandardCharsets.UTF_8
                .decode(file.window("zip header", start, bytes))
                .toString();
    }

    /** All names, in the order of the file. */
    Collection<String> names() {
        return entries.keySet();
    }

    /** The entry of this name, or null. */
    @Nullable
    Entry find(String name) {
        return entries.get(name);
    }

    /**
     * The content of an entry, checked against its checksum.
     *
     * @throws StageFailure BAD_DATA if it is damaged or unfolds to more than the budget
     */
    ByteBuffer bytes(Entry entry, MemoryBudget budget) {
        ByteBuffer packed = file.window(place(entry.name()), entry.start(), entry.packed());
        ByteBuffer content = entry.method() == STORED ? packed : inflate(entry, packed, budget);
        CRC32 crc = new CRC32();
        crc.update(content.duplicate());
        if (entry.crc() != 0 && (int) crc.getValue() != entry.crc()) {
            throw bad(
                    entry.name(),
                    "checksum " + Integer.toHexString((int) crc.getValue()),
                    Integer.toHexString(entry.crc()) + " (the file is damaged)");
        }
        return content;
    }

    private ByteBuffer inflate(Entry entry, ByteBuffer packed, MemoryBudget budget) {
        ByteBuffer out = budget.allocate(place(entry.name()), entry.size());
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(packed);
            int last = 1;
            while (out.hasRemaining() && last > 0) {
                last = inflater.inflate(out);
            }
            if (out.hasRemaining() || inflater.inflate(new byte[1]) != 0 || !inflater.finished()) {
                throw bad(entry.name(), "compressed data of another length", entry.size() + " bytes");
            }
            return out.flip();
        } catch (DataFormatException e) {
            throw bad(entry.name(), "damaged compressed data", "a deflated entry");
        } finally {
            inflater.end();
        }
    }

    private static String place(String name) {
        return "zip entry " + Malformed.shown(name);
    }

    private StageFailure bad(String name, String found, String expected) {
        return Malformed.in(file.path(), place(name), found, expected);
    }
}
