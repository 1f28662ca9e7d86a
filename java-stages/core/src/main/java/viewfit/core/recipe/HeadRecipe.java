package viewfit.core.recipe;

/**
 * The projection head: a perceptron, L2 normalisation, and a weight-normalised last layer.
 *
 * @param layers linear layers before the normalisation, the bottleneck included
 * @param hidden width of the hidden layers
 * @param bottleneck width of the normalised output
 * @param outDim number of prototypes K
 * @param batchNorm whether hidden layers carry batch normalisation
 * @param trainLastLayerNorm whether the row norms of the last layer are trained; they are 1 otherwise
 */
public record HeadRecipe(
        @Range(min = 1, max = 8) int layers,
        @Range(min = 1) int hidden,
        @Range(min = 1) int bottleneck,
        @Range(min = 2) int outDim,
        boolean batchNorm,
        boolean trainLastLayerNorm) {
    public HeadRecipe {
        Rules.check(HeadRecipe.class, layers, hidden, bottleneck, outDim, batchNorm, trainLastLayerNorm);
    }
}
