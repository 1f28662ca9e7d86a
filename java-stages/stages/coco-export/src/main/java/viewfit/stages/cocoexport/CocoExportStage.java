package viewfit.stages.cocoexport;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import viewfit.cli.CellStage;
import viewfit.cli.OutputFormat;
import viewfit.cli.OutputFormats;
import viewfit.cli.StageMain;
import viewfit.core.contract.Contracts;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.AtomicFiles;
import viewfit.formats.BackboneExport;
import viewfit.formats.ExportBundle;
import viewfit.formats.ExportManifest;
import viewfit.formats.SelfCheck;
import viewfit.formats.Tensor;

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

    private static final List<Double> IMAGENET_MEAN = List.of(0.485, 0.456, 0.406);
    private static final List<Double> IMAGENET_STD = List.of(0.229, 0.224, 0.225);

    /** A dry run has no weights, hence no manifest that could be mistaken for a real one. */
    private static final String STUB = "stub.txt";

    @Option(names = "--checkpoint", paramLabel = "FILE", description = "Checkpoint of pretrain.")
    private @Nullable Path checkpoint;

    @Option(
            names = "--weights",
            paramLabel = "FILE",
            description = "In the place of a checkpoint: safetensors or .pth of torchvision, timm, the official code or"
                    + " an earlier export, matched by name; needs --arch.")
    private @Nullable Path weights;

    @Option(names = "--arch", paramLabel = "NAME", description = "Backbone of --weights, as recipes name it.")
    private @Nullable String arch;

    @Option(
            names = "--mean",
            paramLabel = "R,G,B",
            split = ",",
            description = "With --weights: mean that the network's inputs had subtracted, of values from 0 to 1"
                    + " (default: 0.485,0.456,0.406, of ImageNet; supervised transformers of timm have 0.5,0.5,0.5).")
    private List<Double> mean = List.of();

    @Option(
            names = "--std",
            paramLabel = "R,G,B",
            split = ",",
            description = "With --weights: deviation they were divided by (default: 0.229,0.224,0.225).")
    private List<Double> std = List.of();

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
                    "metrics.json of a probe or fine-tuning of this network of this checkpoint, for the manifest; may be"
                            + " given more than once (default: none).")
    private List<Path> metrics = List.of();

    @Option(
            names = "--network",
            paramLabel = "SIDE",
            description = "student, or teacher where the method trains one (dino, moco)"
                    + " (default: student, which the official detection code loads; of --weights also the only one).")
    private @Nullable Side network;

    @Option(
            names = "--norm",
            paramLabel = "NORM",
            description = "Backbone norm in the configuration of a conv net: syncbn for several GPUs, bn for one"
                    + " (default: syncbn).")
    private BackboneExport.@Nullable Norm norm;

    public CocoExportStage() {
        super(
                Contracts.COCO_EXPORT,
                """
                bin/stage coco-export --checkpoint checkpoint.safetensors --network student --out exported
                bin/stage coco-export --weights resnet18-f37072fd.pth --arch resnet18 --out exported
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
        List<String> given = new ArrayList<>();
        if (checkpoint != null) {
            given.add("--checkpoint");
        }
        if (weights != null) {
            given.add("--weights");
        }
        if (verified != null) {
            given.add("--verify");
        }
        if (given.size() != 1) {
            String found = given.isEmpty() ? "nothing" : String.join(" and ", given);
            throw usage("--checkpoint", found, "one of --checkpoint, --weights, --verify must be given");
        }
        if (verified != null) {
            refuseForVerification();
        }
        if ((weights == null) != (arch == null)) {
            throw usage("--arch", arch == null ? "nothing" : arch, "goes with --weights, and --weights with it");
        }
        if (weights == null && !(mean.isEmpty() && std.isEmpty())) {
            throw usage("--mean, --std", mean + ", " + std, "need --weights: a checkpoint says its own");
        }
        channels("--mean", mean, IMAGENET_MEAN);
        if (channels("--std", std, IMAGENET_STD).stream().anyMatch(v -> v <= 0)) {
            throw usage("--std", std.toString(), "must be positive");
        }
    }

    /** What says how to write an export, where none is written. */
    private void refuseForVerification() {
        Map<String, Boolean> given = new LinkedHashMap<>();
        given.put("--metrics", !metrics.isEmpty());
        given.put("--network", network != null);
        given.put("--norm", norm != null);
        given.put("--cell", !cell().isEmpty());
        given.forEach((option, is) -> {
            if (is) {
                throw usage(option, "it with --verify", "goes with --checkpoint or --weights");
            }
        });
    }

    private static List<Double> channels(String option, List<Double> given, List<Double> otherwise) {
        if (!given.isEmpty() && (given.size() != 3 || !given.stream().allMatch(Double::isFinite))) {
            throw usage(option, given.toString(), "must be three numbers, for red, green and blue");
        }
        return given.isEmpty() ? otherwise : given;
    }

    private static StageFailure usage(String option, String found, String allowed) {
        return new StageFailure(ExitCode.USAGE, option + ": found " + found + ": " + allowed);
    }

    @Override
    protected void run() {
        if (verified != null) {
            ExportVerification.run(verified, this::say);
        } else {
            export(source());
        }
    }

    private ExportSource source() {
        if (weights != null && arch != null) {
            ExportManifest.Preprocessing preprocessing = ExportManifest.Preprocessing.of(
                    channels("--mean", mean, IMAGENET_MEAN), channels("--std", std, IMAGENET_STD));
            return ImportedBackbone.read(weights, arch, network, preprocessing, cell(), this::say);
        } else if (checkpoint != null) {
            String side = (network == null ? Side.STUDENT : network).prefix();
            return CheckpointBackbone.read(checkpoint, side).source(side, cell());
        }
        throw new IllegalStateException("nothing to export although the options were accepted");
    }

    private void export(ExportSource source) {
        Path folder = out().resolve("export");
        ExportManifest facts = source.facts().scored(Scores.read(metrics, source.facts()));
        Tensor x = SelfCheck.input(facts.provenance().seed());
        BackboneExport export = new BackboneExport(
                source.graph(),
                source.tensors(),
                facts.preprocessing().mean(),
                facts.preprocessing().std(),
                norm == null ? BackboneExport.Norm.SYNCBN : norm,
                source.origin(),
                new SelfCheck(x, EngineFeatures.exact(source.graph(), source.tensors(), x)));
        ExportBundle.write(folder, export, source.metadata(), facts);
        ExportBundle.verify(folder);
        requireSame(folder, source.tensors());
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
