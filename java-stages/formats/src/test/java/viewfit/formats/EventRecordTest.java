package viewfit.formats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;

class EventRecordTest {
    /** One grey pixel. */
    private static final byte[] PNG = Base64.getDecoder()
            .decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==");

    /** Bit by bit, with the reversed polynomial of Castagnoli. */
    private static int crc(byte[] bytes) {
        int crc = -1;
        for (byte b : bytes) {
            crc ^= b & 0xff;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc >>> 1) ^ ((crc & 1) == 0 ? 0 : 0x82f63b78);
            }
        }
        return ~crc;
    }

    private static int masked(byte[] bytes) {
        int crc = crc(bytes);
        return ((crc >>> 15) | (crc << 17)) + 0xa282ead8;
    }

    /** The content of a record, after its frame was found to be right. */
    private static byte[] content(byte[] record) {
        ByteBuffer in = ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN);
        long length = in.getLong();
        assertEquals(record.length, 8 + 4 + length + 4);
        assertEquals(masked(Arrays.copyOf(record, 8)), in.getInt());
        byte[] content = new byte[(int) length];
        in.get(content);
        assertEquals(masked(content), in.getInt());
        return content;
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    @Test
    void theTwinOfTheChecksumIsRight() {
        assertEquals(0xe3069283, crc("123456789".getBytes(StandardCharsets.US_ASCII)), "the check value of CRC-32C");
    }

    /** The first twelve bytes are those of every file of events: 24 bytes follow. */
    @Test
    void aFileBeginsWithItsVersion() {
        byte[] record = EventRecord.version(1.5);
        assertTrue(hex(record).startsWith("1800000000000000" + "a37f4b22"), hex(record));
        assertEquals(
                "09" + "000000000000f83f" + "1a0d" + hex("brain.Event:2".getBytes(StandardCharsets.US_ASCII)),
                hex(content(record)));
    }

    @Test
    void numbersAreOneSummary() {
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("b", 0.25);
        values.put("a", Double.NaN);
        byte[] content = content(EventRecord.scalars(1.5, 300, values));
        assertEquals(
                "09" + "000000000000f83f" // wall time 1.5
                        + "10" + "ac02" // step 300
                        + "2a" + "14" // summary
                        + "0a" + "08" + "0a0162" + "15" + "0000803e" // b: 0.25
                        + "0a" + "08" + "0a0161" + "15" + "0000c07f", // a: NaN
                hex(content));
    }

    /** As TensorBoard 2.21 itself writes it: an Event of its protocol buffers, through its RecordWriter. */
    @Test
    void aRecordHasTheBytesOfTensorBoard() {
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("b", 0.25);
        values.put("a", 0.5);
        assertEquals(
                "2200000000000000" + "78113dfd"
                        + "09000000000000f83f10ac022a140a080a0162150000803e0a080a0161150000003f"
                        + "48e1d7a1",
                hex(EventRecord.scalars(1.5, 300, values)));
    }

    @Test
    void aPictureHasItsSizeAndItsFile() {
        byte[] picture = PNG.clone();
        picture[19] = 3;
        picture[23] = 2;
        ProtoBytes event = ProtoBytes.of(content(EventRecord.image(0, 7, "views", picture)));
        assertEquals(7, event.number(2));
        ProtoBytes value = event.message(5).message(1);
        assertEquals("views", value.text(1));
        ProtoBytes image = value.message(4);
        assertEquals(2, image.number(1), "height");
        assertEquals(3, image.number(2), "width");
        assertEquals(1, image.number(3), "channels");
        assertArrayEquals(picture, image.all(4).get(0));
    }

    private static byte[] file() throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.write(EventRecord.version(0));
        file.write(EventRecord.scalars(1, 0, Map.of("loss", 8.3)));
        file.write(EventRecord.scalars(2, 1, Map.of("loss", 8.2)));
        return file.toByteArray();
    }

    private static long check(byte[] file) throws IOException {
        return EventRecord.check(new ByteArrayInputStream(file), "f");
    }

    @Test
    void aFileThatWasCutIsFoundButBetweenRecords() throws IOException {
        byte[] file = file();
        int version = EventRecord.version(0).length;
        int scalars = (file.length - version) / 2;
        List<Integer> whole = List.of(0, version, version + scalars, file.length);
        for (int length = 0; length <= file.length; length++) {
            byte[] cut = Arrays.copyOf(file, length);
            if (whole.contains(length)) {
                assertEquals(whole.indexOf(length), check(cut));
            } else {
                StageFailure e = assertThrows(StageFailure.class, () -> check(cut), "cut to " + length);
                assertEquals(ExitCode.BAD_DATA, e.exitCode());
            }
        }
    }

    @Test
    void everyFlippedBitIsFound() throws IOException {
        byte[] file = file();
        for (int bit = 0; bit < 8 * file.length; bit++) {
            byte[] flipped = file.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThrows(StageFailure.class, () -> check(flipped), "bit " + bit);
        }
    }
}
