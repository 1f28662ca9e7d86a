package viewfit.ssl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import viewfit.core.recipe.ViewRecipe;
import viewfit.engine.Scope;
import viewfit.engine.Tensor;
import viewfit.engine.TorchRuntime;
import viewfit.goldens.Fill;
import viewfit.views.ViewBlock;

/** Made-up pixels for steps. */
final class Pictures {
    private Pictures() {}

    /** Images {@code ids} of a step: view v of image i is the same picture in whatever batch it comes, its label i mod classes. */
    static StepBatch batch(TorchRuntime runtime, Scope scope, ViewRecipe views, long step, int classes, int... ids) {
        List<Tensor> passes = new ArrayList<>();
        for (ViewBlock block : ViewBlock.of(views)) {
            int each = 3 * block.side() * block.side();
            float[] values = new float[block.views() * ids.length * each];
            for (int v = 0; v < block.views(); v++) {
                for (int i = 0; i < ids.length; i++) {
                    String name = "step" + step + "/view" + (block.firstView() + v) + "/" + ids[i];
                    float[] picture = Fill.image(name, new long[] {1, 3, block.side(), block.side()}, 4, 1.5, 0.25);
                    System.arraycopy(picture, 0, values, (v * ids.length + i) * each, each);
                }
            }
            long rows = (long) block.views() * ids.length;
            passes.add(runtime.channelsLast(scope, runtime.tensor(scope, values, rows, 3, block.side(), block.side())));
        }
        return new StepBatch(
                passes, Arrays.stream(ids).mapToObj(i -> i % classes).toList());
    }
}
