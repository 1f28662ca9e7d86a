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
