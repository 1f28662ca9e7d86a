package viewfit.views;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import java.util.NoSuchElementException;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.ManifestRow;
import viewfit.core.recipe.EvalViewRecipe;
import viewfit.core.recipe.RangeRecipe;
import viewfit.core.recipe.TrainViewRecipe;
import viewfit.core.recipe.ViewRecipe;

@Timeout(60)
class LoaderTest {
    private static final int IMAGES = 11;
    private static final ViewRecipe VIEWS = TestViews.ours(24, 12, 0.3);
    private static final EvalViewRecipe EVAL = new EvalViewRecipe(20, 16);

    @TempDir
    static Path root;

    private static final List<ManifestRow> ROWS = new ArrayList<>();

    @BeforeAll
    static void pictures() throws IOException {
        for (int i = 0; i < IMAGES; i++) {
            Pixels noise = TestViews.noise(30 + 3 * i, 60 - 2 * i, i);
            BufferedImage image = new BufferedImage(noise.width(), noise.height(), BufferedImage.TYPE_3BYTE_BGR);
            int[] samples = new int[noise.byteCount()];
            for (int k = 0; k < samples.length; k++) {
                samples[k] = noise.data()[k] & 255;
            }
            image.getRaster().setPixels(0, 0, noise.width(), noise.height(), samples);
            String name = "p" + i + ".png";
            ImageIO.write(image, "png", root.resolve(name).toFile());
            ROWS.add(new ManifestRow(name, i % 3, 1, "0".repeat(64)));
        }
        Files.writeString(root.resolve("broken.jpg"), "no picture");
    }

    private static ImageStore store(long cache) {
        return new ImageStore(root, ROWS, cache);
    }

    /** Everything a multi-crop run delivers, step by step. */
    private static List<byte[]> run(int threads, long cache, long first, long end) {
        List<byte[]> steps = new ArrayList<>();
        try (MultiCropLoader loader =
                new MultiCropLoader(store(cache), VIEWS, new LoaderOptions(4, 5, threads), first, end)) {
            while (loader.hasNext()) {
                MultiCropBatch batch = loader.next();
                byte[] globals = bytes(batch.data(0));
                byte[] locals = bytes(batch.data(1));
                byte[] all = Arrays.copyOf(globals, globals.length + locals.length);
                System.arraycopy(locals, 0, all, globals.length, locals.length);
                steps.add(all);
            }
        }
        return steps;
    }

    private static byte[] bytes(ByteBuffer buffer) {
        assertTrue(buffer.isDirect());
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private static void assertSame(List<byte[]> expected, List<byte[]> actual) {
        assertEquals(expected.size(), actual.size());
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(expected.get(i), actual.get(i), "step " + i);
        }
    }

    @Test
    void threadsCacheAndStartingPointChangeNoByte() {
        List<byte[]> expected = run(1, 0, 0, 7);
        assertSame(expected, run(3, 0, 0, 7));
        assertSame(expected, run(2, 1 << 20, 0, 7));
        assertSame(expected, run(2, 15_000, 0, 7));
        assertSame(expected.subList(3, 7), run(2, 0, 3, 7));
        // The second epoch draws anew.
        assertFalse(Arrays.equals(expected.get(0), expected.get(2)));
    }

    /** One thread, no loader: every view drawn and painted from its address alone, in view-major order. */
    @Test
    void multiCropEqualsTheNaiveTwin() {
        ViewPlan plan = new ViewPlan(VIEWS, 5);
        ImageStore store = store(0);
        ViewPainter painter = new ViewPainter();
        try (ImageDecoder decoder = new ImageDecoder();
                MultiCropLoader loader = new MultiCropLoader(store, VIEWS, new LoaderOptions(4, 5, 2), 0, 4)) {
            Set<Integer> seen = new HashSet<>();
            for (int step = 0; step < 4; step++) {
                MultiCropBatch batch = loader.next();
                assertEquals(step / 2, batch.epoch());
                assertEquals(step % 2, batch.stepInEpoch());
                if (step == 2) {
                    seen.clear();
                }
                for (int i = 0; i < 4; i++) {
                    assertTrue(seen.add(batch.image(i)), "an image twice in one epoch");
                    Pixels picture = store.get(batch.image(i), decoder, new Pixels());
                    for (int view = 0; view < 8; view++) {
                        ViewDraw draw =
                                plan.draw(batch.epoch(), batch.image(i), view, picture.width(), picture.height());
                        int side = view < 2 ? 24 : 12;
                        ByteBuffer expected = ByteBuffer.allocate(3 * side * side);
                        painter.paint(picture, draw, side, expected, 0);
                        byte[] actual = new byte[3 * side * side];
                        int row = (view < 2 ? view : view - 2) * 4 + i;
                        batch.data(view < 2 ? 0 : 1).get(row * actual.length, actual);
                        assertArrayEquals(expected.array(), actual, "view " + view + " of " + i);
                        assertEquals(draw.crop(), batch.crop(view, i));
                        assertEquals((double) side * side / draw.crop().area(), batch.pixelScale(view, i), 1e-12);
                    }
                }
            }
            assertThrows(NoSuchElementException.class, loader::next);
        }
    }

