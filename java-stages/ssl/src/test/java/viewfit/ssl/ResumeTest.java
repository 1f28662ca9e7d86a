package viewfit.ssl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.DamagePolicy;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.Outcome;
import viewfit.core.random.SeedTree;
import viewfit.core.recipe.CheckpointRecipe;
import viewfit.core.recipe.PretrainRecipe;

/** A run that was interrupted ends as one that was not. */
class ResumeTest extends InterruptedRuns {
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

    /** Whoever finds a damaged image in the middle of a run may have it skipped from there on. */
    @Test
    void anotherWordOnDamagedImagesIsToldOf() throws IOException {
        PretrainRecipe recipe = recipe("dino", "mobilenet_v2");
        assertThrows(StageFailure.class, () -> run(recipe, "a", 1, NEVER, after(6)));
        said.clear();
        Pretrainer.Job j = job(recipe, "b", 1);
        DamagePolicy skip = new DamagePolicy(DamagePolicy.OnDamaged.SKIP, .5);
        Pretrainer.Job skipping = new Pretrainer.Job(
                j.recipe(),
                j.train(),
                j.heldout(),
                j.manifestSha256(),
                j.images(),
                j.out(),
                j.cell(),
                j.workers(),
                j.weights(),
                skip);
        try (StateFolder states = StateFolder.open(folder.resolve("states"), 2, said::add)) {
            RunControl control = new RunControl(states, NEVER, () -> "", Watchdog.Rule.NEVER);
            assertEquals(
                    Outcome.OK, Pretrainer.run(runtime, skipping, 0, control).outcome());
        }
        assertEquals(
                "damaged-images: was " + DamagePolicy.FAIL + ", now " + skip
                        + ": goes on, its quota counts all damaged images of the run",
                said.get(0));
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
}
