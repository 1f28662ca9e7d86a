package viewfit.views;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import viewfit.core.files.MappedBytes;

/**
 * The index of a pack, read where it lies on the disk: no object per image. {@code index.bin} is a head of 16 bytes (the text
 * {@code viewfit1}, the number of entries, 0) and entries of 80 bytes, all numbers little-endian, in unsigned order of the hash
 * of the manifest path, then of the path:
 *
 * <pre>
 *  0  hash of the path      24  first byte in the shard   40  height, 0 for image files
 *  8  start in names.bin    32  bytes of the record       44  CRC32C of the record
 * 16  bytes of the name     36  width, 0 for image files  48  SHA-256 of the image file
 * 20  number of the shard
 * </pre>
 */
final class PackIndex {
    static final String MAGIC = "viewfit1";
    static final int HEAD = 16;
    static final int ENTRY = 80;

    private static final int NAME_START = 8;
    private static final int NAME_BYTES = 16;
    private static final int SHARD = 20;
    private static final int POSITION = 24;
    private static final int BYTES = 32;
    private static final int WIDTH = 36;
    private static final int HEIGHT = 40;
    private static final int CRC = 44;
    private static final int SHA256 = 48;

    private final MappedBytes entries;
    private final MappedBytes names;
    private final int count;

    PackIndex(MappedBytes entries, MappedBytes names, int count) {
        this.entries = entries;
        this.names = names;
        this.count = count;
    }

    /** Where and what a record is; {@code width} and {@code height} are 0 unless it is pixels. */
    record Entry(int shard, long position, int bytes, int width, int height, int crc) {}

    /** FNV-1a of 64 bits. */
    static long hash(byte[] name) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : name) {
            hash = (hash ^ (b & 255)) * 0x100000001b3L;
        }
        return hash;
    }

    /** The head of an index. */
    static byte[] head(int count) {
        ByteBuffer head = ByteBuffer.allocate(HEAD).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        return head.put(MAGIC.getBytes(StandardCharsets.US_ASCII)).putInt(count).array();
    }

    /** The bytes of an entry, for writing. */
    static byte[] bytes(long hash, long nameStart, int nameBytes, Entry entry, byte[] sha256) {
        return ByteBuffer.allocate(ENTRY)
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .putLong(hash)
                .putLong(nameStart)
                .putInt(nameBytes)
                .putInt(entry.shard())
                .putLong(entry.position())
                .putInt(entry.bytes())
                .putInt(entry.width())
                .putInt(entry.height())
                .putInt(entry.crc())
                .put(sha256)
                .array();
    }

    int size() {
        return count;
    }

    /** Number of the entry of a manifest path, or -1. */
    int find(String path) {
        byte[] wanted = path.getBytes(StandardCharsets.UTF_8);
        long hash = hash(wanted);
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(hashAt(middle), hash) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        for (int i = low; i < count && hashAt(i) == hash; i++) {
            if (Arrays.equals(name(entry(i)), wanted)) {
                return i;
            }
        }
        return -1;
    }

    Entry get(int number) {
        ByteBuffer e = entry(number);
        return new Entry(
                e.getInt(SHARD),
                e.getLong(POSITION),
                e.getInt(BYTES),
                e.getInt(WIDTH),
                e.getInt(HEIGHT),
                e.getInt(CRC));
    }

    /** Manifest path of an entry. */
    String path(int number) {
        return new String(name(entry(number)), StandardCharsets.UTF_8);
    }

    /** Checksum of the image file, in hexadecimal digits. */
    String sha256(int number) {
        byte[] sum = new byte[ENTRY - SHA256];
        entry(number).get(SHA256, sum);
        return HexFormat.of().formatHex(sum);
    }

    private long hashAt(int number) {
        return entries.longAt(HEAD + (long) ENTRY * number);
    }

    private ByteBuffer entry(int number) {
        byte[] entry = new byte[ENTRY];
        entries.copy(HEAD + (long) ENTRY * number, entry, 0, ENTRY);
        return ByteBuffer.wrap(entry).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    }

    private byte[] name(ByteBuffer entry) {
        byte[] name = new byte[entry.getInt(NAME_BYTES)];
        names.copy(entry.getLong(NAME_START), name, 0, name.length);
        return name;
    }
}
