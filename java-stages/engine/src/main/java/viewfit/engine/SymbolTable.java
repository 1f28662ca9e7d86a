package viewfit.engine;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The symbols of a 64-bit ELF library, those included that the loader does not give out: a library that was not stripped still
 * says where they are.
 */
final class SymbolTable {
    private static final int MAGIC = 0x464c457f;
    /** Class 64-bit, little-endian, as the two bytes after the magic say. */
    private static final int LITTLE_64 = 0x0102;

    private static final int HEADER = 64;
    private static final int SYMBOLS = 2;
    private static final int SYMBOL = 24;

    private SymbolTable() {}

    /**
     * Where symbols are, in bytes from where the library is loaded, in the order of their names; none if one of them is missing, as all
     * are from a library that was stripped or a file of another format.
     *
     * @throws IOException if the file cannot be read
     */
    static List<Long> find(Path library, List<String> names) throws IOException {
        try (FileChannel file = FileChannel.open(library)) {
            if (file.size() < HEADER) {
                return List.of();
            }
            MappedByteBuffer header = map(file, 0, HEADER);
            if (header.getInt(0) != MAGIC || header.getShort(4) != LITTLE_64) {
                return List.of();
            }
            int size = header.getShort(0x3a);
            MappedByteBuffer sections = map(file, header.getLong(0x28), (long) size * header.getShort(0x3c));
            for (int at = 0; at < sections.limit(); at += size) {
                if (sections.getInt(at + 4) == SYMBOLS) {
                    MappedByteBuffer symbols = section(file, sections, at);
                    MappedByteBuffer text = section(file, sections, sections.getInt(at + 0x28) * size);
                    return search(symbols, text, names);
                }
            }
        }
        return List.of();
    }

    private static MappedByteBuffer section(FileChannel file, MappedByteBuffer sections, int at) throws IOException {
        return map(file, sections.getLong(at + 0x18), sections.getLong(at + 0x20));
    }

    private static MappedByteBuffer map(FileChannel file, long offset, long size) throws IOException {
        if (offset < 0 || size < 0 || offset + size > file.size()) {
            throw new IOException(
                    "found a part at " + offset + " of " + size + " bytes: must lie within the file of " + file.size());
        }
        MappedByteBuffer part = file.map(MapMode.READ_ONLY, offset, size);
        part.order(ByteOrder.LITTLE_ENDIAN);
        return part;
    }

    private static List<Long> search(MappedByteBuffer symbols, MappedByteBuffer text, List<String> names) {
        List<Long> found = new ArrayList<>();
        for (String name : names) {
            byte[] bytes = (name + "\0").getBytes(StandardCharsets.US_ASCII);
            int at = 0;
            // A symbol without a section is one that another library has.
            while (at < symbols.limit() && (symbols.getShort(at + 6) == 0 || !is(text, symbols.getInt(at), bytes))) {
                at += SYMBOL;
            }
            if (at >= symbols.limit()) {
                return List.of();
            }
            found.add(symbols.getLong(at + 8));
        }
        return found;
    }

    private static boolean is(MappedByteBuffer text, int from, byte[] name) {
        if (from < 0 || from + name.length > text.limit()) {
            return false;
        }
        // Names of C++ begin alike: from the end, most are told apart by one byte.
        for (int i = name.length - 1; i >= 0; i--) {
            if (text.get(from + i) != name[i]) {
                return false;
            }
        }
        return true;
    }
}
