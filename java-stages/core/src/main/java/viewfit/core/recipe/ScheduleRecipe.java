package viewfit.core.recipe;

/**
 * Learning rate over training: linear warm-up, then a cosine.
 *
 * @param warmupEpochs epochs of the rise
 * @param warmupStart learning rate of the first step, not scaled by the batch
 * @param finalLr learning rate approached at the end, not scaled by the batch
 */
public record ScheduleRecipe(
        @Range(min = 0) int warmupEpochs, @Range(min = 0) double warmupStart, @Range(min = 0) double finalLr) {
    public ScheduleRecipe {
        Rules.check(ScheduleRecipe.class, warmupEpochs, warmupStart, finalLr);
    }
}
