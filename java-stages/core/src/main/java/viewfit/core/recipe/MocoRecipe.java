package viewfit.core.recipe;

/**
 * Momentum contrast, version 2 (Chen et al. 2020, arXiv:2003.04297); with local views it is the multi-crop form of
 * saic-fi/SSLight: the first global view is the key, all other views are queries.
 *
 * @param name {@code moco}
 * @param alpha weight of the global query in the loss; the mean over local queries has the rest
 * @param head projection head of query and key encoder
 * @param temperature of the similarities
 * @param queueLength number of negatives, a multiple of the batch
 * @param keyMomentum share of the old key encoder kept at each step
 * @param batchNormGroups into how many parts query and key batch are cut for batch normalisation, the key batch after
 *     a shuffle: as many as the GPUs of a run without synchronised statistics; 1 = statistics of the whole batch, as in
 *     saic-fi/SSLight
 */
public record MocoRecipe(
        @OneOf("moco") String name,
        Alpha alpha,
        MocoHeadRecipe head,
        @Range(min = 0, above = true) double temperature,
        @Range(min = 1) int queueLength,
        @Range(min = 0, max = 1) double keyMomentum,
        @Range(min = 1, max = 1024) int batchNormGroups)
        implements MethodRecipe {
    public MocoRecipe {
        Rules.check(MocoRecipe.class, name, alpha, head, temperature, queueLength, keyMomentum, batchNormGroups);
    }
}
