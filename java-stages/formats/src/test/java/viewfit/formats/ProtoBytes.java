package viewfit.formats;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads protocol buffers field by field, knowing nothing of what they mean. */
final class ProtoBytes {
    private final List<Field> fields = new ArrayList<>();

    /** One field: a number, or bytes. */
    private record Field(int number, long value, byte[] bytes) {}

    static ProtoBytes of(byte[] message) {
        ProtoBytes proto = new ProtoBytes();
        ByteBuffer in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
        while (in.hasRemaining()) {
            int tag = (int) varint(in);
            switch (tag & 7) {
                case 0 -> proto.fields.add(new Field(tag >>> 3, varint(in), new byte[0]));
                case 1 -> proto.fields.add(new Field(tag >>> 3, in.getLong(), new byte[0]));
                case 2 -> {
                    byte[] bytes = new byte[(int) varint(in)];
                    in.get(bytes);
                    proto.fields.add(new Field(tag >>> 3, 0, bytes));
                }
                case 5 -> proto.fields.add(new Field(tag >>> 3, in.getInt(), new byte[0]));
                default -> throw new IllegalArgumentException("wire type " + (tag & 7));
            }
        }
        return proto;
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

    List<byte[]> all(int number) {
        return fields.stream()
                .filter(f -> f.number() == number)
                .map(Field::bytes)
                .toList();
    }

    List<ProtoBytes> messages(int number) {
        return all(number).stream().map(ProtoBytes::of).toList();
    }

    ProtoBytes message(int number) {
        return messages(number).get(0);
    }

    List<String> texts(int number) {
        return all(number).stream()
                .map(b -> new String(b, StandardCharsets.UTF_8))
                .toList();
    }

    String text(int number) {
        return texts(number).get(0);
    }

    long number(int number) {
        return fields.stream()
                .filter(f -> f.number() == number)
                .findFirst()
                .orElseThrow()
                .value();
    }

    float real(int number) {
        return Float.intBitsToFloat((int) number(number));
    }

    /** A packed repeated integer. */
    List<Long> numbers(int number) {
        List<Long> values = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(all(number).get(0));
        while (in.hasRemaining()) {
            values.add(varint(in));
        }
        return values;
    }
}
