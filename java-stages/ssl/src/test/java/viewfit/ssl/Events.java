package viewfit.ssl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/** Reads a file of events for the tests, by the documents of TensorBoard and not by the code that wrote it. */
final class Events {
    /**
     * One event.
     *
     * @param scalars tag to number
     * @param pictures tag to bytes of a picture file
     */
    record Event(double wallTime, long step, Map<String, Float> scalars, Map<String, byte[]> pictures) {}

    private static final int FIXED64 = 1;
    private static final int LENGTH = 2;
    private static final int FIXED32 = 5;

    private Events() {}

    static List<Event> read(byte[] file) {
        List<Event> events = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        while (in.hasRemaining()) {
            ByteBuffer length = slice(in, 8);
            assertEquals(masked(length), in.getInt(), "checksum of a length");
            ByteBuffer content = slice(in, (int) length.getLong(0));
            assertEquals(masked(content), in.getInt(), "checksum of a content");
            events.add(event(content));
        }
        return events;
    }

    private static ByteBuffer slice(ByteBuffer in, int length) {
        ByteBuffer slice = in.slice(in.position(), length).order(ByteOrder.LITTLE_ENDIAN);
        in.position(in.position() + length);
        return slice;
    }

    private static int masked(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate());
        long sum = crc.getValue();
        return (int) (((sum >> 15) | (sum << 17)) + 0xa282ead8L);
    }

    private static Event event(ByteBuffer in) {
        double wallTime = 0;
        long step = 0;
        Map<String, Float> scalars = new LinkedHashMap<>();
        Map<String, byte[]> pictures = new LinkedHashMap<>();
        while (in.hasRemaining()) {
            long tag = varint(in);
            switch ((int) tag) {
                case (1 << 3) | FIXED64 -> wallTime = in.getDouble();
                case 2 << 3 -> step = varint(in);
                case (3 << 3) | LENGTH -> slice(in, (int) varint(in));
                case (5 << 3) | LENGTH -> summary(slice(in, (int) varint(in)), scalars, pictures);
                default -> throw new IllegalArgumentException("field " + tag);
            }
        }
        return new Event(wallTime, step, scalars, pictures);
    }

    private static void summary(ByteBuffer in, Map<String, Float> scalars, Map<String, byte[]> pictures) {
        while (in.hasRemaining()) {
            assertEquals((1 << 3) | LENGTH, varint(in), "a value");
            ByteBuffer value = slice(in, (int) varint(in));
            String name = "";
            while (value.hasRemaining()) {
                switch ((int) varint(value)) {
                    case (1 << 3) | LENGTH -> name = text(slice(value, (int) varint(value)));
                    case (2 << 3) | FIXED32 -> scalars.put(name, value.getFloat());
                    case (4 << 3) | LENGTH -> pictures.put(name, picture(slice(value, (int) varint(value))));
                    default -> throw new IllegalArgumentException("field of a value");
                }
            }
        }
    }

    private static byte[] picture(ByteBuffer in) {
        byte[] bytes = {};
        while (in.hasRemaining()) {
            if (varint(in) == ((4 << 3) | LENGTH)) {
                ByteBuffer encoded = slice(in, (int) varint(in));
                bytes = new byte[encoded.remaining()];
                encoded.get(bytes);
            } else {
                varint(in);
            }
        }
        return bytes;
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes).toString();
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte b = in.get();
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
    }
}
