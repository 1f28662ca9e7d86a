package viewfit.formats;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.AtomicFiles;
import viewfit.core.files.Hashes;
import viewfit.core.metrics.Json;

/**
 * The folder a backbone is exported to: {@code model.safetensors} with torchvision's names (timm's for transformers),
 * {@code detectron2/} for convolutional networks, a README that says why not for transformers, and {@code manifest.json},
 * which is written last and names every other file with its checksum. The bytes depend on the content alone.
 */
public final class ExportBundle {
    static final String MODEL = "model.safetensors";
    private static final String DETECTRON2 = "detectron2";

    private static final String README = "README.md";
    private static final List<String> TRANSFORMERS = List.of("vit_tiny", "vit_small");

    private ExportBundle() {}

    /** Architectures that can be exported. */
    public static List<String> architectures() {
        return Stream.concat(Detectron2Export.architectures().stream(), TRANSFORMERS.stream())
                .toList();
    }

    /**
     * Writes all files.
     *
     * @param metadata text entries of {@code model.safetensors}
     * @param facts the manifest, to which the files are added
     * @throws StageFailure USAGE if the folder holds a file that does not belong to the export; IO if the file system refuses
     */
    public static void write(Path folder, BackboneExport export, Map<String, String> metadata, ExportManifest facts) {
        List<String> files = files(export.arch());
        for (String present : present(folder)) {
            if (!files.contains(present) && !present.equals(ExportManifest.FILE)) {
                throw new StageFailure(
                        ExitCode.USAGE,
                        folder.resolve(present)
                                + ": found a file of something else: the folder must be empty or hold an export of "
                                + export.arch());
            }
        }
        delete(folder.resolve(ExportManifest.FILE));
        Safetensors.write(folder.resolve(MODEL), export.tensors(), metadata);
        if (TRANSFORMERS.contains(export.arch())) {
            ResourceText.write(folder.resolve(README), "transformer/README.md", values(export));
        } else {
            Detectron2Export.write(folder.resolve(DETECTRON2), export);
        }
        List<ExportManifest.ExportedFile> entries = new ArrayList<>();
        for (String file : files) {
            Path path = folder.resolve(file);
            entries.add(new ExportManifest.ExportedFile(file, size(path), Hashes.sha256(path)));
        }
        Json.write(
                folder.resolve(ExportManifest.FILE),
                new ExportManifest(
                        facts.schema(),
                        facts.arch(),
                        facts.network(),
                        facts.method(),
                        facts.epoch(),
                        facts.step(),
                        facts.cell(),
                        facts.preprocessing(),
                        facts.tensors(),
                        entries,
                        facts.provenance()));
    }

    /**
     * Reads an export back: the manifest, the checksum of every file, the weight files, and their agreement tensor by tensor.
     *
     * @throws StageFailure NO_INPUT or BAD_DATA, naming the file and the difference
     */
    public static ExportManifest verify(Path folder) {
        ExportManifest manifest = Json.read(folder.resolve(ExportManifest.FILE), ExportManifest.class);
        Path where = folder.resolve(ExportManifest.FILE);
        require(manifest.schema().equals(ExportManifest.SCHEMA), where, manifest.schema(), ExportManifest.SCHEMA);
        require(
                architectures().contains(manifest.arch()),
                where,
                "arch " + manifest.arch(),
                "one of " + String.join(", ", architectures()));
        List<String> listed =
                manifest.files().stream().map(ExportManifest.ExportedFile::path).toList();
        require(
                listed.equals(files(manifest.arch())),
                where,
                "files " + listed,
                files(manifest.arch()).toString());
        for (ExportManifest.ExportedFile file : manifest.files()) {
            Path path = folder.resolve(file.path());
            require(Files.isRegularFile(path), path, "no file", "the file of the manifest");
            require(size(path) == file.bytes(), path, size(path) + " bytes", file.bytes() + " bytes");
            require(Hashes.sha256(path).equals(file.sha256()), path, "another SHA-256", file.sha256());
        }
        TensorFile model = model(folder);
        require(
                model.tensors().size() == manifest.tensors(),
                model.file(),
                model.tensors().size() + " tensors",
                Integer.toString(manifest.tensors()));
        if (!TRANSFORMERS.contains(manifest.arch())) {
            Detectron2Export.verify(
                    folder.resolve(DETECTRON2),
                    manifest.arch(),
                    List.copyOf(model.tensors().values()));
        }
        return manifest;
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

    private static List<String> files(String arch) {
        TreeSet<String> files = new TreeSet<>();
        files.add(MODEL);
        if (TRANSFORMERS.contains(arch)) {
            files.add(README);
        } else {
            Detectron2Export.files(arch).forEach(f -> files.add(DETECTRON2 + "/" + f));
        }
        return List.copyOf(files);
    }

    private static List<String> present(Path folder) {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> walk = Files.walk(folder)) {
            return walk.filter(Files::isRegularFile)
                    .map(p -> folder.relativize(p).toString().replace('\\', '/'))
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw new StageFailure(ExitCode.IO, folder + ": cannot be listed: it must be readable", e);
        }
    }

    /** An old manifest goes first: files without one are visibly unfinished. */
    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw AtomicFiles.failure(file, e);
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw AtomicFiles.failure(file, e);
        }
    }

    private static void require(boolean holds, Path path, String found, String allowed) {
        if (!holds) {
            throw new StageFailure(ExitCode.BAD_DATA, path + ": found " + found + ": expected " + allowed);
        }
    }
}
