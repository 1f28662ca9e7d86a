package viewfit.ssl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
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
import viewfit.core.metrics.CurveRow;
import viewfit.core.metrics.Metrics;
import viewfit.core.random.SeedTree;
import viewfit.core.recipe.CheckpointRecipe;
import viewfit.core.recipe.MonitorRecipe;
import viewfit.core.recipe.OnDivergence;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.engine.TorchRuntime;

/** A run that was interrupted ends as one that was not. */
class ResumeTest {
    private static final int EPOCHS = 3;
    private static final Duration OFTEN = Duration.ZERO;
    private static final Duration NEVER = Duration.ofDays(1);
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

    /** The process ends without a word. */
    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** Three steps an epoch, a numbered checkpoint and a look of the monitor after each. */
    private static PretrainRecipe recipe(String method, String backbone) {
        return with(TinyRecipes.of(method, backbone, EPOCHS, 4, true), "r", EPOCHS, new CheckpointRecipe(1, 2));
    }

    private static PretrainRecipe with(PretrainRecipe r, String name, int epochs, CheckpointRecipe checkpoint) {
        return new PretrainRecipe(
                r.schema(),
                name,
                r.seed(),
                epochs,
                r.batchSize(),
                r.microBatches(),
                r.precision(),
                r.backbone(),
                r.method(),
                r.views(),
                r.optimizer(),
                r.schedule(),
                checkpoint,
                new MonitorRecipe(1, 8, true),
                OnDivergence.FAIL);
    }

    private Pretrainer.Job job(PretrainRecipe recipe, String out, int workers) {
        return new Pretrainer.Job(
                recipe,
                TwoClasses.manifest(0, 6),
                TwoClasses.manifest(6, 8),
                "m".repeat(64),
                TwoClasses.IMAGES,
                folder.resolve(out),
                "c",
                workers,
                StartWeights.none());
    }

    private Metrics run(PretrainRecipe recipe, String out, int workers, Duration every, Supplier<String> stop) {
        return run(recipe, out, workers, every, stop, Trainer.window(runtime));
    }

    private Metrics run(
            PretrainRecipe recipe, String out, int workers, Duration every, Supplier<String> stop, int window) {
        try (StateFolder states = StateFolder.open(folder.resolve("states"), 2, said::add)) {
            RunControl control = new RunControl(states, every, stop, Watchdog.Rule.NEVER);
            return Pretrainer.run(runtime, job(recipe, out, workers), 0, control, window);
        }
    }

    /** Says "SIGTERM" from the n-th question on; the monitor asks too. */
    private static Supplier<String> after(int questions) {
        int[] left = {questions};
        return () -> left[0]-- > 0 ? "" : "SIGTERM";
    }

    private static Supplier<String> killedAfter(int questions) {
        int[] left = {questions};
        return () -> {
            if (left[0]-- > 0) {
                return "";
            }
            throw new Killed();
        };
    }

    private void requireSameResults(String expected, String found) throws IOException {
        Path a = folder.resolve(expected);
        Path b = folder.resolve(found);
        assertEquals(
                Hashes.sha256(a.resolve("checkpoint.safetensors")), Hashes.sha256(b.resolve("checkpoint.safetensors")));
        assertEquals(curve(a), curve(b));
        for (String same : List.of("monitor.csv", "views.csv", "views.png")) {
            assertArrayEquals(Files.readAllBytes(a.resolve(same)), Files.readAllBytes(b.resolve(same)), same);
        }
        List<Path> numbered = TwoClasses.list(a.resolve("checkpoints"));
        List<Path> again = TwoClasses.list(b.resolve("checkpoints"));
        assertEquals(2, numbered.size());
        assertEquals(
                numbered.stream().map(Hashes::sha256).toList(),
                again.stream().map(Hashes::sha256).toList());
    }

    /** Rows but for their times, as text. */
    private static List<String> curve(Path out) {
        List<CurveRow> rows = RunRecord.CURVE.read(out.resolve("curve.csv")).rows();
        return rows.stream()
                .map(RunRecord::timeless)
                .map(RunRecord.CURVE::format)
                .toList();
    }

