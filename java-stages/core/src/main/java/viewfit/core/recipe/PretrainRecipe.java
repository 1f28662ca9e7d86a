package viewfit.core.recipe;

/**
 * One complete pre-training run.
 *
 * @param schema {@code pretrain/1}
 * @param name short name of the recipe
 * @param seed root of all randomness of the stage
 * @param epochs passes over the images
 * @param batchSize images per step, over all devices
 * @param microBatches parts that a step's images are taken through the networks in, one after the other, to save memory; 1
 *     is the method as published, see docs/recipes.md for what more of them change
 * @param precision arithmetic of the step
 * @param backbone network
 * @param method method
 * @param views views
 * @param optimizer optimiser
 * @param schedule learning rate over training
 * @param checkpoint checkpoints
 * @param monitor monitor
 * @param onDivergence {@code fail} or {@code record}
 */
public record PretrainRecipe(
        @OneOf("pretrain/1") String schema,
        @Length(min = 1, max = 80) String name,
        long seed,
        @Range(min = 1, max = 100000) int epochs,
        @Range(min = 2, max = 1048576) int batchSize,
        @Range(min = 1, max = 65536) int microBatches,
        Precision precision,
        BackboneRecipe backbone,
        MethodRecipe method,
        ViewRecipe views,
        OptimizerRecipe optimizer,
        ScheduleRecipe schedule,
        CheckpointRecipe checkpoint,
        MonitorRecipe monitor,
        OnDivergence onDivergence) {
    public PretrainRecipe {
        Rules.check(
                PretrainRecipe.class,
                schema,
                name,
                seed,
                epochs,
                batchSize,
                microBatches,
                precision,
                backbone,
                method,
                views,
                optimizer,
                schedule,
                checkpoint,
                monitor,
                onDivergence);
        Rules.require(
                schedule.warmupEpochs() <= epochs,
                "schedule.warmup-epochs",
                schedule.warmupEpochs(),
                "must be <= epochs = " + epochs);
        Rules.require(
                batchSize % microBatches == 0 && batchSize / microBatches >= 2,
                "micro-batches",
                microBatches,
                "must divide batch-size = " + batchSize + " into parts of at least 2");
        MethodRules.check(backbone, method, views, batchSize, microBatches);
    }
}
