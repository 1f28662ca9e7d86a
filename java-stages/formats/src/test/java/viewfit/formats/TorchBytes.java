package viewfit.formats;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Torch files put together by hand: pickles from {@link PickleBytes} and raw storages. */
final class TorchBytes {
    private TorchBytes() {}

    /** The zip form, entries stored or deflated, below a root folder. */
    static byte[] zip(String root, boolean deflated, byte[] pickle, Map<String, byte[]> storages) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            entry(zip, root + "data.pkl", deflated, pickle);
            entry(zip, root + "byteorder", deflated, "little".getBytes(StandardCharsets.US_ASCII));
            for (Map.Entry<String, byte[]> storage : storages.entrySet()) {
                entry(zip, root + "data/" + storage.getKey(), deflated, storage.getValue());
            }
            entry(zip, root + "version", deflated, new byte[] {'3', '\n'});
        }
        return bytes.toByteArray();
    }

    static void entry(ZipOutputStream zip, String name, boolean deflated, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        if (!deflated) {
            CRC32 crc = new CRC32();
            crc.update(content);
            entry.setMethod(ZipEntry.STORED);
            entry.setSize(content.length);
            entry.setCrc(crc.getValue());
        }
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

    /** The same archive with every number of its directory in the 64-bit fields (APPNOTE 4.3.14, 4.3.15, 4.5.3). */
    static byte[] zip64(byte[] zip) {
        ByteBuffer in = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
        int end = zip.length - 22;
        int directory = in.getInt(end + 16);
        ByteArrayOutputStream rows = new ByteArrayOutputStream();
        for (int at = directory; at < end; ) {
            int name = in.getShort(at + 28);
            ByteBuffer row = ByteBuffer.allocate(46 + name + 4 + 5 + 28).order(ByteOrder.LITTLE_ENDIAN);
            row.put(zip, at, 46 + name);
            row.putShort((short) 0x7777).putShort((short) 5).put(new byte[5]); // another extra field before it
            row.putShort((short) 1).putShort((short) 24);
            row.putLong(in.getInt(at + 24)).putLong(in.getInt(at + 20)).putLong(in.getInt(at + 42));
            row.putInt(20, -1).putInt(24, -1).putInt(42, -1).putShort(30, (short) 37);
            rows.writeBytes(row.array());
            at += 46 + name + in.getShort(at + 30);
        }
        ByteBuffer tail = ByteBuffer.allocate(56 + 20 + 22).order(ByteOrder.LITTLE_ENDIAN);
        long count = in.getShort(end + 10);
        tail.putInt(0x06064b50).putLong(44).putInt(0).putLong(0).putLong(count).putLong(count);
        tail.putLong(rows.size()).putLong(directory);
        tail.putInt(0x07064b50).putInt(0).putLong(directory + rows.size()).putInt(1);
        tail.putInt(0x06054b50).putInt(0).putInt(-1).putInt(-1).putInt(-1).putShort((short) 0);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(zip, 0, directory);
        out.writeBytes(rows.toByteArray());
        out.writeBytes(tail.array());
        return out.toByteArray();
    }

    /** The older form; element counts are bytes / width. */
    static byte[] legacy(byte[] pickle, int width, Map<String, byte[]> storages) {
        PickleBytes keys = new PickleBytes().op(']', '(');
        storages.keySet().forEach(keys::text);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new PickleBytes()
                .op(0x8a, 10)
                .raw(HexFormat.of().parseHex("6cfc9c46f9206aa85019"))
                .end());
        out.writeBytes(new PickleBytes().number(1001).end());
        out.writeBytes(
                new PickleBytes().op('}').text("little_endian").op(0x88, 's').end());
        out.writeBytes(pickle);
        out.writeBytes(keys.op('e').end());
        for (byte[] storage : storages.values()) {
            out.writeBytes(ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(storage.length / width)
                    .array());
            out.writeBytes(storage);
        }
        return out.toByteArray();
    }
}
