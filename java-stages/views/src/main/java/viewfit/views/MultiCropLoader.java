package viewfit.views;

import java.util.List;
import viewfit.core.data.DamagePolicy;
import viewfit.core.recipe.ViewRecipe;

/**
 * Batches of multi-crop views for pre-training, prepared ahead by worker threads. A picture is decoded once for all its views.
 * Every epoch visits the pictures in an order keyed by (seed, "order", epoch), the rest that does not fill a batch is dropped,
 * and a view depends on nothing but (seed, "views", epoch, manifest row, view). So neither the number of threads nor starting
 * in the middle of a run changes a byte.
 *
 * <pre>{@code
 * try (MultiCropLoader loader = new MultiCropLoader(images, recipe.views(), options, firstStep, endStep)) {
 *     while (loader.hasNext()) {
 *         MultiCropBatch batch = loader.next();
 *         ByteBuffer globals = batch.data(0); // [2 * B, S, S, 3] bytes
 *     }
 * }
 * }</pre>
 */
public final class MultiCropLoader implements AutoCloseable {
    private final Prefetcher<MultiCropBatch> prefetcher;
    private final List<ViewBlock> blocks;
    private final StandIns images;

    /**
     * Starts loading; a damaged picture is a failure.
     *
     * @throws IllegalArgumentException if there are fewer pictures than one batch needs
     */
    public MultiCropLoader(ImageStore images, ViewRecipe recipe, LoaderOptions options, long firstStep, long endStep) {
        this(new StandIns(images, DamagePolicy.FAIL, options.seed()), recipe, options, firstStep, endStep);
    }

    /**
     * Starts loading.
     *
     * @param images the pictures of the training manifest, and what stands in for damaged ones
     * @param recipe views to cut
     * @param options batch size, seed, threads
     * @param firstStep step to start with, counted over all epochs from 0
     * @param endStep step to stop before
     * @throws IllegalArgumentException if there are fewer pictures than one batch needs
     */
    public MultiCropLoader(StandIns images, ViewRecipe recipe, LoaderOptions options, long firstStep, long endStep) {
        this.blocks = ViewBlock.of(recipe);
        this.images = images;
        StepPlan steps = StepPlan.shuffled(images.images().size(), options.batchSize(), true, options.seed());
        this.prefetcher = new Prefetcher<>(
                steps,
                firstStep,
                endStep,
                options,
                () -> new MultiCropBatch(blocks, options.batchSize()),
                new Filler(images, new ViewPlan(recipe, options.seed()), blocks));
    }

    /** Steps of one epoch: whole batches only. */
    public static long stepsPerEpoch(int images, int batchSize) {
        return images / batchSize;
    }

    /** Blocks every batch has. */
    public List<ViewBlock> blocks() {
        return blocks;
    }

    /** Whether another batch follows. */
    public boolean hasNext() {
        return prefetcher.hasNext();
    }

    /**
     * Waits for the next batch. It stays untouched until the following call.
     *
     * @throws java.util.NoSuchElementException after the last step
     * @throws viewfit.core.contract.StageFailure if a picture of the batch is missing or damaged and nothing may stand in
     */
    public MultiCropBatch next() {
        MultiCropBatch batch = prefetcher.next();
        images.count(batch);
        return batch;
    }

    /** Time spent waiting in {@link #next} so far, in nanoseconds: the share the trainer loses to loading. */
    public long waitNanos() {
        return prefetcher.waitNanos();
    }

    /** Time the threads have spent on views so far, all of them together, in nanoseconds. */
    public long workNanos() {
        return prefetcher.workNanos();
    }

    /** Stops the threads and waits for them. */
    @Override
    public void close() {
        prefetcher.close();
    }

    private record Filler(StandIns images, ViewPlan plan, List<ViewBlock> blocks)
            implements Prefetcher.Filler<MultiCropBatch> {
        @Override
        public void begin(MultiCropBatch batch, long epoch, long stepInEpoch, int size) {
            batch.begin(epoch, stepInEpoch);
        }

        @Override
        public void fill(MultiCropBatch batch, int position, int image, long epoch, Workbench bench) {
            StandIns.Pick pick = images.pick(image, epoch, bench.decoder, bench.scratch);
            Pixels picture = pick.picture();
            batch.setImage(position, pick.image(), pick.damaged());
            for (int b = 0; b < blocks.size(); b++) {
                ViewBlock block = blocks.get(b);
                for (int v = 0; v < block.views(); v++) {
                    int view = block.firstView() + v;
                    ViewDraw draw = plan.draw(epoch, image, view, picture.width(), picture.height());
                    int at = (v * batch.size() + position) * block.viewBytes();
                    bench.painter.paint(picture, draw, block.side(), batch.target(b), at);
                    batch.setCrop(view, position, draw.crop());
                }
            }
        }
    }
}
