package viewfit.ssl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.Outcome;
import viewfit.core.recipe.CheckpointRecipe;
import viewfit.core.recipe.MonitorRecipe;
import viewfit.core.recipe.OnDivergence;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.engine.Scope;
import viewfit.engine.Tensor;
import viewfit.engine.TorchRuntime;
import viewfit.formats.Safetensors;
import viewfit.goldens.Fill;
import viewfit.views.ViewBlock;

/** Steps that are not finite leave no trace when the recipe says so. */
class LeaveOutTest {
    private static final int STEPS_PER_EPOCH = 3;
    private static TorchRuntime runtime;

    @TempDir
    private Path folder;

    private final List<String> said = new ArrayList<>();

    @BeforeAll
    static void open() {
        runtime = TorchRuntime.open("cpu", 1);
    }

    @AfterAll
    static void close() {
        runtime.close();
    }

    private static PretrainRecipe with(PretrainRecipe r, int epochs, OnDivergence policy) {
        return TinyRecipes.with(
                r,
                r.name(),
                epochs,
                new CheckpointRecipe(0, 0),
                new MonitorRecipe(0, 0, r.monitor().onlineProbe()),
                policy);
    }

    private static Trainer trainer(String method, String backbone, OnDivergence policy) {
        PretrainRecipe recipe = with(TinyRecipes.of(method, backbone, 3, 4, true), 3, policy);
        return Trainer.of(runtime, recipe, STEPS_PER_EPOCH, 2);
    }

    /** One step on pictures made for it; of a bad one a single number is not. */
    private static StepReport step(Trainer trainer, long step, boolean bad) {
        PretrainRecipe recipe = trainer.recipe();
        int n = recipe.batchSize();
        try (Scope scope = runtime.scope()) {
            List<Tensor> passes = new ArrayList<>();
            for (ViewBlock block : ViewBlock.of(recipe.views())) {
                int size = block.views() * n * 3 * block.side() * block.side();
                float[] values = Fill.values("step" + step + "/" + block.firstView(), size, 1.5, 0);
                if (bad && passes.isEmpty()) {
                    values[size / 2] = Float.NaN;
                }
                passes.add(runtime.channelsLast(
                        scope, runtime.tensor(scope, values, (long) block.views() * n, 3, block.side(), block.side())));
            }
            return trainer.step(scope, step, new StepBatch(passes, List.of(0, 1, 0, 1)));
        }
    }

    private byte[] state(Trainer trainer) throws Exception {
        Path file = folder.resolve("state");
        Checkpoint.write(file, trainer, 1, Map.of());
        return Files.readAllBytes(file);
    }

    @ParameterizedTest
    @CsvSource({
        "dino, mobilenet_v2",
        "dino, vit_tiny",
        "swav, mobilenet_v2",
        "moco, mobilenet_v2",
        "supervised, mobilenet_v2"
    })
    void aStepThatIsSkippedNeverWas(String method, String backbone) throws Exception {
        try (Trainer met = trainer(method, backbone, OnDivergence.SKIP);
                Trainer spared = trainer(method, backbone, OnDivergence.SKIP)) {
            for (long step : new long[] {0, 1, 3, 4, 6}) {
                assertTrue(step(spared, step, false).finite());
                // Known to the method from where it was left out on: SwAV waits for its queue to fill.
                spared.method().leaveOut(step < 1 ? 0 : step < 4 ? 1 : 2);
            }
            for (long step = 0; step < 7; step++) {
                boolean bad = step == 2 || step == 5;
                assertEquals(!bad, step(met, step, bad).finite(), "step " + step);
            }
            assertArrayEquals(state(spared), state(met));
        }
    }

    @ParameterizedTest
    @CsvSource({"dino, mobilenet_v2", "swav, mobilenet_v2", "moco, mobilenet_v2", "supervised, vit_tiny"})
    void aRollBackTakesTheEpochSoFarWithIt(String method, String backbone) throws Exception {
        try (Trainer met = trainer(method, backbone, OnDivergence.ROLL_BACK);
                Trainer spared = trainer(method, backbone, OnDivergence.ROLL_BACK)) {
            for (long step : new long[] {0, 1, 2, 6}) {
                assertTrue(step(spared, step, false).finite());
                spared.method().leaveOut(step < 2 ? 0 : 3);
            }
            // Within an epoch, and twice in the same one: both times to its beginning.
            for (long step = 0; step < 6; step++) {
                boolean bad = step == 4 || step == 5;
                assertEquals(!bad, step(met, step, bad).finite(), "step " + step);
            }
            assertTrue(step(met, 6, false).finite());
            assertArrayEquals(state(spared), state(met));
        }
    }

    /** The note of the beginning of the epoch is part of the run's state. */
    @Test
    void aResumedRunGoesBackAsFar() throws Exception {
        Path file = folder.resolve("between.safetensors");
        byte[] expected;
        try (Trainer whole = trainer("moco", "mobilenet_v2", OnDivergence.ROLL_BACK)) {
            for (long step = 0; step < 5; step++) {
                step(whole, step, false);
            }
            RunState run = new RunState(5, 1, 0, "", 0, "", 0, List.of(), List.of(), List.of(), List.of());
            Checkpoint.Content content = Checkpoint.state(whole, run, Map.of());
            Safetensors.write(file, content.tensors(), content.metadata());
            assertFalse(step(whole, 5, true).finite());
            step(whole, 6, false);
            expected = state(whole);
        }
        try (Trainer resumed = trainer("moco", "mobilenet_v2", OnDivergence.ROLL_BACK)) {
            var content = Safetensors.read(file);
            resumed.restore(content);
            step(resumed, 5, true);
            step(resumed, 6, false);
            assertArrayEquals(expected, state(resumed));
        }
    }

