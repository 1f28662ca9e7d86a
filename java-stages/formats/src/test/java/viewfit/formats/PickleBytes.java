package viewfit.formats;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Pickles written by hand, operation by operation. */
final class PickleBytes {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** A pickle of protocol 2. */
    PickleBytes() {
        op(0x80, 2);
    }

    byte[] end() {
        op('.');
        return out.toByteArray();
    }

    PickleBytes op(int... bytes) {
        for (int b : bytes) {
            out.write(b);
        }
        return this;
    }

    PickleBytes text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        op('X').int32(bytes.length);
        return raw(bytes);
    }

    PickleBytes raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    PickleBytes raw(String ascii) {
        return raw(ascii.getBytes(StandardCharsets.ISO_8859_1));
    }

    PickleBytes int32(int value) {
        return raw(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array());
    }

    PickleBytes int64(long value) {
        return raw(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array());
    }

    /** A whole number of up to 64 bits, as LONG1. */
    PickleBytes number(long value) {
        return op(0x8a, 8).int64(value);
    }

    PickleBytes global(String module, String name) {
        return raw("c" + module + "\n" + name + "\n");
    }

    PickleBytes numbers(long... values) {
        op('(');
        for (long value : values) {
            number(value);
        }
        return op('t');
    }

    /** {@code ('storage', torch.<type>, key, 'cpu', elements)} and, if asked for, the sixth member of the older form. */
    PickleBytes storage(String type, String key, long elements, boolean older) {
        op('(').text("storage").global("torch", type).text(key).text("cpu").number(elements);
        return (older ? op('N') : this).op('t', 'Q');
    }

    /** {@code _rebuild_tensor_v2(storage, offset, shape, stride, False, OrderedDict())}. */
    PickleBytes tensor(String type, String key, long elements, long offset, long[] shape, long[] stride) {
        global("torch._utils", "_rebuild_tensor_v2").op('(').storage(type, key, elements, false);
        number(offset).numbers(shape).numbers(stride).op(0x89);
        return global("collections", "OrderedDict").op(')', 'R', 't', 'R');
    }

    /** A dictionary with one tensor that is a whole storage. */
    static byte[] single(String type, String key, long elements) {
        return new PickleBytes()
                .op('}')
                .text("w")
                .tensor(type, key, elements, 0, new long[] {elements}, new long[] {1})
                .op('s')
                .end();
    }
}
