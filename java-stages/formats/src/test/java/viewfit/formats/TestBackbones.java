package viewfit.formats;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import viewfit.core.metrics.Provenance;
import viewfit.goldens.GoldenCase;
import viewfit.goldens.GoldenTensor;
import viewfit.goldens.Goldens;
import viewfit.goldens.Kind;
import viewfit.graph.Graph;
import viewfit.graph.Init;
import viewfit.graph.Op;
import viewfit.graph.Parameter;
import viewfit.zoo.Backbones;

/** Backbones filled like the golden ones, as exports. */
final class TestBackbones {
    static final List<Double> MEAN = List.of(0.485, 0.456, 0.406);
    static final List<Double> STD = List.of(0.229, 0.224, 0.225);

    private TestBackbones() {}

    /** All tensors of an architecture in module order, with the values that belong to {@code prefix}. */
    static List<Tensor> tensors(String arch, String prefix) {
        List<Tensor> tensors = new ArrayList<>();
        list(arch).forEach(t -> tensors.add(tensor(t, prefix)));
        return tensors;
    }

    static List<GoldenCase> cases() {
        return Goldens.ssl().cases("backbone_tensors");
    }

    private static List<GoldenTensor> list(String arch) {
        return cases().stream()
                .filter(c -> c.get("arch").asText().equals(arch))
                .flatMap(c -> c.tensors().stream())
                .toList();
    }

    /** Shapes of all tensors of an architecture, counters included. */
    static Map<String, long[]> shapes(String arch) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        list(arch).forEach(t -> shapes.put(t.name(), t.shape()));
        return shapes;
    }

    /** A graph with the tensors of an architecture and its batch norms, but without its connections. */
    static Graph graph(String arch) {
        List<Parameter> parameters = new ArrayList<>();
        List<Parameter> buffers = new ArrayList<>();
        List<Op> ops = new ArrayList<>();
        for (GoldenTensor t : list(arch)) {
            if (Kind.isInteger(t.kind())) {
                String norm = t.name().substring(0, t.name().lastIndexOf('.'));
                ops.add(new Op.BatchNorm(ops.size(), ops.size() + 1, norm, 1e-5));
            } else {
                List<Integer> shape =
                        Arrays.stream(t.shape()).mapToObj(n -> (int) n).toList();
                (t.parameter() ? parameters : buffers)
                        .add(new Parameter(t.name(), shape, new Init.Constant(0), t.parameter()));
            }
        }
        return new Graph(arch, 3, ops, parameters, buffers, ops.size(), 1, Map.of());
    }

    private static Tensor tensor(GoldenTensor t, String prefix) {
        if (Kind.isInteger(t.kind())) {
            return Tensor.i64(t.name(), t.shape(), 7);
        }
        ByteBuffer data = ByteBuffer.allocate((int) t.count() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        float[] values = viewfit.goldens.Fill.values(prefix + t.name(), t.count(), t.scale(), t.offset());
        data.asFloatBuffer().put(values);
        return new Tensor(t.name(), DType.F32, t.shape(), data);
    }

    static BackboneExport export(String arch, List<Tensor> tensors) {
        Map<String, String> origin = new LinkedHashMap<>();
        origin.put("network", "student after 3 epochs");
        return new BackboneExport(
                Backbones.graph(arch), tensors, MEAN, STD, BackboneExport.Norm.SYNCBN, origin, selfCheck());
    }

    /** Any numbers: these tests do not compute. */
    static SelfCheck selfCheck() {
        return new SelfCheck(
                Tensor.f32("x", new long[] {1, 3, 1, 1}, 1, 2, 3), Tensor.f32("y", new long[] {1, 2}, 4, 5));
    }

    static ExportManifest facts(String arch, int tensors) {
        return new ExportManifest(
                ExportManifest.SCHEMA,
                arch,
                "student",
                "dino",
                3,
                120,
                "demo",
                ExportManifest.Preprocessing.of(MEAN, STD),
                tensors,
                Map.of("heldout.linear.top1", 0.25),
                List.of(),
                new Provenance("0.1.0+test", "", "", "", "", "", 0));
    }
}
