package viewfit.core.recipe;

/** Arithmetic of a training step. Parameters, optimiser state, statistics and losses are float32 in each of them. */
public enum Precision {
    /** float32 throughout. */
    FP32,
    /** float32 whose products a GPU may round to TensorFloat-32; on a processor the same as {@link #FP32}. */
    TF32,
    /**
     * bfloat16 where it pays and is safe: linear layers and convolutions that are not depth-wise, with the activations
     * between them; attention, batch-norm statistics, softmax, losses, centre and master weights stay float32.
     */
    BF16
}
