package viewfit.eval;

import java.nio.ByteBuffer;
import java.util.function.Consumer;
import viewfit.core.recipe.TrainViewRecipe;
import viewfit.views.ImageStore;
import viewfit.views.LabelledBatch;
import viewfit.views.LoaderOptions;
import viewfit.views.TrainViewLoader;

/**
 * Random crops, perhaps mirrored, in an order drawn anew every epoch. The last batch of an epoch may be shorter; where
 * a batch of one image is of no use (batch statistics need two), it joins the batch before it.
 */
public final class TrainImages implements ImageSource {
    private final int images;
    private final int batchSize;
    private final int steps;
    private final boolean joinSingle;
    private final TrainViewLoader loader;
    private int nextEpoch;

    /**
     * Starts loading.
     *
     * @param batchSize images per batch; with fewer images in all, all of them
     * @param seed root of order and crops
     * @param joinSingle whether a last batch of one image joins the one before it
     */
    public TrainImages(
            ImageStore images,
            TrainViewRecipe views,
            int batchSize,
            long seed,
            int epochs,
            int threads,
            boolean joinSingle) {
        this.images = images.size();
        this.batchSize = Math.min(batchSize, images.size());
        this.joinSingle = joinSingle;
        this.steps = Math.toIntExact(TrainViewLoader.stepsPerEpoch(this.images, this.batchSize));
        this.loader = new TrainViewLoader(
                images, views, new LoaderOptions(this.batchSize, seed, threads), 0, (long) epochs * steps);
    }

    @Override
    public int count() {
        return images;
    }

    /** Batches of one pass. */
    public int stepsPerEpoch() {
        return joins() ? steps - 1 : steps;
    }

    private boolean joins() {
        return joinSingle && steps > 1 && images % batchSize == 1;
    }

    @Override
    public void pass(int epoch, Consumer<PixelBatch> use) {
        if (epoch != nextEpoch) {
            throw new IllegalArgumentException(
                    "epoch " + epoch + ": random crops are read in order, next is " + nextEpoch);
        }
        nextEpoch++;
        read(stepsPerEpoch(), use);
    }

    /** Time spent waiting for images so far, in nanoseconds. */
    long waitNanos() {
        return loader.waitNanos();
    }

    /** Hands out the first batches of the next epoch, all of them if there are fewer; nothing can be read afterwards. */
    void first(int batches, Consumer<PixelBatch> use) {
        read(Math.min(batches, stepsPerEpoch()), use);
        close();
    }

    private void read(int batches, Consumer<PixelBatch> use) {
        for (int step = 0; step < batches; step++) {
            boolean join = joins() && step == stepsPerEpoch() - 1;
            use.accept(join ? joined() : EvalImages.pixels(loader.next()));
        }
    }

    /** The last two batches as one; the loader reuses its memory, so both are copied. */
    private PixelBatch joined() {
        LabelledBatch batch = loader.next();
        int side = batch.side();
        ByteBuffer pixels = ByteBuffer.allocateDirect(Math.multiplyExact(3 * side * side, batchSize + 1));
        pixels.put(batch.data());
        int[] rows = new int[batchSize + 1];
        for (int i = 0; i < batchSize; i++) {
            rows[i] = batch.image(i);
        }
        LabelledBatch single = loader.next();
        pixels.put(single.data());
        rows[batchSize] = single.image(0);
        return new PixelBatch(pixels.flip(), rows, side);
    }

    @Override
    public void close() {
        loader.close();
    }
}
