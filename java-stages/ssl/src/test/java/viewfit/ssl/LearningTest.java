package viewfit.ssl;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.ViewRecipe;
import viewfit.engine.Scope;
import viewfit.engine.Tensor;
import viewfit.engine.TorchRuntime;
import viewfit.goldens.Fill;
import viewfit.views.ViewBlock;

/**
 * Self-supervision finds what views have in common: every image is a coarse pattern of its own, every view of it adds noise,
 * and no image comes twice. Within fifty steps MoCo tells its keys from the negatives and SwAV predicts other views' codes,
 * both far below chance; DINO's teacher says the same of two views of an image, and something else of another image. By
 * AdamW: LARS moves a weight by about 1e-4 of its norm a step and needs more of them.
 */
class LearningTest {
    private static final int STEPS = 50;
    private static final int BATCH = 16;

    @ParameterizedTest
    @CsvSource({
        "dino, resnet18",
        "dino, vit_tiny",
        "swav, resnet18",
        "swav, vit_tiny",
        "moco, resnet18",
        "moco, vit_tiny"
    })
    void learnsFromViewsAlone(String method, String backbone) {
        PretrainRecipe recipe = TinyRecipes.quick(method, backbone, STEPS / 5, BATCH);
        try (TorchRuntime runtime = TorchRuntime.open("cpu", 2);
                Trainer trainer = Trainer.of(runtime, recipe, 5, 0)) {
            double loss = 0;
            double top1 = 0;
            double correlation = 0;
            double information = 0;
            for (int s = 0; s < STEPS; s++) {
                try (Scope scope = runtime.scope()) {
                    StepReport r = trainer.step(scope, s, batch(runtime, scope, recipe.views(), s));
                    if (s >= STEPS - 5) {
                        loss += r.loss() / 5;
                        top1 += r.get(Measure.TOP1) / 5;
                        correlation += r.get(Measure.VIEW_CORRELATION) / 5;
                        information += r.get(Measure.TEACHER_INFORMATION) / 5;
                    }
                }
            }
            double chance = Math.log(trainer.method().codes());
            switch (method) {
                case "moco" -> assertTrue(loss < 0.7 * chance && top1 > 0.6, "loss " + loss + ", top-1 " + top1);
                case "swav" ->
                    assertTrue(
                            loss < 0.85 * chance && information > 0.5, "loss " + loss + ", information " + information);
                default ->
                    assertTrue(
                            correlation > 0.5 && information > 0.3,
                            "correlation " + correlation + ", information " + information);
            }
        }
    }

    private static StepBatch batch(TorchRuntime runtime, Scope scope, ViewRecipe views, int step) {
        List<Tensor> passes = new ArrayList<>();
        for (ViewBlock block : ViewBlock.of(views)) {
            int each = 3 * block.side() * block.side();
            float[] values = new float[block.views() * BATCH * each];
            for (int v = 0; v < block.views(); v++) {
                for (int i = 0; i < BATCH; i++) {
                    float[] coarse = Fill.image(
                            "image" + step + "/" + i, new long[] {1, 3, block.side(), block.side()}, 4, 1.5, 0);
                    float[] noise = Fill.values("noise" + step + "/" + i + "/" + (block.firstView() + v), each, 0.5, 0);
                    for (int p = 0; p < each; p++) {
                        values[(v * BATCH + i) * each + p] = coarse[p] + noise[p];
                    }
                }
            }
            long rows = (long) block.views() * BATCH;
            passes.add(runtime.channelsLast(scope, runtime.tensor(scope, values, rows, 3, block.side(), block.side())));
        }
        return new StepBatch(passes, Collections.nCopies(BATCH, -1));
    }
}