    /** Interrupted three times, with another number of workers each time; outputs go to a new folder each time. */
    @ParameterizedTest
    @CsvSource({
        "dino, mobilenet_v2",
        "dino, resnet18",
        "dino, vit_tiny",
        "swav, mobilenet_v2",
        "swav, resnet18",
        "swav, vit_tiny",
        "moco, mobilenet_v2",
        "moco, resnet18",
        "moco, vit_tiny",
        "supervised, mobilenet_v2",
        "supervised, resnet18",
        "supervised, vit_tiny"
    })
    void endsWithTheSameBits(String method, String backbone) throws IOException {
        PretrainRecipe recipe = recipe(method, backbone);
        Metrics whole = Pretrainer.run(runtime, job(recipe, "whole", 1));
        int somewhere = SeedTree.root(1).at(method).at(backbone).stream().nextInt(5);

        StageFailure e = assertThrows(StageFailure.class, () -> run(recipe, "first", 2, NEVER, after(6 + somewhere)));
        assertEquals(ExitCode.TRANSIENT, e.exitCode());
        assertTrue(String.valueOf(e.getMessage()).matches("SIGTERM: stopped after \\d of 9 steps: .*"), e.getMessage());
        assertThrows(Killed.class, () -> run(recipe, "second", 1, OFTEN, killedAfter(1 + somewhere)));
        Metrics resumed = run(recipe, "third", 3, NEVER, () -> "");

        requireSameResults("whole", "third");
        assertEquals(whole.provenance(), resumed.provenance());
        assertTrue(resumed.counts().get("resumed-at-step") > 0);
        for (String key : List.of("loss.last-epoch", "feature.std", "untrained.knn.top1", "student.knn.top1")) {
            assertEquals(whole.values().get(key), resumed.values().get(key), key);
        }
        assertEquals(whole.message(), resumed.message());
    }

    /** Every place where a run can be left: between steps, at the end of an epoch, within the monitor. */
    @Test
    void everyPlaceIsAGoodPlaceToStop() throws IOException {
        PretrainRecipe recipe = recipe("swav", "mobilenet_v2");
        Pretrainer.run(runtime, job(recipe, "whole", 1));
        int stops = 0;
        while (true) {
            try {
                // Each attempt gets a little further: to the second question from where it starts.
                run(recipe, "out", 1, NEVER, after(2));
                break;
            } catch (StageFailure e) {
                assertEquals(ExitCode.TRANSIENT, e.exitCode());
                stops++;
                assertTrue(stops < 100, "no progress");
            }
        }
        assertTrue(stops >= 5, stops + " stops");
        requireSameResults("whole", "out");
    }

    /** On a GPU the reports of several steps are read at once: they are read before a state is kept. */
    @Test
    void openStepsAreReadFirst() throws IOException {
        PretrainRecipe recipe = recipe("dino", "mobilenet_v2");
        Pretrainer.run(runtime, job(recipe, "whole", 1));
        assertThrows(Killed.class, () -> run(recipe, "a", 1, OFTEN, killedAfter(6), 4));
        assertThrows(StageFailure.class, () -> run(recipe, "b", 1, NEVER, after(1), 4));
        run(recipe, "c", 1, NEVER, () -> "", 4);
        requireSameResults("whole", "c");
    }

    @ParameterizedTest
    @ValueSource(strings = {"flip", "cut", "empty", "curve"})
    void aDamagedStateIsToldOfAndTheOneBeforeServes(String how) throws IOException {
        PretrainRecipe recipe = recipe("dino", "mobilenet_v2");
        Pretrainer.run(runtime, job(recipe, "whole", 1));
        assertThrows(Killed.class, () -> run(recipe, "a", 1, OFTEN, killedAfter(9)));
        List<Path> states = states();
        assertEquals(2, states.size(), "the last two stay");
        Path newest = states.get(1);
        byte[] bytes = Files.readAllBytes(newest);
        switch (how) {
            case "flip" -> {
                bytes[bytes.length - 5] ^= 1;
                Files.write(newest, bytes);
            }
            case "cut" -> Files.write(newest, java.util.Arrays.copyOf(bytes, bytes.length - 7));
            case "empty" -> Files.write(newest, new byte[0]);
            default -> {
                // A row that only the newest state counts.
                Path curve = folder.resolve("states").resolve("curve.csv");
                List<String> lines = Files.readAllLines(curve);
                int last = lines.size() - 1;
                lines.set(last, lines.get(last).replaceFirst("^(\\d+,\\d+),\\d", "$1,9"));
                Files.writeString(curve, String.join("\n", lines) + "\n");
            }
        }
        said.clear();
        run(recipe, "b", 1, NEVER, () -> "");
        requireSameResults("whole", "b");
        assertEquals(2, said.size(), said.toString());
        assertTrue(
                said.get(0)
                        .endsWith(
                                how.equals("curve")
                                        ? "; goes on from the state before"
                                        : "; put aside, goes on from the state before"),
                said.get(0));
        assertFalse(said.get(0).contains("\n"), said.get(0));
        assertTrue(said.get(1).contains("goes on after step "), said.get(1));
        assertTrue(Files.exists(newest.resolveSibling(newest.getFileName() + ".damaged")));
    }

