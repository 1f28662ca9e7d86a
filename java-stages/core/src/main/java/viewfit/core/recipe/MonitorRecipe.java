package viewfit.core.recipe;

/**
 * The k-nearest-neighbour monitor of a training run.
 *
 * @param knnEveryEpochs epochs between measurements; 0 = off
 * @param knnImages how many held-out images take part
 */
public record MonitorRecipe(@Range(min = 0) int knnEveryEpochs, @Range(min = 0) int knnImages) {
    public MonitorRecipe {
        Rules.check(MonitorRecipe.class, knnEveryEpochs, knnImages);
    }
}
