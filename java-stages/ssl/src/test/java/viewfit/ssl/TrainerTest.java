package viewfit.ssl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.Hashes;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.SgdRecipe;
import viewfit.core.recipe.SpanRecipe;
import viewfit.core.recipe.ViewGroup;
import viewfit.core.recipe.ViewKind;
import viewfit.engine.Network;
import viewfit.engine.Scope;
import viewfit.engine.Tensor;
import viewfit.engine.TorchRuntime;
import viewfit.goldens.Fill;
import viewfit.views.ViewBlock;

/** The trainer on made-up pixels: view mixes, freezing, divergence, resuming. */
class TrainerTest {
    private static TorchRuntime runtime;

    @BeforeAll
    static void open() {
        runtime = TorchRuntime.open("cpu", 1);
    }

    @AfterAll
    static void close() {
        runtime.close();
    }

    private static PretrainRecipe with(double alpha, ViewGroup... groups) {
        return DinoRecipes.recipe(2, 4, DinoRecipes.dino(alpha, 24), DinoRecipes.lars(3), DinoRecipes.views(groups));
    }

    private static ViewGroup global(int count, int size) {
        return DinoRecipes.views(ViewKind.GLOBAL, count, size);
    }

    private static ViewGroup local(int count, int size) {
        return DinoRecipes.views(ViewKind.LOCAL, count, size);
    }

    /** Pixels of a step: view v is the same picture in whatever block it comes. */
    private static StepBatch passes(Scope scope, PretrainRecipe recipe, long step) {
        List<Tensor> passes = new ArrayList<>();
        int n = recipe.batchSize();
        for (ViewBlock block : ViewBlock.of(recipe.views())) {
            int each = n * 3 * block.side() * block.side();
            float[] values = new float[block.views() * each];
            for (int v = 0; v < block.views(); v++) {
                String name = "step" + step + "/view" + (block.firstView() + v);
                System.arraycopy(Fill.values(name, each, 1.5, 0), 0, values, v * each, each);
            }
            passes.add(runtime.channelsLast(
                    scope, runtime.tensor(scope, values, (long) block.views() * n, 3, block.side(), block.side())));
        }
        return new StepBatch(passes, Collections.nCopies(n, -1));
    }

    private static StepReport step(Trainer trainer, long step) {
        try (Scope scope = runtime.scope()) {
            return trainer.step(scope, step, passes(scope, trainer.recipe(), step));
        }
    }

    private static float[] momentum(Trainer trainer, String name) {
        return trainer.optimizers().get(trainer.method().student()).readState("momentum", name);
    }

    private static float[] teacherLogits(Trainer trainer) {
        try (Scope scope = runtime.scope()) {
            return runtime.floats(trainer.differentiate(scope, trainer.clock(0), passes(scope, trainer.recipe(), 0))
                    .tensors()
                    .get("teacher_output"));
        }
    }

    /** The teacher sees the global views and nothing else, whether or not local views share their pass. */
    @Test
    void teacherSeesGlobalViewsAlone() {
        try (Trainer alone = Trainer.of(runtime, with(.4, global(2, 32)), 2, 0);
                Trainer beside = Trainer.of(runtime, with(.4, global(2, 32), local(2, 16)), 2, 0);
                Trainer merged = Trainer.of(runtime, with(.4, global(1, 32), global(1, 32), local(2, 32)), 2, 0)) {
            float[] expected = teacherLogits(alone);
            assertEquals(2 * 4 * 24, expected.length);
            assertArrayEquals(expected, teacherLogits(beside), 1e-6f);
            assertArrayEquals(expected, teacherLogits(merged), 1e-6f);
            assertEquals(2, beside.method().student().passes("backbone"));
            assertEquals(1, merged.method().student().passes("backbone"));
            assertEquals(1, merged.method().network("teacher").passes("backbone"));
            assertEquals(1, beside.method().student().passes("head"));
        }
    }

    @Test
    void withoutLocalViewsTheLossIsTheGlobalPart() {
        try (Trainer trainer = Trainer.of(runtime, with(.4, global(2, 32)), 2, 0)) {
            StepReport report = step(trainer, 0);
            assertEquals(report.get(Measure.LOSS_GLOBAL), report.loss());
            assertEquals(0, report.get(Measure.LOSS_LOCAL));
            assertTrue(report.finite());
        }
    }

    /** U49. */
    @Test
    void alphaSelectsTheParts() {
        try (Trainer localOnly = Trainer.of(runtime, with(0, global(2, 32), local(1, 16)), 2, 0);
                Trainer globalOnly = Trainer.of(runtime, with(1, global(2, 32), local(1, 16)), 2, 0)) {
            StepReport l = step(localOnly, 0);
            StepReport g = step(globalOnly, 0);
            assertEquals(l.get(Measure.LOSS_LOCAL), l.loss(), 1e-6);
            assertEquals(g.get(Measure.LOSS_GLOBAL), g.loss(), 1e-6);
        }
    }

