package viewfit.core.recipe;

/**
 * A value that rises linearly over some epochs and then stays.
 *
 * @param start in epoch 0
 * @param end from the last warm-up epoch on
 * @param warmupEpochs epochs of the rise; 0 means {@code end} from the start
 */
public record RampRecipe(double start, double end, @Range(min = 0) int warmupEpochs) {
    public RampRecipe {
        Rules.check(RampRecipe.class, start, end, warmupEpochs);
    }
}
