package viewfit.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import viewfit.core.recipe.TrainViewRecipe;

/** Batches of training views: nobody is left out, nobody comes twice, and a single image finds company. */
class TrainImagesTest {
    private static final TrainViewRecipe VIEWS = Fixtures.probe("cached", 1, 1).trainViews();

    /** Pixels and row of every image of one pass, in order, and the batch sizes. */
    private record Pass(List<byte[]> pixels, List<Integer> rows, List<Integer> sizes) {}

    private static Pass read(TrainImages images, int epoch) {
        Pass pass = new Pass(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        images.pass(epoch, batch -> {
            pass.sizes().add(batch.count());
            for (int i = 0; i < batch.count(); i++) {
                byte[] one = new byte[3 * batch.side() * batch.side()];
                batch.pixels().get(i * one.length, one);
                pass.pixels().add(one);
                pass.rows().add(batch.row(i));
            }
        });
        return pass;
    }

    private static TrainImages images(int count, int batchSize, boolean join) {
        return new TrainImages(Fixtures.store(Fixtures.rows("train", 1, count)), VIEWS, batchSize, 5, 2, 1, join);
    }

    @Test
    void aSingleLeftOverImageJoinsTheBatchBefore() {
        try (TrainImages joined = images(7, 3, true);
                TrainImages apart = images(7, 3, false)) {
            assertEquals(2, joined.stepsPerEpoch());
            assertEquals(3, apart.stepsPerEpoch());
            for (int epoch = 0; epoch < 2; epoch++) {
                Pass a = read(joined, epoch);
                Pass b = read(apart, epoch);
                assertEquals(List.of(3, 4), a.sizes());
                assertEquals(List.of(3, 3, 1), b.sizes());
                assertEquals(b.rows(), a.rows());
                for (int i = 0; i < 7; i++) {
                    assertArrayEquals(b.pixels().get(i), a.pixels().get(i));
                }
                assertEquals(7, new TreeSet<>(a.rows()).size());
            }
        }
    }

    @Test
    void otherRemaindersStay() {
        try (TrainImages two = images(8, 3, true);
                TrainImages whole = images(6, 3, true);
                TrainImages less = images(5, 64, true)) {
            assertEquals(List.of(3, 3, 2), read(two, 0).sizes());
            assertEquals(List.of(3, 3), read(whole, 0).sizes());
            assertEquals(List.of(5), read(less, 0).sizes());
        }
    }

    @Test
    void epochsComeInOrder() {
        try (TrainImages images = images(4, 2, true)) {
            assertThrows(IllegalArgumentException.class, () -> read(images, 1));
        }
    }
}
