package viewfit.formats;

import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import viewfit.formats.Unpickler.Refusal;

/**
 * The bytes of a pickle, read one after the other. Every length is checked against what is left before anything is made of it. All
 * methods throw {@link BufferUnderflowException} at the end of the bytes, and {@link Refusal} for what is not well-formed.
 */
final class PickleInput {
    private static final int MAX_NAME_BYTES = 200;

    private final ByteBuffer in;

    /** Reads from the buffer's position on, and moves it. */
    PickleInput(ByteBuffer in) {
        this.in = in.order(ByteOrder.LITTLE_ENDIAN);
    }

    int position() {
        return in.position();
    }

    int uint8() {
        return in.get() & 0xff;
    }

    long uint16() {
        return in.getShort() & 0xffff;
    }

    int int32() {
        return in.getInt();
    }

    long uint32() {
        return in.getInt() & 0xffffffffL;
    }

    long int64() {
        return in.getLong();
    }

    double bigEndianDouble() {
        return Double.longBitsToDouble(Long.reverseBytes(in.getLong()));
    }

    void requireLength(long length) {
        if (length < 0 || length > in.remaining()) {
            throw new Refusal("a length of " + Long.toUnsignedString(length), "at most " + in.remaining());
        }
    }

    /** A window, not a copy. */
    ByteBuffer bytes(long length) {
        requireLength(length);
        ByteBuffer slice = in.slice(in.position(), (int) length);
        in.position(in.position() + (int) length);
        return slice;
    }

    /** A two's complement number, lowest byte first: a {@link Long} if it fits, else a {@link BigInteger}. */
    Object integer(int length) {
        ByteBuffer little = bytes(length);
        byte[] big = new byte[length];
        for (int i = 0; i < length; i++) {
            big[length - 1 - i] = little.get(i);
        }
        BigInteger value = length == 0 ? BigInteger.ZERO : new BigInteger(big);
        return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
    }

    String text(long length) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes(length)).toString();
        } catch (CharacterCodingException e) {
            throw new Refusal("text that is not UTF-8", "UTF-8");
        }
    }

    /** The {@code str} of Python 2, which is text or bytes. */
    Object oldText(long length) {
        ByteBuffer bytes = bytes(length);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes.duplicate()).toString();
        } catch (CharacterCodingException e) {
            return bytes;
        }
    }

    /** A name up to the end of its line. */
    String line() {
        StringBuilder line = new StringBuilder();
        for (int c = uint8(); c != '\n'; c = uint8()) {
            if (line.length() == MAX_NAME_BYTES || c < ' ' || c > '~') {
                throw new Refusal("a name that is none", "at most " + MAX_NAME_BYTES + " printable characters");
            }
            line.append((char) c);
        }
        return line.toString();
    }
}
