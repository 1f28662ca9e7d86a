package viewfit.formats;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Element types, in the order of the safetensors reference (https://github.com/huggingface/safetensors,
 * safetensors/src/tensor.rs): its writer lays tensors out by descending type, so the order here decides the bytes of a file.
 */
public enum DType {
    BOOL(1),
    U8(1),
    I8(1),
    I16(2),
    F16(2),
    BF16(2),
    I32(4),
    F32(4),
    F64(8),
    I64(8);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }

    /** All names, for messages. */
    static String names() {
        return Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", "));
    }
}
