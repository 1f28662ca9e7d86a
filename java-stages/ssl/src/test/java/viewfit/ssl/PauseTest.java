package viewfit.ssl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.Hashes;
import viewfit.core.metrics.Json;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.Outcome;
import viewfit.core.recipe.PretrainRecipe;

/** A run in parts, each from the state that the one before has handed over. */
class PauseTest extends InterruptedRuns {
    private Metrics part(PretrainRecipe recipe, String out, String from, int until, Supplier<String> stop) {
        return part(recipe, out, from, until, NEVER, stop);
    }

    private Metrics part(
            PretrainRecipe recipe, String out, String from, int until, Duration every, Supplier<String> stop) {
        try (StateFolder states = StateFolder.open(folder.resolve(out + "-states"), 2, said::add)) {
            if (!from.isEmpty()) {
                states.offer(folder.resolve(from).resolve(StateFolder.HANDED_OVER));
            }
            RunControl control = new RunControl(states, every, stop, Watchdog.Rule.NEVER, false, until);
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
        double before = taken("second");
        assertTrue(before > taken("first"), "the second part counts: " + before);
        double own = third.values().get("wall-seconds");
        assertEquals(before, third.values().get("wall-seconds.total") - own, 0.1, third.values()::toString);
        assertFalse(Files.exists(folder.resolve("third/state")));
    }

    private double taken(String out) {
        return Json.read(folder.resolve(out).resolve("state/time.json"), StateFolder.Time.class)
                .wallSeconds();
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

    /** Without a word, in the middle of an epoch: the next attempt has the state it was given again, and goes on from its own. */
    @Test
    void aPartThatWasKilledGoesOn() throws IOException {
        PretrainRecipe recipe = recipe("dino", "mobilenet_v2");
        Pretrainer.run(runtime, job(recipe, "whole", 1));
        part(recipe, "first", "", 1, () -> "");
        assertThrows(Killed.class, () -> part(recipe, "second", "first", 2, OFTEN, killedAfter(2)));
        assertFalse(Files.exists(folder.resolve("second/state")));
        Metrics second = part(recipe, "second", "first", 2, () -> "");
        assertEquals(Outcome.PAUSED, second.outcome());
        long resumed = second.counts().get("resumed-at-step");
        assertTrue(resumed > 3 && resumed < 6, second.counts().toString());
        part(recipe, "third", "second", 0, () -> "");
        requireSameResults("whole", "third");
    }

    /** Counted to where it pauses, and told there. */
    @Test
    void aPartTellsOfItsLastStep() {
        PrintStream before = System.err;
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        System.setErr(new PrintStream(told, true, StandardCharsets.UTF_8));
        try {
            part(recipe("dino", "mobilenet_v2"), "first", "", 1, () -> "");
        } finally {
            System.setErr(before);
        }
        String lines = told.toString(StandardCharsets.UTF_8);
        assertTrue(lines.contains("pretrain c  epoch 1/1  step 3/3  loss "), lines);
    }

    /** And leaves nothing in a folder that a run has: what it has there, it goes on from. */
    @Test
    void anotherRunsStateIsRefused() throws IOException {
        PretrainRecipe own = recipe("swav", "mobilenet_v2");
        assertThrows(StageFailure.class, () -> part(own, "out", "", 0, after(6)));
        part(recipe("dino", "mobilenet_v2"), "first", "", 2, () -> "");
        Map<String, String> kept = files("out-states");
        assertTrue(
                kept.keySet().stream().anyMatch(name -> name.matches("state-0+[1-5]\\.safetensors")), kept::toString);
        StageFailure e = assertThrows(StageFailure.class, () -> part(own, "out", "first", 0, () -> ""));
        assertEquals(ExitCode.BAD_RECIPE, e.exitCode());
        String message = String.valueOf(e.getMessage());
        assertTrue(message.startsWith("recipe: not that of the run in " + folder.resolve("first/state")), message);
        assertTrue(message.endsWith("must be the same; give the state of this run, or none to begin anew"), message);
        assertEquals(kept, files("out-states"));

        // The same recipe for another cell.
        StageFailure cell = assertThrows(StageFailure.class, () -> {
            try (StateFolder states = StateFolder.open(folder.resolve("new"), 2, said::add)) {
                states.offer(folder.resolve("first/state"));
                Pretrainer.Job job = job(recipe("dino", "mobilenet_v2"), "out", 1);
                Resumed.find(states, another(job), runtime);
            }
        });
        assertEquals(ExitCode.USAGE, cell.exitCode());
        assertEquals(
                "--from-state: " + folder.resolve("first/state") + " is another run's: cell: was c, now d: must be the"
                        + " same; give the state of this run, or none to begin anew",
                cell.getMessage());
        assertEquals(Map.of(), files("new"));
    }

    private static Pretrainer.Job another(Pretrainer.Job j) {
        return new Pretrainer.Job(
                j.recipe(),
                j.train(),
                j.heldout(),
                j.manifestSha256(),
                j.images(),
                j.out(),
                "d",
                j.workers(),
                j.weights());
    }

    /** Checksum by name. */
    private Map<String, String> files(String name) {
        Map<String, String> files = new TreeMap<>();
        for (Path file : TwoClasses.list(folder.resolve(name))) {
            files.put(String.valueOf(file.getFileName()), Hashes.sha256(file));
        }
        return files;
    }
}
