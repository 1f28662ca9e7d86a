package viewfit.formats;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;

/**
 * Reads back what {@link PickleWriter} writes, to verify an export. It is a stack machine like Python's, but the only globals it
 * knows are {@code numpy.ndarray} and {@code numpy.dtype}: a pickle can name any function to call, and none is ever called here.
 */
final class PickleReader {
    private static final Object MARKER = new Object();

    private final Path file;
    private final ByteBuffer in;
    private final Deque<Object> stack = new ArrayDeque<>();

    private PickleReader(Path file, ByteBuffer in) {
        this.file = file;
        this.in = in.order(ByteOrder.LITTLE_ENDIAN);
    }

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
        PickleReader reader = new PickleReader(file, bytes);
        try {
            return reader.run();
        } catch (BufferUnderflowException | NoSuchElementException e) {
            throw reader.bad("an end in the middle of a value", "a complete pickle");
        } catch (ClassCastException | IllegalArgumentException e) {
            throw reader.bad("a value of the wrong kind", "maps, text, booleans and arrays");
        }
    }

    private Map<String, Object> run() {
        if (next() != PickleWriter.PROTO || next() != PickleWriter.PROTOCOL) {
            throw bad("another format", "a pickle of protocol " + PickleWriter.PROTOCOL);
        }
        for (int op = next(); op != PickleWriter.STOP; op = next()) {
            step(op);
        }
        Map<String, Object> result = map(stack.pop());
        if (!stack.isEmpty() || in.hasRemaining()) {
            throw bad("more after the end", "one value");
        }
        return result;
    }

    private void step(int op) {
        switch (op) {
            case PickleWriter.MARK -> stack.push(MARKER);
            case PickleWriter.EMPTY_DICT -> stack.push(new LinkedHashMap<String, Object>());
            case PickleWriter.SET_ITEMS -> setItems();
            case PickleWriter.TUPLE -> stack.push(popToMark());
            case PickleWriter.BIN_UNICODE -> stack.push(text(bytes(in.getInt())));
            case PickleWriter.BIN_BYTES -> stack.push(bytes(in.getInt()));
            case PickleWriter.BIN_INT1 -> stack.push((long) next());
            case PickleWriter.BIN_INT -> stack.push((long) in.getInt());
            case PickleWriter.NEW_TRUE -> stack.push(true);
            case PickleWriter.NEW_FALSE -> stack.push(false);
            case PickleWriter.GLOBAL -> stack.push(global());
            case PickleWriter.REDUCE -> reduce();
            case PickleWriter.BUILD -> build();
            default -> throw bad("operation " + op, "the subset of an exported model");
        }
    }

    private void setItems() {
        List<Object> items = popToMark();
        Map<String, Object> map = map(stack.element());
        for (int i = 0; i + 1 < items.size(); i += 2) {
            if (map.put((String) items.get(i), items.get(i + 1)) != null) {
                throw bad("key " + items.get(i) + " twice", "unique keys");
            }
        }
    }

    private Global global() {
        String name = line() + "." + line();
        if (!name.equals("numpy.ndarray") && !name.equals("numpy.dtype")) {
            throw bad("global " + name, "numpy.ndarray, numpy.dtype");
        }
        return new Global(name);
    }

    private void reduce() {
        List<?> arguments = (List<?>) stack.pop();
        Global global = (Global) stack.pop();
        if (global.name().equals("numpy.dtype")) {
            stack.push(dtype((String) arguments.get(0)));
        } else {
            stack.push(new EmptyArray());
        }
    }

    private DType dtype(String type) {
        return PickleWriter.NUMPY_TYPES.entrySet().stream()
                .filter(e -> e.getValue().equals(type))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow(() -> bad("element type " + type, String.join(", ", PickleWriter.NUMPY_TYPES.values())));
    }

    private void build() {
        List<?> state = (List<?>) stack.pop();
        if (!(stack.pop() instanceof EmptyArray)
                || state.size() != 5
                || !state.get(0).equals((long) PickleWriter.STATE_VERSION)
                || !state.get(3).equals(false)) {
            throw bad("a state that is not that of a C-ordered array", "version, shape, type, order, bytes");
        }
        long[] shape =
                ((List<?>) state.get(1)).stream().mapToLong(n -> (Long) n).toArray();
        stack.push(new Tensor("", (DType) state.get(2), shape, (ByteBuffer) state.get(4)));
    }

    private List<Object> popToMark() {
        List<Object> items = new ArrayList<>();
        for (Object item = stack.pop(); item != MARKER; item = stack.pop()) {
            items.add(item);
        }
        Collections.reverse(items);
        return items;
    }

    @SuppressWarnings("unchecked") // every map on the stack was made by EMPTY_DICT and filled by setItems
    private static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }

    private int next() {
        return in.get() & 0xff;
    }

    private ByteBuffer bytes(int length) {
        if (length < 0 || length > in.remaining()) {
            throw bad("a length of " + Integer.toUnsignedString(length), "at most " + in.remaining());
        }
        ByteBuffer slice = in.slice(in.position(), length);
        in.position(in.position() + length);
        return slice;
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes).toString();
    }

    private String line() {
        byte[] line = new byte[64];
        for (int i = 0; i < line.length; i++) {
            line[i] = in.get();
            if (line[i] == '\n') {
                return new String(Arrays.copyOf(line, i), StandardCharsets.US_ASCII);
            }
        }
        throw bad("a name without an end", "numpy.ndarray, numpy.dtype");
    }

    private StageFailure bad(String found, String allowed) {
        return new StageFailure(
                ExitCode.BAD_DATA, file + ": byte " + in.position() + ": found " + found + ": expected " + allowed);
    }
}
