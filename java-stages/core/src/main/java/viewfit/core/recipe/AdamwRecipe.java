package viewfit.core.recipe;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019, arXiv:1711.05101).
 *
 * @param name {@code adamw}
 * @param lr learning rate for {@code lrReferenceBatch} images
 * @param lrReferenceBatch batch the learning rate is stated for
 * @param weightDecay over training, by a cosine
 * @param clip largest gradient norm per tensor; 0 = off
 * @param weightDecayOnDepthwise share of the weight decay that depth-wise weights get: 0 none, 1 all
 * @param weightDecayOn1d share of the weight decay that one-dimensional tensors get
 * @param beta1 decay of the first moment
 * @param beta2 decay of the second moment
 * @param epsilon added to the root of the second moment
 */
public record AdamwRecipe(
        @OneOf("adamw") String name,
        @Range(min = 0) double lr,
        @Range(min = 1) int lrReferenceBatch,
        SpanRecipe weightDecay,
        @Range(min = 0) double clip,
        @Range(min = 0) double weightDecayOnDepthwise,
        @Range(min = 0) double weightDecayOn1d,
        @Range(min = 0, max = 1, below = true) double beta1,
        @Range(min = 0, max = 1, below = true) double beta2,
        @Range(min = 0, above = true) double epsilon)
        implements OptimizerRecipe {
    public AdamwRecipe {
        Rules.check(
                AdamwRecipe.class,
                name,
                lr,
                lrReferenceBatch,
                weightDecay,
                clip,
                weightDecayOnDepthwise,
                weightDecayOn1d,
                beta1,
                beta2,
                epsilon);
        Rules.require(weightDecay.start() >= 0, "weight-decay.start", weightDecay.start(), "must be >= 0");
        Rules.require(weightDecay.end() >= 0, "weight-decay.end", weightDecay.end(), "must be >= 0");
    }
}
