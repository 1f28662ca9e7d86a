package viewfit.engine;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The symbols of a 64-bit ELF library, those included that the loader does not give out: a library that was not stripped still
 * says where they are. Its tables may be a hundred megabytes, so they are read in pieces, once from beginning to end, and nothing of
 * them is kept.
 */
final class SymbolTable {
    private static final int MAGIC = 0x464c457f;
    /** Class 64-bit, little-endian, as the two bytes after the magic say. */
    private static final int LITTLE_64 = 0x0102;

    private static final int HEADER = 64;
    private static final int SYMBOLS = 2;
    private static final int SYMBOL = 24;
    private static final int PIECE = SYMBOL << 16;

    private final FileChannel file;

    private SymbolTable(FileChannel file) {
        this.file = file;
    }

    /**
     * One symbol.
     *
     * @param at bytes from where the library is loaded
     * @param size bytes of the variable or function
     */
    record Symbol(long at, long size) {}

    /** A part of the file. */
    private record Section(long offset, long size) {}

    /**
     * The symbols of these names, in their order; none if one of them is missing, as all are from a library that was stripped or a
     * file of another format.
     *
     * @throws IOException if the file cannot be read or is not what its header says
     */
    static List<Symbol> find(Path library, List<String> names) throws IOException {
        try (FileChannel file = FileChannel.open(library)) {
            return new SymbolTable(file).find(names);
        }
    }

    private List<Symbol> find(List<String> names) throws IOException {
        if (file.size() < HEADER) {
            return List.of();
        }
        ByteBuffer header = read(0, HEADER);
        if (header.getInt(0) != MAGIC || header.getShort(4) != LITTLE_64) {
            return List.of();
        }
        int count = header.getShort(0x3c) & 0xffff;
        if (header.getShort(0x3a) != HEADER) {
            throw new IOException("found section headers of " + header.getShort(0x3a) + " bytes: must be " + HEADER);
        }
        ByteBuffer sections = read(header.getLong(0x28), count * HEADER);
        for (int i = 0; i < count; i++) {
            if (sections.getInt(i * HEADER + 4) == SYMBOLS) {
                int text = sections.getInt(i * HEADER + 0x28);
                if (text < 0 || text >= count) {
                    throw new IOException("found names in section " + text + ": must be one of " + count);
                }
                return search(section(sections, i), places(section(sections, text), names), names.size());
            }
        }
        return List.of();
    }

    private static Section section(ByteBuffer sections, int index) {
        return new Section(sections.getLong(index * HEADER + 0x18), sections.getLong(index * HEADER + 0x20));
    }

    /** Which name begins where in a table of names; one may lie in several places, as the end of a longer one. */
    private Map<Integer, Integer> places(Section text, List<String> names) throws IOException {
        List<byte[]> wanted = names.stream()
                .map(name -> (name + "\0").getBytes(StandardCharsets.US_ASCII))
                .toList();
        int longest = wanted.stream().mapToInt(name -> name.length).max().orElseThrow();
        Map<Integer, Integer> places = new HashMap<>();
        for (long from = 0; from < text.size(); from += PIECE) {
            // A name may reach into the next piece.
            int length = (int) Math.min(PIECE + longest, text.size() - from);
            byte[] piece = read(text.offset() + from, length).array();
            for (int i = 0; i < Math.min(PIECE, length); i++) {
                for (int n = 0; n < wanted.size(); n++) {
                    if (begins(piece, i, wanted.get(n))) {
                        places.put(Math.toIntExact(from + i), n);
                    }
                }
            }
        }
        return places;
    }

    private static boolean begins(byte[] piece, int from, byte[] name) {
        if (piece[from] != name[0] || from + name.length > piece.length) {
            return false;
        }
        for (int i = 1; i < name.length; i++) {
            if (piece[from + i] != name[i]) {
                return false;
            }
        }
        return true;
    }

    private List<Symbol> search(Section symbols, Map<Integer, Integer> places, int count) throws IOException {
        Map<Integer, Symbol> found = new HashMap<>();
        for (long from = 0; from < symbols.size(); from += PIECE) {
            ByteBuffer piece = read(symbols.offset() + from, (int) Math.min(PIECE, symbols.size() - from));
            for (int at = 0; at + SYMBOL <= piece.limit(); at += SYMBOL) {
                Integer name = places.get(piece.getInt(at));
                // A symbol without a section is one that another library has.
                if (name != null && piece.getShort(at + 6) != 0) {
                    found.putIfAbsent(name, new Symbol(piece.getLong(at + 8), piece.getLong(at + 16)));
                }
            }
        }
        List<Symbol> inOrder = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            Symbol symbol = found.get(n);
            if (symbol == null) {
                return List.of();
            }
            inOrder.add(symbol);
        }
        return inOrder;
    }

    private ByteBuffer read(long offset, int length) throws IOException {
        if (offset < 0 || length < 0 || length > file.size() - offset) {
            throw new EOFException("found a part of " + length + " bytes at " + offset
                    + ": must lie within the file of " + file.size());
        }
        ByteBuffer piece = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (piece.hasRemaining()) {
            if (file.read(piece, offset + piece.position()) < 0) {
                throw new EOFException("the file became shorter while it was read");
            }
        }
        return piece.flip();
    }
}
