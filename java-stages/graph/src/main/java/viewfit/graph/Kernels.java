package viewfit.graph;

/**
 * Which of several forms of an operation a program uses: they mean the same and differ in speed, {@link #bf16} also in
 * rounding.
 *
 * @param oneDnn linear layers go through oneDNN: ATen's own go through MKL, which runs at half speed on processors of
 *     other makers than its own; only for float32 on a CPU
 * @param bf16 bfloat16 for matrix products, attention and convolutions that are not depth-wise, and for the activations
 *     between them; statistics, norms of transformers, pooled features and the layer that makes a head's result stay
 *     float32, as do all parameters
 */
public record Kernels(boolean oneDnn, boolean bf16) {}
