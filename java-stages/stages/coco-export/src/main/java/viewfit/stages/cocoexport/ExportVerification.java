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
import viewfit.formats.OnnxExport;
import viewfit.formats.SelfCheck;
import viewfit.formats.Tensor;
import viewfit.formats.WeightFile;
import viewfit.graph.Graph;
import viewfit.zoo.Backbones;

/** Reads a whole export back and says of each thing that must hold whether it does. */
final class ExportVerification {
    private static final String MODEL = "model.safetensors";
    private static final String TORCH = "model.pth";
    private static final String ONNX = "onnx/backbone.onnx";

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
        checks.add(new ExportCheck(MODEL + ": names, types and shapes of a " + manifest.arch(), this::form));
        checks.add(new ExportCheck(TORCH + ": module order", this::order));
        checks.add(new ExportCheck(ONNX + ": the network of " + MODEL, this::onnx));
        checks.add(new ExportCheck(ONNX + ": onnxruntime computes selfcheck.safetensors", this::runtime));
        checks.add(new ExportCheck(MODEL + ": the engine computes selfcheck.safetensors", this::engine));
        return checks;
    }

    private Graph graph() {
        return Backbones.graph(manifest.arch());
    }

    private List<Tensor> tensors() {
        return List.copyOf(ExportBundle.model(folder).tensors().values());
    }

    private void onnx() {
        form();
        OnnxExport.verify(folder.resolve(ONNX), graph(), tensors());
    }

    private void runtime() {
        SelfCheck check = SelfCheck.read(folder, graph().outputWidth());
        check.require(folder.resolve(ONNX), OnnxFeatures.of(folder.resolve(ONNX), check.x()));
    }

    private void engine() {
        form();
        SelfCheck check = SelfCheck.read(folder, graph().outputWidth());
        check.require(folder.resolve(MODEL), EngineFeatures.single(graph(), tensors(), check.x()));
    }

    private BackboneForm expected() {
        return BackboneForm.of(graph());
    }

    private void form() {
        Path file = folder.resolve(MODEL);
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
        Path file = folder.resolve(TORCH);
        List<String> found = List.copyOf(WeightFile.open(file).names(WeightFile.WHOLE));
        require(found.equals(expected().names()), file, "its tensors in another order", "module order");
    }

    private static void require(boolean holds, Path file, Object found, String allowed) {
        if (!holds) {
            throw new StageFailure(ExitCode.BAD_DATA, file + ": found " + found + ": expected " + allowed);
        }
    }
}
