package viewfit.core.recipe;

import java.util.List;

/**
 * Weighted k-nearest-neighbour classifier.
 *
 * @param k neighbours that vote for the score that reports show
 * @param also further numbers of neighbours that are scored beside it
 * @param temperature a neighbour of cosine s votes with weight exp(s / temperature)
 */
public record KnnRecipe(
        @Range(min = 1) int k,
        @Length(min = 0, max = 20) @Range(min = 1) List<Integer> also,
        @Range(min = 0, above = true) double temperature) {
    public KnnRecipe {
        also = List.copyOf(also);
        Rules.check(KnnRecipe.class, k, also, temperature);
    }
}
