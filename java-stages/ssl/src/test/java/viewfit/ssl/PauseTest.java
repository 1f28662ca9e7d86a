package viewfit.ssl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.metrics.Json;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.Outcome;
import viewfit.core.recipe.PretrainRecipe;

/** A run in parts, each from the state that the one before has handed over. */
class PauseTest extends InterruptedRuns {
    private Metrics part(PretrainRecipe recipe, String out, String from, int until, Supplier<String> stop) {
        try (StateFolder states = StateFolder.open(folder.resolve(out + "-states"), 2, said::add)) {
            if (!from.isEmpty()) {
                states.adopt(folder.resolve(from).resolve(StateFolder.HANDED_OVER));
            }
            RunControl control = new RunControl(states, NEVER, stop, Watchdog.Rule.NEVER, false, until);
            return Pretrainer.run(runtime, job(recipe, out, 1), 0, control);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dino", "swav", "moco", "supervised"})
    void partsEndWithTheSameBits(String method) throws IOException {
        PretrainRecipe recipe = recipe(method, "mobilenet_v2");
        Pretrainer.run(runtime, job(recipe, "whole", 1));

        Metrics first = part(recipe, "first", "", 1, () -> "");
        assertEquals(Outcome.PAUSED, first.outcome());
        assertEquals("paused after epoch 1 of 3", first.message());
        assertEquals(3, first.counts().get("steps"));
        assertFalse(Files.exists(folder.resolve("first/checkpoint.safetensors")));
        StateFolder.verify(folder.resolve("first/state"));
        assertEquals(curve(folder.resolve("whole")).subList(0, 3), curve(folder.resolve("first")));

        // The second part is interrupted, and goes on from its own state, not from the one it was given.
        StageFailure stopped = assertThrows(StageFailure.class, () -> part(recipe, "second", "first", 2, after(2)));
        assertEquals(ExitCode.TRANSIENT, stopped.exitCode());
        Metrics second = part(recipe, "second", "first", 2, () -> "");
        assertEquals(Outcome.PAUSED, second.outcome());
        assertTrue(second.counts().get("resumed-at-step") > 3, second.counts().toString());

        Metrics third = part(recipe, "third", "second", 0, () -> "");
        assertEquals(Outcome.OK, third.outcome());
        requireSameResults("whole", "third");
        // What the state knows of the parts before, both attempts at the second included.
        double before = Json.read(folder.resolve("second/state/time.json"), StateFolder.Time.class)
                .wallSeconds();
        assertTrue(before > first.values().get("wall-seconds.total"), "the second part counts: " + before);
        double own = third.values().get("wall-seconds");
        assertEquals(before, third.values().get("wall-seconds.total") - own, 0.1, third.values()::toString);
        assertFalse(Files.exists(folder.resolve("third/state")));
    }

    /** The whole length is no pause, and what is begun anew has no state of an earlier pause. */
    @Test
    void atTheEndThereIsNothingToPauseFor() throws IOException {
        PretrainRecipe recipe = recipe("dino", "mobilenet_v2");
        part(recipe, "out", "", 1, () -> "");
        Metrics again = part(recipe, "out", "", 1, () -> "");
        assertEquals(Outcome.PAUSED, again.outcome());
        assertEquals(3, again.counts().get("resumed-at-step"));
        Metrics metrics = part(recipe, "out", "", EPOCHS, () -> "");
        assertEquals(Outcome.OK, metrics.outcome());
        assertFalse(Files.exists(folder.resolve("out/state")));
    }

    @Test
    void aFolderWithoutAStateIsRefused() throws IOException {
        Path empty = Files.createDirectories(folder.resolve("empty/state"));
        for (String from : List.of("empty", "missing")) {
            StageFailure e = assertThrows(
                    StageFailure.class, () -> part(recipe("dino", "mobilenet_v2"), "out", from, 0, () -> ""));
            assertEquals(ExitCode.NO_INPUT, e.exitCode());
            assertEquals(
                    empty.resolveSibling("../" + from + "/state").normalize()
                            + ": found 0 states: must be the state/ of a paused run, with one",
                    e.getMessage());
        }
    }

    /** It must not begin anew without a word. */
    @Test
    void aDamagedStateIsRefused() throws IOException {
        PretrainRecipe recipe = recipe("dino", "mobilenet_v2");
        part(recipe, "first", "", 1, () -> "");
        Path state = TwoClasses.list(folder.resolve("first/state")).stream()
                .filter(file -> file.getFileName().toString().startsWith("state-"))
                .findFirst()
                .orElseThrow();
        byte[] bytes = Files.readAllBytes(state);
        bytes[bytes.length - 5] ^= 1;
        Files.write(state, bytes);
        StageFailure e = assertThrows(StageFailure.class, () -> part(recipe, "out", "first", 0, () -> ""));
        assertEquals(ExitCode.BAD_DATA, e.exitCode());
        assertFalse(Files.exists(folder.resolve("out/metrics.json")));
    }

    /** The later state counts, wherever it lies; and no run pauses where it has already been. */
    @Test
    void theLaterStateCounts() throws IOException {
        PretrainRecipe recipe = recipe("dino", "mobilenet_v2");
        part(recipe, "first", "", 1, () -> "");
        part(recipe, "second", "first", 2, () -> "");
        // The folder of the first part has the state of epoch 1 and is given that of epoch 2.
        Files.move(folder.resolve("first-states"), folder.resolve("third-states"));
        assertEquals(6, part(recipe, "third", "second", 0, () -> "").counts().get("resumed-at-step"));
        assertThrows(StageFailure.class, () -> part(recipe, "fourth", "second", 0, after(1)));
        assertTrue(part(recipe, "fourth", "first", 0, () -> "").counts().get("resumed-at-step") > 6);

        StageFailure e = assertThrows(StageFailure.class, () -> part(recipe, "fifth", "second", 1, () -> ""));
        assertEquals(ExitCode.USAGE, e.exitCode());
        assertEquals(
                "--until-epoch: found 1: must be at least 2, the epochs of the state it goes on from", e.getMessage());
    }

    @Test
    void anotherRunsStateIsRefused() {
        part(recipe("dino", "mobilenet_v2"), "first", "", 1, () -> "");
        StageFailure e = assertThrows(
                StageFailure.class, () -> part(recipe("swav", "mobilenet_v2"), "out", "first", 0, () -> ""));
        assertEquals(ExitCode.BAD_RECIPE, e.exitCode());
    }
}
