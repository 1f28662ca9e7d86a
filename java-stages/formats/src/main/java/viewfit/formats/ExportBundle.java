package viewfit.formats;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.AtomicFiles;
import viewfit.core.files.Hashes;
import viewfit.core.metrics.Json;

/**
 * The folder a backbone is exported to: its weights with torchvision's names (timm's for transformers) as safetensors and as a
 * torch file, the network as ONNX, an input with its features, folders for the libraries that load them, and {@code manifest.json}, which is written last and names every other
 * file with its checksum. Transformers have a README instead of the folders of torchvision and Detectron2. The bytes depend on
 * the content alone.
 */
public final class ExportBundle {
    static final String MODEL = ExportFiles.MODEL;

    private ExportBundle() {}

    /** Architectures that can be exported. */
    public static List<String> architectures() {
        return ExportFiles.architectures();
    }

    /**
     * Writes all files.
     *
     * @param metadata text entries of {@code model.safetensors}
     * @param facts the manifest, to which the files are added
     * @throws StageFailure USAGE if the folder holds a file that does not belong to the export; IO if the file system refuses
     */
    public static void write(Path folder, BackboneExport export, Map<String, String> metadata, ExportManifest facts) {
        String arch = export.arch();
        for (String foreign : ExportFiles.inTheWay(folder, arch)) {
            throw new StageFailure(
                    ExitCode.USAGE,
                    folder.resolve(foreign)
                            + ": found a file of something else: the folder must be empty or hold an export of "
                            + arch);
        }
        delete(folder.resolve(ExportManifest.FILE));
        Safetensors.write(folder.resolve(MODEL), export.tensors(), metadata);
        TorchExport.write(folder.resolve(ExportFiles.TORCH), export.tensors());
        OnnxExport.write(folder.resolve(ExportFiles.ONNX), export.graph(), export.tensors());
        export.selfCheck().write(folder.resolve(SelfCheck.FILE));
        TimmExport.write(folder.resolve(ExportFiles.TIMM), export);
        if (ExportFiles.isTransformer(arch)) {
            ResourceText.write(folder.resolve(ExportFiles.README), "transformer/README.md", values(export));
        } else {
            TorchvisionExport.write(folder.resolve(ExportFiles.TORCHVISION), export);
            Detectron2Export.write(folder.resolve(ExportFiles.DETECTRON2), export);
        }
        List<ExportManifest.ExportedFile> entries = new ArrayList<>();
        for (String file : ExportFiles.of(arch)) {
            Path path = folder.resolve(file);
            entries.add(new ExportManifest.ExportedFile(file, size(path), Hashes.sha256(path)));
        }
        Json.write(folder.resolve(ExportManifest.FILE), facts.with(entries));
    }

    /**
     * Reads an export back: the manifest, the checksum of every file, the weight files, and their agreement tensor by tensor.
     *
     * @throws StageFailure NO_INPUT or BAD_DATA, naming the file and the difference
     */
    public static ExportManifest verify(Path folder) {
        ExportManifest manifest = manifest(folder);
        ExportCheck.all(checks(folder, manifest));
        return manifest;
    }

    /**
     * The manifest of an export.
     *
     * @throws StageFailure NO_INPUT if there is none; BAD_DATA if it is not one that this version knows
     */
    public static ExportManifest manifest(Path folder) {
        return ExportChecks.manifest(folder);
    }

    /** What {@link #verify} looks at, one by one. */
    public static List<ExportCheck> checks(Path folder, ExportManifest manifest) {
        return ExportChecks.of(folder, manifest);
    }

    private static Map<String, String> values(BackboneExport export) {
        return Map.of(
                "arch", export.arch(),
                "tensorCount", Integer.toString(export.tensors().size()),
                "mean", export.mean().toString(),
                "std", export.std().toString(),
                "origin", ResourceText.list(export.origin()));
    }

    /** The weights of an export under torchvision's or timm's names. */
    public static TensorFile model(Path folder) {
        return Safetensors.read(folder.resolve(MODEL));
    }

    /** An old manifest goes first: files without one are visibly unfinished. */
    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw AtomicFiles.failure(file, e);
        }
    }

    static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw AtomicFiles.failure(file, e);
        }
    }
}
