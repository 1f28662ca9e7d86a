package viewfit.views;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.DamagePolicy;
import viewfit.core.data.DamagePolicy.OnDamaged;
import viewfit.core.data.ManifestRow;
import viewfit.core.data.Quarantine;
import viewfit.core.files.Hashes;
import viewfit.core.random.SeedTree;
import viewfit.core.recipe.ViewRecipe;

/** Damaged pictures in training: others stand in, the same ones however the run is done. */
@Timeout(60)
class StandInsTest {
    private static final int IMAGES = 12;
    private static final long SEED = 5;
    private static final Set<Integer> DAMAGED = Set.of(2, 7, 9);
    private static final ViewRecipe VIEWS = TestViews.ours(24, 12, 0.3);
    private static final DamagePolicy SKIP = new DamagePolicy(OnDamaged.SKIP, 0.25);
    private static final List<ManifestRow> ROWS = new ArrayList<>();

    @TempDir
    static Path root;

    @BeforeAll
    static void pictures() throws IOException {
        for (int i = 0; i < IMAGES; i++) {
            BufferedImage image = new BufferedImage(30 + 3 * i, 60 - 2 * i, BufferedImage.TYPE_3BYTE_BGR);
            for (int k = 0; k < 25; k++) {
                image.setRGB(k, k, 0x10101 * 20 * (i + 1));
            }
            String name = String.format("p%02d.png", i);
            ImageIO.write(image, "png", root.resolve(name).toFile());
            ROWS.add(new ManifestRow(name, i, 1, "0".repeat(64)));
        }
        Files.writeString(root.resolve("p02.png"), "text");
        Files.delete(root.resolve("p07.png"));
        byte[] whole = Files.readAllBytes(root.resolve("p09.png"));
        Files.write(root.resolve("p09.png"), Arrays.copyOf(whole, whole.length / 2));
    }

    private static StandIns standIns(DamagePolicy policy) {
        return new StandIns(new ImageStore(root, ROWS, 0), policy, SEED);
    }

    /** Rows and views of every place, by (epoch, place in the epoch). */
    private static Map<String, String> run(int threads, int batchSize, long first, long end) {
        Map<String, String> places = new TreeMap<>();
        LoaderOptions options = new LoaderOptions(batchSize, SEED, threads);
        try (MultiCropLoader loader = new MultiCropLoader(standIns(SKIP), VIEWS, options, first, end)) {
            while (loader.hasNext()) {
                MultiCropBatch batch = loader.next();
                for (int i = 0; i < batch.size(); i++) {
                    StringBuilder views = new StringBuilder().append(batch.image(i));
                    for (int b = 0; b < batch.blocks().size(); b++) {
                        ViewBlock block = batch.blocks().get(b);
                        for (int v = 0; v < block.views(); v++) {
                            byte[] view = new byte[block.viewBytes()];
                            batch.data(b).get((v * batch.size() + i) * block.viewBytes(), view);
                            views.append(' ').append(Hashes.sha256(view));
                        }
                    }
                    places.put(batch.epoch() + ":" + (batch.stepInEpoch() * batchSize + i), views.toString());
                }
            }
        }
        return places;
    }

    @Test
    void threadsBatchSizeAndStartingPointChangeNothing() {
        Map<String, String> expected = run(1, 4, 0, 9);
        assertEquals(36, expected.size());
        assertEquals(expected, run(3, 4, 0, 9));
        assertEquals(expected, run(2, 6, 0, 6));
        Map<String, String> later = run(2, 4, 4, 9);
        assertEquals(20, later.size());
        later.forEach((place, views) -> assertEquals(expected.get(place), views, place));
    }

    /** Without a loader: the stand-in by its address, its views at the address of the damaged picture. */
    @Test
    void equalsTheNaiveTwin() {
        ViewPlan plan = new ViewPlan(VIEWS, SEED);
        int replaced = 0;
        Set<Integer> others = new HashSet<>();
        try (Workbench bench = new Workbench();
                MultiCropLoader loader =
                        new MultiCropLoader(standIns(SKIP), VIEWS, new LoaderOptions(4, SEED, 2), 0, 9)) {
            for (long step = 0; step < 9; step++) {
                MultiCropBatch batch = loader.next();
                StepPlan order = StepPlan.shuffled(IMAGES, 4, true, SEED);
                for (int i = 0; i < 4; i++) {
                    int row = order.image(step, i);
                    int expected = row;
                    for (int attempt = 0; DAMAGED.contains(expected); attempt++) {
                        expected = SeedTree.root(SEED).at("replace").at(batch.epoch(), row, attempt).stream()
                                .nextInt(IMAGES);
                    }
                    assertEquals(expected, batch.image(i));
                    if (row != expected) {
                        replaced++;
                        others.add(expected);
                    }
                    Pixels picture = new ImageStore(root, ROWS, 0).get(expected, bench.decoder, bench.scratch);
                    ViewDraw draw = plan.draw(batch.epoch(), row, 0, picture.width(), picture.height());
                    assertEquals(draw.crop(), batch.crop(0, i));
                    ByteBuffer view = ByteBuffer.allocate(3 * 24 * 24);
                    bench.painter.paint(picture, draw, 24, view, 0);
                    byte[] found = new byte[3 * 24 * 24];
                    batch.data(0).get(i * found.length, found);
                    assertArrayEquals(view.array(), found);
                }
            }
        }
        assertEquals(3 * DAMAGED.size(), replaced);
        assertTrue(others.size() > 3, "every epoch draws anew: " + others);
    }

