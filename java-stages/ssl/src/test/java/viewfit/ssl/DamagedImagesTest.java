package viewfit.ssl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.DamagePolicy;
import viewfit.core.data.Manifest;
import viewfit.core.data.ManifestRow;
import viewfit.core.data.Quarantine;
import viewfit.core.files.Hashes;
import viewfit.core.metrics.Metrics;
import viewfit.core.recipe.MonitorRecipe;
import viewfit.core.recipe.OnDivergence;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.ViewKind;
import viewfit.engine.TorchRuntime;

/** Pre-training on photographs of which some are damaged. */
class DamagedImagesTest {
    private static TorchRuntime runtime;
    private static Path images;
    private static Manifest train;

    @TempDir
    private Path out;

    @BeforeAll
    static void open() {
        runtime = TorchRuntime.open("cpu", 1);
        images = TwoClasses.IMAGES;
        train = TwoClasses.manifest(0, 5);
    }

    @AfterAll
    static void close() {
        runtime.close();
    }

    /** Training images of which one was cut off and one is missing. */
    private Path damagedPhotos() throws IOException {
        Path root = out.resolve("damaged-photos");
        for (int i = 1; i < train.size(); i++) {
            ManifestRow row = train.rows().get(i);
            Path copy = root.resolve(row.path());
            Files.createDirectories(copy.getParent());
            byte[] bytes = Files.readAllBytes(images.resolve(row.path()));
            Files.write(copy, i == train.size() - 1 ? Arrays.copyOf(bytes, bytes.length / 2) : bytes);
        }
        return root;
    }

    /** With a monitor, whose bank holds every training image. */
    private Pretrainer.Job skipping(Path root, String folder, int workers, double quota) {
        PretrainRecipe r = DinoRecipes.recipe(
                3,
                4,
                DinoRecipes.dino(0.4, 24),
                DinoRecipes.lars(3),
                DinoRecipes.views(DinoRecipes.views(ViewKind.GLOBAL, 2, 32), DinoRecipes.views(ViewKind.LOCAL, 2, 16)));
        PretrainRecipe monitored = TinyRecipes.with(
                r, r.name(), r.epochs(), r.checkpoint(), new MonitorRecipe(1, 100, false), OnDivergence.FAIL);
        DamagePolicy policy = new DamagePolicy(DamagePolicy.OnDamaged.SKIP, quota);
        return new Pretrainer.Job(
                monitored, train, null, "", root, out.resolve(folder), "", workers, StartWeights.none(), policy);
    }

    @Test
    void othersStandInForDamagedImages() throws IOException {
        Path root = damagedPhotos();
        Metrics one = Pretrainer.run(runtime, skipping(root, "one", 1, 0.2));
        Pretrainer.run(runtime, skipping(root, "three", 3, 0.2));
        assertEquals(2, one.counts().get("damaged"));
        assertEquals(
                Files.readString(out.resolve("one/monitor.csv")), Files.readString(out.resolve("three/monitor.csv")));
        assertTrue(one.values().get("student.knn.top1") >= 0);
        assertEquals(
                Hashes.sha256(out.resolve("one/checkpoint.safetensors")),
                Hashes.sha256(out.resolve("three/checkpoint.safetensors")));
        List<Quarantine.Row> rows =
                Quarantine.read(out.resolve("one/quarantine.csv")).rows();
        assertEquals(
                List.of(
                        train.rows().get(0).path() + " missing",
                        train.rows().get(train.size() - 1).path() + " truncated"),
                rows.stream().map(row -> row.path() + " " + row.reason()).toList());
    }

    @Test
    void moreDamagedImagesThanTheQuotaEndTheRun() throws IOException {
        Path root = damagedPhotos();
        StageFailure e = assertThrows(StageFailure.class, () -> Pretrainer.run(runtime, skipping(root, "few", 1, 0.1)));
        assertEquals(ExitCode.BAD_DATA, e.exitCode());
        assertTrue(e.getMessage().startsWith("damaged images: found 2 of 10, the first: "), e.getMessage());
        assertEquals(
                2, Quarantine.read(out.resolve("few/quarantine.csv")).rows().size());
        assertEquals(List.of(out.resolve("few/quarantine.csv")), TwoClasses.list(out.resolve("few")));
        // A file that is not even there is counted before anything is computed.
        StageFailure before =
                assertThrows(StageFailure.class, () -> Pretrainer.run(runtime, skipping(root, "none", 1, 0.05)));
        assertTrue(before.getMessage().startsWith("damaged images: found 1 of 10, the first: "), before.getMessage());
        assertFalse(Files.exists(out.resolve("none")));
    }
}
