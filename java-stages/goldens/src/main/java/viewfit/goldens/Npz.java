package viewfit.goldens;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Reads numpy's {@code .npz}: stored zip entries, each a version 1.0 npy array in C order, {@code <f4} or {@code <i8}. */
public final class Npz {
    private static final Pattern HEADER =
            Pattern.compile("\\{'descr': '(<f4|<i8)', 'fortran_order': False, 'shape': \\(([0-9, ]*)\\), ?\\}\\s*");
    private static final int PREAMBLE = 10;

    private final Path file;
    private final Map<String, Entry> entries;

    private Npz(Path file, Map<String, Entry> entries) {
        this.file = file;
        this.entries = entries;
    }

    private static final class Entry {
        final boolean integer;
        final long[] shape;
        final ByteBuffer data;

        Entry(boolean integer, long[] shape, ByteBuffer data) {
            this.integer = integer;
            this.shape = shape;
            this.data = data;
        }
    }

    /**
     * Reads all arrays of a file.
     *
     * @throws UncheckedIOException if the file cannot be read
     * @throws IllegalArgumentException if an entry is compressed or is not such an array
     */
    public static Npz read(Path file) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (ZipEntry entry : java.util.Collections.list(zip.entries())) {
                String where = file.getFileName() + ": " + entry.getName();
                if (entry.getMethod() != ZipEntry.STORED || !entry.getName().endsWith(".npy")) {
                    throw new IllegalArgumentException(where + ": not a stored .npy entry");
                }
                try (InputStream in = zip.getInputStream(entry)) {
                    String key = entry.getName().substring(0, entry.getName().length() - ".npy".length());
                    entries.put(key, parse(where, in.readAllBytes()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot read", e);
        }
        return new Npz(file, entries);
    }

    private static Entry parse(String where, byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.length < PREAMBLE || buffer.getInt(0) != 0x4d554e93 || buffer.getInt(4) != 0x00015950) {
            throw new IllegalArgumentException(where + ": not an npy array of version 1.0");
        }
        int headerLength = buffer.getShort(8) & 0xffff;
        String header = new String(bytes, PREAMBLE, headerLength, StandardCharsets.ISO_8859_1);
        Matcher matcher = HEADER.matcher(header);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(where + ": unexpected npy header " + header);
        }
        String dims = matcher.group(2).replace(" ", "");
        long[] shape = dims.isEmpty()
                ? new long[0]
                : java.util.Arrays.stream(dims.split(","))
                        .mapToLong(Long::parseLong)
                        .toArray();
        boolean integer = matcher.group(1).equals("<i8");
        ByteBuffer data = buffer.position(PREAMBLE + headerLength).slice().order(ByteOrder.LITTLE_ENDIAN);
        long expected = Fill.count(shape) * (integer ? Long.BYTES : Float.BYTES);
        if (data.remaining() != expected) {
            throw new IllegalArgumentException(
                    where + ": " + data.remaining() + " bytes of data, the shape needs " + expected);
        }
        return new Entry(integer, shape, data);
    }

    /** The names of the arrays, in file order. */
    public Set<String> keys() {
        return entries.keySet();
    }

    /** Shape of an array. */
    public long[] shape(String key) {
        return entry(key).shape.clone();
    }

    /** Whether the array holds int64 values. */
    public boolean isInteger(String key) {
        return entry(key).integer;
    }

    /** Values of an array, row-major; int64 arrays are converted, which is exact for magnitudes below 2^24. */
    public float[] floats(String key) {
        Entry entry = entry(key);
        float[] out = new float[Math.toIntExact(Fill.count(entry.shape))];
        for (int i = 0; i < out.length; i++) {
            out[i] = entry.integer ? entry.data.getLong(i * Long.BYTES) : entry.data.getFloat(i * Float.BYTES);
        }
        return out;
    }

    /**
     * Values of an int64 array, row-major.
     *
     * @throws IllegalArgumentException if the array holds floats
     */
    public long[] longs(String key) {
        Entry entry = entry(key);
        if (!entry.integer) {
            throw new IllegalArgumentException(file.getFileName() + ": " + key + " holds floats, not int64");
        }
        long[] out = new long[Math.toIntExact(Fill.count(entry.shape))];
        for (int i = 0; i < out.length; i++) {
            out[i] = entry.data.getLong(i * Long.BYTES);
        }
        return out;
    }

    private Entry entry(String key) {
        Entry entry = entries.get(key);
        if (entry == null) {
            throw new IllegalArgumentException(file.getFileName() + ": no array named " + key);
        }
        return entry;
    }
}
