package viewfit.formats;

import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.StageFailure;

/**
 * Python's pickle machine, protocols 2 to 5, for data only (Lib/pickletools.py of CPython describes each operation). A pickle
 * can name any function to be called; here a name means only what the {@link Globals} say it means, and nothing is ever
 * looked up or called outside them.
 *
 * <p>Values: text is {@link String}; whole numbers {@link Long}, or {@link BigInteger} beyond 64 bits; floats {@link Double};
 * {@link Boolean}; bytes {@link ByteBuffer}; lists {@link ArrayList}; tuples {@link Tuple}; dictionaries
 * {@link LinkedHashMap} with text, whole numbers, booleans and None as keys; {@link #NONE}. Containers may contain themselves:
 * never compare, hash or print them.
 *
 * <p>Memory is bounded: a pickle has a longest length, and a budget of work that each operation and each copied item draws on.
 */
final class Unpickler {
    /** Python's None. */
    static final Object NONE = new Object() {
        @Override
        public String toString() {
            return "None";
        }
    };

    /** Longest pickle; a checkpoint of a small network needs some 100 KB, because the numbers stand elsewhere. */
    static final int MAX_BYTES = 32 << 20;

    private static final int MAX_WORK = 4_000_000;

    /** Far above any real tensor; keeps a hostile shape from being copied again and again. */
    private static final int MAX_DIMENSIONS = 64;

    private final Path file;
    private final String place;
    private final PickleInput in;
    private final Globals globals;
    private final ArrayList<Object> stack = new ArrayList<>();
    private final Deque<Integer> marks = new ArrayDeque<>();
    private final Map<Integer, Object> memo = new HashMap<>();
    private int work;
    private int at;

    /**
     * @param place names the pickle in messages, for example {@code data.pkl}
     * @param in the pickle from the buffer's position on; afterwards the position is behind it
     */
    Unpickler(Path file, String place, ByteBuffer in, Globals globals) {
        this.file = file;
        this.place = place;
        this.in = new PickleInput(in);
        this.globals = globals;
    }

    /** A tuple; unlike a list it never changes. */
    record Tuple(List<Object> items) {}

    /** What the names in a pickle mean. All methods throw {@link Refusal} for what they do not know. */
    interface Globals {
        /** The meaning of {@code module.name}. */
        Object find(String name);

        /** The result of "calling" a meaning. */
        Object call(Object callable, List<Object> arguments);

        /** The object once it has its state. */
        Object build(Object target, Object state);

        /** The object behind a persistent id. */
        Object persistent(Object id);
    }

    /** A verdict that does not know its place yet. */
    static final class Refusal extends RuntimeException {
        private final String found;
        private final String expected;

        Refusal(String found, String expected) {
            super(found + ": expected " + expected, null, false, false);
            this.found = found;
            this.expected = expected;
        }
    }

    /**
     * Reads one pickle.
     *
     * @throws StageFailure BAD_DATA, naming the byte
     */
    Object load() {
        try {
            for (int op = next(); op != '.'; op = next()) {
                step(op);
            }
            Object result = pop();
            if (!stack.isEmpty() || !marks.isEmpty()) {
                throw new Refusal("an end with values left over", "one value");
            }
            return result;
        } catch (Refusal e) {
            throw Malformed.in(file, where(), e.found, e.expected);
        } catch (BufferUnderflowException e) {
            throw Malformed.in(file, where(), "an end in the middle of a value", "a complete pickle");
        }
    }

    private String where() {
        return (place.isEmpty() ? "" : place + ": ") + "byte " + at;
    }

    private int next() {
        spend(1);
        at = in.position();
        return in.uint8();
    }

    private void spend(int items) {
        work += items;
        if (work > MAX_WORK) {
            throw new Refusal("more than " + MAX_WORK + " values", "a checkpoint");
        }
    }

    private void step(int op) {
        switch (op) {
            case 0x80 -> protocol(in.uint8());
            case 0x95 -> in.requireLength(in.int64()); // FRAME
            case '(' -> marks.push(stack.size());
            case '0' -> pop();
            case '1' -> popToMark();
            case '2' -> stack.add(top());
            case 'N' -> stack.add(NONE);
            case 0x88 -> stack.add(true);
            case 0x89 -> stack.add(false);
            case 'K' -> stack.add((long) in.uint8());
            case 'M' -> stack.add(in.uint16());
            case 'J' -> stack.add((long) in.int32());
            case 0x8a -> stack.add(in.integer(in.uint8())); // LONG1
            case 'G' -> stack.add(in.bigEndianDouble());
            case 'X' -> stack.add(in.text(in.uint32()));
            case 0x8c -> stack.add(in.text(in.uint8()));
            case 0x8d -> stack.add(in.text(in.int64()));
            case 'T' -> stack.add(in.oldText(in.uint32()));
            case 'U' -> stack.add(in.oldText(in.uint8()));
            case 'B' -> stack.add(in.bytes(in.uint32()));
            case 'C' -> stack.add(in.bytes(in.uint8()));
            case 0x8e -> stack.add(in.bytes(in.int64()));
            case ')' -> stack.add(new Tuple(List.of()));
            case 't' -> stack.add(new Tuple(popToMark()));
            case 0x85, 0x86, 0x87 -> tuple(op - 0x84);
            case ']' -> stack.add(new ArrayList<>());
            case 'a' -> append();
            case 'e' -> extend();
            case '}' -> stack.add(new LinkedHashMap<>());
            case 's' -> setItem();
            case 'u' -> setItems();
            case 'q' -> memo.put(in.uint8(), top());
            case 'r' -> memo.put(in.int32(), top());
            case 0x94 -> memo.put(memo.size(), top());
            case 'h' -> stack.add(remembered(in.uint8()));
            case 'j' -> stack.add(remembered(in.int32()));
            case 'c' -> stack.add(globals.find(in.line() + "." + in.line()));
            case 0x93 -> stackGlobal();
            case 'R', 0x81 -> call(); // NEWOBJ is a call of the class for all that is known here
            case 'b' -> build();
            case 'Q' -> stack.add(globals.persistent(pop()));
            default -> throw new Refusal("operation 0x" + Integer.toHexString(op), "one that only describes data");
        }
    }

