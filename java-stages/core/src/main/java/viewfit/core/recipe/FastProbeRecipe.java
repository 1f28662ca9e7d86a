package viewfit.core.recipe;

import java.util.List;

/**
 * The fast probe: linear classifiers on the features of centre crops, one for each rate, trained side by side. A fifth of the
 * training images chooses the rate.
 *
 * @param rates learning rates of the first epoch, for a batch of {@code lrReferenceBatch} images; ascending
 * @param lrReferenceBatch batch that the rates are for: they grow with the batch
 * @param epochs passes over the images, along a cosine to 0
 * @param batchSize images per step
 * @param momentum of plain SGD
 */
public record FastProbeRecipe(
        @Length(min = 1, max = 64) @Range(min = 0, above = true) List<Double> rates,
        @Range(min = 1) int lrReferenceBatch,
        @Range(min = 1, max = 100000) int epochs,
        @Range(min = 1, max = 1048576) int batchSize,
        @Range(min = 0, max = 1, below = true) double momentum) {
    public FastProbeRecipe {
        rates = List.copyOf(rates);
        Rules.check(FastProbeRecipe.class, rates, lrReferenceBatch, epochs, batchSize, momentum);
        for (int i = 1; i < rates.size(); i++) {
            Rules.require(
                    rates.get(i) > rates.get(i - 1),
                    "rates[" + i + "]",
                    rates.get(i),
                    "must be > " + rates.get(i - 1) + ", the one before");
        }
    }
}
