package viewfit.formats;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.AtomicFiles;

/**
 * The safetensors format: a little-endian u64 header length, a JSON header padded with spaces to a multiple of 8 bytes, then the
 * bytes of all tensors without gaps. The layout follows the reference writer (https://github.com/huggingface/safetensors):
 * tensors by descending type, then by name in UTF-8 order; equal content therefore gives equal bytes, whoever writes it.
 */
public final class Safetensors {
    static final String METADATA = "__metadata__";
    static final int ALIGNMENT = 8;
    private static final JsonFactory JSON = new JsonFactory();
    private static final int COPY_BYTES = 1 << 16;

    private Safetensors() {}

    /**
     * Writes a file atomically: it is either complete or absent.
     *
     * @param metadata text entries, written in the order of their keys; may be empty
     * @throws IllegalArgumentException if a name is used twice or reserved
     * @throws StageFailure IO if the file system refuses
     */
    public static void write(Path file, Collection<Tensor> tensors, Map<String, String> metadata) {
        List<Tensor> ordered = ordered(tensors);
        byte[] header = header(ordered, metadata);
        AtomicFiles.write(file, out -> {
            out.write(ByteBuffer.allocate(Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(header.length)
                    .array());
            out.write(header);
            for (Tensor tensor : ordered) {
                copy(tensor.data(), out);
            }
        });
    }

    /**
     * Reads and validates a file. The tensors are windows into the mapped file: files larger than the heap, and larger than
     * 2 GiB, are fine as long as each tensor is smaller than 2 GiB.
     *
     * @throws StageFailure NO_INPUT if there is no such file; BAD_DATA, naming the file and the place, if it is not well-formed, or
     *     not what its {@link Seal} says, if it has one
     */
    public static TensorFile read(Path file) {
        TensorFile content = SafetensorsReader.read(file);
        Seal.check(content);
        return content;
    }

    private static List<Tensor> ordered(Collection<Tensor> tensors) {
        Set<String> names = new HashSet<>();
        for (Tensor tensor : tensors) {
            if (tensor.name().equals(METADATA)) {
                throw new IllegalArgumentException("tensor name " + METADATA + ": reserved by the format");
            }
            if (!names.add(tensor.name())) {
                throw new IllegalArgumentException("tensor name " + tensor.name() + ": used twice");
            }
        }
        List<Tensor> ordered = new ArrayList<>(tensors);
        ordered.sort(Comparator.comparing(Tensor::dtype)
                .reversed()
                .thenComparing(t -> t.name().getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned));
        return ordered;
    }

    private static byte[] header(List<Tensor> ordered, Map<String, String> metadata) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectFieldStart(METADATA);
                for (Map.Entry<String, String> entry : new TreeMap<>(metadata).entrySet()) {
                    json.writeStringField(entry.getKey(), entry.getValue());
                }
                json.writeEndObject();
            }
            long offset = 0;
            for (Tensor tensor : ordered) {
                long end = offset + tensor.byteCount();
                json.writeObjectFieldStart(tensor.name());
                json.writeStringField("dtype", tensor.dtype().name());
                json.writeFieldName("shape");
                json.writeArray(tensor.shape(), 0, tensor.shape().length);
                json.writeFieldName("data_offsets");
                json.writeArray(new long[] {offset, end}, 0, 2);
                json.writeEndObject();
                offset = end;
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        while (bytes.size() % ALIGNMENT != 0) {
            bytes.write(' ');
        }
        return bytes.toByteArray();
    }

    /** Copies through a small buffer: a mapped or direct source has no array to hand over. */
    static void copy(ByteBuffer source, OutputStream out) throws IOException {
        byte[] chunk = new byte[Math.min(COPY_BYTES, Math.max(1, source.remaining()))];
        while (source.hasRemaining()) {
            int n = Math.min(chunk.length, source.remaining());
            source.get(chunk, 0, n);
            out.write(chunk, 0, n);
        }
    }
}
