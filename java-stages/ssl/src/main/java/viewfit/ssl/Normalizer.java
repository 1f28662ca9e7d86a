package viewfit.ssl;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import viewfit.core.recipe.NormalizeRecipe;
import viewfit.engine.Scope;
import viewfit.engine.Tensor;
import viewfit.engine.TorchRuntime;
import viewfit.views.ImageStore;
import viewfit.views.MultiCropBatch;
import viewfit.views.ViewBlock;

/** Turns pixels into what a network takes: {@code (x / 255 - mean) / std} per channel. */
final class Normalizer {
    private final TorchRuntime runtime;
    private final Tensor mean;
    private final Tensor std;

    Normalizer(TorchRuntime runtime, NormalizeRecipe recipe) {
        this.runtime = runtime;
        this.mean = channels(recipe.mean());
        this.std = channels(recipe.std());
    }

    private Tensor channels(List<Double> values) {
        float[] floats = new float[values.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = values.get(i).floatValue();
        }
        return runtime.tensor(runtime.run(), floats, 1, floats.length, 1, 1);
    }

    /**
     * A loaded batch as a step takes it: its pixels stay in use until the scope closes.
     *
     * @param images what the batch was loaded from: they know the labels
     */
    StepBatch batch(Scope scope, MultiCropBatch batch, ImageStore images) {
        List<Tensor> passes = new ArrayList<>();
        for (int b = 0; b < batch.blocks().size(); b++) {
            ViewBlock block = batch.blocks().get(b);
            passes.add(images(scope, batch.data(b), block.views() * batch.size(), block.side()));
        }
        List<Integer> labels = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            labels.add(images.row(batch.image(i)).label());
        }
        return new StepBatch(passes, labels);
    }

    /** uint8 [n, side, side, 3], unchanged until the scope closes, to float [n, 3, side, side] in channels-last memory. */
    Tensor images(Scope scope, ByteBuffer pixels, int n, int side) {
        return runtime.images(scope, runtime.pixels(scope, pixels, n, side, side), mean, std);
    }
}
