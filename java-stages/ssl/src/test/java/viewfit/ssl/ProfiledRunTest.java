package viewfit.ssl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import viewfit.core.files.Hashes;
import viewfit.core.metrics.ChromeTrace;
import viewfit.core.metrics.ProfileRow;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.table.CsvTable;
import viewfit.engine.TorchRuntime;

/** A run that is measured is the same run, and what it tells adds up. */
class ProfiledRunTest {
    private static final String CHECKPOINT = "checkpoint.safetensors";

    @TempDir
    private Path out;

    private void run(PretrainRecipe recipe, String folder, long profiled) {
        try (TorchRuntime runtime = TorchRuntime.open("cpu", 1)) {
            Pretrainer.Job job = new Pretrainer.Job(
                    recipe,
                    TwoClasses.manifest(0, 5),
                    null,
                    "",
                    TwoClasses.IMAGES,
                    out.resolve(folder),
                    "",
                    1,
                    StartWeights.none());
            Pretrainer.run(runtime, job, profiled, RunControl.NONE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dino", "swav", "moco", "supervised"})
    void measuringChangesNothingAndAddsUp(String method) throws IOException {
        // 3 epochs of 2 steps: 3 to warm up, 2 timed, 1 traced.
        PretrainRecipe recipe = TinyRecipes.of(TinyRecipes.method(method), "mobilenet_v2", 3, 4, true);
        run(recipe, "measured", 2);
        run(recipe, "plain", 0);
        Path measured = out.resolve("measured");
        assertEquals(
                Hashes.sha256(out.resolve("plain").resolve(CHECKPOINT)), Hashes.sha256(measured.resolve(CHECKPOINT)));
        assertFalse(Files.exists(out.resolve("plain").resolve("profile.csv")));

        List<ProfileRow> rows = CsvTable.of(ProfileRow.class, ProfileRow.SCHEMA)
                .read(measured.resolve("profile.csv"))
                .rows();
        Map<String, ProfileRow> byName = new HashMap<>();
        rows.forEach(r -> byName.put(r.part() + " " + r.name(), r));
        double phases = rows.stream()
                .filter(r -> r.part().equals("phase"))
                .mapToDouble(ProfileRow::msPerStep)
                .sum();
        assertEquals(byName.get("step timed").msPerStep(), phases, 1e-9 * phases);
        for (String phase : List.of("wait", "pixels", "program", "probe", "optimizer", "follow", "files")) {
            assertTrue(byName.get("phase " + phase).msPerStep() > 0, phase);
        }
        assertEquals(2, byName.get("phase probe").callsPerStep(), "its gradient, and its update");
        assertTrue(byName.get("function step").share() > 0.3, rows.toString());
        assertTrue(byName.get("function backward").share() > 0.1, rows.toString());
        assertTrue(byName.get("operator aten::convolution_backward").share() > 0.01, rows.toString());
        double operators = rows.stream()
                .filter(r -> r.part().equals("operator"))
                .mapToDouble(ProfileRow::share)
                .sum();
        assertTrue(operators > 0.5 && operators <= 1, "the calls are most of a step: " + operators);
        ChromeTrace.verify(measured.resolve("profile.json"));
    }

    @Test
    void aRunOfOneStepIsMeasuredToo() throws IOException {
        PretrainRecipe recipe = TinyRecipes.of(TinyRecipes.method("dino"), "mobilenet_v2", 1, 8, false);
        run(recipe, "one", 50);
        List<ProfileRow> rows = CsvTable.of(ProfileRow.class, ProfileRow.SCHEMA)
                .read(out.resolve("one").resolve("profile.csv"))
                .rows();
        assertEquals("timed", rows.get(0).name());
        assertTrue(rows.stream().noneMatch(r -> r.part().equals("function")), rows.toString());
        ChromeTrace.verify(out.resolve("one").resolve("profile.json"));
    }
}
