package viewfit.eval;

import viewfit.core.metrics.WeightedKnn;
import viewfit.core.recipe.KnnRecipe;

/**
 * Weighted k-NN of held-out images in a bank of training images, both as centre crops.
 *
 * @param k neighbours that vote
 * @param temperature a neighbour of cosine s votes with weight exp(s / temperature)
 */
record Neighbours(int k, double temperature) {
    /** The recipe's neighbours, or all training images when there are fewer. */
    static Neighbours of(KnnRecipe recipe, int bankSize) {
        return new Neighbours(Math.min(recipe.k(), bankSize), recipe.temperature());
    }

    /** Accuracy of the held-out images, by the plain feature of a backbone. */
    Accuracy score(FrozenBackbone backbone, float[] bank, float[] heldout, ProbeData data) {
        return score(
                backbone.plain(bank),
                data.trainLabels(),
                backbone.plain(heldout),
                data.heldoutLabels(),
                backbone.plainWidth(),
                data.classes());
    }

    /** Accuracy of the queries; features are row-major [labels.length, width]. */
    Accuracy score(float[] bank, int[] bankLabels, float[] queries, int[] queryLabels, int width, int classes) {
        WeightedKnn.Result result =
                new WeightedKnn(k, temperature, classes).evaluate(bank, bankLabels, queries, queryLabels, width);
        return new Accuracy(result.top1(), result.top5(), queryLabels.length);
    }
}
