package viewfit.ssl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.Hashes;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.ViewKind;
import viewfit.engine.Network;
import viewfit.engine.Scope;
import viewfit.engine.Tensor;
import viewfit.engine.TorchRuntime;

/** Every method through the trainer, on made-up pixels: resuming, what rests, what moves when, what changes nothing. */
class MethodsTest {
    private static final int CLASSES = 5;
    private static TorchRuntime runtime;

    @BeforeAll
    static void open() {
        runtime = TorchRuntime.open("cpu", 1);
    }

    @AfterAll
    static void close() {
        runtime.close();
    }

    private static StepBatch batch(Scope scope, PretrainRecipe recipe, long step, int... ids) {
        return Pictures.batch(runtime, scope, recipe.views(), step, CLASSES, ids);
    }

    private static int[] ids(PretrainRecipe recipe) {
        return IntStream.range(0, recipe.batchSize()).toArray();
    }

    private static StepReport step(Trainer trainer, long step) {
        try (Scope scope = runtime.scope()) {
            return trainer.step(scope, step, batch(scope, trainer.recipe(), step, ids(trainer.recipe())));
        }
    }

    private static Trainer trainer(PretrainRecipe recipe, long stepsPerEpoch) {
        return Trainer.of(runtime, recipe, stepsPerEpoch, CLASSES);
    }

    /** U50, for every method and family of backbones: in one go, or saved and read back in between: the same file. */
    @ParameterizedTest
    @CsvSource({
        "dino, resnet18",
        "dino, vit_tiny",
        "swav, mobilenet_v2",
        "swav, vit_tiny",
        "moco, mobilenet_v2",
        "moco, vit_tiny",
        "supervised, resnet18",
        "supervised, vit_tiny"
    })
    void resumingChangesNothing(String method, String backbone, @TempDir Path folder) {
        Path half = folder.resolve("half.safetensors");
        Path whole = folder.resolve("whole.safetensors");
        Path resumed = folder.resolve("resumed.safetensors");
        PretrainRecipe recipe = TinyRecipes.of(method, backbone, 3, 4, true);
        try (Trainer trainer = trainer(recipe, 2)) {
            for (int s = 0; s < 6; s++) {
                if (s == 4) {
                    Checkpoint.write(half, trainer, 2, Map.of("cell", "c"));
                }
                assertTrue(step(trainer, s).finite());
            }
            Checkpoint.write(whole, trainer, 3, Map.of("cell", "c"));
        }
        try (Trainer trainer = trainer(recipe, 2)) {
            assertEquals(2, Checkpoint.restore(half, trainer));
            step(trainer, 4);
            step(trainer, 5);
            Checkpoint.write(resumed, trainer, 3, Map.of("cell", "c"));
        }
        assertEquals(Hashes.sha256(whole), Hashes.sha256(resumed));
        assertFalse(Hashes.sha256(whole).equals(Hashes.sha256(half)));
    }

    /**
     * What can be known by heart is learnt: the same batch again and again brings the loss well below its start. Labels can,
     * and so can codes. DINO and MoCo cannot be asked: their views here have nothing in common, one's target moves with it,
     * the other's negatives would be the same images again.
     */
    @ParameterizedTest
    @CsvSource({
        "swav, mobilenet_v2, .9",
        "swav, resnet18, .9",
        "swav, vit_tiny, .9",
        "supervised, mobilenet_v2, .5",
        "supervised, resnet18, .5",
        "supervised, vit_tiny, .5"
    })
    void aBatchIsLearntByHeart(String method, String backbone, double share) {
        PretrainRecipe recipe = TinyRecipes.of(method, backbone, 20, 8, false);
        try (Trainer trainer = trainer(recipe, 2);
                Scope kept = runtime.scope()) {
            StepBatch same = batch(kept, recipe, 0, ids(recipe));
            double first = 0;
            double last = 0;
            for (int s = 0; s < 40; s++) {
                try (Scope scope = runtime.scope()) {
                    StepReport report = trainer.step(scope, s, same);
                    first = s == 0 ? report.loss() : first;
                    last = report.loss();
                }
            }
            assertTrue(last < share * first, "loss " + first + " to " + last);
        }
    }

