package viewfit.ssl;

import java.util.List;
import viewfit.core.recipe.Alpha;
import viewfit.core.recipe.BackboneRecipe;
import viewfit.core.recipe.BlurRecipe;
import viewfit.core.recipe.CheckpointRecipe;
import viewfit.core.recipe.CosineRecipe;
import viewfit.core.recipe.DinoRecipe;
import viewfit.core.recipe.HeadRecipe;
import viewfit.core.recipe.JitterRecipe;
import viewfit.core.recipe.LarsRecipe;
import viewfit.core.recipe.MethodRecipe;
import viewfit.core.recipe.MonitorRecipe;
import viewfit.core.recipe.NormalizeRecipe;
import viewfit.core.recipe.OnDivergence;
import viewfit.core.recipe.OptimizerRecipe;
import viewfit.core.recipe.Precision;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.RampRecipe;
import viewfit.core.recipe.RangeRecipe;
import viewfit.core.recipe.SpanRecipe;
import viewfit.core.recipe.ViewGroup;
import viewfit.core.recipe.ViewKind;
import viewfit.core.recipe.ViewRecipe;

/** Small recipes for tests. */
final class DinoRecipes {
    private DinoRecipes() {}

    static ViewGroup views(ViewKind kind, int count, int size) {
        return new ViewGroup(
                kind,
                count,
                size,
                new RangeRecipe(0.3, 1),
                0.5,
                new JitterRecipe(0.8, 0.4, 0.4, 0.2, 0.1),
                0.2,
                new BlurRecipe(0.5, new RangeRecipe(0.1, 2)),
                0);
    }

    static ViewRecipe views(ViewGroup... groups) {
        return new ViewRecipe(
                new RangeRecipe(0.75, 4.0 / 3),
                "bicubic",
                new NormalizeRecipe(List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225)),
                List.of(groups));
    }

    static DinoRecipe dino(double alpha, int k) {
        return new DinoRecipe(
                "dino",
                Alpha.of(alpha),
                new HeadRecipe(3, 32, 16, k, true, false),
                0.1,
                new RampRecipe(0.04, 0.07, 2),
                0.9,
                new SpanRecipe(0.9, 1),
                1);
    }

    static LarsRecipe lars(double lr) {
        return new LarsRecipe("lars", lr, 256, new SpanRecipe(1e-6, 1e-6), 0, 0, 0, 0.9, 0.001, true, false);
    }

    /** 2 global views of 32 px and 2 local ones of 16 px, 4 images a step. */
    static PretrainRecipe tiny(int epochs) {
        return recipe(
                epochs, 4, dino(0.4, 24), lars(3), views(views(ViewKind.GLOBAL, 2, 32), views(ViewKind.LOCAL, 2, 16)));
    }

    static PretrainRecipe recipe(
            int epochs, int batch, MethodRecipe method, OptimizerRecipe optimizer, ViewRecipe views) {
        return new PretrainRecipe(
                "pretrain/1",
                "tiny",
                7,
                epochs,
                batch,
                1,
                Precision.FP32,
                new BackboneRecipe("mobilenet_v2", false, 0),
                method,
                views,
                optimizer,
                new CosineRecipe("cosine", 1, 0, 0.001, false),
                new CheckpointRecipe(1, 0),
                new MonitorRecipe(1, 16, false),
                OnDivergence.FAIL);
    }
}
