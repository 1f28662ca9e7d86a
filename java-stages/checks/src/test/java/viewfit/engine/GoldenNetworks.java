package viewfit.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import viewfit.goldens.GoldenTensor;
import viewfit.graph.Graph;

/** Networks with the values of a golden case. */
public final class GoldenNetworks {
    private GoldenNetworks() {}

    /** One part, its names those of the listed tensors; tensors that the part does not have are left out. */
    public static Network filled(TorchRuntime runtime, String part, Graph graph, List<GoldenTensor> tensors) {
        Network network = Network.allocate(runtime, Map.of(part, graph), name -> false);
        Map<String, GoldenTensor> byName = new LinkedHashMap<>();
        tensors.forEach(t -> byName.put(part + "." + t.name(), t));
        Set<String> missing = new LinkedHashSet<>();
        network.state().forEach(p -> {
            GoldenTensor tensor = byName.get(p.name());
            if (tensor == null) {
                missing.add(p.name());
            } else {
                network.write(p.name(), tensor.values());
            }
        });
        assertEquals(Set.of(), missing, "tensors that the golden does not fill");
        return network;
    }

    /** Euclidean norm, summed in double. */
    public static float norm(float[] values) {
        double sum = 0;
        for (float v : values) {
            sum += (double) v * v;
        }
        return (float) Math.sqrt(sum);
    }
}
