package viewfit.stages.cocoexport;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import viewfit.core.Code;
import viewfit.core.files.AtomicFiles;
import viewfit.core.files.Hashes;
import viewfit.core.metrics.Provenance;
import viewfit.formats.BackboneWeights;
import viewfit.formats.ExportManifest;
import viewfit.formats.Tensor;
import viewfit.formats.WeightFile;
import viewfit.graph.Graph;
import viewfit.zoo.Backbones;

/** Weights that were trained elsewhere, of torchvision, timm or official code, as a backbone to export. */
final class ImportedBackbone {
    /** In the place of network and method in the manifest, where the file is all that is known. */
    static final String IMPORTED = "imported";

    private ImportedBackbone() {}

    /**
     * Takes a backbone out of a file, by names.
     *
     * @param side which network, where the file holds several; null: the student, or the only one
     * @param say takes one line: what was taken and what was left
     * @throws viewfit.core.contract.StageFailure USAGE for an unknown architecture; as {@link BackboneWeights#read} for the file
     */
    static ExportSource read(
            Path file,
            String arch,
            CocoExportStage.@Nullable Side side,
            ExportManifest.Preprocessing preprocessing,
            String cell,
            Consumer<String> say) {
        Backbones.requireName("--arch", arch);
        Graph graph = Backbones.graph(arch);
        BackboneWeights.Which which = side == null
                ? BackboneWeights.Which.DEFAULT
                : BackboneWeights.Which.valueOf(side.name().toUpperCase(Locale.ROOT));
        BackboneWeights weights = BackboneWeights.read(WeightFile.open(file), graph, which);
        say.accept(AtomicFiles.name(file) + ": " + weights.report().line());
        List<Tensor> tensors = new ArrayList<>();
        for (String name : BackboneForm.of(graph).names()) {
            Tensor tensor = weights.tensors().get(name);
            long passes = weights.passes().getOrDefault(name, 0L);
            tensors.add(tensor != null ? tensor : Tensor.i64(name, new long[] {}, passes));
        }
        ExportManifest facts = new ExportManifest(
                ExportManifest.SCHEMA,
                arch,
                side == null ? IMPORTED : side.prefix(),
                IMPORTED,
                0,
                0,
                cell,
                preprocessing,
                tensors.size(),
                Map.of(),
                List.of(),
                new Provenance(Code.version(), "", "", Hashes.sha256(file), "", "", 0));
        return new ExportSource(graph, tensors, facts);
    }
}
