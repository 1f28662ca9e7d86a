package viewfit.zoo;

import viewfit.core.recipe.DinoRecipe;
import viewfit.core.recipe.MocoRecipe;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.SupervisedRecipe;
import viewfit.core.recipe.SwavRecipe;
import viewfit.core.recipe.ViewGroup;
import viewfit.core.recipe.ViewKind;
import viewfit.graph.Cost;
import viewfit.graph.Graph;

/**
 * Multiply-accumulates of one training step: the student's forward pass and twice as much for its backward pass, the teacher's
 * forward pass, and the products with a queue, as if it were full from the start. Norms, activations, softmax, optimiser and
 * everything else count nothing.
 */
public final class StepCost {
    private final PretrainRecipe recipe;
    private final Graph backbone;
    private final long head;

    private StepCost(PretrainRecipe recipe, Graph backbone, Graph head) {
        this.recipe = recipe;
        this.backbone = backbone;
        this.head = Cost.macs(head, 1, 1);
    }

    /** Of a whole batch. */
    public static long macs(PretrainRecipe recipe, Graph backbone, Graph head) {
        return new StepCost(recipe, backbone, head).count() * recipe.batchSize();
    }

    /**
     * Of one image with all its views.
     *
     * @param classes number of labels, for methods that need them
     */
    public static long perImage(PretrainRecipe recipe, int classes) {
        Graph backbone = Backbones.graph(recipe.backbone());
        Graph head = Heads.of(recipe.method(), backbone.outputWidth(), classes);
        return new StepCost(recipe, backbone, head).count();
    }

    private long count() {
        int globals = recipe.views().count(ViewKind.GLOBAL);
        if (recipe.method() instanceof SupervisedRecipe) {
            return 3 * views(globals);
        }
        if (recipe.method() instanceof DinoRecipe) {
            return 3 * views(globals) + globals(globals);
        }
        if (recipe.method() instanceof SwavRecipe swav) {
            int batch = recipe.batchSize();
            long scores = (long) swav.queueRows(batch)
                    * swav.head().outDim()
                    * swav.head().prototypes();
            return 3 * views(globals) + swav.assignViews().size() * scores / batch;
        }
        MocoRecipe moco = (MocoRecipe) recipe.method();
        int queries = globals - 1 + recipe.views().count(ViewKind.LOCAL);
        long scores = (long) queries * moco.head().outDim() * moco.queueLength();
        // The queue is no parameter: scores go forward once and back once, to the queries.
        return 3 * views(globals - 1) + globals(1) + 2 * scores;
    }

    /** Some global and all local views through backbone and head. */
    private long views(int globals) {
        long sum = globals(globals);
        for (ViewGroup group : recipe.views().groups()) {
            if (group.kind() == ViewKind.LOCAL) {
                sum += group.count() * view(group.size());
            }
        }
        return sum;
    }

    private long globals(int count) {
        return count * view(recipe.views().groups().get(0).size());
    }

    private long view(int side) {
        return Cost.macs(backbone, side, side) + head;
    }
}
