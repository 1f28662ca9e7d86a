package viewfit.core.recipe;

import java.util.List;
import java.util.Set;

/**
 * Swapped prediction of cluster assignments (Caron et al. 2020, arXiv:2006.09882) with the loss weighted between global
 * and local pairs.
 *
 * @param name {@code swav}
 * @param alpha weight of the global-global pairs in the loss
 * @param head projection and prototypes
 * @param temperature of the prediction
 * @param epsilon entropy regularisation of the assignment
 * @param sinkhornIterations row and column normalisations of the assignment
 * @param queueLength most earlier embeddings that take part in the assignment, per assigned view; rounded down to a
 *     multiple of the batch as in saic-fi/SSLight; 0 = no queue
 * @param queueStartEpoch epoch that begins to fill the queue
 * @param freezePrototypesEpochs epochs in which the prototypes get no gradient
 * @param assignViews numbers of the global views whose codes the others predict
 */
public record SwavRecipe(
        @OneOf("swav") String name,
        Alpha alpha,
        SwavHeadRecipe head,
        @Range(min = 0, above = true) double temperature,
        @Range(min = 0, above = true) double epsilon,
        @Range(min = 1, max = 1000) int sinkhornIterations,
        @Range(min = 0) int queueLength,
        @Range(min = 0) int queueStartEpoch,
        @Range(min = 0) int freezePrototypesEpochs,
        @Length(min = 1) @Range(min = 0) List<Integer> assignViews)
        implements MethodRecipe {
    public SwavRecipe {
        assignViews = List.copyOf(assignViews);
        Rules.check(
                SwavRecipe.class,
                name,
                alpha,
                head,
                temperature,
                epsilon,
                sinkhornIterations,
                queueLength,
                queueStartEpoch,
                freezePrototypesEpochs,
                assignViews);
        Rules.require(
                Set.copyOf(assignViews).size() == assignViews.size(),
                "assign-views",
                assignViews,
                "must name each view once");
    }

    /** Rows of the queue of one assigned view for a batch: the largest multiple of it within {@link #queueLength}. */
    public int queueRows(int batch) {
        return queueLength - queueLength % batch;
    }
}
