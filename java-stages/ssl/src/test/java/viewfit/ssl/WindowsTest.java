package viewfit.ssl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import viewfit.core.metrics.CurveRow;
import viewfit.core.metrics.Divergence;
import viewfit.core.metrics.Json;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.Outcome;
import viewfit.core.recipe.OnDivergence;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.table.CsvTable;
import viewfit.engine.TorchRuntime;

/** Runs whose numbers are read several steps at a time. */
class WindowsTest {
    private static TorchRuntime runtime;

    @TempDir
    private Path out;

    @BeforeAll
    static void open() {
        runtime = TorchRuntime.open("cpu", 1);
    }

    @AfterAll
    static void close() {
        runtime.close();
    }

    private Pretrainer.Job job(PretrainRecipe recipe, String folder) {
        return new Pretrainer.Job(
                recipe,
                TwoClasses.manifest(0, 5),
                TwoClasses.manifest(5, 8),
                "m".repeat(64),
                TwoClasses.IMAGES,
                out.resolve(folder),
                "c",
                1,
                StartWeights.none());
    }

    private List<CurveRow> untimed(String folder) {
        return CsvTable.of(CurveRow.class, CurveRow.SCHEMA)
                .read(out.resolve(folder).resolve("curve.csv"))
                .rows()
                .stream()
                .map(r -> new CurveRow(
                        r.epoch(),
                        r.step(),
                        r.loss(),
                        r.lossGlobal(),
                        r.lossLocal(),
                        r.lr(),
                        r.weightDecay(),
                        r.teacherMomentum(),
                        r.teacherTemp(),
                        r.teacherEntropy(),
                        r.teacherInformation(),
                        r.kl(),
                        r.viewCorrelation(),
                        r.featureStd(),
                        r.featureCosine(),
                        r.gradientNorm(),
                        r.centerNorm(),
                        r.prototypes(),
                        r.top1(),
                        r.probeLoss(),
                        r.probeTop1(),
                        0,
                        0))
                .toList();
    }

    /** Numbers that are read together are those that are read one by one; five steps an epoch, the last windows are short. */
    @ParameterizedTest
    @ValueSource(ints = {2, 10})
    void windowsChangeNothing(int window) throws IOException {
        PretrainRecipe recipe = PretrainerTest.recipe(2, DinoRecipes.lars(0.03), OnDivergence.FAIL);
        Metrics one = Pretrainer.run(runtime, job(recipe, "one"), 0, RunControl.NONE, 1);
        Metrics several = Pretrainer.run(runtime, job(recipe, "several"), 0, RunControl.NONE, window);
        assertEquals(15, one.counts().get("steps"));
        assertEquals(15, untimed("one").size());
        assertEquals(untimed("one"), untimed("several"));
        assertEquals(one.counts(), several.counts());
        assertEquals(one.message(), several.message());
        assertEquals(one.provenance(), several.provenance());
        for (String file : List.of("checkpoint.safetensors", "checkpoints/epoch-0002.safetensors", "monitor.csv")) {
            assertEquals(
                    -1,
                    Files.mismatch(
                            out.resolve("one").resolve(file),
                            out.resolve("several").resolve(file)),
                    file);
        }
        assertTrue(several.values().get("images-per-second") > 0);
    }

    /** A run that diverges within a window ends as if each step had been waited for: same step, images, numbers. */
    @ParameterizedTest
    @ValueSource(ints = {2, 10})
    void divergenceInAWindowNamesItsStep(int window) throws IOException {
        PretrainRecipe recipe = PretrainerTest.recipe(2, PretrainerTest.WILD, OnDivergence.RECORD);
        Metrics one = Pretrainer.run(runtime, job(recipe, "one"), 0, RunControl.NONE, 1);
        Metrics several = Pretrainer.run(runtime, job(recipe, "several"), 0, RunControl.NONE, window);
        assertEquals(Outcome.DIVERGED, one.outcome());
        Divergence dump = Json.read(out.resolve("one").resolve("diverged.json"), Divergence.class);
        assertTrue(dump.step() < 4, "not the last of an epoch: others follow it");
        assertEquals(one.message(), several.message());
        assertEquals(one.counts(), several.counts());
        assertEquals(untimed("one"), untimed("several"));
        assertEquals(
                -1,
                Files.mismatch(
                        out.resolve("one").resolve("diverged.json"),
                        out.resolve("several").resolve("diverged.json")));
    }
}
