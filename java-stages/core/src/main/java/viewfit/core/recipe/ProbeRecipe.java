package viewfit.core.recipe;

/**
 * One complete linear probe.
 *
 * @param schema {@code probe/1}
 * @param name short name of the recipe
 * @param seed root of all randomness of the stage
 * @param mode {@code augmented}: features of fresh random crops each epoch; {@code cached}: features of the scoring view once;
 *     {@code fast}: no linear probe but the fast one
 * @param network {@code student} or {@code teacher}
 * @param vitLastBlocks last transformer blocks whose class tokens, side by side, are the feature of the linear classifier;
 *     says nothing of conv nets, which have one pooled feature; k-NN always uses the token of the last block
 * @param epochs passes over the images
 * @param batchSize images per step
 * @param optimizer optimiser of the classifier
 * @param finalLr learning rate approached at the end of the cosine, not scaled by the batch
 * @param trainViews views to fit on
 * @param evalViews views to score on
 * @param fast the fast probe, which is scored in every mode
 * @param knn neighbour classifier beside the linear one
 * @param normalize normalisation of the pixels
 */
public record ProbeRecipe(
        @OneOf("probe/1") String schema,
        @Length(min = 1, max = 80) String name,
        long seed,
        @OneOf({"augmented", "cached", "fast"}) String mode,
        @OneOf({"student", "teacher"}) String network,
        @Range(min = 1, max = 12) int vitLastBlocks,
        @Range(min = 1, max = 100000) int epochs,
        @Range(min = 1, max = 1048576) int batchSize,
        OptimizerRecipe optimizer,
        @Range(min = 0) double finalLr,
        TrainViewRecipe trainViews,
        EvalViewRecipe evalViews,
        FastProbeRecipe fast,
        KnnRecipe knn,
        NormalizeRecipe normalize) {
    public ProbeRecipe {
        Rules.check(
                ProbeRecipe.class,
                schema,
                name,
                seed,
                mode,
                network,
                vitLastBlocks,
                epochs,
                batchSize,
                optimizer,
                finalLr,
                trainViews,
                evalViews,
                fast,
                knn,
                normalize);
    }
}
