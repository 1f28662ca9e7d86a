package viewfit.views;

import viewfit.core.contract.StageFailure;
import viewfit.core.data.Verdict;
import viewfit.core.recipe.EvalViewRecipe;

/**
 * One pass over a manifest in its order, evaluation views: short side resized, centre cut out (recipes, section A.1.4). The
 * last batch may be shorter. The seed of the options plays no part.
 */
public final class EvalLoader implements AutoCloseable {
    private final Prefetcher<LabelledBatch> prefetcher;

    /**
     * Starts loading.
     *
     * @throws IllegalArgumentException if there are no pictures
     */
    public EvalLoader(ImageStore images, EvalViewRecipe views, LoaderOptions options) {
        this(images, views, options, false);
    }

    /**
     * Starts loading.
     *
     * @param marksDamage whether a damaged picture is marked in its batch, {@link LabelledBatch#damage}, or ends the loading
     * @throws IllegalArgumentException if there are no pictures
     */
    public EvalLoader(ImageStore images, EvalViewRecipe views, LoaderOptions options, boolean marksDamage) {
        StepPlan plan = StepPlan.inOrder(images.size(), options.batchSize());
        this.prefetcher = new Prefetcher<>(
                plan,
                0,
                plan.stepsPerEpoch(),
                options,
                () -> new LabelledBatch(views.crop(), options.batchSize()),
                new Filler(images, views, marksDamage));
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

    private record Filler(ImageStore images, EvalViewRecipe views, boolean marksDamage)
            implements Prefetcher.Filler<LabelledBatch> {
        @Override
        public void begin(LabelledBatch batch, long epoch, long stepInEpoch, int size) {
            batch.begin(epoch, stepInEpoch, size);
        }

        @Override
        public void fill(LabelledBatch batch, int position, int image, long epoch, Workbench bench) {
            Pixels picture;
            try {
                picture = images.get(image, bench.decoder, bench.scratch);
            } catch (StageFailure e) {
                if (!marksDamage || Verdict.of(e) == null) {
                    throw e;
                }
                batch.setDamaged(position, image, images.row(image), e);
                return;
            }
            batch.set(position, image, images.row(image));
            int at = position * 3 * views.crop() * views.crop();
            bench.painter.paintCentre(picture, views.resize(), views.crop(), batch.target(), at);
        }
    }
}
