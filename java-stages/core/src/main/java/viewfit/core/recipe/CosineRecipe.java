package viewfit.core.recipe;

/**
 * Linear warm-up, then half a cosine.
 *
 * @param name {@code cosine}
 * @param warmupEpochs epochs of the rise
 * @param warmupStart learning rate of the first step, not scaled by the batch
 * @param finalLr learning rate approached at the end, not scaled by the batch
 * @param perEpoch whether the value of an epoch's first step holds for the whole epoch
 */
public record CosineRecipe(
        @OneOf("cosine") String name,
        @Range(min = 0) int warmupEpochs,
        @Range(min = 0) double warmupStart,
        @Range(min = 0) double finalLr,
        boolean perEpoch)
        implements ScheduleRecipe {
    public CosineRecipe {
        Rules.check(CosineRecipe.class, name, warmupEpochs, warmupStart, finalLr, perEpoch);
    }
}
