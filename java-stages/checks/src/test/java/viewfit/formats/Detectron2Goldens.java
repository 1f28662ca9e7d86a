package viewfit.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import viewfit.checks.GoldenCheck;
import viewfit.checks.GoldenTheme;
import viewfit.engine.GoldenNetworks;
import viewfit.engine.Network;
import viewfit.engine.Program;
import viewfit.engine.Scope;
import viewfit.engine.Tensor;
import viewfit.engine.TorchRuntime;
import viewfit.goldens.GoldenCase;
import viewfit.goldens.Goldens;
import viewfit.graph.Graph;
import viewfit.graph.Op;
import viewfit.zoo.Backbones;

/** Section 10: names in Detectron2, and that the stages they name are those of our networks. */
public final class Detectron2Goldens implements GoldenTheme {
    private static final String PART = "backbone";

    @Override
    public Map<String, GoldenCheck> checks() {
        return Map.of("detectron2_names", Detectron2Goldens::names, "detectron2_forward", Detectron2Goldens::forward);
    }

    private static void names(GoldenCase golden) {
        String arch = golden.get("arch").asText();
        List<String> columns = GoldenCase.strings(golden.get("columns"));
        Set<String> torchvision = new LinkedHashSet<>();
        Set<String> unique = new LinkedHashSet<>();
        for (JsonNode row : golden.get("rows")) {
            String from = row.get(columns.indexOf("torchvision_name")).asText();
            String expected = row.get(columns.indexOf("detectron2_name")).asText();
            assertEquals(Optional.of(expected), Detectron2Names.of(arch, from));
            assertTrue(unique.add(expected), expected);
            torchvision.add(from);
        }
        Graph graph = Backbones.graph(arch);
        Set<String> ours = new LinkedHashSet<>();
        graph.state().forEach(p -> ours.add(p.name()));
        graph.batchNorms().forEach(n -> ours.add(n + ".num_batches_tracked"));
        assertEquals(ours, torchvision, "tensors of the network");
        if (golden.json().has("channels")) {
            Map<String, Integer> ends = stageEnds(arch, graph);
            golden.get("channels")
                    .properties()
                    .forEach(e -> assertEquals(
                            e.getValue().asInt(), channels(graph, ends.get(e.getKey())), "channels of " + e.getKey()));
        }
        if (golden.json().has("forward_check")) {
            forward(golden);
        }
    }

    /** Spatial means of every stage's last map. */
    private static void forward(GoldenCase golden) {
        String arch = golden.get("arch").asText();
        Graph graph = Backbones.graph(arch);
        JsonNode check = golden.get("forward_check");
        JsonNode x = check.get("x");
        Map<String, Integer> ends = stageEnds(arch, graph);
        List<String> stages = new ArrayList<>();
        check.get("expected").fieldNames().forEachRemaining(stages::add);
        assertTrue(ends.keySet().containsAll(stages), stages + " are stages, ours " + ends.keySet());
        // A tap program returns a list of two values or more.
        List<String> asked = new ArrayList<>(stages);
        asked.add(stages.get(0));
        Graph tapped = new Graph(
                graph.name(),
                graph.inputChannels(),
                graph.ops(),
                graph.parameters(),
                graph.buffers(),
                graph.output(),
                graph.outputWidth(),
                ends);
        try (TorchRuntime runtime = TorchRuntime.open(Goldens.device(), 1);
                Program program = runtime.compile(runtime.script().taps(tapped, "f", asked));
                Scope scope = runtime.scope()) {
            Network network = GoldenNetworks.filled(
                    runtime,
                    PART,
                    tapped,
                    golden.tensorsOf(arch, check.get("param_prefix").asText()));
            Tensor image = runtime.tensor(scope, GoldenCase.values(x), GoldenCase.longs(x.get("shape")));
            List<Tensor> maps = program.call(
                    scope, "f", runtime.channelsLast(scope, image), network.parameters(PART), network.buffers(PART));
            for (int i = 0; i < stages.size(); i++) {
                golden.expected(stages.get(i), check.get("expected").get(stages.get(i)))
                        .assertClose(
                                means(runtime.floats(maps.get(i)), maps.get(i).shape()));
            }
        }
    }

    private static float[] means(float[] map, long[] shape) {
        int area = Math.toIntExact(shape[2] * shape[3]);
        float[] means = new float[map.length / area];
        for (int c = 0; c < means.length; c++) {
            double sum = 0;
            for (int i = 0; i < area; i++) {
                sum += map[c * area + i];
            }
            means[c] = (float) (sum / area);
        }
        return means;
    }

    /**
     * The last value of every stage, by the names alone: what the first convolution of the next stage reads, and for the last one
     * what is pooled. Where the graph itself names that stage it has to mean the same value.
     */
    private static Map<String, Integer> stageEnds(String arch, Graph graph) {
        Map<String, Integer> ends = new LinkedHashMap<>();
        String stage = "";
        for (Op op : graph.ops()) {
            if (op instanceof Op.Conv2d convolution) {
                String name = Detectron2Names.of(arch, convolution.weight()).orElseThrow();
                String next = name.substring(0, name.indexOf('.'));
                if (!next.equals(stage) && !stage.isEmpty()) {
                    ends.put(stage, convolution.in());
                }
                stage = next;
            } else if (op instanceof Op.GlobalMeanPool pool) {
                ends.put(stage, pool.in());
            }
        }
        ends.forEach((name, value) -> assertEquals(value, graph.taps().getOrDefault(name, value), "tap " + name));
        return ends;
    }

    /** Channels of a value: those of the last convolution on the way to it. */
    private static int channels(Graph graph, int value) {
        Map<Integer, Integer> widths = new HashMap<>();
        widths.put(0, graph.inputChannels());
        for (Op op : graph.ops()) {
            int width = widths.get(op.inputs().get(0));
            if (op instanceof Op.Conv2d convolution) {
                width = graph.parameters().stream()
                        .filter(p -> p.name().equals(convolution.weight()))
                        .findFirst()
                        .orElseThrow()
                        .shape()
                        .get(0);
            }
            widths.put(op.out(), width);
        }
        return widths.get(value);
    }
}
