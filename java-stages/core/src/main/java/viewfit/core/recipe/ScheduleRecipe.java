package viewfit.core.recipe;

/** Learning rate over training; the key {@code name} selects the variant and its keys. */
public sealed interface ScheduleRecipe permits CosineRecipe, MultistepRecipe, ExponentialRecipe {
    /** The selecting word. */
    String name();

    /** Epochs of the linear rise at the start. */
    int warmupEpochs();

    /** Learning rate of the first step of the rise, not scaled by the batch. */
    double warmupStart();
}
