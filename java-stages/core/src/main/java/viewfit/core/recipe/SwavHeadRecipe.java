package viewfit.core.recipe;

/**
 * The head of SwAV: a perceptron with ReLU, L2 normalisation, and prototypes of unit length.
 *
 * @param layers linear layers before the normalisation, the last one included
 * @param hidden width of the hidden layers
 * @param outDim width of the normalised embedding
 * @param prototypes number of prototypes K
 * @param batchNorm whether hidden layers carry batch normalisation
 */
public record SwavHeadRecipe(
        @Range(min = 1, max = 8) int layers,
        @Range(min = 1) int hidden,
        @Range(min = 1) int outDim,
        @Range(min = 2) int prototypes,
        boolean batchNorm) {
    public SwavHeadRecipe {
        Rules.check(SwavHeadRecipe.class, layers, hidden, outDim, prototypes, batchNorm);
    }
}