    @Test
    void evaluationKeepsManifestOrderAndTheLastShortBatch() {
        try (EvalLoader loader = new EvalLoader(store(1 << 20), EVAL, new LoaderOptions(4, 0, 2));
                ImageDecoder decoder = new ImageDecoder()) {
            int index = 0;
            while (loader.hasNext()) {
                LabelledBatch batch = loader.next();
                assertEquals(index < 8 ? 4 : 3, batch.size());
                assertEquals(batch.size() * 3 * 16 * 16, batch.data().remaining());
                for (int i = 0; i < batch.size(); i++, index++) {
                    assertEquals(index, batch.image(i));
                    assertEquals(index % 3, batch.label(i));
                    Pixels picture = store(0).get(index, decoder, new Pixels());
                    ByteBuffer expected = ByteBuffer.allocate(3 * 16 * 16);
                    new ViewPainter().paintCentre(picture, 20, 16, expected, 0);
                    byte[] actual = new byte[3 * 16 * 16];
                    batch.data().get(i * actual.length, actual);
                    assertArrayEquals(expected.array(), actual);
                }
            }
            assertEquals(IMAGES, index);
        }
    }

    @Test
    void trainingViewsVisitEveryImageOncePerEpoch() {
        TrainViewRecipe recipe = new TrainViewRecipe(16, new RangeRecipe(0.08, 1), 0.5, TestViews.ASPECT);
        assertEquals(3, TrainViewLoader.stepsPerEpoch(IMAGES, 4));
        List<List<Integer>> orders = new ArrayList<>();
        List<byte[]> first = new ArrayList<>();
        try (TrainViewLoader loader = new TrainViewLoader(store(0), recipe, new LoaderOptions(4, 8, 2), 0, 6)) {
            while (loader.hasNext()) {
                LabelledBatch batch = loader.next();
                if (batch.stepInEpoch() == 0) {
                    orders.add(new ArrayList<>());
                }
                for (int i = 0; i < batch.size(); i++) {
                    orders.get((int) batch.epoch()).add(batch.image(i));
                    assertEquals(batch.image(i) % 3, batch.labels()[i]);
                }
                first.add(bytes(batch.data()));
            }
        }
        assertEquals(IMAGES, new HashSet<>(orders.get(0)).size());
        assertEquals(IMAGES, new HashSet<>(orders.get(1)).size());
        assertFalse(orders.get(0).equals(orders.get(1)), "a new order every epoch");
        try (TrainViewLoader loader = new TrainViewLoader(store(0), recipe, new LoaderOptions(4, 8, 1), 5, 6)) {
            assertArrayEquals(first.get(5), bytes(loader.next().data()));
        }
    }

    @Test
    void aBrokenPictureFailsItsStepOnlyAndAlwaysTheSameOne() {
        List<ManifestRow> rows = new ArrayList<>(ROWS);
        rows.set(5, new ManifestRow("missing.jpg", 0, 1, ""));
        rows.set(6, new ManifestRow("broken.jpg", 0, 1, ""));
        for (int threads = 1; threads <= 3; threads++) {
            ImageStore store = new ImageStore(root, rows, 0);
            try (EvalLoader loader = new EvalLoader(store, EVAL, new LoaderOptions(4, 0, threads))) {
                loader.next();
                StageFailure failure = assertThrows(StageFailure.class, loader::next);
                assertEquals(ExitCode.NO_INPUT, failure.exitCode());
                assertTrue(failure.getMessage().contains("missing.jpg"), failure.getMessage());
                assertEquals(8, loader.next().image(0));
            }
        }
    }

    /** A batch in the consumer's hands is not overwritten however long it is held. */
    @Test
    void theHeldBatchStaysUntouched() throws InterruptedException {
        try (MultiCropLoader loader =
                new MultiCropLoader(store(1 << 20), VIEWS, new LoaderOptions(4, 5, 2, 1), 0, 20)) {
            loader.next();
            MultiCropBatch batch = loader.next();
            byte[] before = bytes(batch.data(0));
            Thread.sleep(100);
            assertArrayEquals(before, bytes(batch.data(0)));
        }
    }

    @Test
    void closeEndsTheThreadsAndNextRefuses() {
        MultiCropLoader loader = new MultiCropLoader(store(0), VIEWS, new LoaderOptions(4, 5, 3), 0, 1_000_000);
        loader.next();
        assertTrue(loader.waitNanos() > 0);
        assertTrue(loader.workNanos() > 0);
        loader.close();
        loader.close();
        assertThrows(IllegalStateException.class, loader::next);
        assertFalse(Thread.getAllStackTraces().keySet().stream()
                .anyMatch(t -> t.getName().equals("views-2") && t.isAlive()));
    }

    @Test
    void tooFewImagesForABatchAreRefused() {
        LoaderOptions options = new LoaderOptions(12, 0, 1);
        assertThrows(IllegalArgumentException.class, () -> new MultiCropLoader(store(0), VIEWS, options, 0, 1));
        ImageStore empty = new ImageStore(root, List.of(), 0);
        assertThrows(IllegalArgumentException.class, () -> new EvalLoader(empty, EVAL, options));
    }

    @Test
    void theCacheKeepsWithinItsBudget() {
        ImageStore store = store(15_000);
        try (ImageDecoder decoder = new ImageDecoder()) {
            for (int i = 0; i < IMAGES; i++) {
                store.get(i, decoder, new Pixels());
            }
        }
        assertTrue(store.cachedBytes() > 10_000 && store.cachedBytes() <= 15_000, "kept " + store.cachedBytes());
    }
}
