package viewfit.ssl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import viewfit.core.recipe.Precision;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.ViewKind;
import viewfit.core.recipe.ViewRecipe;
import viewfit.engine.Scope;
import viewfit.engine.TorchRuntime;

/** Losses and gradients of a step in bfloat16 beside those in float32, and parameters that stay float32. */
class PrecisionTest {
    private static final int BATCH = 16;
    private static final int CLASSES = 5;

    private static TorchRuntime runtime;

    @BeforeAll
    static void open() {
        runtime = TorchRuntime.open("cpu", 1);
    }

    @AfterAll
    static void close() {
        runtime.close();
    }

    private record Step(StepReport report, List<float[]> gradients) {}

    private static Step step(PretrainRecipe recipe) {
        try (Trainer trainer = Trainer.of(runtime, recipe, 4, CLASSES);
                Scope scope = runtime.scope()) {
            int[] ids = IntStream.range(0, BATCH).toArray();
            StepBatch batch = Pictures.batch(runtime, scope, recipe.views(), 0, CLASSES, ids);
            StepReport report =
                    trainer.differentiate(scope, trainer.clock(0), batch).report();
            List<float[]> gradients = new ArrayList<>();
            for (String name : trainer.method().student().trainableNames()) {
                gradients.add(trainer.gradients().read(name));
            }
            return new Step(report, gradients);
        }
    }

    /**
     * Bounds: relative difference of the losses, whose rounding errors (2^-9 an operation) cancel in part over the batch,
     * and cosine of the two gradients, all parameters side by side. Batch norms over a few pixels turn rounding into noise;
     * MobileNetV2 has 52
     * of them and, before it has learnt anything, cosines of 0.79 and 0.91, hardly better with float32 around every
     * depth-wise layer (0.92 for the second). A wrong cast or a lost branch leaves far less.
     */
    @ParameterizedTest
    @CsvSource({
        "dino, mobilenet_v2, 128, 0.03, 0.7",
        "dino, resnet18, 32, 0.01, 0.97",
        "dino, vit_tiny, 32, 0.01, 0.97",
        "swav, resnet18, 32, 0.01, 0.97",
        "moco, mobilenet_v2, 128, 0.03, 0.85",
        "supervised, vit_tiny, 32, 0.01, 0.97"
    })
    void bfloat16FollowsFloat32(String method, String backbone, int side, double loss, double direction) {
        ViewRecipe views =
                side == 32 ? TinyRecipes.views(method) : DinoRecipes.views(DinoRecipes.views(ViewKind.GLOBAL, 2, side));
        PretrainRecipe recipe = TinyRecipes.of(TinyRecipes.method(method), backbone, 1, BATCH, false, views);
        Step full = step(recipe);
        Step half = step(TinyRecipes.with(recipe, Precision.BF16));
        assertEquals(
                full.report().loss(), half.report().loss(), loss * full.report().loss());
        assertNotEquals(full.report().loss(), half.report().loss());
        double product = 0;
        double a = 0;
        double b = 0;
        for (int i = 0; i < full.gradients().size(); i++) {
            float[] x = full.gradients().get(i);
            float[] y = half.gradients().get(i);
            for (int j = 0; j < x.length; j++) {
                product += (double) x[j] * y[j];
                a += (double) x[j] * x[j];
                b += (double) y[j] * y[j];
            }
        }
        double cosine = product / Math.sqrt(a * b);
        assertTrue(cosine > direction, "cosine " + cosine);
        assertEquals(1, Math.sqrt(b / a), 0.1, "length of the gradient");
    }

    /** TF32 is a matter of GPUs: a processor does the same as in float32, bit for bit. */
    @Test
    void tf32IsFloat32OnAProcessor() {
        PretrainRecipe recipe = TinyRecipes.of("dino", "resnet18", 1, BATCH, false);
        assertEquals(
                step(recipe).report().values(),
                step(TinyRecipes.with(recipe, Precision.TF32)).report().values());
    }
}
