package viewfit.formats;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Writes the part of Python's pickle format (protocol 3, see Lib/pickletools.py of CPython) that a Detectron2 model file needs:
 * dictionaries with text keys, text, booleans and numpy arrays. Nothing else, no memo, so equal content gives equal bytes.
 *
 * <p>An array is built as {@code numpy.ndarray((0,), 'i1')} and then given its state. That uses public names only; the function
 * that numpy's own pickles call lives in {@code numpy.core} before numpy 2 and in {@code numpy._core} since.
 */
final class PickleWriter {
    static final int PROTO = 0x80;
    static final int PROTOCOL = 3;
    static final int EMPTY_DICT = '}';
    static final int MARK = '(';
    static final int SET_ITEMS = 'u';
    static final int BIN_UNICODE = 'X';
    static final int BIN_BYTES = 'B';
    static final int NEW_TRUE = 0x88;
    static final int NEW_FALSE = 0x89;
    static final int GLOBAL = 'c';
    static final int REDUCE = 'R';
    static final int BUILD = 'b';
    static final int TUPLE = 't';
    static final int BIN_INT1 = 'K';
    static final int BIN_INT = 'J';
    static final int STOP = '.';

    /** Version of the state tuple of numpy.ndarray. */
    static final int STATE_VERSION = 1;

    static final Map<DType, String> NUMPY_TYPES = Map.of(
            DType.BOOL, "|b1",
            DType.U8, "|u1",
            DType.I8, "|i1",
            DType.I16, "<i2",
            DType.F16, "<f2",
            DType.I32, "<i4",
            DType.F32, "<f4",
            DType.F64, "<f8",
            DType.I64, "<i8");

    private final OutputStream out;

    PickleWriter(OutputStream out) {
        this.out = out;
    }

    /**
     * Writes a whole pickle.
     *
     * @param content text, booleans, tensors and maps of these, written in iteration order
     * @throws IllegalArgumentException for any other content and for bfloat16, which numpy lacks
     */
    void write(Map<String, ?> content) throws IOException {
        out.write(PROTO);
        out.write(PROTOCOL);
        value(content);
        out.write(STOP);
    }

    private void value(Object value) throws IOException {
        if (value instanceof String text) {
            text(text);
        } else if (value instanceof Boolean bool) {
            out.write(bool ? NEW_TRUE : NEW_FALSE);
        } else if (value instanceof Tensor tensor) {
            array(tensor);
        } else if (value instanceof Map<?, ?> map) {
            out.write(EMPTY_DICT);
            out.write(MARK);
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                text(String.valueOf(entry.getKey()));
                value(entry.getValue());
            }
            out.write(SET_ITEMS);
        } else {
            throw new IllegalArgumentException(
                    value.getClass().getName() + ": text, booleans, tensors and maps of these can be pickled");
        }
    }

    private void array(Tensor tensor) throws IOException {
        String type = NUMPY_TYPES.get(tensor.dtype());
        if (type == null) {
            throw new IllegalArgumentException(tensor.name() + ": numpy has no type for " + tensor.dtype());
        }
        // numpy.ndarray((0,), 'i1'), an empty array to put the state into
        global("numpy", "ndarray");
        out.write(MARK);
        out.write(MARK);
        number(0);
        out.write(TUPLE);
        text("i1");
        out.write(TUPLE);
        out.write(REDUCE);
        // __setstate__((version, shape, numpy.dtype(type), is_fortran, bytes))
        out.write(MARK);
        number(STATE_VERSION);
        out.write(MARK);
        for (long size : tensor.shape()) {
            number(size);
        }
        out.write(TUPLE);
        global("numpy", "dtype");
        out.write(MARK);
        text(type);
        out.write(TUPLE);
        out.write(REDUCE);
        out.write(NEW_FALSE);
        ByteBuffer data = tensor.data();
        out.write(BIN_BYTES);
        int32(data.remaining());
        Safetensors.copy(data, out);
        out.write(TUPLE);
        out.write(BUILD);
    }

    /** A function or class by name. */
    void global(String module, String name) throws IOException {
        out.write(GLOBAL);
        out.write((module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    void text(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.write(BIN_UNICODE);
        int32(bytes.length);
        out.write(bytes);
    }

    /** A whole number of up to 31 bits. */
    void number(long value) throws IOException {
        if (value >= 0 && value < 256) {
            out.write(BIN_INT1);
            out.write((int) value);
        } else {
            out.write(BIN_INT);
            int32(Math.toIntExact(value));
        }
    }

    private void int32(int value) throws IOException {
        out.write(ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array());
    }
}
