package viewfit.views;

import org.jspecify.annotations.Nullable;
import viewfit.core.random.SeedTree;

/**
 * Which pictures each step holds. Steps are counted over the whole run; an epoch visits every picture once (apart from a
 * dropped rest), in an order keyed by (seed, "order", epoch) or in manifest order.
 */
final class StepPlan {
    private final int images;
    private final int batchSize;
    private final boolean dropLast;
    private final @Nullable SeedTree shuffle;

    private long orderEpoch = -1;
    private int[] order = new int[0];

    private StepPlan(int images, int batchSize, boolean dropLast, @Nullable SeedTree shuffle) {
        this.images = images;
        this.batchSize = batchSize;
        this.dropLast = dropLast;
        this.shuffle = shuffle;
        if (stepsPerEpoch() == 0) {
            throw new IllegalArgumentException(
                    "loader: " + images + " images for a batch of " + batchSize + ": at least one batch");
        }
    }

    /** Shuffled anew every epoch. */
    static StepPlan shuffled(int images, int batchSize, boolean dropLast, long seed) {
        return new StepPlan(images, batchSize, dropLast, SeedTree.root(seed).at("order"));
    }

    /** Manifest order; the last batch may be shorter. */
    static StepPlan inOrder(int images, int batchSize) {
        return new StepPlan(images, batchSize, false, null);
    }

    long stepsPerEpoch() {
        return dropLast ? images / batchSize : (images + batchSize - 1L) / batchSize;
    }

    int batchSize() {
        return batchSize;
    }

    long epoch(long step) {
        return step / stepsPerEpoch();
    }

    long stepInEpoch(long step) {
        return step % stepsPerEpoch();
    }

    /** Pictures in this step. */
    int size(long step) {
        return (int) Math.min(batchSize, images - stepInEpoch(step) * batchSize);
    }

    /** Manifest row of a picture of a step. Keeps the order of one epoch, so callers go through epochs one after another. */
    int image(long step, int position) {
        int at = (int) (stepInEpoch(step) * batchSize) + position;
        if (shuffle == null) {
            return at;
        }
        long epoch = epoch(step);
        if (epoch != orderEpoch) {
            order = shuffle.at(epoch).stream().permutation(images);
            orderEpoch = epoch;
        }
        return order[at];
    }
}
