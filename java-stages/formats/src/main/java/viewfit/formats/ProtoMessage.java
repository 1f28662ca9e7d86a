package viewfit.formats;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A message in the wire format of protocol buffers (https://protobuf.dev/programming-guides/encoding): fields one after the
 * other, each a tag, {@code number << 3 | wire type}, and its value. It is kept as pieces, so that large contents are handed
 * on and never copied.
 */
final class ProtoMessage {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH = 2;
    private static final int FIXED32 = 5;
    private static final int MOST_VARINT_BYTES = 10;

    private final List<ByteBuffer> pieces = new ArrayList<>();
    private long bytes;

    /** An integer or enumeration. */
    ProtoMessage number(int field, long value) {
        piece(varint(tag(field, VARINT)));
        return piece(varint(value));
    }

    /** A float. */
    ProtoMessage real(int field, float value) {
        piece(varint(tag(field, FIXED32)));
        return piece(ByteBuffer.allocate(Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(value)
                .flip());
    }

    /** A double. */
    ProtoMessage precise(int field, double value) {
        piece(varint(tag(field, FIXED64)));
        return piece(ByteBuffer.allocate(Double.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putDouble(value)
                .flip());
    }

    ProtoMessage text(int field, String value) {
        return content(field, ByteBuffer.wrap(value.getBytes(StandardCharsets.UTF_8)));
    }

    /** Raw bytes; not copied. */
    ProtoMessage content(int field, ByteBuffer value) {
        piece(varint(tag(field, LENGTH)));
        piece(varint(value.remaining()));
        return piece(value);
    }

    /** A repeated integer, packed. */
    ProtoMessage numbers(int field, long... values) {
        ProtoMessage packed = new ProtoMessage();
        for (long value : values) {
            packed.piece(varint(value));
        }
        return message(field, packed);
    }

    /** A message within this one. */
    ProtoMessage message(int field, ProtoMessage inner) {
        piece(varint(tag(field, LENGTH)));
        piece(varint(inner.bytes));
        inner.pieces.forEach(this::piece);
        return this;
    }

    /** The fields of another message after those of this one. */
    ProtoMessage with(ProtoMessage more) {
        more.pieces.forEach(this::piece);
        return this;
    }

    /** Length of the whole message. */
    long bytes() {
        return bytes;
    }

    void writeTo(OutputStream out) throws IOException {
        for (ByteBuffer piece : pieces) {
            Safetensors.copy(piece.duplicate(), out);
        }
    }

    private ProtoMessage piece(ByteBuffer piece) {
        pieces.add(piece);
        bytes += piece.remaining();
        return this;
    }

    private static long tag(int field, int wireType) {
        return ((long) field << 3) | wireType;
    }

    /** Seven bits to a byte, low ones first; the top bit says that more follow. */
    private static ByteBuffer varint(long value) {
        ByteBuffer out = ByteBuffer.allocate(MOST_VARINT_BYTES);
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.put((byte) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        return out.put((byte) rest).flip();
    }
}