    /** U17: in the frozen epoch the last layer and its momentum rest; the teacher starts as the student. */
    @Test
    void lastLayerRestsInTheFirstEpoch() {
        try (Trainer trainer = Trainer.of(runtime, DinoRecipes.tiny(2), 1, 0)) {
            String name = "head.last_layer.weight_v";
            float[] before = trainer.method().student().read(name);
            assertArrayEquals(before, trainer.method().network("teacher").read(name));
            assertFalse(trainer.clock(0).tail());
            step(trainer, 0);
            assertArrayEquals(before, trainer.method().student().read(name));
            assertArrayEquals(new float[before.length], momentum(trainer, name));
            assertTrue(trainer.clock(1).tail());
            step(trainer, 1);
            assertFalse(Arrays.equals(before, trainer.method().student().read(name)));
        }
    }

    @Test
    void divergenceIsReportedAndNothingMoves() {
        SgdRecipe wild = new SgdRecipe("sgd", 1e30, 4, new SpanRecipe(0, 0), 0, 0, 0, 0.9, false);
        PretrainRecipe recipe = DinoRecipes.recipe(
                2, 4, DinoRecipes.dino(.4, 24), wild, DinoRecipes.views(global(2, 32), local(1, 16)));
        try (Trainer trainer = Trainer.of(runtime, recipe, 2, 0)) {
            assertTrue(step(trainer, 0).finite());
            assertTrue(step(trainer, 1).finite());
            Network student = trainer.method().student();
            float[] teacher = trainer.method().network("teacher").read("head.mlp.0.bias");
            Map<String, float[]> weights = new HashMap<>();
            Map<String, float[]> momenta = new HashMap<>();
            for (String name : student.trainableNames()) {
                weights.put(name, student.read(name));
                momenta.put(name, momentum(trainer, name));
            }
            assertFalse(step(trainer, 2).finite());
            assertArrayEquals(teacher, trainer.method().network("teacher").read("head.mlp.0.bias"));
            weights.forEach((name, before) -> assertArrayEquals(before, student.read(name), name));
            momenta.forEach((name, before) -> assertArrayEquals(before, momentum(trainer, name), name));
        }
    }

    /** Reports of a window come together, with the numbers of steps that are waited for, and the networks are the same. */
    @Test
    void reportsComeInWindows() {
        PretrainRecipe recipe = DinoRecipes.tiny(2);
        try (Trainer one = Trainer.of(runtime, recipe, 4, 0, 1);
                Trainer three = Trainer.of(runtime, recipe, 4, 0, 3)) {
            List<String> expected = new ArrayList<>();
            List<String> found = new ArrayList<>();
            List<Integer> came = new ArrayList<>();
            for (int s = 0; s < 5; s++) {
                expected.add(step(one, s).toString());
                try (Scope scope = runtime.scope()) {
                    List<StepReport> reports = three.submit(scope, s, passes(scope, recipe, s));
                    came.add(reports.size());
                    reports.forEach(report -> found.add(report.toString()));
                }
            }
            assertEquals(List.of(0, 0, 3, 0, 0), came);
            IllegalStateException e = assertThrows(IllegalStateException.class, () -> step(three, 5));
            assertEquals("2 steps were submitted and not yet read: flush first", e.getMessage());
            three.flush().forEach(report -> found.add(report.toString()));
            assertEquals(List.of(), three.flush());
            assertEquals(expected, found);
            String name = "head.last_layer.weight_v";
            assertArrayEquals(
                    one.method().network("teacher").read(name),
                    three.method().network("teacher").read(name));
            assertThrows(IllegalArgumentException.class, () -> Trainer.of(runtime, recipe, 4, 0, 0));
        }
    }

    /** U50: two epochs in one go, or saved and read back between them: the same file, bit for bit. */
    @Test
    void resumingChangesNothing(@TempDir Path folder) {
        Path whole = folder.resolve("whole.safetensors");
        Path half = folder.resolve("half.safetensors");
        Path resumed = folder.resolve("resumed.safetensors");
        PretrainRecipe recipe = DinoRecipes.tiny(2);
        try (Trainer trainer = Trainer.of(runtime, recipe, 2, 0)) {
            for (int s = 0; s < 4; s++) {
                if (s == 2) {
                    Checkpoint.write(half, trainer, 1, Map.of("cell", "c"));
                }
                step(trainer, s);
            }
            Checkpoint.write(whole, trainer, 2, Map.of("cell", "c"));
        }
        try (Trainer trainer = Trainer.of(runtime, recipe, 2, 0)) {
            assertEquals(1, Checkpoint.restore(half, trainer));
            step(trainer, 2);
            step(trainer, 3);
            Checkpoint.write(resumed, trainer, 2, Map.of("cell", "c"));
        }
        assertEquals(Hashes.sha256(whole), Hashes.sha256(resumed));
        Checkpoint.verify(whole);
        try (Trainer other = Trainer.of(runtime, DinoRecipes.tiny(3), 2, 0)) {
            StageFailure e = assertThrows(StageFailure.class, () -> Checkpoint.restore(half, other));
            assertTrue(String.valueOf(e.getMessage()).contains("another recipe"), e.getMessage());
        }
    }
}
