package viewfit.ssl;

import java.util.List;
import viewfit.core.recipe.AdamwRecipe;
import viewfit.core.recipe.Alpha;
import viewfit.core.recipe.BackboneRecipe;
import viewfit.core.recipe.CheckpointRecipe;
import viewfit.core.recipe.CosineRecipe;
import viewfit.core.recipe.MethodRecipe;
import viewfit.core.recipe.MocoHeadRecipe;
import viewfit.core.recipe.MocoRecipe;
import viewfit.core.recipe.MonitorRecipe;
import viewfit.core.recipe.OnDivergence;
import viewfit.core.recipe.OptimizerRecipe;
import viewfit.core.recipe.Precision;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.SpanRecipe;
import viewfit.core.recipe.SupervisedRecipe;
import viewfit.core.recipe.SwavHeadRecipe;
import viewfit.core.recipe.SwavRecipe;
import viewfit.core.recipe.ViewKind;
import viewfit.core.recipe.ViewRecipe;

/** Small recipes of every method and backbone. */
final class TinyRecipes {
    private TinyRecipes() {}

    static MethodRecipe method(String name) {
        return switch (name) {
            case "dino" -> DinoRecipes.dino(0.4, 24);
            case "swav" -> swav(8);
            case "moco" -> moco(16, 1);
            case "supervised" -> new SupervisedRecipe("supervised", 0.1);
            default -> throw new IllegalArgumentException(name);
        };
    }

    /** Queue from epoch 1 on. */
    static SwavRecipe swav(int queue) {
        return new SwavRecipe(
                "swav",
                Alpha.of(0.4),
                new SwavHeadRecipe(2, 32, 16, 12, true),
                0.1,
                0.05,
                3,
                queue,
                1,
                1,
                List.of(0, 1));
    }

    static MocoRecipe moco(int queue, int groups) {
        return new MocoRecipe(
                "moco", Alpha.equalPairs(), new MocoHeadRecipe(2, 32, 16, false, "normal"), 0.2, queue, 0.9, groups);
    }

    static BackboneRecipe backbone(String name) {
        boolean transformer = name.startsWith("vit_");
        return new BackboneRecipe(name, !transformer, transformer ? 0.1 : 0);
    }

    /** 2 views of 32 px and, but for supervised, 2 of 16 px. */
    static ViewRecipe views(String method) {
        return method.equals("supervised")
                ? DinoRecipes.views(DinoRecipes.views(ViewKind.GLOBAL, 1, 32))
                : DinoRecipes.views(
                        DinoRecipes.views(ViewKind.GLOBAL, 2, 32), DinoRecipes.views(ViewKind.LOCAL, 2, 16));
    }

    static OptimizerRecipe optimizer(String backbone, double lr) {
        return backbone.startsWith("vit_")
                ? new AdamwRecipe("adamw", 5e-4, 16, new SpanRecipe(0.04, 0.4), 3, 0, 0, 0.9, 0.999, 1e-8)
                : DinoRecipes.lars(lr);
    }

    static PretrainRecipe of(String method, String backbone, int epochs, int batch, boolean probe) {
        return of(method(method), backbone, epochs, batch, probe);
    }

    /** The same with AdamW on every backbone, for tests that must learn in few steps. */
    static PretrainRecipe quick(String method, String backbone, int epochs, int batch) {
        return of(method(method), backbone, epochs, batch, false, views(method), optimizer("vit_", 0));
    }

    static PretrainRecipe of(MethodRecipe method, String backbone, int epochs, int batch, boolean probe) {
        return of(method, backbone, epochs, batch, probe, views(method.name()));
    }

    static PretrainRecipe of(
            MethodRecipe method, String backbone, int epochs, int batch, boolean probe, ViewRecipe views) {
        OptimizerRecipe optimizer = method instanceof SupervisedRecipe ? optimizer("vit_", 0) : optimizer(backbone, 3);
        return of(method, backbone, epochs, batch, probe, views, optimizer);
    }

    static PretrainRecipe of(
            MethodRecipe method,
            String backbone,
            int epochs,
            int batch,
            boolean probe,
            ViewRecipe views,
            OptimizerRecipe optimizer) {
        return new PretrainRecipe(
                "pretrain/1",
                method.name() + "-" + backbone,
                7,
                epochs,
                batch,
                1,
                Precision.FP32,
                backbone(backbone),
                method,
                views,
                optimizer,
                new CosineRecipe("cosine", 1, 0, 0.001, false),
                new CheckpointRecipe(0, 0),
                new MonitorRecipe(1, 40, probe),
                OnDivergence.FAIL);
    }

    /** A recipe whose steps are taken in parts. */
    static PretrainRecipe inParts(PretrainRecipe r, int parts) {
        return with(r, parts, r.precision());
    }

    /** A recipe in another precision. */
    static PretrainRecipe with(PretrainRecipe r, Precision precision) {
        return with(r, r.microBatches(), precision);
    }

    private static PretrainRecipe with(PretrainRecipe r, int parts, Precision precision) {
        return new PretrainRecipe(
                r.schema(),
                r.name(),
                r.seed(),
                r.epochs(),
                r.batchSize(),
                parts,
                precision,
                r.backbone(),
                r.method(),
                r.views(),
                r.optimizer(),
                r.schedule(),
                r.checkpoint(),
                r.monitor(),
                r.onDivergence());
    }

    /** The same views, networks, optimiser and schedule in another run. */
    static PretrainRecipe with(
            PretrainRecipe r,
            String name,
            int epochs,
            CheckpointRecipe checkpoint,
            MonitorRecipe monitor,
            OnDivergence onDivergence) {
        return new PretrainRecipe(
                r.schema(),
                name,
                r.seed(),
                epochs,
                r.batchSize(),
                r.microBatches(),
                r.precision(),
                r.backbone(),
                r.method(),
                r.views(),
                r.optimizer(),
                r.schedule(),
                checkpoint,
                monitor,
                onDivergence);
    }
}
