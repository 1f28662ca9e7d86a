package viewfit.core.recipe;

import java.util.List;

/**
 * Per-channel normalisation (v - mean) / std of red, green, blue in 0 .. 1.
 *
 * @param mean red, green, blue
 * @param std red, green, blue
 */
public record NormalizeRecipe(
        @Length(min = 3, max = 3) @Range(min = 0, max = 1) List<Double> mean,
        @Length(min = 3, max = 3) @Range(min = 0, above = true) List<Double> std) {
    public NormalizeRecipe {
        mean = List.copyOf(mean);
        std = List.copyOf(std);
        Rules.check(NormalizeRecipe.class, mean, std);
    }
}
