package viewfit.ssl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.Manifest;
import viewfit.core.data.ManifestRow;
import viewfit.core.files.Hashes;
import viewfit.core.metrics.CurveRow;
import viewfit.core.metrics.Divergence;
import viewfit.core.metrics.Json;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.MonitorRow;
import viewfit.core.metrics.Outcome;
import viewfit.core.random.SeedTree;
import viewfit.core.recipe.BackboneRecipe;
import viewfit.core.recipe.CheckpointRecipe;
import viewfit.core.recipe.MonitorRecipe;
import viewfit.core.recipe.OnDivergence;
import viewfit.core.recipe.OptimizerRecipe;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.SgdRecipe;
import viewfit.core.recipe.SpanRecipe;
import viewfit.core.recipe.ViewKind;
import viewfit.core.table.CsvTable;
import viewfit.engine.TorchRuntime;
import viewfit.formats.Safetensors;
import viewfit.formats.TensorFile;
import viewfit.views.SampledView;

/** Pre-training from photographs to files. */
class PretrainerTest {
    private static TorchRuntime runtime;
    private static Path images;
    private static Manifest train;
    private static Manifest heldout;

    @TempDir
    private Path out;

    @BeforeAll
    static void open() {
        runtime = TorchRuntime.open("cpu", 1);
        images = TwoClasses.IMAGES;
        train = TwoClasses.manifest(0, 5);
        heldout = TwoClasses.manifest(5, 8);
    }

    @AfterAll
    static void close() {
        runtime.close();
    }

    private static PretrainRecipe recipe(OptimizerRecipe optimizer, OnDivergence onDivergence) {
        return recipe(4, optimizer, onDivergence);
    }

    static PretrainRecipe recipe(int batch, OptimizerRecipe optimizer, OnDivergence onDivergence) {
        PretrainRecipe r = DinoRecipes.recipe(
                3,
                batch,
                DinoRecipes.dino(0.4, 24),
                optimizer,
                DinoRecipes.views(DinoRecipes.views(ViewKind.GLOBAL, 2, 32), DinoRecipes.views(ViewKind.LOCAL, 2, 16)));
        return new PretrainRecipe(
                r.schema(),
                r.name(),
                r.seed(),
                r.epochs(),
                r.batchSize(),
                r.microBatches(),
                r.precision(),
                r.backbone(),
                r.method(),
                r.views(),
                optimizer,
                r.schedule(),
                new CheckpointRecipe(1, 2),
                new MonitorRecipe(2, 8, false),
                onDivergence);
    }

    private Metrics run(PretrainRecipe recipe, String folder, int workers) {
        return Pretrainer.run(runtime, job(recipe, folder, workers));
    }

    private Pretrainer.Job job(PretrainRecipe recipe, String folder, int workers) {
        return new Pretrainer.Job(
                recipe, train, heldout, "m".repeat(64), images, out.resolve(folder), "c", workers, StartWeights.none());
    }

