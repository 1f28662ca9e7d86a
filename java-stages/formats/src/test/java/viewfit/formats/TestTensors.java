package viewfit.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;

/** Tensors against the lists of shapes and values that the golden files carry. */
final class TestTensors {
    private TestTensors() {}

    /** Names, shapes and values all agree; order does not matter. */
    static void assertEqual(JsonNode expected, Map<String, Tensor> tensors) {
        assertEquals(expected.size(), tensors.size());
        for (Map.Entry<String, JsonNode> entry : expected.properties()) {
            Tensor tensor = tensors.get(entry.getKey());
            JsonNode values = entry.getValue().path("values");
            assertEquals(
                    entry.getValue().path("shape").toString(),
                    Arrays.toString(tensor.shape()).replace(" ", ""));
            assertEquals(values.size(), tensor.count(), tensor.toString());
            for (int i = 0; i < values.size(); i++) {
                assertEquals(values.get(i).asDouble(), element(tensor, i), 0.0, tensor.toString());
            }
        }
    }

    /** Decodes one element of any type; the two 16-bit types by hand, as the naive twin. */
    static double element(Tensor tensor, int i) {
        ByteBuffer data = tensor.data();
        return switch (tensor.dtype()) {
            case BOOL, U8, I8 -> data.get(i);
            case I16 -> data.getShort(2 * i);
            case I32 -> data.getInt(4 * i);
            case I64 -> data.getLong(8 * i);
            case F32 -> data.getFloat(4 * i);
            case F64 -> data.getDouble(8 * i);
            case BF16 -> Float.intBitsToFloat(data.getShort(2 * i) << 16);
            case F16 -> {
                int bits = data.getShort(2 * i) & 0xffff;
                double magnitude = (1024 + (bits & 0x3ff)) * Math.pow(2, ((bits >> 10) & 31) - 25);
                yield bits < 0x8000 ? magnitude : -magnitude;
            }
        };
    }
}
