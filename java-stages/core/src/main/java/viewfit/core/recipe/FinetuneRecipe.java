package viewfit.core.recipe;

/**
 * One complete semi-supervised fine-tuning run.
 *
 * @param schema {@code finetune/1}
 * @param name short name of the recipe
 * @param seed root of all randomness of the stage
 * @param network {@code student} or {@code teacher}
 * @param epochs passes over the images
 * @param batchSize images per step
 * @param optimizer optimiser of the whole network
 * @param finalLr learning rate approached at the end of the cosine, not scaled by the batch
 * @param headLayers hidden layers of a DINO head kept below the new classifier; after another method the classifier sits
 *     on the backbone, whatever this says
 * @param trainViews views to train on
 * @param evalViews views to score on
 * @param normalize normalisation of the pixels
 */
public record FinetuneRecipe(
        @OneOf("finetune/1") String schema,
        @Length(min = 1, max = 80) String name,
        long seed,
        @OneOf({"student", "teacher"}) String network,
        @Range(min = 1, max = 100000) int epochs,
        @Range(min = 2, max = 1048576) int batchSize,
        OptimizerRecipe optimizer,
        @Range(min = 0) double finalLr,
        @Range(min = 0, max = 8) int headLayers,
        TrainViewRecipe trainViews,
        EvalViewRecipe evalViews,
        NormalizeRecipe normalize) {
    public FinetuneRecipe {
        Rules.check(
                FinetuneRecipe.class,
                schema,
                name,
                seed,
                network,
                epochs,
                batchSize,
                optimizer,
                finalLr,
                headLayers,
                trainViews,
                evalViews,
                normalize);
    }
}