    @Test
    void writesEveryOutputAndRepeatsItself() {
        PretrainRecipe recipe = recipe(DinoRecipes.lars(3), OnDivergence.FAIL);
        Metrics metrics = run(recipe, "a", 1);
        Path a = out.resolve("a");

        assertEquals(Outcome.OK, metrics.outcome());
        assertEquals(metrics, Metrics.read(a.resolve("metrics.json")));
        assertEquals(6, metrics.counts().get("steps"));
        assertEquals(3, metrics.counts().get("epochs"));
        assertEquals(
                Hashes.sha256(a.resolve("checkpoint.safetensors")),
                metrics.provenance().checkpointSha256());
        List<CurveRow> curve = CsvTable.of(CurveRow.class, CurveRow.SCHEMA)
                .read(a.resolve("curve.csv"))
                .rows();
        assertEquals(
                List.of(0L, 1L, 2L, 3L, 4L, 5L),
                curve.stream().map(CurveRow::step).toList());
        assertEquals(
                List.of(0, 0, 1, 1, 2, 2), curve.stream().map(CurveRow::epoch).toList());
        List<MonitorRow> monitor = CsvTable.of(MonitorRow.class, MonitorRow.SCHEMA)
                .read(a.resolve("monitor.csv"))
                .rows();
        assertEquals(List.of(0, 2, 3), monitor.stream().map(MonitorRow::epoch).toList(), "every 2 and the last");
        assertEquals(metrics.values().get("untrained.knn.top1"), monitor.get(0).knnStudent());
        assertEquals(monitor.get(0).knnStudent(), monitor.get(0).knnTeacher(), "both start equal");
        assertEquals(
                4 * 4,
                CsvTable.of(SampledView.class, "views/1")
                        .read(a.resolve("views.csv"))
                        .rows()
                        .size());
        assertTrue(Files.exists(a.resolve("views.png")));
        assertEquals(
                List.of("epoch-0002.safetensors", "epoch-0003.safetensors"),
                TwoClasses.list(a.resolve("checkpoints")).stream()
                        .map(f -> f.getFileName().toString())
                        .toList());
        TensorFile content = Safetensors.read(a.resolve("checkpoint.safetensors"));
        assertEquals("3", content.meta("epoch"));
        assertEquals("c", content.meta("cell"));
        assertEquals(
                12,
                content.tensor("student.backbone.features.0.1.num_batches_tracked")
                        .longs()[0]);
        assertEquals(
                6,
                content.tensor("teacher.backbone.features.0.1.num_batches_tracked")
                        .longs()[0]);
        assertEquals(24, content.tensor("method.center").count());

        // The second run reads with two workers into a folder with leftovers, and gives the same bytes.
        run(recipe, "b", 2);
        Metrics again = run(recipe, "b", 2);
        assertEquals(metrics.provenance(), again.provenance());
        assertEquals(
                Hashes.sha256(a.resolve("views.png")),
                Hashes.sha256(out.resolve("b").resolve("views.png")));
    }

    static final SgdRecipe WILD = new SgdRecipe("sgd", 1e30, 4, new SpanRecipe(0, 0), 0, 0, 0, 0.9, false);

    @Test
    void divergenceIsRecordedOrEndsTheRun() throws IOException {
        Files.createDirectories(out.resolve("r"));
        Files.writeString(out.resolve("r").resolve("checkpoint.safetensors"), "leftover");
        Metrics metrics = run(recipe(WILD, OnDivergence.RECORD), "r", 1);
        assertEquals(Outcome.DIVERGED, metrics.outcome());
        assertTrue(
                metrics.message().matches("(?s)step \\d+ \\(epoch \\d\\): found loss .* n0.*\\.JPEG.*"),
                metrics.message());
        assertFalse(metrics.message().contains("\n"));
        Divergence dump = Json.read(out.resolve("r").resolve("diverged.json"), Divergence.class);
        assertEquals("NaN", dump.measures().get("loss"));
        assertEquals("c", dump.cell());
        assertEquals(4, dump.images().size());
        for (int i = 0; i < 4; i++) {
            assertEquals(
                    train.rows().get(dump.rows().get(i)).path(), dump.images().get(i));
        }
        assertEquals(dump.step(), dump.before().size(), "every step before, as there are fewer than ten");
        assertTrue(Double.isFinite(Double.parseDouble(dump.before().get(0).get("loss"))));
        assertFalse(Files.exists(out.resolve("r").resolve("checkpoint.safetensors")));
        assertTrue(Files.isDirectory(out.resolve("r").resolve("checkpoints")));

        Manifest unlabelled = new Manifest(
                train.rows().stream()
                        .map(r -> new ManifestRow(r.path(), -1, r.bytes(), r.sha256()))
                        .toList(),
                Map.of());
        Pretrainer.Job job = new Pretrainer.Job(
                recipe(WILD, OnDivergence.FAIL),
                unlabelled,
                null,
                "",
                images,
                out.resolve("f"),
                "c",
                1,
                StartWeights.none());
        StageFailure e = assertThrows(StageFailure.class, () -> Pretrainer.run(runtime, job));
        assertEquals(ExitCode.DIVERGED, e.exitCode());
        assertFalse(Files.exists(out.resolve("f").resolve("checkpoint.safetensors")));
        MonitorRow untrained = CsvTable.of(MonitorRow.class, MonitorRow.SCHEMA)
                .read(out.resolve("f").resolve("monitor.csv"))
                .rows()
                .get(0);
        assertTrue(Double.isNaN(untrained.knnStudent()), "without labels there is no accuracy");
        assertTrue(untrained.featureStd() > 0);
    }

