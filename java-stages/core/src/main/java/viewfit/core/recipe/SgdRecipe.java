package viewfit.core.recipe;

/**
 * Stochastic gradient descent with momentum.
 *
 * @param name {@code sgd}
 * @param lr learning rate for {@code lrReferenceBatch} images
 * @param lrReferenceBatch batch the learning rate is stated for
 * @param weightDecay over training, by a cosine
 * @param clip largest gradient norm per tensor; 0 = off
 * @param weightDecayOnDepthwise share of the weight decay that depth-wise weights get: 0 none, 1 all
 * @param weightDecayOn1d share of the weight decay that one-dimensional tensors get
 * @param momentum share of the old direction kept
 * @param nesterov whether the look-ahead form is used
 */
public record SgdRecipe(
        @OneOf("sgd") String name,
        @Range(min = 0) double lr,
        @Range(min = 1) int lrReferenceBatch,
        SpanRecipe weightDecay,
        @Range(min = 0) double clip,
        @Range(min = 0) double weightDecayOnDepthwise,
        @Range(min = 0) double weightDecayOn1d,
        @Range(min = 0, max = 1, below = true) double momentum,
        boolean nesterov)
        implements OptimizerRecipe {
    public SgdRecipe {
        Rules.check(
                SgdRecipe.class,
                name,
                lr,
                lrReferenceBatch,
                weightDecay,
                clip,
                weightDecayOnDepthwise,
                weightDecayOn1d,
                momentum,
                nesterov);
        Rules.require(weightDecay.start() >= 0, "weight-decay.start", weightDecay.start(), "must be >= 0");
        Rules.require(weightDecay.end() >= 0, "weight-decay.end", weightDecay.end(), "must be >= 0");
    }
}
