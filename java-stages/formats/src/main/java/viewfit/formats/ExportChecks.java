package viewfit.formats;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.Hashes;
import viewfit.core.metrics.Json;

/**
 * What can be said about an export by reading it: its files are those of its manifest, to the byte, and every file of weights
 * holds the tensors of {@code model.safetensors}, to the bit.
 */
final class ExportChecks {
    private final Path folder;
    private final ExportManifest manifest;

    private ExportChecks(Path folder, ExportManifest manifest) {
        this.folder = folder;
        this.manifest = manifest;
    }

    /**
     * The manifest of an export.
     *
     * @throws StageFailure NO_INPUT if there is none; BAD_DATA if it is not one of an export this version knows
     */
    static ExportManifest manifest(Path folder) {
        Path file = folder.resolve(ExportManifest.FILE);
        ExportManifest manifest = Json.read(file, ExportManifest.class);
        require(manifest.schema().equals(ExportManifest.SCHEMA), file, manifest.schema(), ExportManifest.SCHEMA);
        require(
                ExportFiles.architectures().contains(manifest.arch()),
                file,
                "arch " + manifest.arch(),
                "one of " + String.join(", ", ExportFiles.architectures()));
        return manifest;
    }

    /** All checks, in the order in which a failure explains those after it. */
    static List<ExportCheck> of(Path folder, ExportManifest manifest) {
        return new ExportChecks(folder, manifest).checks();
    }

    private List<ExportCheck> checks() {
        List<ExportCheck> checks = new ArrayList<>();
        checks.add(new ExportCheck(ExportManifest.FILE + ": lists the files of a " + manifest.arch(), this::list));
        checks.add(new ExportCheck("no other files", this::foreign));
        for (ExportManifest.ExportedFile file : manifest.files()) {
            checks.add(new ExportCheck(file.path() + ": " + file.bytes() + " bytes, SHA-256", () -> file(file)));
        }
        checks.add(new ExportCheck(ExportFiles.MODEL + ": " + manifest.tensors() + " tensors", this::count));
        String same = ": tensors as in " + ExportFiles.MODEL;
        checks.add(new ExportCheck(
                ExportFiles.TORCH + same, () -> SameTensors.require(torch(), torchTensors(), tensors())));
        checks.add(new ExportCheck(
                ExportFiles.TIMM + "/" + TimmExport.MODEL + same,
                () -> TimmExport.verify(folder.resolve(ExportFiles.TIMM), manifest.arch(), tensors())));
        checks.add(new ExportCheck(
                ExportFiles.TIMM + "/" + TimmExport.CONFIG + ": preprocessing of " + ExportManifest.FILE,
                () -> TimmExport.verifyConfiguration(folder.resolve(ExportFiles.TIMM), manifest)));
        if (!ExportFiles.isTransformer(manifest.arch())) {
            checks.add(new ExportCheck(
                    ExportFiles.DETECTRON2 + "/" + Detectron2Export.PICKLE + same,
                    () -> Detectron2Export.verify(folder.resolve(ExportFiles.DETECTRON2), manifest.arch(), tensors())));
        }
        return checks;
    }

    private Path torch() {
        return folder.resolve(ExportFiles.TORCH);
    }

    private Map<String, Tensor> torchTensors() {
        return WeightFile.open(torch()).tensors(WeightFile.WHOLE);
    }

    private List<Tensor> tensors() {
        return List.copyOf(ExportBundle.model(folder).tensors().values());
    }

    private void list() {
        List<String> listed =
                manifest.files().stream().map(ExportManifest.ExportedFile::path).toList();
        List<String> wanted = ExportFiles.of(manifest.arch());
        require(listed.equals(wanted), folder.resolve(ExportManifest.FILE), "files " + listed, wanted.toString());
    }

    private void foreign() {
        List<String> foreign = ExportFiles.foreign(folder, manifest.arch());
        require(
                foreign.isEmpty(),
                folder,
                foreign.toString(),
                "the files of " + ExportManifest.FILE + " and no others");
    }

    private void file(ExportManifest.ExportedFile file) {
        Path path = folder.resolve(file.path());
        require(Files.isRegularFile(path), path, "no file", "the file of the manifest");
        long bytes = ExportBundle.size(path);
        require(bytes == file.bytes(), path, bytes + " bytes", file.bytes() + " bytes");
        require(Hashes.sha256(path).equals(file.sha256()), path, "another SHA-256", file.sha256());
    }

    private void count() {
        int found = tensors().size();
        require(
                found == manifest.tensors(),
                folder.resolve(ExportFiles.MODEL),
                found + " tensors",
                Integer.toString(manifest.tensors()));
    }

    private static void require(boolean holds, Path path, String found, String allowed) {
        if (!holds) {
            throw Malformed.in(path, "", found, allowed);
        }
    }
}
