package viewfit.ssl;

import java.util.ArrayList;
import java.util.List;
import viewfit.core.recipe.CosineRecipe;
import viewfit.core.recipe.DinoRecipe;
import viewfit.core.recipe.MocoRecipe;
import viewfit.core.recipe.MultistepRecipe;
import viewfit.core.recipe.Precision;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.SwavRecipe;
import viewfit.engine.TorchRuntime;

/** What can be seen before the first step to do nothing or to go wrong, although it is allowed. */
final class Advice {
    private final PretrainRecipe recipe;
    private final List<String> lines = new ArrayList<>();

    private Advice(PretrainRecipe recipe) {
        this.recipe = recipe;
    }

    /** One line each, naming the key; none for a recipe without oddities. */
    static List<String> on(PretrainRecipe recipe) {
        Advice advice = new Advice(recipe);
        if (recipe.method() instanceof SwavRecipe swav) {
            advice.swav(swav);
        } else if (recipe.method() instanceof DinoRecipe dino) {
            advice.frozen("method.freeze-last-layer-epochs", dino.freezeLastLayerEpochs(), "the last layer");
        }
        advice.parts();
        advice.schedule();
        return advice.lines;
    }

    /** What the device says to a precision. */
    static List<String> on(Precision precision, TorchRuntime runtime) {
        return on(precision, runtime.holdsBack(), runtime.fastBfloat16());
    }

    static List<String> on(Precision precision, boolean heldBack, boolean fastBfloat16) {
        List<String> lines = new ArrayList<>();
        if (heldBack) {
            lines.add(
                    "this machine hides the caches of its processor, and oneDNN would compute wrongly with AVX-512: it is held"
                            + " to AVX2, some steps take longer");
        }
        if (precision == Precision.BF16 && !fastBfloat16) {
            lines.add("precision bf16: "
                    + (heldBack
                            ? "its instructions are part of AVX-512"
                            : "this processor has no instructions for bfloat16")
                    + ", a step takes ten times as long as in fp32 and more: use fp32 here, or another machine");
        }
        return lines;
    }

    private void swav(SwavRecipe swav) {
        frozen("method.freeze-prototypes-epochs", swav.freezePrototypesEpochs(), "the prototypes");
        int rows = swav.queueRows(recipe.batchSize());
        if (rows < swav.queueLength()) {
            lines.add("method.queue-length " + swav.queueLength() + ": " + rows + " are used, a multiple of batch-size "
                    + recipe.batchSize());
        }
        if (rows > 0 && swav.queueStartEpoch() >= recipe.epochs()) {
            lines.add("method.queue-start-epoch " + swav.queueStartEpoch()
                    + ": the run ends before, the queue is never used");
        }
        int part = recipe.batchSize() / recipe.microBatches();
        if (rows == 0 && part < swav.head().prototypes()) {
            String cut = recipe.microBatches() == 1 ? "" : " in " + recipe.microBatches() + " parts";
            lines.add("batch-size " + recipe.batchSize() + cut + " without a queue cannot spread over "
                    + swav.head().prototypes()
                    + " prototypes: use a queue (method.queue-length), fewer prototypes or a larger batch");
        }
    }

    /** Parts that are not the same as one batch. */
    private void parts() {
        int parts = recipe.microBatches();
        if (parts == 1) {
            return;
        }
        int batch = recipe.batchSize();
        List<String> what = new ArrayList<>();
        // How many classes a classifier has does not matter here.
        if (MethodGraphs.of(recipe.backbone(), recipe.method(), 2).values().stream()
                .anyMatch(graph -> !graph.batchNorms().isEmpty())) {
            int groups = recipe.method() instanceof MocoRecipe moco ? moco.batchNormGroups() : 1;
            what.add("batch norms see " + batch / parts / groups + " images at a time, not " + batch / groups);
        }
        if (recipe.method() instanceof SwavRecipe) {
            what.add("codes spread over " + batch / parts + " images, not " + batch);
        }
        if (!what.isEmpty()) {
            lines.add("micro-batches " + parts + ": " + String.join("; ", what));
        }
    }

    private void frozen(String key, int epochs, String what) {
        if (epochs >= recipe.epochs()) {
            lines.add(key + " " + epochs + ": " + what + " never learns in " + recipe.epochs() + " epochs");
        }
    }

    private void schedule() {
        if (recipe.schedule() instanceof MultistepRecipe multistep) {
            int last = multistep.milestones().get(multistep.milestones().size() - 1);
            if (last >= recipe.epochs()) {
                lines.add("schedule.milestones " + last + ": the run ends after epoch " + (recipe.epochs() - 1));
            }
        }
        boolean still =
                recipe.schedule().warmupEpochs() > 0 && recipe.schedule().warmupStart() == 0;
        if (recipe.schedule() instanceof CosineRecipe cosine && cosine.perEpoch() && still) {
            lines.add("schedule.per-epoch with schedule.warmup-start 0: nothing moves in the first epoch");
        }
    }
}
