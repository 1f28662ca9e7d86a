package viewfit.goldens;

/**
 * The fill rules of the golden tensors by kind: scale and offset as functions of the shape. The manifest also lists both per
 * tensor; a test holds the two statements together.
 */
public final class Kind {
    private Kind() {}

    /** Scale of a kind for a shape {@code [out, in, kh, kw]}, {@code [out, in]} or {@code [n]}. */
    public static double scale(String kind, long[] shape) {
        return switch (kind) {
            case "conv_weight" -> Math.sqrt(2) * Math.sqrt(3.0 / (shape[1] * shape[2] * shape[3]));
            case "linear_weight" -> Math.sqrt(3.0 / shape[1]);
            case "bias", "bn_bias", "ln_bias", "running_mean" -> 0.1;
            case "bn_weight", "ln_weight", "weight_g" -> 0.2;
            case "running_var" -> 0.5;
            case "token" -> 0.02;
            case "queue" -> 1;
            case "weight_g_one", "zero_int64", "queue_ptr" -> 0;
            default -> throw new IllegalArgumentException("unknown kind of golden tensor: " + kind);
        };
    }

    /** Offset of a kind. */
    public static double offset(String kind) {
        return switch (kind) {
            case "bn_weight", "bn_bias", "ln_weight", "running_var", "weight_g", "weight_g_one" -> 1;
            default -> 0;
        };
    }

    /** Whether tensors of this kind are int64 in the reference. */
    public static boolean isInteger(String kind) {
        return kind.equals("zero_int64") || kind.equals("queue_ptr");
    }

    /** Whether the kind names a parameter (true) or a buffer such as a running statistic (false). */
    public static boolean isParameter(String kind) {
        return switch (kind) {
            case "running_mean", "running_var", "zero_int64", "queue_ptr", "queue" -> false;
            default -> true;
        };
    }
}
