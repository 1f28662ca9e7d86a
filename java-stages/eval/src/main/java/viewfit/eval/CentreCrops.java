package viewfit.eval;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import viewfit.core.metrics.Nearest;
import viewfit.core.recipe.ProbeRecipe;
import viewfit.engine.NeighbourSearch;
import viewfit.engine.TorchRuntime;
import viewfit.views.ImageStore;

/** Features of the centre crops of all images under one backbone, in manifest order. */
public final class CentreCrops {
    private final float[] train;
    private final float[] heldout;
    private final Listener listener;
    private @Nullable Nearest nearest;

    private CentreCrops(float[] train, float[] heldout, Listener listener) {
        this.train = train;
        this.heldout = heldout;
        this.listener = listener;
    }

    /** Is told how many images have passed. */
    @FunctionalInterface
    public interface Listener {
        /** @param what is done to which images, in words */
        void images(String what, long count, long all);
    }

    /**
     * Takes them for several backbones that share the decoding, or reads those that were kept.
     *
     * @throws viewfit.core.contract.StageFailure DIVERGED if a feature is not finite
     */
    public static List<CentreCrops> of(
            List<FrozenBackbone> backbones, ProbeRecipe recipe, ProbeData data, FeatureCache cache) {
        return of(backbones, recipe, data, cache, (which, count, all) -> {});
    }

    /** The same, for who wants to know how far it is, and how far a search for neighbours. */
    public static List<CentreCrops> of(
            List<FrozenBackbone> backbones, ProbeRecipe recipe, ProbeData data, FeatureCache cache, Listener listener) {
        List<float[]> train = features(
                backbones,
                recipe,
                data,
                data.train(),
                data.trainSha256(),
                cache,
                (count, all) -> listener.images("features of training images", count, all));
        List<float[]> heldout = features(
                backbones,
                recipe,
                data,
                data.heldout(),
                data.heldoutSha256(),
                cache,
                (count, all) -> listener.images("features of held-out images", count, all));
        List<CentreCrops> all = new ArrayList<>();
        for (int i = 0; i < backbones.size(); i++) {
            all.add(new CentreCrops(train.get(i), heldout.get(i), listener));
        }
        return all;
    }

    private static List<float[]> features(
            List<FrozenBackbone> backbones,
            ProbeRecipe recipe,
            ProbeData data,
            ImageStore store,
            String manifestSha256,
            FeatureCache cache,
            IntBiConsumer passed) {
        String images = manifestSha256.isEmpty()
                ? ""
                : "images " + manifestSha256 + ", short side " + data.shortSide() + ", views " + recipe.evalViews();
        return cache.features(backbones, images, store.size(), missing -> {
            if (cache.keeps(images)) {
                // What is kept under the manifest's name must be of its images.
                store.requireContent();
            }
            try (ImageSource source = new EvalImages(store, recipe.evalViews(), data.threads())) {
                return FrozenBackbone.extract(missing, new Counted(source, passed));
            }
        });
    }

    private interface IntBiConsumer {
        void accept(int count, int all);
    }

    /** Images that are counted when they have been used. */
    private record Counted(ImageSource images, IntBiConsumer passed) implements ImageSource {
        @Override
        public int count() {
            return images.count();
        }

        @Override
        public void pass(int epoch, Consumer<PixelBatch> use) {
            int[] done = {0};
            images.pass(epoch, batch -> {
                use.accept(batch);
                done[0] += batch.count();
                passed.accept(done[0], count());
            });
        }

        @Override
        public void close() {
            images.close();
        }
    }

    /** Who wants to know how far it is with them. */
    Listener listener() {
        return listener;
    }

    /** Of the training images, row-major [images, width]; shared, not to be changed. */
    float[] train() {
        return train;
    }

    /** Of the held-out images; shared, not to be changed. */
    float[] heldout() {
        return heldout;
    }

    /**
     * The nearest training images of each held-out one by their plain features, {@code k} or more of them as far as there are any:
     * one search serves scores and sheet.
     *
     * @param backbone whose features these are
     */
    Nearest nearest(TorchRuntime runtime, FrozenBackbone backbone, int k) {
        Nearest found = nearest;
        if (found == null || found.k() < Math.min(k, train.length / backbone.width())) {
            found = new NeighbourSearch(runtime, listener::images)
                    .find(backbone.plain(train), backbone.plain(heldout), backbone.plainWidth(), k);
            nearest = found;
        }
        return found;
    }
}
