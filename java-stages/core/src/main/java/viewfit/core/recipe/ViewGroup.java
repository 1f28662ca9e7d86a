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
        @Range(min = 8, max = 1024) int size,
        RangeRecipe scale,
        @Range(min = 0, max = 1) double flip,
        JitterRecipe jitter,
        @Range(min = 0, max = 1) double grayscale,
        BlurRecipe blur,
        @Range(min = 0, max = 1) double solarize) {
    public ViewGroup {
        Rules.check(ViewGroup.class, kind, count, size, scale, flip, jitter, grayscale, blur, solarize);
        Rules.require(scale.low() > 0, "scale.low", scale.low(), "must be > 0");
        Rules.require(scale.high() <= 1, "scale.high", scale.high(), "must be <= 1");
    }
}
