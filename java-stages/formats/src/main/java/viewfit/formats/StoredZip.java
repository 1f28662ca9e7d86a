package viewfit.formats;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.AtomicFiles;

/**
 * Writes a zip file of stored entries whose contents begin at multiples of 64 bytes, so that readers can map them: the layout of
 * caffe2/serialize/inline_container.cc, where an extra field "FB" fills the gap. All dates are the first of the format
 * (1980-01-01): equal content gives equal bytes. No 64-bit fields, hence less than 4 GiB.
 */
final class StoredZip {
    private static final int ALIGNMENT = 64;
    private static final int LOCAL_SIGNATURE = 0x04034b50;
    private static final int LOCAL_BYTES = 30;
    private static final int ROW_SIGNATURE = 0x02014b50;
    private static final int ROW_BYTES = 46;
    private static final int END_SIGNATURE = 0x06054b50;
    private static final int END_BYTES = 22;
    private static final int EXTRA_BYTES = 4;
    private static final short PADDING = 'F' | 'B' << 8;
    private static final short DATE = 0x21;

    /** First number that needs the 64-bit fields. */
    static final long MOST_BYTES = 0xffffffffL;

    private static final int MOST_ENTRIES = 0xffff;

    private final Map<String, ByteBuffer> entries = new LinkedHashMap<>();
    private final ByteArrayOutputStream directory = new ByteArrayOutputStream();

    /** Adds an entry; nothing is copied until {@link #write}. */
    StoredZip add(String name, ByteBuffer content) {
        if (entries.put(name, content.duplicate()) != null) {
            throw new IllegalArgumentException(name + ": two entries of this name");
        }
        return this;
    }

    StoredZip add(String name, byte[] content) {
        return add(name, ByteBuffer.wrap(content));
    }

    /**
     * Writes all entries in the order they were added, atomically.
     *
     * @throws StageFailure BAD_DATA before anything is written, if they are too large or too many for the format; IO if the
     *     file system refuses
     */
    void write(Path file) {
        long bytes = END_BYTES;
        for (Map.Entry<String, ByteBuffer> entry : entries.entrySet()) {
            bytes += LOCAL_BYTES + ROW_BYTES + 2L * entry.getKey().length() + EXTRA_BYTES + ALIGNMENT;
            bytes += entry.getValue().remaining();
        }
        if (bytes >= MOST_BYTES || entries.size() >= MOST_ENTRIES) {
            throw new StageFailure(
                    ExitCode.BAD_DATA,
                    file + ": found " + entries.size() + " entries of " + bytes
                            + " bytes together: expected less than 65535 of less than 4 GiB (zip without 64-bit fields)");
        }
        directory.reset();
        AtomicFiles.write(file, this::content);
    }

    private void content(OutputStream out) throws IOException {
        long at = 0;
        for (Map.Entry<String, ByteBuffer> entry : entries.entrySet()) {
            byte[] name = entry.getKey().getBytes(StandardCharsets.UTF_8);
            ByteBuffer data = entry.getValue().duplicate();
            CRC32 crc = new CRC32();
            crc.update(data.duplicate());
            long unpadded = at + LOCAL_BYTES + name.length + EXTRA_BYTES;
            int padding = (int) Math.floorMod(-unpadded, (long) ALIGNMENT);
            ByteBuffer header = buffer(LOCAL_BYTES + name.length + EXTRA_BYTES + padding);
            header.putInt(LOCAL_SIGNATURE);
            facts(header, (int) crc.getValue(), data.remaining(), name.length);
            header.putShort((short) (EXTRA_BYTES + padding)).put(name);
            header.putShort(PADDING).putShort((short) padding);
            out.write(bytes(header));
            row((int) crc.getValue(), data.remaining(), name, at);
            at += header.capacity() + data.remaining();
            Safetensors.copy(data, out);
        }
        directory.writeTo(out);
        ByteBuffer end = buffer(END_BYTES).putInt(END_SIGNATURE).putInt(0);
        end.putShort((short) entries.size()).putShort((short) entries.size());
        out.write(bytes(end.putInt(directory.size()).putInt((int) at)));
    }

    private void row(int crc, int bytes, byte[] name, long at) {
        ByteBuffer row = buffer(ROW_BYTES + name.length).putInt(ROW_SIGNATURE).putShort((short) 0);
        facts(row, crc, bytes, name.length);
        row.position(ROW_BYTES - Integer.BYTES);
        directory.writeBytes(bytes(row.putInt((int) at).put(name)));
    }

    /** What a local header and its row in the directory share: version, flags, method (stored), date, sizes. */
    private static void facts(ByteBuffer to, int crc, int bytes, int nameBytes) {
        to.putShort((short) 0).putShort((short) 0).putShort((short) 0).putShort((short) 0);
        to.putShort(DATE).putInt(crc).putInt(bytes).putInt(bytes).putShort((short) nameBytes);
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.capacity()];
        buffer.get(0, bytes);
        return bytes;
    }
}
