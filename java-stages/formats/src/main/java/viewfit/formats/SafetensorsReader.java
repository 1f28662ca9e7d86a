package viewfit.formats;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;

/**
 * The validating half of {@link Safetensors}. A file is trusted only if every byte of it is accounted for: the header length, one
 * JSON object without repeated names, and tensors that cover the data exactly, without holes or overlaps.
 */
final class SafetensorsReader {
    /** The limit of the reference reader, which keeps a broken length from asking for absurd memory. */
    static final long MAX_HEADER_BYTES = 100_000_000;

    private static final Set<String> MEMBERS = Set.of("dtype", "shape", "data_offsets");
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength((int) MAX_HEADER_BYTES)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final Path file;

    private SafetensorsReader(Path file) {
        this.file = file;
    }

    static TensorFile read(Path file) {
        return new SafetensorsReader(file).read();
    }

    /** One tensor as the header describes it; offsets count from the start of the data. */
    private static final class Entry {
        final String name;
        final DType dtype;
        final long[] shape;
        final long start;
        final long end;

        Entry(String name, DType dtype, long[] shape, long start, long end) {
            this.name = name;
            this.dtype = dtype;
            this.shape = shape;
            this.start = start;
            this.end = end;
        }
    }

    private TensorFile read() {
        if (!Files.isRegularFile(file)) {
            throw new StageFailure(ExitCode.NO_INPUT, file + ": no such file: a safetensors file is needed");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            long headerLength = headerLength(channel, size);
            JsonNode header = header(bytes(channel, Long.BYTES, (int) headerLength));
            Map<String, String> metadata = metadata(header.get(Safetensors.METADATA));
            long dataStart = Long.BYTES + headerLength;
            List<Entry> entries = entries(header);
            requireExactCover(entries, size - dataStart);
            return new TensorFile(file, map(channel, dataStart, size - dataStart, entries), metadata);
        } catch (IOException e) {
            throw new StageFailure(ExitCode.IO, file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private long headerLength(FileChannel channel, long size) throws IOException {
        if (size < Long.BYTES + 2) {
            throw bad("", size + " bytes", "at least a length and an empty header, 10 bytes");
        }
        long n = bytes(channel, 0, Long.BYTES).getLong();
        long allowed = Math.min(MAX_HEADER_BYTES, size - Long.BYTES);
        if (n < 2 || n > allowed) {
            throw bad("header length", Long.toUnsignedString(n), "2 to " + allowed + " in a file of this size");
        }
        return n;
    }

    private JsonNode header(ByteBuffer bytes) {
        if (bytes.get(0) != '{') {
            throw bad("header", "first byte " + (bytes.get(0) & 0xff), "'{'");
        }
        try {
            // Decoded here and strictly: a JSON parser that is given bytes would guess among five encodings.
            return JSON.readTree(
                    StandardCharsets.UTF_8.newDecoder().decode(bytes).toString());
        } catch (CharacterCodingException e) {
            throw bad("header", "bytes that are not UTF-8", "JSON in UTF-8");
        } catch (JsonProcessingException e) {
            String at = e.getLocation() == null
                    ? ""
                    : " at character " + e.getLocation().getCharOffset();
            throw bad("header", oneLine(e.getOriginalMessage()) + at, "one JSON object without repeated names");
        }
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s+", " ");
    }

    private Map<String, String> metadata(@Nullable JsonNode node) {
        Map<String, String> metadata = new LinkedHashMap<>();
        if (node == null) {
            return metadata;
        }
        if (!node.isObject()) {
            throw bad(Safetensors.METADATA, describe(node), "an object of strings");
        }
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            if (!entry.getValue().isTextual()) {
                throw bad(Safetensors.METADATA + "." + entry.getKey(), describe(entry.getValue()), "a string");
            }
            metadata.put(entry.getKey(), entry.getValue().textValue());
        }
        return metadata;
    }

    private List<Entry> entries(JsonNode header) {
        List<Entry> entries = new ArrayList<>();
        for (Map.Entry<String, JsonNode> entry : header.properties()) {
            if (!entry.getKey().equals(Safetensors.METADATA)) {
                entries.add(entry(entry.getKey(), entry.getValue()));
            }
        }
        return entries;
    }

    private Entry entry(String name, JsonNode node) {
        if (!node.isObject() || node.size() != MEMBERS.size() || !hasMembers(node)) {
            throw bad(name, describe(node), "an object with dtype, shape and data_offsets");
        }
        DType dtype = dtype(name, node.get("dtype"));
        long[] shape = longs(name + ".shape", node.get("shape"));
        long[] offsets = longs(name + ".data_offsets", node.get("data_offsets"));
        if (offsets.length != 2 || offsets[0] > offsets[1]) {
            throw bad(name + ".data_offsets", describe(node.get("data_offsets")), "a start and an end not before it");
        }
        long length = offsets[1] - offsets[0];
        if (length != byteCount(name, dtype, shape)) {
            throw bad(
                    name + ".data_offsets",
                    length + " bytes",
                    byteCount(name, dtype, shape) + " bytes for " + dtype + " " + describe(node.get("shape")));
        }
        if (length > Integer.MAX_VALUE) {
            throw bad(name, length + " bytes", "tensors below 2 GiB");
        }
        return new Entry(name, dtype, shape, offsets[0], offsets[1]);
    }

    private static boolean hasMembers(JsonNode node) {
        return MEMBERS.stream().allMatch(node::has);
    }

    private DType dtype(String name, JsonNode node) {
        for (DType dtype : DType.values()) {
            if (node.isTextual() && dtype.name().equals(node.textValue())) {
                return dtype;
            }
        }
        throw bad(name + ".dtype", describe(node), "one of " + DType.names());
    }

    private long byteCount(String name, DType dtype, long[] shape) {
        try {
            return Math.multiplyExact(Tensor.count(shape), dtype.bytes());
        } catch (ArithmeticException | IllegalArgumentException e) {
            throw bad(name + ".shape", java.util.Arrays.toString(shape), "a size that fits into a file");
        }
    }

    private long[] longs(String where, JsonNode node) {
        long[] out = new long[node.size()];
        for (int i = 0; i < out.length; i++) {
            JsonNode item = node.get(i);
            if (item == null || !item.isIntegralNumber() || !item.canConvertToLong() || item.longValue() < 0) {
                throw bad(where, describe(node), "a list of whole numbers from 0");
            }
            out[i] = item.longValue();
        }
        if (!node.isArray()) {
            throw bad(where, describe(node), "a list of whole numbers from 0");
        }
        return out;
    }

    private void requireExactCover(List<Entry> entries, long dataBytes) {
        entries.sort(Comparator.<Entry>comparingLong(e -> e.start).thenComparingLong(e -> e.end));
        long at = 0;
        for (Entry entry : entries) {
            if (entry.start != at) {
                String what = entry.start > at ? "a hole of " : "an overlap of ";
                throw bad(
                        entry.name + ".data_offsets",
                        what + Math.abs(entry.start - at) + " bytes before " + entry.start,
                        "tensors side by side");
            }
            at = entry.end;
        }
        if (at != dataBytes) {
            throw bad(
                    "data", dataBytes + " bytes after the header", "exactly the " + at + " bytes the header describes");
        }
    }

    private Map<String, Tensor> map(FileChannel channel, long dataStart, long dataBytes, List<Entry> entries)
            throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        // One mapping if it can be addressed by an int, because each mapping costs a system call and whole pages.
        ByteBuffer whole = dataBytes <= Integer.MAX_VALUE
                ? channel.map(FileChannel.MapMode.READ_ONLY, dataStart, dataBytes)
                : null;
        for (Entry entry : entries) {
            int length = (int) (entry.end - entry.start);
            ByteBuffer window = whole != null
                    ? whole.slice((int) entry.start, length)
                    : channel.map(FileChannel.MapMode.READ_ONLY, dataStart + entry.start, length);
            tensors.put(entry.name, new Tensor(entry.name, entry.dtype, entry.shape, window));
        }
        return tensors;
    }

    private static ByteBuffer bytes(FileChannel channel, long position, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw new IOException("the file became shorter while it was read");
            }
        }
        return buffer.flip();
    }

    private static String describe(JsonNode node) {
        String text = oneLine(node.toString());
        return text.length() <= 60 ? text : text.substring(0, 57) + "...";
    }

    private StageFailure bad(String place, String found, String allowed) {
        String where = place.isEmpty() ? file.toString() : file + ": " + oneLine(place);
        return new StageFailure(ExitCode.BAD_DATA, where + ": found " + found + ": expected " + allowed);
    }
}