    @Test
    void theQuarantineListsEachDamagedPictureOnce() throws IOException {
        StandIns standIns = standIns(SKIP);
        try (MultiCropLoader loader = new MultiCropLoader(standIns, VIEWS, new LoaderOptions(4, SEED, 2), 0, 9)) {
            while (loader.hasNext()) {
                loader.next();
            }
        }
        byte[] cut = Files.readAllBytes(root.resolve("p09.png"));
        assertEquals(
                List.of(
                        new Quarantine.Row(
                                "p02.png", "no-image", "no image (first bytes 74657874)", 4, Hashes.sha256("text")),
                        new Quarantine.Row("p07.png", "missing", "no such file", 0, ""),
                        new Quarantine.Row(
                                "p09.png", "truncated", "a PNG that ends too early", cut.length, Hashes.sha256(cut))),
                standIns.quarantine().rows());
        assertEquals(3, standIns.damaged());
    }

    /** Steps until the quota is exceeded, whatever the threads did ahead. */
    private static String failure(int threads, DamagePolicy policy) {
        StandIns standIns = standIns(policy);
        try (MultiCropLoader loader =
                new MultiCropLoader(standIns, VIEWS, new LoaderOptions(1, SEED, threads, 3), 0, 3L * IMAGES)) {
            for (int step = 0; loader.hasNext(); step++) {
                try {
                    loader.next();
                } catch (StageFailure e) {
                    assertEquals(1, String.valueOf(e.getMessage()).lines().count());
                    return step + " " + e.exitCode() + " " + e.getMessage() + " "
                            + standIns.quarantine().rows().size();
                }
            }
        }
        return "none";
    }

    @Test
    void moreThanTheQuotaEndsTheRunAtTheSameStep() {
        DamagePolicy two = new DamagePolicy(OnDamaged.SKIP, 0.17);
        String expected = failure(1, two);
        assertTrue(expected.contains("BAD_DATA damaged images: found 3 of 12, the first: "), expected);
        assertTrue(expected.endsWith("must be at most 2 (--damaged-quota 0.17) 3"), expected);
        for (int threads = 2; threads < 6; threads++) {
            assertEquals(expected, failure(threads, two));
        }
        assertEquals("none", failure(2, SKIP));
    }

    @Test
    void failingIsTheDefaultAndNamesTheFirst() {
        String expected = failure(1, DamagePolicy.FAIL);
        assertFalse(expected.startsWith("none"));
        assertEquals(expected, failure(4, DamagePolicy.FAIL));
    }

    /** A quota of everything must not search for ever. */
    @Test
    void nothingStandsInWhereEverythingIsDamaged() {
        List<ManifestRow> rows = List.of(ROWS.get(2), ROWS.get(9));
        DamagePolicy all = new DamagePolicy(OnDamaged.SKIP, 1);
        StandIns standIns = new StandIns(new ImageStore(root, rows, 0), all, SEED);
        try (MultiCropLoader loader = new MultiCropLoader(standIns, VIEWS, new LoaderOptions(1, SEED, 2), 0, 1)) {
            StageFailure e = assertThrows(StageFailure.class, loader::next);
            assertEquals(ExitCode.BAD_DATA, e.exitCode());
        }
    }

    @Test
    void theContactSheetShowsWhatTrainingShows() throws IOException {
        List<SampledView> shown = ContactSheet.write(root.resolve("sheet.png"), standIns(SKIP), VIEWS, SEED, IMAGES);
        try (MultiCropLoader loader =
                new MultiCropLoader(standIns(SKIP), VIEWS, new LoaderOptions(IMAGES, SEED, 1), 0, 1)) {
            MultiCropBatch batch = loader.next();
            int views = shown.size() / IMAGES;
            for (int i = 0; i < IMAGES; i++) {
                assertEquals(
                        ROWS.get(batch.image(i)).path(), shown.get(i * views).image());
                assertEquals(batch.crop(0, i).x(), shown.get(i * views).x());
            }
        }
        assertNotEquals(0, shown.size());
    }

    /** It went on without a picture; a run that may not do that would have ended there. */
    @Test
    void whatWasDoneWithoutCannotBecomeAFailure() {
        StandIns fails = standIns(new DamagePolicy(OnDamaged.FAIL, 0));
        fails.resume(List.of());
        StageFailure refused = assertThrows(StageFailure.class, () -> fails.resume(List.of(7, 2)));
        assertEquals(ExitCode.BAD_DATA, refused.exitCode());
        assertTrue(refused.getMessage().startsWith("p07.png: found damaged"), refused.getMessage());
        StandIns skips = standIns(SKIP);
        skips.resume(List.of(7, 2));
        assertEquals(List.of(7, 2), skips.met());
    }
}
