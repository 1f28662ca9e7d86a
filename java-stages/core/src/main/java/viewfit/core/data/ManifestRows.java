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

    /** Paths and checksums of some rows, one after the other; a start per row, and the end of the last. */
    private static final class Block {
        final byte[] text;
        final int[] starts;

        Block(byte[] text, int[] starts) {
            this.text = text;
            this.starts = starts;
        }
    }

    private final List<Block> blocks;
    private final int[] labels;
    private final long[] bytes;

    private ManifestRows(List<Block> blocks, int[] labels, long[] bytes) {
        this.blocks = blocks;
        this.labels = labels;
        this.bytes = bytes;
    }

    /** The same rows; rows that are packed already stay as they are. */
    public static ManifestRows of(List<ManifestRow> rows) {
        if (rows instanceof ManifestRows packed) {
            return packed;
        }
        List<Block> blocks = new ArrayList<>();
        int[] labels = new int[rows.size()];
        long[] bytes = new long[rows.size()];
        byte[] text = new byte[ROWS_PER_BLOCK * 128];
        for (int from = 0; from < rows.size(); from += ROWS_PER_BLOCK) {
            int to = Math.min(rows.size(), from + ROWS_PER_BLOCK);
            int[] starts = new int[to - from + 1];
            int at = 0;
            for (int i = from; i < to; i++) {
                ManifestRow row = rows.get(i);
                labels[i] = row.label();
                bytes[i] = row.bytes();
                byte[] packed = pack(row);
                if (at + packed.length > text.length) {
                    text = Arrays.copyOf(text, 2 * (at + packed.length));
                }
                System.arraycopy(packed, 0, text, at, packed.length);
                at += packed.length;
                starts[i - from + 1] = at;
            }
            blocks.add(new Block(Arrays.copyOf(text, at), starts));
        }
        return new ManifestRows(blocks, labels, bytes);
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
        return labels.length;
    }

    @Override
    public ManifestRow get(int index) {
        java.util.Objects.checkIndex(index, labels.length);
        Block block = blocks.get(index / ROWS_PER_BLOCK);
        int start = block.starts[index % ROWS_PER_BLOCK];
        int end = block.starts[index % ROWS_PER_BLOCK + 1];
        int kept = block.text[start] < 0 ? HASH_BYTES : block.text[start];
        int path = start + 1 + kept;
        String sha256 = block.text[start] < 0
                ? HEX.formatHex(block.text, start + 1, path)
                : new String(block.text, start + 1, kept, StandardCharsets.UTF_8);
        String name = new String(block.text, path, end - path, StandardCharsets.UTF_8);
        return new ManifestRow(name, labels[index], bytes[index], sha256);
    }
}
