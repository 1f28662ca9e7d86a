package viewfit.core.recipe;

import java.util.List;

/**
 * Linear warm-up, then a constant that drops at given epochs.
 *
 * @param name {@code multistep}
 * @param warmupEpochs epochs of the rise
 * @param warmupStart learning rate of the first step, not scaled by the batch
 * @param milestones epochs, counted from 0, at whose first step the rate is multiplied by gamma; rising
 * @param gamma factor of each drop
 */
public record MultistepRecipe(
        @OneOf("multistep") String name,
        @Range(min = 0) int warmupEpochs,
        @Range(min = 0) double warmupStart,
        @Length(min = 1) @Range(min = 1) List<Integer> milestones,
        @Range(min = 0, max = 1) double gamma)
        implements ScheduleRecipe {
    public MultistepRecipe {
        milestones = List.copyOf(milestones);
        Rules.check(MultistepRecipe.class, name, warmupEpochs, warmupStart, milestones, gamma);
        for (int i = 1; i < milestones.size(); i++) {
            Rules.require(
                    milestones.get(i) > milestones.get(i - 1),
                    "milestones[" + i + "]",
                    milestones.get(i),
                    "must be > " + milestones.get(i - 1) + ", the one before");
        }
    }
}