    /** The last step may leave weights that no loss has seen: the monitor sees them. */
    @Test
    void featuresThatAreNotFiniteEndTheRunToo() {
        PretrainRecipe r = recipe(WILD, OnDivergence.RECORD);
        PretrainRecipe everyEpoch = TinyRecipes.with(
                r, r.name(), r.epochs(), r.checkpoint(), new MonitorRecipe(1, 8, false), r.onDivergence());
        Metrics metrics = run(everyEpoch, "m", 1);
        assertEquals(Outcome.DIVERGED, metrics.outcome());
        assertTrue(metrics.message().contains("found features that are not finite"), metrics.message());
        Divergence dump = Json.read(out.resolve("m").resolve("diverged.json"), Divergence.class);
        assertEquals(1, dump.step());
        assertEquals(4, dump.images().size());
        assertTrue(Double.isFinite(Double.parseDouble(dump.measures().get("gradient-norm"))));
    }

    /** A run starts from another one's weights: both networks, by name, and its checkpoint says from which file. */
    @Test
    void startsFromGivenWeights() {
        PretrainRecipe recipe = recipe(DinoRecipes.lars(3), OnDivergence.FAIL);
        run(recipe, "first", 1);
        Path file = out.resolve("first").resolve("checkpoint.safetensors");
        StartWeights teacher = StartWeights.read(file, StartWeights.Side.TEACHER, recipe.backbone());
        assertTrue(teacher.line().contains(": 260 tensors taken, below teacher.backbone., "), teacher.line());
        assertEquals(Hashes.sha256(file), teacher.sha256());
        TensorFile trained = Safetensors.read(file);
        try (Trainer trainer = Trainer.of(runtime, recipe, 2, 2)) {
            float[] drawn = trainer.method().student().read("head.mlp.0.weight");
            trainer.startFrom(teacher.values(), teacher.passes());
            assertEquals(teacher.passes(), trainer.method().network("teacher").passes("backbone"));
            assertTrue(teacher.passes() > 0);
            String name = "backbone.features.0.1.running_mean";
            float[] expected = trained.tensor("teacher." + name).floats();
            assertArrayEquals(expected, trainer.method().student().read(name));
            assertArrayEquals(expected, trainer.method().network("teacher").read(name));
            assertArrayEquals(drawn, trainer.method().network("teacher").read("head.mlp.0.weight"));
        }
        Pretrainer.Job job =
                new Pretrainer.Job(recipe, train, heldout, "", images, out.resolve("second"), "c", 1, teacher);
        Pretrainer.run(runtime, job);
        assertEquals(
                teacher.sha256(),
                Safetensors.read(out.resolve("second").resolve("checkpoint.safetensors"))
                        .meta("weights-sha256"));
        BackboneRecipe other = new BackboneRecipe("resnet18", false, 0);
        StageFailure e = assertThrows(StageFailure.class, () -> StartWeights.read(file, null, other));
        assertEquals(ExitCode.BAD_DATA, e.exitCode());
        assertFalse(String.valueOf(e.getMessage()).contains("\n"), e.getMessage());
    }

