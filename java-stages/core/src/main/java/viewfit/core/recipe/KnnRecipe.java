package viewfit.core.recipe;

/**
 * Weighted k-nearest-neighbour classifier.
 *
 * @param k neighbours that vote
 * @param temperature a neighbour of cosine s votes with weight exp(s / temperature)
 */
public record KnnRecipe(@Range(min = 1) int k, @Range(min = 0, above = true) double temperature) {
    public KnnRecipe {
        Rules.check(KnnRecipe.class, k, temperature);
    }
}
