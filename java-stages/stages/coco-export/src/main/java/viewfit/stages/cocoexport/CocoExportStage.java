package viewfit.stages.cocoexport;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import viewfit.cli.CellStage;
import viewfit.cli.OutputFormat;
import viewfit.cli.OutputFormats;
import viewfit.cli.StageMain;
import viewfit.core.Code;
import viewfit.core.contract.Contracts;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.AtomicFiles;
import viewfit.core.files.Hashes;
import viewfit.core.metrics.Provenance;
import viewfit.formats.BackboneExport;
import viewfit.formats.ExportBundle;
import viewfit.formats.ExportManifest;
import viewfit.formats.SelfCheck;
import viewfit.formats.Tensor;
import viewfit.graph.Graph;
import viewfit.zoo.Backbones;

/** Checkpoint in, backbone for detection frameworks out. The folder depends on the checkpoint and the options alone. */
@Command(name = "coco-export")
public final class CocoExportStage extends CellStage {
    /** Which of the two networks of a checkpoint. */
    enum Side {
        STUDENT,
        TEACHER;

        String prefix() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A dry run has no weights, hence no manifest that could be mistaken for a real one. */
    private static final String STUB = "stub.txt";

    @Option(names = "--checkpoint", paramLabel = "FILE", description = "Checkpoint of pretrain.")
    private @Nullable Path checkpoint;

    @Option(
            names = "--verify",
            paramLabel = "DIR",
            description =
                    "Check every file of the export in this folder, and write nothing: 65 if one is damaged, missing"
                            + " or too much.")
    private @Nullable Path verified;

    @Option(
            names = "--metrics",
            paramLabel = "FILE",
            description =
                    "metrics.json of a probe or fine-tuning of this checkpoint, for the manifest; may be given more"
                            + " than once (default: none).")
    private List<Path> metrics = List.of();

    @Option(
            names = "--network",
            paramLabel = "SIDE",
            description = "student, or teacher where the method trains one (dino, moco)"
                    + " (default: student, which the official detection code loads).")
    private Side network = Side.STUDENT;

    @Option(
            names = "--norm",
            paramLabel = "NORM",
            description = "Backbone norm in the configuration of a conv net: syncbn for several GPUs, bn for one"
                    + " (default: syncbn).")
    private BackboneExport.Norm norm = BackboneExport.Norm.SYNCBN;

    public CocoExportStage() {
        super(
                Contracts.COCO_EXPORT,
                """
                bin/stage coco-export --checkpoint checkpoint.safetensors --network student --out exported
                bin/stage coco-export --verify exported/export""");
    }

    public static void main(String[] args) {
        StageMain.run(new CocoExportStage(), args);
    }

    @Override
    protected OutputFormats formats() {
        return super.formats()
                .with(ExportManifest.SCHEMA, OutputFormat.of(CocoExportStage::verify, CocoExportStage::stub));
    }

    private static void verify(Path folder) {
        if (!Files.exists(folder.resolve(STUB))) {
            ExportBundle.verify(folder);
        }
    }

    private static void stub(Path folder) {
        AtomicFiles.writeString(folder.resolve(STUB), "stub run: nothing was exported\n");
    }

    @Override
    protected boolean writes() {
        return verified == null;
    }

    @Override
    protected void checkOptions() {
        if ((checkpoint == null) == (verified == null)) {
            throw new StageFailure(
                    ExitCode.USAGE,
                    "--checkpoint: found " + (checkpoint == null ? "nothing" : "it beside --verify")
                            + ": one of --checkpoint, --verify must be given");
        }
    }

    @Override
    protected void run() {
        if (verified != null) {
            ExportVerification.run(verified, this::say);
        } else if (checkpoint != null) {
            export(checkpoint);
        }
    }

    private void export(Path file) {
        CheckpointBackbone backbone = CheckpointBackbone.read(file, network.prefix());
        Path folder = out().resolve("export");
        ExportManifest facts = facts(backbone, Hashes.sha256(file));
        Graph graph = Backbones.graph(backbone.arch());
        Tensor x = SelfCheck.input(backbone.seed());
        SelfCheck selfCheck = new SelfCheck(x, EngineFeatures.exact(graph, backbone.tensors(), x));
        BackboneExport export = new BackboneExport(
                graph, backbone.tensors(), backbone.mean(), backbone.std(), norm, origin(facts), selfCheck);
        ExportBundle.write(folder, export, metadata(facts), facts);
        ExportBundle.verify(folder);
        requireSame(folder, backbone.tensors());
    }

    private ExportManifest facts(CheckpointBackbone backbone, String sha256) {
        return new ExportManifest(
                ExportManifest.SCHEMA,
                backbone.arch(),
                network.prefix(),
                backbone.text("method"),
                backbone.number("epoch"),
                backbone.number("step"),
                cell().isEmpty() ? backbone.textOrEmpty("cell") : cell(),
                new ExportManifest.Preprocessing("RGB", backbone.mean(), backbone.std()),
                backbone.tensors().size(),
                Scores.read(metrics, sha256),
                List.of(),
                new Provenance(
                        Code.version(),
                        backbone.text("recipe-sha256"),
                        backbone.textOrEmpty("manifest-sha256"),
                        sha256,
                        "",
                        "",
                        backbone.seed()));
    }

    private static Map<String, String> origin(ExportManifest facts) {
        Map<String, String> origin = new LinkedHashMap<>();
        origin.put("network", facts.network() + " of a " + facts.method() + " run");
        origin.put("trained for", facts.epoch() + " epochs, " + facts.step() + " steps");
        if (!facts.cell().isEmpty()) {
            origin.put("cell", facts.cell());
        }
        origin.put("seed", Long.toString(facts.provenance().seed()));
        origin.put("Viewfit", facts.provenance().code());
        origin.put("checkpoint SHA-256", facts.provenance().checkpointSha256());
        origin.put("recipe SHA-256", facts.provenance().recipeSha256());
        if (!facts.provenance().manifestSha256().isEmpty()) {
            origin.put("training manifest SHA-256", facts.provenance().manifestSha256());
        }
        return origin;
    }

    /** Metadata of model.safetensors; {@code format: pt} is what PyTorch tools look for. */
    private static Map<String, String> metadata(ExportManifest facts) {
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

    /** The checksums prove the files are as written; this proves they hold what the checkpoint holds. */
    private static void requireSame(Path folder, List<Tensor> tensors) {
        Map<String, Tensor> written = ExportBundle.model(folder).tensors();
        for (Tensor tensor : tensors) {
            Tensor back = written.get(tensor.name());
            if (back == null || !back.sameContent(tensor)) {
                throw new StageFailure(
                        ExitCode.IO, folder + ": " + tensor.name() + " was not read back as written: check the disk");
            }
        }
    }
}
