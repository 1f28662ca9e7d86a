package viewfit.formats;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import viewfit.core.metrics.Provenance;
import viewfit.goldens.GoldenCase;
import viewfit.goldens.GoldenTensor;
import viewfit.goldens.Goldens;
import viewfit.goldens.Kind;

/** Backbones filled like the golden ones, as exports. */
final class TestBackbones {
    static final List<Double> MEAN = List.of(0.485, 0.456, 0.406);
    static final List<Double> STD = List.of(0.229, 0.224, 0.225);

    private TestBackbones() {}

    /** All tensors of an architecture in module order, with the values that belong to {@code prefix}. */
    static List<Tensor> tensors(String arch, String prefix) {
        List<Tensor> tensors = new ArrayList<>();
        for (GoldenCase c : Goldens.ssl().cases("backbone_tensors")) {
            if (c.get("arch").asText().equals(arch)) {
                for (GoldenTensor t : c.tensors()) {
                    tensors.add(tensor(t, prefix));
                }
            }
        }
        return tensors;
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
        return new BackboneExport(arch, tensors, MEAN, STD, BackboneExport.Norm.SYNCBN, origin);
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
                new ExportManifest.Preprocessing("RGB", MEAN, STD),
                tensors,
                List.of(),
                new Provenance("0.1.0+test", "", "", "", "", "", 0));
    }
}
