package viewfit.formats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import viewfit.formats.BackboneWeights.Which;
import viewfit.goldens.GoldenCase;
import viewfit.graph.Graph;
import viewfit.graph.Parameter;
import viewfit.zoo.Backbones;

/** Section 9, names in official checkpoints: a file with exactly those names, read the way an import reads it. */
public final class WeightGoldens {
    private static final String COUNTER = ".num_batches_tracked";

    private WeightGoldens() {}

    /** Every tensor is filled with its own number; the backbone must hold the numbers that the official map assigns. */
    public static void importsByName(GoldenCase golden) throws IOException {
        Graph graph = Backbones.graph(golden.get("arch").asText());
        Map<String, long[]> shapes = shapes(graph);
        Map<String, Float> expected = new LinkedHashMap<>();
        List<Tensor> tensors = new ArrayList<>();
        List<String> heads = new ArrayList<>();
        for (JsonNode row : golden.get("rows")) {
            String official = row.get(0).asText();
            String ours = row.get(1).asText();
            float number = tensors.size() + 1;
            if (ours.endsWith(COUNTER)) {
                tensors.add(Tensor.i64(official, new long[0], (long) number));
            } else {
                tensors.add(filled(official, shapes.getOrDefault(ours, new long[] {1}), number));
            }
            if (shapes.containsKey(ours)) {
                expected.put(ours, number);
            } else {
                heads.add(official);
            }
        }
        assertEquals(golden.get("use_head").asBoolean(), !heads.isEmpty());
        Path file = Files.createTempFile("golden", ".safetensors");
        try {
            Safetensors.write(file, tensors, Map.of());
            BackboneWeights weights = BackboneWeights.read(WeightFile.open(file), graph, Which.DEFAULT);
            Map<String, Float> actual = new LinkedHashMap<>();
            weights.tensors().forEach((name, tensor) -> {
                assertArrayEquals(shapes.get(name), tensor.shape(), name);
                actual.put(name, tensor.data().getFloat());
            });
            weights.passes().forEach((name, passes) -> actual.put(name, (float) passes));
            assertEquals(expected, actual);
            assertEquals(graph.state().size(), weights.report().matched());
            assertEquals(List.of(), weights.report().missing());
            assertEquals(
                    heads.stream().sorted().toList(),
                    weights.report().leftOut().stream().sorted().toList());
        } finally {
            Files.delete(file);
        }
    }

    private static Map<String, long[]> shapes(Graph graph) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        for (Parameter p : graph.state()) {
            shapes.put(p.name(), p.shape().stream().mapToLong(n -> n).toArray());
        }
        graph.batchNorms().forEach(norm -> shapes.put(norm + COUNTER, new long[0]));
        return shapes;
    }

    private static Tensor filled(String name, long[] shape, float value) {
        ByteBuffer data =
                ByteBuffer.allocate((int) Tensor.count(shape) * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (data.hasRemaining()) {
            data.putFloat(value);
        }
        return new Tensor(name, DType.F32, shape, data.flip());
    }
}
