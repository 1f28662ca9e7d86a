package viewfit.core.recipe;

/**
 * Linear warm-up, then a constant factor from epoch to epoch.
 *
 * @param name {@code exponential}
 * @param warmupEpochs epochs of the rise
 * @param warmupStart learning rate of the first step, not scaled by the batch
 * @param gamma factor at the first step of every epoch, those of the warm-up included
 */
public record ExponentialRecipe(
        @OneOf("exponential") String name,
        @Range(min = 0) int warmupEpochs,
        @Range(min = 0) double warmupStart,
        @Range(min = 0, above = true, max = 1) double gamma)
        implements ScheduleRecipe {
    public ExponentialRecipe {
        Rules.check(ExponentialRecipe.class, name, warmupEpochs, warmupStart, gamma);
    }
}
