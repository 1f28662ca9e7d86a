package viewfit.eval;

import java.util.ArrayList;
import java.util.List;
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
    private @Nullable Nearest nearest;

    private CentreCrops(float[] train, float[] heldout) {
        this.train = train;
        this.heldout = heldout;
    }

    /**
     * Takes them for several backbones that share the decoding, or reads those that were kept.
     *
     * @throws viewfit.core.contract.StageFailure DIVERGED if a feature is not finite
     */
    public static List<CentreCrops> of(
            List<FrozenBackbone> backbones, ProbeRecipe recipe, ProbeData data, FeatureCache cache) {
        List<float[]> train = features(backbones, recipe, data, data.train(), data.trainSha256(), cache);
        List<float[]> heldout = features(backbones, recipe, data, data.heldout(), data.heldoutSha256(), cache);
        List<CentreCrops> all = new ArrayList<>();
        for (int i = 0; i < backbones.size(); i++) {
            all.add(new CentreCrops(train.get(i), heldout.get(i)));
        }
        return all;
    }

    private static List<float[]> features(
            List<FrozenBackbone> backbones,
            ProbeRecipe recipe,
            ProbeData data,
            ImageStore store,
            String manifestSha256,
            FeatureCache cache) {
        String images = manifestSha256.isEmpty()
                ? ""
                : "images " + manifestSha256 + ", short side " + data.shortSide() + ", views " + recipe.evalViews();
        return cache.features(backbones, images, store.size(), missing -> {
            if (cache.keeps(images)) {
                // What is kept under the manifest's name must be of its images.
                store.requireContent();
            }
            try (ImageSource source = new EvalImages(store, recipe.evalViews(), data.threads())) {
                return FrozenBackbone.extract(missing, source);
            }
        });
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
            found = new NeighbourSearch(runtime)
                    .find(backbone.plain(train), backbone.plain(heldout), backbone.plainWidth(), k);
            nearest = found;
        }
        return found;
    }
}
