package viewfit.core.recipe;

/**
 * When networks are saved beside the final checkpoint.
 *
 * @param everyEpochs epochs between numbered checkpoints; 0 = only the last
 * @param keep how many numbered checkpoints stay; 0 = all
 */
public record CheckpointRecipe(@Range(min = 0) int everyEpochs, @Range(min = 0) int keep) {
    public CheckpointRecipe {
        Rules.check(CheckpointRecipe.class, everyEpochs, keep);
    }
}
