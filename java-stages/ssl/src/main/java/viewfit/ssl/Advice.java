package viewfit.ssl;

import java.util.ArrayList;
import java.util.List;
import viewfit.core.recipe.CosineRecipe;
import viewfit.core.recipe.DinoRecipe;
import viewfit.core.recipe.MultistepRecipe;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.SwavRecipe;

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
        advice.schedule();
        return advice.lines;
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
        if (rows == 0 && recipe.batchSize() < swav.head().prototypes()) {
            lines.add("batch-size " + recipe.batchSize() + " without a queue cannot spread over "
                    + swav.head().prototypes()
                    + " prototypes: use a queue (method.queue-length), fewer prototypes or a larger batch");
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
