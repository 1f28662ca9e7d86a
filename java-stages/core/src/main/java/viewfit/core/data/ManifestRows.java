package viewfit.core.data;

import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.RandomAccess;

/**
 * Manifest rows as bytes: a row becomes an object when it is asked for. 1.28 million rows with ImageNet's names take
 * 105 MiB instead of 270. Cannot be changed.
 */
public final class ManifestRows extends AbstractList<ManifestRow> implements RandomAccess {
    private static final int ROWS_PER_BLOCK = 4096;
    private static final HexFormat HEX = HexFormat.of();
    private static final int HASH_BYTES = 32;

    /** Some rows: paths and checksums, one after the other, with a start per row and the end of the last. */
    private static final class Block {
        final byte[] text;
        final int[] starts;
        final int[] labels;
        final long[] bytes;

        Block(byte[] text, int[] starts, int[] labels, long[] bytes) {
            this.text = text;
            this.starts = starts;
            this.labels = labels;
            this.bytes = bytes;
        }
    }

    private final List<Block> blocks;
    private final int size;

    private ManifestRows(List<Block> blocks, int size) {
        this.blocks = List.copyOf(blocks);
        this.size = size;
    }

    /** The same rows; rows that are packed already stay as they are. */
    public static ManifestRows of(List<ManifestRow> rows) {
        if (rows instanceof ManifestRows packed) {
            return packed;
        }
        Builder builder = new Builder();
        rows.forEach(builder::add);
        return builder.build();
    }

    /** Packs rows as they come, so that their objects need not be kept. Of one thread. */
    public static final class Builder {
        private final List<Block> blocks = new ArrayList<>();
        private final int[] starts = new int[ROWS_PER_BLOCK + 1];
        private final int[] labels = new int[ROWS_PER_BLOCK];
        private final long[] bytes = new long[ROWS_PER_BLOCK];
        private byte[] text = new byte[ROWS_PER_BLOCK * 16];
        private int rows;

        /** Adds a row after the others. */
        public void add(ManifestRow row) {
            byte[] packed = pack(row);
            int at = starts[rows];
            if (at + packed.length > text.length) {
                text = Arrays.copyOf(text, 2 * (at + packed.length));
            }
            System.arraycopy(packed, 0, text, at, packed.length);
            labels[rows] = row.label();
            bytes[rows] = row.bytes();
            rows++;
            starts[rows] = at + packed.length;
            if (rows == ROWS_PER_BLOCK) {
                close();
            }
        }

        /** How many were added. */
        public int size() {
            return blocks.size() * ROWS_PER_BLOCK + rows;
        }

        /** The rows so far. Ends the builder. */
        public ManifestRows build() {
            int size = size();
            if (rows > 0) {
                close();
            }
            return new ManifestRows(blocks, size);
        }

        private void close() {
            blocks.add(new Block(
                    Arrays.copyOf(text, starts[rows]),
                    Arrays.copyOf(starts, rows + 1),
                    Arrays.copyOf(labels, rows),
                    Arrays.copyOf(bytes, rows)));
            rows = 0;
        }
    }

    /** Length of the checksum's bytes, these, and the path. A text that is no checksum of 64 digits is kept as text. */
    private static byte[] pack(ManifestRow row) {
        byte[] hash = hash(row.sha256());
        byte[] path = row.path().getBytes(StandardCharsets.UTF_8);
        boolean digits = hash.length == HASH_BYTES && HEX.formatHex(hash).equals(row.sha256());
        byte[] kept = digits ? hash : row.sha256().getBytes(StandardCharsets.UTF_8);
        if (kept.length > Byte.MAX_VALUE) {
            throw new IllegalArgumentException("sha256 of " + row.path() + ": must be 64 digits");
        }
        byte[] packed = new byte[1 + kept.length + path.length];
        packed[0] = (byte) (digits ? -1 : kept.length);
        System.arraycopy(kept, 0, packed, 1, kept.length);
        System.arraycopy(path, 0, packed, 1 + kept.length, path.length);
        return packed;
    }

    private static byte[] hash(String text) {
        try {
            return text.length() == 2 * HASH_BYTES ? HEX.parseHex(text) : new byte[0];
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public ManifestRow get(int index) {
        java.util.Objects.checkIndex(index, size);
        Block block = blocks.get(index / ROWS_PER_BLOCK);
        int row = index % ROWS_PER_BLOCK;
        int start = block.starts[row];
        int end = block.starts[row + 1];
        int path = start + 1 + (block.text[start] < 0 ? HASH_BYTES : block.text[start]);
        String sha256 = block.text[start] < 0
                ? HEX.formatHex(block.text, start + 1, path)
                : new String(block.text, start + 1, path - start - 1, StandardCharsets.UTF_8);
        String name = new String(block.text, path, end - path, StandardCharsets.UTF_8);
        return new ManifestRow(name, block.labels[row], block.bytes[row], sha256);
    }
}
