package viewfit.ssl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.recipe.PretrainRecipe;

/** States that are damaged, gone or another process's: what a run makes of them. */
class ResumeTroubleTest extends InterruptedRuns {
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
