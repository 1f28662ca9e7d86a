package viewfit.ssl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.files.Hashes;
import viewfit.core.metrics.CurveRow;
import viewfit.core.metrics.Metrics;
import viewfit.core.recipe.CheckpointRecipe;
import viewfit.core.recipe.MonitorRecipe;
import viewfit.core.recipe.OnDivergence;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.engine.TorchRuntime;

/** Runs that are ended and begun again, in one process; what their tests share. */
abstract class InterruptedRuns {
    static final int EPOCHS = 3;
    static final Duration OFTEN = Duration.ZERO;
    static final Duration NEVER = Duration.ofDays(1);
    static TorchRuntime runtime;

    @TempDir
    Path folder;

    final List<String> said = new ArrayList<>();

    @BeforeAll
    static void open() {
        // As real runs: sums of several threads must not depend on which of them comes first.
        runtime = TorchRuntime.open("cpu", 2);
    }

    @AfterAll
    static void close() {
        runtime.close();
    }

    /** The process ends without a word. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1;
    }

    /** Three steps an epoch, a numbered checkpoint and a look of the monitor after each. */
    static PretrainRecipe recipe(String method, String backbone) {
        return with(TinyRecipes.of(method, backbone, EPOCHS, 4, true), "r", EPOCHS, new CheckpointRecipe(1, 2));
    }

    static PretrainRecipe with(PretrainRecipe r, String name, int epochs, CheckpointRecipe checkpoint) {
        return TinyRecipes.with(r, name, epochs, checkpoint, new MonitorRecipe(1, 8, true), OnDivergence.FAIL);
    }

    Pretrainer.Job job(PretrainRecipe recipe, String out, int workers) {
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

    Metrics run(PretrainRecipe recipe, String out, int workers, Duration every, Supplier<String> stop) {
        return run(recipe, out, workers, every, stop, Trainer.window(runtime));
    }

    Metrics run(PretrainRecipe recipe, String out, int workers, Duration every, Supplier<String> stop, int window) {
        try (StateFolder states = StateFolder.open(folder.resolve("states"), 2, said::add)) {
            RunControl control = new RunControl(states, every, stop, Watchdog.Rule.NEVER);
            return Pretrainer.run(runtime, job(recipe, out, workers), 0, control, window);
        }
    }

    /** Says "SIGTERM" from the n-th question on; the monitor asks too. */
    static Supplier<String> after(int questions) {
        int[] left = {questions};
        return () -> left[0]-- > 0 ? "" : "SIGTERM";
    }

    static Supplier<String> killedAfter(int questions) {
        int[] left = {questions};
        return () -> {
            if (left[0]-- > 0) {
                return "";
            }
            throw new Killed();
        };
    }

    void requireSameResults(String expected, String found) throws IOException {
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
    static List<String> curve(Path out) {
        List<CurveRow> rows = RunRecord.CURVE.read(out.resolve("curve.csv")).rows();
        return rows.stream()
                .map(RunRecord::timeless)
                .map(RunRecord.CURVE::format)
                .toList();
    }

    List<Path> states() {
        return TwoClasses.list(folder.resolve("states")).stream()
                .filter(f -> f.getFileName().toString().matches("state-\\d+\\.safetensors"))
                .toList();
    }

    static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
