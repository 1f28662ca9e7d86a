package viewfit.formats;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.AtomicFiles;

/** Which files an export consists of. */
final class ExportFiles {
    static final String MODEL = "model.safetensors";
    static final String TORCH = "model.pth";
    static final String README = "README.md";
    static final String DETECTRON2 = "detectron2";
    static final String ONNX = "onnx/backbone.onnx";
    static final String TIMM = "timm";
    static final String TORCHVISION = "torchvision";

    private static final List<String> TRANSFORMERS = List.of("vit_tiny", "vit_small");

    private ExportFiles() {}

    /** Architectures that can be exported. */
    static List<String> architectures() {
        return Stream.concat(Detectron2Export.architectures().stream(), TRANSFORMERS.stream())
                .toList();
    }

    static boolean isTransformer(String arch) {
        return TRANSFORMERS.contains(arch);
    }

    /** Paths of all files but the manifest, in order. */
    static List<String> of(String arch) {
        TreeSet<String> files = new TreeSet<>(List.of(MODEL, TORCH, ONNX, SelfCheck.FILE));
        TimmExport.files().forEach(f -> files.add(TIMM + "/" + f));
        if (isTransformer(arch)) {
            files.add(README);
        } else {
            files.add(TORCHVISION + "/" + TorchvisionExport.README);
            Detectron2Export.files(arch).forEach(f -> files.add(DETECTRON2 + "/" + f));
        }
        return List.copyOf(files);
    }

    /** Files in a folder that do not belong to an export of an architecture, in order. */
    static List<String> foreign(Path folder, String arch) {
        List<String> files = of(arch);
        return present(folder).stream()
                .filter(f -> !files.contains(f) && !f.equals(ExportManifest.FILE))
                .toList();
    }

    /** The same, but for what a process that was killed in the middle of a file left aside: the next write takes its place. */
    static List<String> inTheWay(Path folder, String arch) {
        return foreign(folder, arch).stream()
                .filter(f -> !f.endsWith(AtomicFiles.ASIDE)
                        || (!of(arch).contains(f.substring(0, f.length() - AtomicFiles.ASIDE.length()))
                                && !f.equals(ExportManifest.FILE + AtomicFiles.ASIDE)))
                .toList();
    }

    private static List<String> present(Path folder) {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> walk = Files.walk(folder)) {
            return walk.filter(f -> !Files.isDirectory(f))
                    .map(p -> folder.relativize(p).toString().replace('\\', '/'))
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw new StageFailure(ExitCode.IO, folder + ": cannot be listed: it must be readable", e);
        }
    }
}
