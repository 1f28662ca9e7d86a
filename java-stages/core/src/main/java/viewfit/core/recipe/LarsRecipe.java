package viewfit.core.recipe;

/**
 * Momentum SGD with layer-wise learning rates (You et al. 2017, arXiv:1708.03888).
 *
 * @param name {@code lars}
 * @param lr learning rate for {@code lrReferenceBatch} images
 * @param lrReferenceBatch batch the learning rate is stated for
 * @param weightDecay over training, by a cosine
 * @param clip largest gradient norm per tensor; 0 = off
 * @param weightDecayOnDepthwise share of the weight decay that depth-wise weights get: 0 none, 1 all
 * @param weightDecayOn1d share of the weight decay that one-dimensional tensors get
 * @param momentum share of the old direction kept
 * @param trust trust coefficient
 * @param trustOnDepthwise whether depth-wise weights are scaled by their norm
 * @param trustOn1d whether one-dimensional tensors are scaled by their norm
 */
public record LarsRecipe(
        @OneOf("lars") String name,
        @Range(min = 0) double lr,
        @Range(min = 1) int lrReferenceBatch,
        SpanRecipe weightDecay,
        @Range(min = 0) double clip,
        @Range(min = 0) double weightDecayOnDepthwise,
        @Range(min = 0) double weightDecayOn1d,
        @Range(min = 0, max = 1, below = true) double momentum,
        @Range(min = 0, above = true) double trust,
        boolean trustOnDepthwise,
        boolean trustOn1d)
        implements OptimizerRecipe {
    public LarsRecipe {
        Rules.check(
                LarsRecipe.class,
                name,
                lr,
                lrReferenceBatch,
                weightDecay,
                clip,
                weightDecayOnDepthwise,
                weightDecayOn1d,
                momentum,
                trust,
                trustOnDepthwise,
                trustOn1d);
        Rules.require(weightDecay.start() >= 0, "weight-decay.start", weightDecay.start(), "must be >= 0");
        Rules.require(weightDecay.end() >= 0, "weight-decay.end", weightDecay.end(), "must be >= 0");
    }
}