    @Test
    void withoutAWholeStateItBeginsAnew() throws IOException {
        PretrainRecipe recipe = recipe("moco", "mobilenet_v2");
        Pretrainer.run(runtime, job(recipe, "whole", 1));
        assertThrows(Killed.class, () -> run(recipe, "a", 1, OFTEN, killedAfter(9)));
        for (Path state : states()) {
            Files.write(state, new byte[] {1, 2, 3});
        }
        said.clear();
        assertEquals(0, run(recipe, "b", 1, NEVER, () -> "").counts().get("resumed-at-step"));
        requireSameResults("whole", "b");
        assertTrue(said.get(1).endsWith("; put aside, no older state is left: begins anew"), said.toString());
    }

    /** Every state counts these rows: states of days are not given up for a byte of a table. */
    @Test
    void aDamagedTableIsRefusedAndNothingIsTouched() throws IOException {
        PretrainRecipe recipe = recipe("dino", "mobilenet_v2");
        assertThrows(Killed.class, () -> run(recipe, "a", 1, OFTEN, killedAfter(9)));
        Path curve = folder.resolve("states").resolve("curve.csv");
        List<String> lines = new ArrayList<>(Files.readAllLines(curve));
        int first = 0;
        while (!lines.get(first).matches("\\d.*")) {
            first++;
        }
        lines.set(first, lines.get(first).replaceFirst("^(\\d+,\\d+),\\d", "$1,9"));
        Files.writeString(curve, String.join("\n", lines) + "\n");
        List<Path> before = TwoClasses.list(folder.resolve("states"));
        StageFailure e = assertThrows(StageFailure.class, () -> run(recipe, "b", 1, NEVER, () -> ""));
        assertEquals(ExitCode.BAD_DATA, e.exitCode());
        assertTrue(String.valueOf(e.getMessage()).contains(": no state serves: " + curve + ": found "), e.getMessage());
        assertTrue(String.valueOf(e.getMessage()).endsWith("; mend it, or give an empty folder to begin anew"));
        assertEquals(
                before.stream().filter(f -> !f.endsWith("lock")).toList(), TwoClasses.list(folder.resolve("states")));
    }

    /** Another process has the folder: this one has nothing to train for any more. */
    @Test
    void aRunThatHasLostItsFolderEnds() {
        PretrainRecipe recipe = recipe("supervised", "mobilenet_v2");
        int[] asked = {0};
        StageFailure e = assertThrows(
                StageFailure.class,
                () -> run(recipe, "a", 1, OFTEN, () -> {
                    if (asked[0]++ == 3) {
                        try {
                            Files.writeString(folder.resolve("states").resolve("lock"), "17 there then\n");
                        } catch (IOException io) {
                            throw new java.io.UncheckedIOException(io);
                        }
                    }
                    return "";
                }));
        assertEquals(ExitCode.TRANSIENT, e.exitCode());
        assertTrue(String.valueOf(e.getMessage()).contains("held by process 17 on there"), e.getMessage());
    }

    private List<Path> states() {
        return TwoClasses.list(folder.resolve("states")).stream()
                .filter(f -> f.getFileName().toString().matches("state-\\d+\\.safetensors"))
                .toList();
    }