    private static void protocol(int version) {
        if (version < 2 || version > 5) {
            throw new Refusal("pickle protocol " + version, "2 to 5");
        }
    }

    private void tuple(int count) {
        List<Object> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            items.add(0, pop());
        }
        stack.add(new Tuple(items));
    }

    private void append() {
        Object item = pop();
        list(top()).add(item);
    }

    private void extend() {
        List<Object> items = popToMark();
        list(top()).addAll(items);
    }

    private void setItem() {
        Object value = pop();
        Object key = pop();
        put(map(top()), key, value);
    }

    private void setItems() {
        List<Object> items = popToMark();
        if (items.size() % 2 != 0) {
            throw new Refusal("a key without a value", "pairs");
        }
        Map<Object, Object> map = map(top());
        for (int i = 0; i < items.size(); i += 2) {
            put(map, items.get(i), items.get(i + 1));
        }
    }

    /** Adds an entry to a dictionary; keys are few kinds because hashing a container could go round in circles. */
    static void put(Map<Object, Object> map, Object key, Object value) {
        if (!(key instanceof String || key instanceof Long || key instanceof Boolean || key == NONE)) {
            throw new Refusal("a key that is " + kind(key), "text, a whole number, a boolean or None");
        }
        if (map.put(key, value) != null) {
            throw new Refusal("key " + Malformed.shown(String.valueOf(key)) + " twice", "unique keys");
        }
    }

    private void stackGlobal() {
        Object name = pop();
        Object module = pop();
        if (!(name instanceof String) || !(module instanceof String)) {
            throw new Refusal("a global whose name is not text", "a module and a name");
        }
        stack.add(globals.find(module + "." + name));
    }

    private void call() {
        Object arguments = pop();
        Object callable = pop();
        if (!(arguments instanceof Tuple tuple)) {
            throw new Refusal("arguments that are " + kind(arguments), "a tuple");
        }
        spend(tuple.items().size());
        stack.add(globals.call(callable, tuple.items()));
    }

    private void build() {
        Object state = pop();
        stack.add(globals.build(pop(), state));
    }

    private Object remembered(int index) {
        Object value = memo.get(index);
        if (value == null) {
            throw new Refusal("a reference to " + Integer.toUnsignedString(index), "something that was remembered");
        }
        return value;
    }

    private int floor() {
        Integer mark = marks.peek();
        return mark == null ? 0 : mark;
    }

    private Object top() {
        if (stack.size() <= floor()) {
            throw new Refusal("an operation without a value", "a value to work on");
        }
        return stack.get(stack.size() - 1);
    }

    private Object pop() {
        Object value = top();
        stack.remove(stack.size() - 1);
        return value;
    }

    private List<Object> popToMark() {
        if (marks.isEmpty()) {
            throw new Refusal("an end without a beginning", "a mark");
        }
        List<Object> items = stack.subList(marks.pop(), stack.size());
        List<Object> copy = new ArrayList<>(items);
        items.clear();
        return copy;
    }

    @SuppressWarnings("unchecked") // every list here is made by the machine and holds objects
    private static List<Object> list(Object value) {
        if (!(value instanceof ArrayList<?>)) {
            throw new Refusal("items for " + kind(value), "a list");
        }
        return (List<Object>) value;
    }

    @SuppressWarnings("unchecked") // every map here is made by the machine and holds objects
    static Map<Object, Object> map(Object value) {
        if (!(value instanceof LinkedHashMap<?, ?>)) {
            throw new Refusal("entries for " + kind(value), "a dictionary");
        }
        return (Map<Object, Object>) value;
    }

    /** The whole numbers in a tuple of at most 64, such as a shape. */
    static long[] longs(Tuple tuple) {
        List<Object> items = tuple.items();
        if (items.size() > MAX_DIMENSIONS) {
            throw new Refusal(items.size() + " sizes", "at most " + MAX_DIMENSIONS);
        }
        long[] out = new long[items.size()];
        for (int i = 0; i < out.length; i++) {
            if (!(items.get(i) instanceof Long number)) {
                throw new Refusal("a size that is " + kind(items.get(i)), "a whole number");
            }
            out[i] = number;
        }
        return out;
    }

    /** What a value is, for messages; never its content. */
    static String kind(@Nullable Object value) {
        if (value == NONE) {
            return "None";
        }
        if (value instanceof String) {
            return "text";
        }
        if (value instanceof Long || value instanceof BigInteger) {
            return "a whole number";
        }
        if (value instanceof Tuple || value instanceof List) {
            return "a sequence";
        }
        if (value instanceof Map) {
            return "a dictionary";
        }
        return value == null ? "nothing" : "a " + value.getClass().getSimpleName();
    }
}