    private Metrics run(int epochs, OnDivergence policy, String out, Supplier<String> stop) {
        PretrainRecipe tiny = TinyRecipes.of(
                TinyRecipes.method("dino"),
                "mobilenet_v2",
                epochs,
                4,
                false,
                TinyRecipes.views("dino"),
                DinoRecipes.lars(1e30));
        Pretrainer.Job job = new Pretrainer.Job(
                with(tiny, epochs, policy),
                TwoClasses.manifest(0, 6),
                null,
                "m".repeat(64),
                TwoClasses.IMAGES,
                folder.resolve(out),
                "c",
                1,
                StartWeights.none());
        try (StateFolder states = StateFolder.open(folder.resolve("states"), 2, said::add)) {
            return Pretrainer.run(
                    runtime, job, 0, new RunControl(states, Duration.ofDays(1), stop, Watchdog.Rule.NEVER));
        }
    }

    /** Two updates at a wild rate, and no later step is finite: each is left out, and counted. */
    @Test
    void aRunGoesOnAFewTimesAndNoMore() throws Exception {
        Metrics metrics = run(3, OnDivergence.SKIP, "skip", () -> "");
        assertEquals(Outcome.OK, metrics.outcome());
        assertEquals(7L, metrics.counts().get("not-finite"));
        assertEquals(9L, metrics.counts().get("steps"));
        assertEquals(
                9, RunRecord.CURVE.read(folder.resolve("skip/curve.csv")).rows().size());

        StageFailure e = assertThrows(StageFailure.class, () -> run(5, OnDivergence.SKIP, "fails", () -> ""));
        assertEquals(ExitCode.DIVERGED, e.exitCode());
        assertTrue(String.valueOf(e.getMessage()).startsWith("step 12 (epoch 4): found loss NaN"), e.getMessage());
        assertTrue(String.valueOf(e.getMessage()).endsWith("; 10 such steps before were left out"), e.getMessage());
    }

    /** What was met under one policy counts under the next. */
    @Test
    void anotherPolicyIsHeldToWhatWasMetBefore() {
        for (OnDivergence other : List.of(OnDivergence.FAIL, OnDivergence.ROLL_BACK)) {
            int[] left = {8};
            StageFailure stopped = assertThrows(
                    StageFailure.class, () -> run(5, OnDivergence.SKIP, "a", () -> left[0]-- > 0 ? "" : "SIGTERM"));
            assertEquals(ExitCode.TRANSIENT, stopped.exitCode());
            StageFailure e = assertThrows(StageFailure.class, () -> run(5, other, "b", () -> ""));
            assertEquals(ExitCode.DIVERGED, e.exitCode());
            assertTrue(String.valueOf(e.getMessage()).startsWith("step 7 (epoch 2): found loss NaN"), e.getMessage());
            try (StateFolder states = StateFolder.open(folder.resolve("states"), 2, said::add)) {
                states.clear();
            }
        }
    }

    /** A transformer without a method's state has nothing that a step changes before its update. */
    @Test
    void nothingToPutBackIsNoTrouble() throws Exception {
        Path file = folder.resolve("between.safetensors");
        try (Trainer whole = trainer("supervised", "vit_tiny", OnDivergence.SKIP);
                Trainer resumed = trainer("supervised", "vit_tiny", OnDivergence.SKIP)) {
            step(whole, 0, false);
            step(whole, 1, true);
            RunState run = new RunState(2, 0, 0, "", 0, "", 1, List.of(), List.of(), List.of(), List.of());
            Checkpoint.Content content = Checkpoint.state(whole, run, Map.of());
            Safetensors.write(file, content.tensors(), content.metadata());
            resumed.restore(Safetensors.read(file));
            step(whole, 2, false);
            step(resumed, 2, false);
            assertArrayEquals(state(whole), state(resumed));
            assertEquals(1, resumed.leftOut());
        }
    }

    /** Good step, bad step, good step from where the epoch began, and so on: as many as are allowed. */
    @Test
    void whatWasLeftOutIsCountedAcrossInterruptions() throws Exception {
        for (int attempt = 0; ; attempt++) {
            int[] left = {3};
            try {
                run(6, OnDivergence.ROLL_BACK, "out", () -> left[0]-- > 0 ? "" : "SIGTERM");
                throw new AssertionError("must not end well");
            } catch (StageFailure e) {
                if (e.exitCode() == ExitCode.TRANSIENT) {
                    continue;
                }
                assertTrue(attempt > 0);
                assertEquals(ExitCode.DIVERGED, e.exitCode());
                assertTrue(
                        String.valueOf(e.getMessage()).endsWith("; 3 such steps before were left out"), e.getMessage());
                break;
            }
        }
    }
}
