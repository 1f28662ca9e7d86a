package viewfit.formats;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import viewfit.formats.Unpickler.Refusal;

/** The type of a numpy scalar in a pickle: kind and bytes, for example {@code f8}. */
final class NumpyType {
    private static final Map<String, Integer> BYTES =
            Map.of("f4", 4, "f8", 8, "i1", 1, "i2", 2, "i4", 4, "i8", 8, "u1", 1, "b1", 1);

    private final String code;

    /** @throws Refusal for types whose scalars do not occur in checkpoints */
    NumpyType(String code) {
        if (!BYTES.containsKey(code)) {
            throw new Refusal(
                    "numpy type " + Malformed.shown(code),
                    String.join(", ", BYTES.keySet().stream().sorted().toList()));
        }
        this.code = code;
    }

    /** Checks the state {@code (version, byte order, ...)} that follows a type. */
    void requireLittleEndian(List<Object> state) {
        if (state.size() < 2 || !List.of("<", "=", "|").contains(state.get(1))) {
            throw new Refusal("a numpy type of another byte order", "little-endian");
        }
    }

    /** The number in these little-endian bytes, as a long, a double or a boolean. */
    Object value(ByteBuffer bytes) {
        if (bytes.remaining() != BYTES.getOrDefault(code, 0)) {
            throw new Refusal("a numpy scalar of " + bytes.remaining() + " bytes", BYTES.get(code) + " for " + code);
        }
        return switch (code) {
            case "f4" -> (double) bytes.getFloat();
            case "f8" -> bytes.getDouble();
            case "i2" -> (long) bytes.getShort();
            case "i4" -> (long) bytes.getInt();
            case "i8" -> bytes.getLong();
            case "u1" -> bytes.get() & 0xffL;
            case "b1" -> bytes.get() != 0;
            default -> (long) bytes.get();
        };
    }
}
