package viewfit.core.recipe;

/**
 * The head of MoCo: a perceptron with ReLU; its output is normalised by the method.
 *
 * @param layers linear layers, the last one included
 * @param hidden width of the hidden layers
 * @param outDim width of the embedding
 * @param batchNorm whether hidden layers carry batch normalisation
 * @param init first weights: {@code normal}, standard deviation 0.02 with biases 0, as in saic-fi/SSLight; or
 *     {@code uniform} in +-1/sqrt(fan-in), biases too, PyTorch's default and so that of the original MoCo
 */
public record MocoHeadRecipe(
        @Range(min = 1, max = 8) int layers,
        @Range(min = 1) int hidden,
        @Range(min = 1) int outDim,
        boolean batchNorm,
        @OneOf({"normal", "uniform"}) String init) {
    public MocoHeadRecipe {
        Rules.check(MocoHeadRecipe.class, layers, hidden, outDim, batchNorm, init);
    }
}
