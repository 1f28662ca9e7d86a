package viewfit.graph;

/** How a tensor gets its first value. */
public sealed interface Init {
    /** Every value equals {@code value}. */
    record Constant(double value) implements Init {}

    /** Independent normal values with mean 0 and standard deviation {@code std}. */
    record Normal(double std) implements Init {}

    /** Independent uniform values in [-bound, bound). */
    record Uniform(double bound) implements Init {}

    /**
     * Kaiming normal for ReLU in fan-out mode, ignoring groups: std = sqrt(2 / (out * kh * kw)). A depth-wise
     * convolution is not divided by its groups (recipes of torchvision's MobileNetV2 and ResNet).
     */
    static Init kaimingFanOut(int out, int kernelHeight, int kernelWidth) {
        return new Normal(Math.sqrt(2.0 / ((double) out * kernelHeight * kernelWidth)));
    }
}