    /**
     * Local views as large as the global ones share their pass. A transformer has no batch norms, so that one pass or two
     * must give the same: gradients, loss, next state; with the same branches dropped.
     */
    @ParameterizedTest
    @ValueSource(strings = {"dino", "swav", "moco"})
    void sharedPassesChangeNothing(String method) {
        PretrainRecipe recipe = TinyRecipes.of(
                TinyRecipes.method(method),
                "vit_tiny",
                2,
                4,
                false,
                DinoRecipes.views(DinoRecipes.views(ViewKind.GLOBAL, 2, 32), DinoRecipes.views(ViewKind.LOCAL, 2, 32)));
        try (Trainer one = trainer(recipe, 2);
                Trainer two = trainer(recipe, 2);
                Scope scope = runtime.scope()) {
            StepBatch shared = batch(scope, recipe, 0, ids(recipe));
            assertEquals(1, shared.passes().size());
            float[] pixels = runtime.floats(shared.passes().get(0));
            int half = pixels.length / 2;
            StepBatch split = new StepBatch(
                    List.of(
                            images(scope, Arrays.copyOf(pixels, half)),
                            images(scope, Arrays.copyOfRange(pixels, half, 2 * half))),
                    shared.labels());
            assertEquals(
                    one.differentiate(scope, one.clock(0), shared).report().loss(),
                    two.differentiate(scope, two.clock(0), split).report().loss(),
                    1e-5);
            for (String name : one.method().student().trainableNames()) {
                float[] expected = two.gradients().read(name);
                assertArrayEquals(expected, one.gradients().read(name), 2e-5f, name);
            }
            one.method()
                    .state()
                    .forEach((name, value) -> assertArrayEquals(
                            runtime.floats(two.method().state().get(name)), runtime.floats(value), 1e-5f, name));
        }
    }

    private static Tensor images(Scope scope, float[] pixels) {
        return runtime.channelsLast(scope, runtime.tensor(scope, pixels, pixels.length / (3 * 32 * 32), 3, 32, 32));
    }

    /** The online probe learns beside the method and changes nothing in it. */
    @ParameterizedTest
    @CsvSource({"dino, mobilenet_v2", "swav, resnet18", "moco, resnet18"})
    void onlineProbeIsOnlyAMonitor(String method, String backbone) {
        try (Trainer with = trainer(TinyRecipes.of(method, backbone, 2, 4, true), 2);
                Trainer without = trainer(TinyRecipes.of(method, backbone, 2, 4, false), 2)) {
            float[] start = with.probe().network().read("classifier.fc.weight");
            for (int s = 0; s < 3; s++) {
                StepReport watched = step(with, s);
                StepReport plain = step(without, s);
                assertEquals(plain.loss(), watched.loss());
                assertTrue(watched.get(Measure.PROBE_LOSS) > 0);
                assertTrue(Double.isNaN(plain.get(Measure.PROBE_LOSS)));
            }
            assertFalse(Arrays.equals(start, with.probe().network().read("classifier.fc.weight")));
            for (String name : with.method().student().trainableNames()) {
                assertArrayEquals(
                        without.method().student().read(name),
                        with.method().student().read(name),
                        name);
            }
        }
    }

    @Test
    void whatNeedsLabelsSaysSo() {
        for (PretrainRecipe recipe : List.of(
                TinyRecipes.of("supervised", "resnet18", 1, 4, false),
                TinyRecipes.of("dino", "resnet18", 1, 4, true))) {
            StageFailure e = assertThrows(StageFailure.class, () -> Trainer.of(runtime, recipe, 2, 0));
            assertEquals(ExitCode.BAD_DATA, e.exitCode());
            assertTrue(String.valueOf(e.getMessage()).contains("it needs labels of at least 2"), e.getMessage());
        }
        try (Trainer trainer = Trainer.of(runtime, TinyRecipes.of("supervised", "resnet18", 1, 4, false), 2, 3);
                Scope scope = runtime.scope()) {
            StepBatch unknown = batch(scope, trainer.recipe(), 0, 0, 1, 2, 3);
            StageFailure e = assertThrows(StageFailure.class, () -> trainer.step(scope, 0, unknown));
            assertEquals("label: found 3: must lie in 0 .. 2", e.getMessage());
        }
    }

    /** U22, U23: prototypes have unit rows before every forward pass and rest in epoch 0; the queue waits until it is full. */
    @Test
    void swavKeepsItsOrder() {
        PretrainRecipe recipe = TinyRecipes.of("swav", "mobilenet_v2", 4, 4, false);
        String name = "head.prototypes.weight";
        try (Trainer trainer = trainer(recipe, 2)) {
            Swav swav = (Swav) trainer.method();
            Network student = swav.student();
            float[] drawn = student.read(name);
            step(trainer, 0);
            float[] unit = student.read(name);
            assertFalse(Arrays.equals(drawn, unit));
            assertArrayEquals(unitRows(drawn, 16), unit, 1e-6f);
            step(trainer, 1);
            assertArrayEquals(unit, student.read(name), 1e-6f);
            assertArrayEquals(new float[2 * 8 * 16], runtime.floats(swav.state().get("queue")));
            for (int s = 2; s < 8; s++) {
                assertEquals(s >= 4, swav.queueFull(s, 4), "8 rows, pushes of 4 from step 2 on");
                step(trainer, s);
                assertFalse(Arrays.equals(unit, student.read(name)));
            }
            float[] queue = runtime.floats(swav.state().get("queue"));
            assertArrayEquals(unitRows(queue, 16), queue, 1e-5f);
            double used = swav.usedPrototypes();
            assertTrue(used > 0 && used <= 1);
            assertTrue(Double.isNaN(swav.usedPrototypes()), "counted anew from every call");
        }
    }

