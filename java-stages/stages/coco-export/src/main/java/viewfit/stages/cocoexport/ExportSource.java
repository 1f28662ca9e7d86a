package viewfit.stages.cocoexport;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import viewfit.formats.ExportManifest;
import viewfit.formats.Tensor;
import viewfit.graph.Graph;

/**
 * A backbone and what is known of it.
 *
 * @param graph the network
 * @param tensors all of them in module order, finite
 * @param facts the manifest, without files and scores
 */
record ExportSource(Graph graph, List<Tensor> tensors, ExportManifest facts) {
    ExportSource {
        tensors = List.copyOf(tensors);
    }

    /** Facts for people, in order. */
    Map<String, String> origin() {
        Map<String, String> origin = new LinkedHashMap<>();
        boolean imported = facts.method().equals(ImportedBackbone.IMPORTED);
        if (imported) {
            boolean named = !facts.network().equals(ImportedBackbone.IMPORTED);
            origin.put("network", (named ? facts.network() + " " : "") + "from a file of weights");
        } else {
            origin.put("network", facts.network() + " of a " + facts.method() + " run");
            origin.put("trained for", facts.epoch() + " epochs, " + facts.step() + " steps");
        }
        if (!facts.cell().isEmpty()) {
            origin.put("cell", facts.cell());
        }
        if (!imported) {
            origin.put("seed", Long.toString(facts.provenance().seed()));
        }
        origin.put("Viewfit", facts.provenance().code());
        origin.put(
                (imported ? "weights" : "checkpoint") + " SHA-256",
                facts.provenance().checkpointSha256());
        if (!facts.provenance().recipeSha256().isEmpty()) {
            origin.put("recipe SHA-256", facts.provenance().recipeSha256());
        }
        if (!facts.provenance().manifestSha256().isEmpty()) {
            origin.put("training manifest SHA-256", facts.provenance().manifestSha256());
        }
        return origin;
    }

    /** Metadata of model.safetensors; {@code format: pt} is what PyTorch tools look for. */
    Map<String, String> metadata() {
        Map<String, String> metadata = new TreeMap<>();
        metadata.put("format", "pt");
        metadata.put("schema", facts.schema());
        metadata.put("producer", "Viewfit " + facts.provenance().code());
        metadata.put("arch", facts.arch());
        metadata.put("network", facts.network());
        metadata.put("method", facts.method());
        metadata.put("epoch", Long.toString(facts.epoch()));
        metadata.put("step", Long.toString(facts.step()));
        metadata.put("cell", facts.cell());
        metadata.put("channels", facts.preprocessing().channels());
        metadata.put("mean", CheckpointBackbone.join(facts.preprocessing().mean()));
        metadata.put("std", CheckpointBackbone.join(facts.preprocessing().std()));
        metadata.put("recipe-sha256", facts.provenance().recipeSha256());
        metadata.put("manifest-sha256", facts.provenance().manifestSha256());
        metadata.put("checkpoint-sha256", facts.provenance().checkpointSha256());
        return metadata;
    }
}
