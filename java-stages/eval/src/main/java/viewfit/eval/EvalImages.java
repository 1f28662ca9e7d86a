package viewfit.eval;

import java.util.function.Consumer;
import viewfit.core.recipe.EvalViewRecipe;
import viewfit.views.EvalLoader;
import viewfit.views.ImageStore;
import viewfit.views.LabelledBatch;
import viewfit.views.LoaderOptions;

/** Scoring views in manifest order: shorter side resized, centre cut out. Every pass is the same. */
public final class EvalImages implements ImageSource {
    /** Enough to fill the cores; evaluation mode gives the same features for every batch size. */
    private static final int BATCH = 128;

    private final ImageStore images;
    private final EvalViewRecipe views;
    private final int threads;

    /** Reads nothing yet. */
    public EvalImages(ImageStore images, EvalViewRecipe views, int threads) {
        this.images = images;
        this.views = views;
        this.threads = threads;
    }

    @Override
    public int count() {
        return images.size();
    }

    @Override
    public void pass(int epoch, Consumer<PixelBatch> use) {
        LoaderOptions options = new LoaderOptions(Math.min(BATCH, images.size()), 0, threads);
        try (EvalLoader loader = new EvalLoader(images, views, options)) {
            while (loader.hasNext()) {
                use.accept(pixels(loader.next()));
            }
        }
    }

    static PixelBatch pixels(LabelledBatch batch) {
        int[] rows = new int[batch.size()];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = batch.image(i);
        }
        return new PixelBatch(batch.data(), rows, batch.side());
    }

    @Override
    public void close() {}
}