    @Test
    void batchLargerThanTheImagesIsRefused() {
        PretrainRecipe recipe = recipe(DinoRecipes.lars(3), OnDivergence.FAIL);
        Manifest three = new Manifest(train.rows().subList(0, 3), Map.of());
        StageFailure e = assertThrows(
                StageFailure.class,
                () -> new Pretrainer.Job(recipe, three, null, "", images, out, "", 1, StartWeights.none()));
        assertEquals(ExitCode.BAD_RECIPE, e.exitCode());
        assertEquals("batch-size: found 4: must be at most 3, the training images", e.getMessage());
    }

    @Test
    void missingImageIsNamedBeforeAnythingIsWritten() {
        Manifest missing = new Manifest(
                Stream.concat(train.rows().stream(), Stream.of(new ManifestRow("no/such.jpg", 0, 1, "0".repeat(64))))
                        .toList(),
                Map.of());
        Pretrainer.Job job = new Pretrainer.Job(
                recipe(DinoRecipes.lars(3), OnDivergence.FAIL),
                missing,
                null,
                "",
                images,
                out.resolve("x"),
                "",
                1,
                StartWeights.none());
        StageFailure e = assertThrows(StageFailure.class, () -> Pretrainer.run(runtime, job));
        assertEquals(ExitCode.NO_INPUT, e.exitCode());
        assertTrue(String.valueOf(e.getMessage()).contains("no/such.jpg: no such file"), e.getMessage());
        assertFalse(Files.exists(out.resolve("x")));
    }

    @Test
    void aBrokenImageLeavesNothingHalfWritten() throws IOException {
        Path root = out.resolve("photos");
        for (ManifestRow row : train.rows()) {
            Path copy = root.resolve(row.path());
            Files.createDirectories(copy.getParent());
            byte[] bytes = Files.readAllBytes(images.resolve(row.path()));
            boolean last = row.equals(train.rows().get(train.size() - 1));
            Files.write(copy, last ? Arrays.copyOf(bytes, bytes.length / 2) : bytes);
        }
        Pretrainer.Job job = new Pretrainer.Job(
                recipe(DinoRecipes.lars(3), OnDivergence.FAIL),
                train,
                null,
                "",
                root,
                out.resolve("x"),
                "",
                1,
                StartWeights.none());
        StageFailure e = assertThrows(StageFailure.class, () -> Pretrainer.run(runtime, job));
        assertEquals(ExitCode.BAD_DATA, e.exitCode());
        assertTrue(e.getMessage().contains("ends too early"), e.getMessage());
        assertEquals(List.of(), TwoClasses.list(out.resolve("x")));
    }

    @Test
    void monitorSubsetsAreFixedAndKeyed() {
        SeedTree seed = SeedTree.root(1).at("bank");
        List<ManifestRow> four = FeatureMonitor.subset(train.rows(), 4, seed);
        assertEquals(four, FeatureMonitor.subset(train.rows(), 4, seed));
        assertEquals(4, four.size());
        assertEquals(train.rows(), FeatureMonitor.subset(train.rows(), 10, seed));
        assertNotEquals(
                four, FeatureMonitor.subset(train.rows(), 4, SeedTree.root(2).at("bank")));
    }

    @Test
    void collapseIsNamed() {
        double lnK = Math.log(64);
        assertEquals("", health(64, lnK * 0.9, 0.5).message());
        assertTrue(health(64, lnK * 0.995, 0.001).message().contains("the targets are uniform"));
        assertTrue(health(64, 0.01, 0.001).message().contains("the same target"));
        assertFalse(new Health(64, 1280, false).collapsed(), "before the first epoch nothing is known");
    }

    private static Health health(int codes, double entropy, double information) {
        Health health = new Health(codes, 1280, false);
        for (int epoch = 0; epoch < 2; epoch++) {
            health.step(StepReport.of(
                    List.of(Measure.LOSS, Measure.TEACHER_ENTROPY, Measure.TEACHER_INFORMATION, Measure.FEATURE_STD),
                    new float[] {4, (float) entropy, (float) information, 0.02f}));
            health.endEpoch();
        }
        return health;
    }
}
