package viewfit.formats;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import viewfit.graph.Graph;

/**
 * A backbone that is ready to be exported.
 *
 * @param graph the network; its name is one of {@link ExportBundle#architectures()}
 * @param tensors all tensors under torchvision's or timm's names, in module order
 * @param mean per RGB channel, for inputs in [0, 1]
 * @param std per RGB channel
 * @param norm normalisation layers of the emitted configuration; transformers get none
 * @param origin facts for the instructions, in order
 * @param selfCheck an input and what the network makes of it
 */
public record BackboneExport(
        Graph graph,
        List<Tensor> tensors,
        List<Double> mean,
        List<Double> std,
        Norm norm,
        Map<String, String> origin,
        SelfCheck selfCheck) {
    /** How batch statistics are taken while fine-tuning. */
    public enum Norm {
        /** Over all processes; Detectron2 needs several GPUs for it. */
        SYNCBN("SyncBN"),
        /** Per process; for one GPU or CPU. */
        BN("BN");

        private final String detectron2;

        Norm(String detectron2) {
            this.detectron2 = detectron2;
        }

        /** Name in a Detectron2 configuration. */
        public String detectron2() {
            return detectron2;
        }
    }

    public BackboneExport {
        tensors = List.copyOf(tensors);
        mean = List.copyOf(mean);
        std = List.copyOf(std);
        origin = Collections.unmodifiableMap(new LinkedHashMap<>(origin));
        if (!ExportBundle.architectures().contains(graph.name())) {
            throw new IllegalArgumentException("arch: found '" + graph.name() + "': expected one of "
                    + String.join(", ", ExportBundle.architectures()));
        }
        if (mean.size() != 3 || std.size() != 3) {
            throw new IllegalArgumentException("mean and std: found " + mean.size() + " and " + std.size()
                    + " values: expected 3 each, for red, green and blue");
        }
    }

    /** Name of the architecture. */
    public String arch() {
        return graph.name();
    }
}
