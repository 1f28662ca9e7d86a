package viewfit.core.recipe;

/**
 * What watches a training run.
 *
 * @param knnEveryEpochs epochs between measurements of the k-nearest-neighbour monitor; 0 = off
 * @param knnImages how many held-out images take part
 * @param onlineProbe whether a linear classifier is trained beside the method on the detached features of the first
 *     view the student sees, with the method's optimiser and learning rate, as in the scripts of saic-fi/SSLight; needs labels, and
 *     changes nothing else
 */
public record MonitorRecipe(@Range(min = 0) int knnEveryEpochs, @Range(min = 0) int knnImages, boolean onlineProbe) {
    public MonitorRecipe {
        Rules.check(MonitorRecipe.class, knnEveryEpochs, knnImages, onlineProbe);
    }
}
