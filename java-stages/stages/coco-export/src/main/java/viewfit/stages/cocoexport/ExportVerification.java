package viewfit.stages.cocoexport;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.formats.ExportBundle;
import viewfit.formats.ExportCheck;
import viewfit.formats.ExportManifest;
import viewfit.formats.Tensor;
import viewfit.formats.WeightFile;
import viewfit.zoo.Backbones;

/** Reads a whole export back and says of each thing that must hold whether it does. */
final class ExportVerification {
    private final Path folder;
    private final ExportManifest manifest;

    private ExportVerification(Path folder, ExportManifest manifest) {
        this.folder = folder;
        this.manifest = manifest;
    }

    /**
     * Runs every check, also those after one that failed.
     *
     * @param say takes one line per check
     * @throws StageFailure NO_INPUT if there is no manifest; BAD_DATA if it is not one, or after all lines if a check failed
     */
    static void run(Path folder, Consumer<String> say) {
        List<ExportCheck> checks = new ExportVerification(folder, ExportBundle.manifest(folder)).checks();
        int failed = 0;
        for (ExportCheck check : checks) {
            try {
                check.test().run();
                say.accept("ok: " + check.name());
            } catch (StageFailure e) {
                failed++;
                say.accept("FAILED: " + check.name() + ": " + e.getMessage());
            }
        }
        if (failed > 0) {
            throw new StageFailure(
                    ExitCode.BAD_DATA,
                    folder + ": found " + failed + " of " + checks.size() + " checks failed: expected an export that"
                            + " is whole");
        }
    }

    private List<ExportCheck> checks() {
        List<ExportCheck> checks = new ArrayList<>(ExportBundle.checks(folder, manifest));
        checks.add(new ExportCheck("model.safetensors: names, types and shapes of a " + manifest.arch(), this::form));
        checks.add(new ExportCheck("model.pth: module order", this::order));
        return checks;
    }

    private BackboneForm expected() {
        return BackboneForm.of(Backbones.graph(manifest.arch()));
    }

    private void form() {
        Path file = folder.resolve("model.safetensors");
        Map<String, Tensor> found = ExportBundle.model(folder).tensors();
        expected().forms().forEach((name, form) -> {
            Tensor tensor = found.get(name);
            require(
                    tensor != null && form.fits(tensor),
                    file,
                    tensor == null ? "no " + name : tensor,
                    name + " " + form);
        });
        found.keySet()
                .forEach(name -> require(
                        expected().forms().containsKey(name), file, name, "only tensors of a " + manifest.arch()));
    }

    private void order() {
        Path file = folder.resolve("model.pth");
        List<String> found = List.copyOf(WeightFile.open(file).names(WeightFile.WHOLE));
        require(found.equals(expected().names()), file, "its tensors in another order", "module order");
    }

    private static void require(boolean holds, Path file, Object found, String allowed) {
        if (!holds) {
            throw new StageFailure(ExitCode.BAD_DATA, file + ": found " + found + ": expected " + allowed);
        }
    }
}
