package viewfit.core.recipe;

/**
 * Views that share their size and strengths.
 *
 * @param kind {@code global} or {@code local}
 * @param count views of this group per image
 * @param size output side in pixels
 * @param scale share of the image area a crop covers
 * @param flip probability of mirroring
 * @param jitter colour jitter
 * @param grayscale probability of dropping colour
 * @param blur Gaussian blur
 * @param solarize probability of inverting pixels of 128 and above
 */
public record ViewGroup(
        ViewKind kind,
        @Range(min = 1, max = 64) int count,
        @Deferred(word = AUTO, to = "the grid stage, with --shapes") @Range(min = MIN_SIZE, max = MAX_SIZE) int size,
        RangeRecipe scale,
        @Range(min = 0, max = 1) double flip,
        JitterRecipe jitter,
        @Range(min = 0, max = 1) double grayscale,
        BlurRecipe blur,
        @Range(min = 0, max = 1) double solarize) {
    /** What a recipe of a grid may say instead of the size of a local view. */
    public static final String AUTO = "auto";

    private static final int MIN_SIZE = 8;
    private static final int MAX_SIZE = 1024;

    public ViewGroup {
        Rules.check(ViewGroup.class, kind, count, size, scale, flip, jitter, grayscale, blur, solarize);
        Rules.require(scale.low() > 0, "scale.low", scale.low(), "must be > 0");
        Rules.require(scale.high() <= 1, "scale.high", scale.high(), "must be <= 1");
    }

    /**
     * The allowed size nearest to a side; of two that are equally near the larger one.
     *
     * @param side in pixels, finite
     * @param step the size is a multiple of it, 1 .. 1024
     */
    public static int nearestSize(double side, int step) {
        int low = (MIN_SIZE + step - 1) / step * step;
        int high = MAX_SIZE / step * step;
        double nearest = Math.floor(side / step + 0.5) * step;
        return (int) Math.min(high, Math.max(low, nearest));
    }
}