    private static float[] unitRows(float[] values, int width) {
        float[] out = values.clone();
        for (int row = 0; row < out.length; row += width) {
            double squares = 0;
            for (int i = row; i < row + width; i++) {
                squares += (double) out[i] * out[i];
            }
            for (int i = row; i < row + width; i++) {
                out[i] /= (float) Math.sqrt(squares);
            }
        }
        return out;
    }

    /** U25: encoders are equal at the start; the key moves before it encodes, towards the query of the step before. */
    @Test
    void mocoKeepsItsOrder() {
        PretrainRecipe recipe = TinyRecipes.of("moco", "resnet18", 3, 4, false);
        String name = "head.mlp.2.weight";
        try (Trainer trainer = trainer(recipe, 2)) {
            Moco moco = (Moco) trainer.method();
            float[] start = moco.network("teacher").read(name);
            assertArrayEquals(start, moco.student().read(name));
            float[] before = runtime.floats(moco.state().get("queue"));
            assertArrayEquals(unitRows(columns(before, 16), 16), columns(before, 16), 1e-6f);
            step(trainer, 0);
            step(trainer, 1);
            float[] query = moco.student().read(name);
            float[] key = moco.network("teacher").read(name);
            step(trainer, 2);
            float[] expected = new float[key.length];
            for (int i = 0; i < key.length; i++) {
                expected[i] = .9f * key[i] + .1f * query[i];
            }
            assertArrayEquals(expected, moco.network("teacher").read(name), 1e-6f);
            float[] after = columns(runtime.floats(moco.state().get("queue")), 16);
            assertArrayEquals(
                    Arrays.copyOfRange(columns(before, 16), 12 * 16, 16 * 16),
                    Arrays.copyOfRange(after, 12 * 16, 16 * 16),
                    "three batches of four: the last columns are still the first ones");
            assertFalse(Arrays.equals(Arrays.copyOf(columns(before, 16), 16), Arrays.copyOf(after, 16)));
            assertEquals(12, moco.pointer(3, 4));
            assertEquals(0, moco.pointer(4, 4));
        }
    }

    /** [width, length] to length rows of width. */
    private static float[] columns(float[] matrix, int width) {
        int length = matrix.length / width;
        float[] rows = new float[matrix.length];
        for (int i = 0; i < matrix.length; i++) {
            rows[i % length * width + i / length] = matrix[i];
        }
        return rows;
    }

    /**
     * Batch norms in parts see what they would see in a batch of that part alone: queries in their order, keys in the
     * shuffled one; keys come back in the order of their images.
     */
    @Test
    void batchNormInPartsIsThatOfSmallerBatches() {
        PretrainRecipe parts = TinyRecipes.of(TinyRecipes.moco(16, 2), "mobilenet_v2", 2, 4, false);
        PretrainRecipe small = TinyRecipes.of(TinyRecipes.moco(16, 1), "mobilenet_v2", 2, 2, false);
        try (Trainer whole = trainer(parts, 2);
                Scope scope = runtime.scope()) {
            Trainer.Differentiated all = whole.differentiate(scope, whole.clock(0), batch(scope, parts, 0, 0, 1, 2, 3));
            float[] features = runtime.floats(all.features());
            float[] keys = runtime.floats(all.tensors().get("keys"));
            int width = features.length / 4;
            int[] order = viewfit.core.random.SeedTree.root(7).at("shuffle").at(0).stream()
                    .permutation(4);
            assertFalse(Arrays.equals(new int[] {0, 1, 2, 3}, order), "a shuffle that does nothing proves nothing");
            for (int part = 0; part < 2; part++) {
                int first = order[2 * part];
                int second = order[2 * part + 1];
                float[] alone = features(small, 2 * part, 2 * part + 1);
                assertArrayEquals(alone, Arrays.copyOfRange(features, 2 * part * width, (2 * part + 2) * width), 1e-4f);
                float[] aloneKeys = keys(small, first, second);
                assertArrayEquals(
                        Arrays.copyOf(aloneKeys, 16), Arrays.copyOfRange(keys, first * 16, first * 16 + 16), 1e-4f);
                assertArrayEquals(
                        Arrays.copyOfRange(aloneKeys, 16, 32),
                        Arrays.copyOfRange(keys, second * 16, second * 16 + 16),
                        1e-4f);
            }
            assertEquals(whole.method().student().passes("backbone"), 2);
        }
    }

    private static float[] features(PretrainRecipe recipe, int... ids) {
        try (Trainer trainer = trainer(recipe, 2);
                Scope scope = runtime.scope()) {
            return runtime.floats(trainer.differentiate(scope, trainer.clock(0), batch(scope, recipe, 0, ids))
                    .features());
        }
    }

    private static float[] keys(PretrainRecipe recipe, int... ids) {
        try (Trainer trainer = trainer(recipe, 2);
                Scope scope = runtime.scope()) {
            return runtime.floats(trainer.differentiate(scope, trainer.clock(0), batch(scope, recipe, 0, ids))
                    .tensors()
                    .get("keys"));
        }
    }
}
