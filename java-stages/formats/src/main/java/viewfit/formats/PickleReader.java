package viewfit.formats;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.formats.Unpickler.Refusal;
import viewfit.formats.Unpickler.Tuple;

/**
 * Reads back what {@link PickleWriter} writes, to verify an export. The only globals are {@code numpy.ndarray} and
 * {@code numpy.dtype}.
 */
final class PickleReader implements Unpickler.Globals {
    private static final String ARRAY = "numpy.ndarray";
    private static final String TYPE = "numpy.dtype";

    private PickleReader() {}

    /** A name that may be called: the constructor of an array or of an element type. */
    private record Global(String name) {}

    /** An array that has not been given its state yet. */
    private record EmptyArray() {}

    /**
     * Reads a pickle of at most 2 GiB.
     *
     * @throws StageFailure BAD_DATA, naming the byte, for anything but the expected subset; IO if the file cannot be read
     */
    static Map<String, Object> read(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return parse(file, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()));
        } catch (IOException e) {
            throw new StageFailure(ExitCode.IO, file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** Reads from memory; {@code file} is named in messages. */
    static Map<String, Object> parse(Path file, ByteBuffer bytes) {
        Object value = new Unpickler(file, "", bytes, new PickleReader()).load();
        String end = "byte " + bytes.position();
        if (bytes.hasRemaining() || !(value instanceof Map<?, ?> map)) {
            throw Malformed.in(
                    file, end, bytes.remaining() + " bytes after " + Unpickler.kind(value), "one dictionary");
        }
        Map<String, Object> result = new LinkedHashMap<>();
        map.forEach((key, content) -> {
            if (!(key instanceof String text)) {
                throw Malformed.in(file, end, "a key that is " + Unpickler.kind(key), "text");
            }
            result.put(text, content);
        });
        return result;
    }

    @Override
    public Object find(String name) {
        if (!name.equals(ARRAY) && !name.equals(TYPE)) {
            throw new Refusal("global " + Malformed.shown(name), ARRAY + ", " + TYPE);
        }
        return new Global(name);
    }

    @Override
    public Object call(Object callable, List<Object> arguments) {
        if (!(callable instanceof Global global)) {
            throw new Refusal("a call of " + Unpickler.kind(callable), ARRAY + ", " + TYPE);
        }
        return global.name().equals(ARRAY)
                ? new EmptyArray()
                : dtype(arguments.isEmpty() ? Unpickler.NONE : arguments.get(0));
    }

    private static DType dtype(Object type) {
        return PickleWriter.NUMPY_TYPES.entrySet().stream()
                .filter(e -> e.getValue().equals(type))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow(() -> new Refusal(
                        "element type " + Malformed.shown(type.toString()),
                        String.join(", ", PickleWriter.NUMPY_TYPES.values())));
    }

    /** The state of an array: version, shape, type, whether in Fortran's order, bytes. */
    @Override
    public Object build(Object target, Object state) {
        List<Object> items = state instanceof Tuple tuple ? tuple.items() : List.of();
        if (!(target instanceof EmptyArray)
                || items.size() != 5
                || !items.get(0).equals((long) PickleWriter.STATE_VERSION)
                || !(items.get(1) instanceof Tuple shape)
                || !(items.get(2) instanceof DType dtype)
                || !items.get(3).equals(false)
                || !(items.get(4) instanceof ByteBuffer bytes)) {
            throw new Refusal("a state that is not that of a C-ordered array", "version, shape, type, order, bytes");
        }
        try {
            return new Tensor("", dtype, Unpickler.longs(shape), bytes);
        } catch (ArithmeticException | IllegalArgumentException e) {
            throw new Refusal(bytes.remaining() + " bytes for an array of another size", "the bytes of its shape");
        }
    }

    @Override
    public Object persistent(Object id) {
        throw new Refusal("a persistent id", "arrays");
    }
}
