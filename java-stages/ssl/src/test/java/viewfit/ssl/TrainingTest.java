package viewfit.ssl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import viewfit.core.data.Manifest;
import viewfit.core.data.ManifestRow;
import viewfit.core.metrics.CurveRow;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.MonitorRow;
import viewfit.core.metrics.Outcome;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.table.CsvTable;
import viewfit.engine.TorchRuntime;
import viewfit.formats.Safetensors;
import viewfit.formats.Tensor;
import viewfit.goldens.Goldens;

/**
 * Every method on every family of backbones, two epochs on photographs at 32 and 16 pixels: a smoke test of the whole path,
 * from files to files. Ten steps teach a network nothing yet, and the running statistics of its batch norms are still far
 * from those of its images; what they can show is that everything moves and nothing collapses. That labels and codes are learnt is shown on one batch in {@link MethodsTest}.
 */
class TrainingTest {
    private static final int PER_CLASS = 8;
    private static final int HELD_OUT = 4;
    private static final int BATCH = 16;
    private static TorchRuntime runtime;
    private static Path images;
    private static Manifest train;
    private static Manifest heldout;

    @TempDir
    Path out;

    @BeforeAll
    static void open() {
        runtime = TorchRuntime.open("cpu", Runtime.getRuntime().availableProcessors());
        images = Goldens.testData("imagenette-mini").resolve("train");
        train = manifest(0, PER_CLASS);
        heldout = manifest(PER_CLASS, PER_CLASS + HELD_OUT);
    }

    @AfterAll
    static void close() {
        runtime.close();
    }

    private static Manifest manifest(int from, int to) {
        List<ManifestRow> rows = new ArrayList<>();
        List<Path> classes = list(images);
        for (int label = 0; label < classes.size(); label++) {
            for (Path file : list(classes.get(label)).subList(from, to)) {
                String path = images.relativize(file).toString().replace('\\', '/');
                rows.add(new ManifestRow(path, label, file.toFile().length(), "0".repeat(64)));
            }
        }
        return new Manifest(rows, Map.of());
    }

    private static List<Path> list(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "dino, mobilenet_v2", "dino, resnet18", "dino, vit_tiny",
        "swav, mobilenet_v2", "swav, resnet18", "swav, vit_tiny",
        "moco, mobilenet_v2", "moco, resnet18", "moco, vit_tiny",
        "supervised, mobilenet_v2", "supervised, resnet18", "supervised, vit_tiny"
    })
    void trainsWithoutCollapse(String method, String backbone) throws IOException {
        PretrainRecipe recipe = TinyRecipes.of(method, backbone, 2, BATCH, true);
        Metrics metrics = Pretrainer.run(
                runtime,
                new Pretrainer.Job(recipe, train, heldout, "m".repeat(64), images, out, "c", 1, StartWeights.none()));
        assertEquals(Outcome.OK, metrics.outcome());
        assertEquals("", metrics.message());
        assertEquals(0, metrics.counts().get("collapsed"));
        List<CurveRow> curve = CsvTable.of(CurveRow.class, CurveRow.SCHEMA)
                .read(out.resolve("curve.csv"))
                .rows();
        assertEquals(2 * (10 * PER_CLASS / BATCH), curve.size());
        double healthy = 1 / Math.sqrt(metrics.counts().get("feature.dim"));
        for (CurveRow row : curve) {
            assertTrue(Double.isFinite(row.loss()), "loss of step " + row.step());
            assertTrue(row.featureStd() > 0.1 * healthy, "feature std " + row.featureStd());
            assertTrue(row.probeLoss() > 0, "online probe");
        }
        List<MonitorRow> monitor = CsvTable.of(MonitorRow.class, MonitorRow.SCHEMA)
                .read(out.resolve("monitor.csv"))
                .rows();
        assertEquals(3, monitor.size());
        // What k-NN says of 40 images after ten steps is luck: that it is said is all there is to test.
        assertTrue(monitor.stream().noneMatch(row -> Double.isNaN(row.knnStudent())));
        boolean teacher = method.equals("dino") || method.equals("moco");
        assertEquals(!teacher, Double.isNaN(monitor.get(2).knnTeacher()));
        assertEquals(!method.equals("swav"), Double.isNaN(monitor.get(2).prototypesUsed()));
        assertEquals(List.of(), still(recipe));
    }

    /** Weights of two and more dimensions that are those of the first step, in any network of the run: a teacher follows too. */
    private List<String> still(PretrainRecipe recipe) {
        Path start = out.resolve("start.safetensors");
        long steps = 10 * PER_CLASS / BATCH;
        try (Trainer trainer = Trainer.of(runtime, recipe, steps, LabelCount.of(recipe, train))) {
            Checkpoint.write(start, trainer, 0, Map.of());
        }
        Map<String, Tensor> first = Safetensors.read(start).tensors();
        Map<String, Tensor> last =
                Safetensors.read(out.resolve("checkpoint.safetensors")).tensors();
        assertEquals(first.keySet(), last.keySet());
        return first.keySet().stream()
                .filter(name -> !name.startsWith("optimizer.") && !name.startsWith("method."))
                .filter(name -> !name.endsWith(".weight_g"))
                .filter(name -> first.get(name).shape().length > 1)
                .filter(name -> first.get(name).sameContent(last.get(name)))
                .toList();
    }
}
