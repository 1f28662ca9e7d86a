package viewfit.views;

import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;
import viewfit.core.recipe.TrainViewRecipe;

/**
 * Labelled training views for probe and fine-tuning: one random resized crop per picture, perhaps mirrored. Every epoch visits
 * all pictures in an order keyed by (seed, "order", epoch); its last batch may be shorter. A view depends on nothing but (seed,
 * "views", epoch, manifest row).
 */
public final class TrainViewLoader implements AutoCloseable {
    private final Prefetcher<LabelledBatch> prefetcher;

    /**
     * Starts loading.
     *
     * @param firstStep step to start with, counted over all epochs from 0
     * @param endStep step to stop before
     * @throws IllegalArgumentException if there are no pictures
     */
    public TrainViewLoader(
            ImageStore images, TrainViewRecipe views, LoaderOptions options, long firstStep, long endStep) {
        this.prefetcher = new Prefetcher<>(
                StepPlan.shuffled(images.size(), options.batchSize(), false, options.seed()),
                firstStep,
                endStep,
                options,
                () -> new LabelledBatch(views.size(), options.batchSize()),
                new Filler(
                        images,
                        views,
                        new CropSampler(
                                views.scale().low(),
                                views.scale().high(),
                                views.aspect().low(),
                                views.aspect().high()),
                        SeedTree.root(options.seed()).at("views")));
    }

    /** Steps of one epoch, the shorter last one included. */
    public static long stepsPerEpoch(int images, int batchSize) {
        return (images + batchSize - 1L) / batchSize;
    }

    /** Whether another batch follows. */
    public boolean hasNext() {
        return prefetcher.hasNext();
    }

    /**
     * Waits for the next batch. It stays untouched until the following call.
     *
     * @throws java.util.NoSuchElementException after the last step
     * @throws viewfit.core.contract.StageFailure if a picture of the batch is missing or damaged
     */
    public LabelledBatch next() {
        return prefetcher.next();
    }

    /** Time spent waiting in {@link #next} so far, in nanoseconds. */
    public long waitNanos() {
        return prefetcher.waitNanos();
    }

    /** Stops the threads and waits for them. */
    @Override
    public void close() {
        prefetcher.close();
    }

    private record Filler(ImageStore images, TrainViewRecipe views, CropSampler crops, SeedTree seeds)
            implements Prefetcher.Filler<LabelledBatch> {
        @Override
        public void begin(LabelledBatch batch, long epoch, long stepInEpoch, int size) {
            batch.begin(epoch, stepInEpoch, size);
        }

        @Override
        public void fill(LabelledBatch batch, int position, int image, long epoch, Workbench bench) {
            Pixels picture = images.get(image, bench.decoder, bench.scratch);
            batch.set(position, image, images.row(image));
            RandomStream random = seeds.at(epoch, image).stream();
            Crop crop = crops.sample(random, picture.width(), picture.height());
            ViewDraw draw = ViewDraw.plain(crop, random.chance(views.flip()));
            int at = position * 3 * views.size() * views.size();
            bench.painter.paint(picture, draw, views.size(), batch.target(), at);
        }
    }
}