    @Test
    void anotherRecipeIsRefusedWithItsKeys() {
        PretrainRecipe recipe = recipe("dino", "mobilenet_v2");
        assertThrows(StageFailure.class, () -> run(recipe, "a", 1, NEVER, after(6)));
        byte[] before = bytes(states().get(0));

        PretrainRecipe longer = with(recipe, "r", EPOCHS + 1, new CheckpointRecipe(1, 2));
        StageFailure e = assertThrows(StageFailure.class, () -> run(longer, "b", 1, NEVER, () -> ""));
        assertEquals(ExitCode.BAD_RECIPE, e.exitCode());
        assertEquals(
                "recipe: not that of the run in " + folder.resolve("states")
                        + ": epochs: was 3, now 4: must be the same; give an empty folder to begin anew",
                e.getMessage());
        assertFalse(Files.exists(folder.resolve("b")), "nothing is written");
        assertArrayEquals(before, bytes(states().get(0)));

        Pretrainer.Job others = new Pretrainer.Job(
                recipe,
                TwoClasses.manifest(0, 6),
                null,
                "n".repeat(64),
                TwoClasses.IMAGES,
                folder.resolve("b"),
                "c",
                1,
                StartWeights.none());
        try (StateFolder states = StateFolder.open(folder.resolve("states"), 2, said::add)) {
            RunControl control = new RunControl(states, NEVER, () -> "", Watchdog.Rule.NEVER);
            StageFailure other = assertThrows(StageFailure.class, () -> Pretrainer.run(runtime, others, 0, control));
            assertEquals(ExitCode.USAGE, other.exitCode());
            assertTrue(String.valueOf(other.getMessage()).contains("manifest-sha256: was mmm"), other.getMessage());
            assertTrue(String.valueOf(other.getMessage()).contains("; monitor-sha256: was "), other.getMessage());
        }

        said.clear();
        PretrainRecipe renamed = with(recipe, "other", EPOCHS, new CheckpointRecipe(0, 0));
        run(renamed, "c", 1, NEVER, () -> "");
        assertEquals(
                List.of(
                        "name: was r, now other: harmless",
                        "checkpoint.every-epochs: was 1, now 0: harmless",
                        "checkpoint.keep: was 2, now 0: harmless"),
                said.subList(0, 3));
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Equal states are equal files, whatever the clock said on the way. */
    @Test
    void equalStatesAreEqualBytes() throws IOException {
        PretrainRecipe recipe = recipe("supervised", "vit_tiny");
        assertThrows(StageFailure.class, () -> run(recipe, "a", 1, NEVER, after(7)));
        byte[] once = bytes(states().get(0));
        try (StateFolder states = StateFolder.open(folder.resolve("states"), 2, said::add)) {
            Files.writeString(folder.resolve("states").resolve("notes.txt"), "mine");
            states.clear();
        }
        Files.writeString(
                folder.resolve("states").resolve("state-000000000007.safetensors.tmp"), "of a killed process");
        StateFolder.open(folder.resolve("states"), 2, said::add).close();
        assertEquals(List.of(folder.resolve("states").resolve("notes.txt")), TwoClasses.list(folder.resolve("states")));
        assertThrows(StageFailure.class, () -> run(recipe, "b", 2, OFTEN, after(7)));
        List<Path> states = states();
        assertArrayEquals(once, bytes(states.get(states.size() - 1)));
    }

    /** The tables cannot be opened for writing any more: the run goes on, and only stopping fails. */
    @Test
    void aStateThatCannotBeWrittenIsNoEndOfTheRun() throws IOException {
        PretrainRecipe recipe = recipe("dino", "mobilenet_v2");
        Pretrainer.run(runtime, job(recipe, "whole", 1));
        Path states = folder.resolve("states");
        Files.createDirectories(states);
        // A folder in the way of every state of the first four steps.
        for (int step = 1; step <= 4; step++) {
            Files.createDirectories(states.resolve("state-00000000000" + step + ".safetensors/in-the-way"));
        }
        run(recipe, "a", 1, OFTEN, () -> "");
        requireSameResults("whole", "a");
        assertTrue(
                said.stream().anyMatch(line -> line.startsWith("state not written, the one before stays: ")),
                said.toString());
        assertTrue(said.stream().anyMatch(line -> line.endsWith("states could not be written")), said.toString());
    }
}
