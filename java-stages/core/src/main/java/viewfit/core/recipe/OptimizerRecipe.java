package viewfit.core.recipe;

/** How parameters move; the key {@code name} selects the variant and its keys. */
public sealed interface OptimizerRecipe permits LarsRecipe, AdamwRecipe, SgdRecipe {
    /** The selecting word. */
    String name();

    /** Learning rate for {@link #lrReferenceBatch()} images; it grows linearly with the batch. */
    double lr();

    /** Batch the learning rate is stated for. */
    int lrReferenceBatch();

    /** Weight decay over training, by a cosine. */
    SpanRecipe weightDecay();

    /** Largest gradient norm per tensor; 0 switches clipping off. */
    double clip();

    /** Share of the weight decay that depth-wise convolution weights get; all other weights get all of it. */
    double weightDecayOnDepthwise();

    /** Share of the weight decay that biases and normalisation parameters get. */
    double weightDecayOn1d();
}
