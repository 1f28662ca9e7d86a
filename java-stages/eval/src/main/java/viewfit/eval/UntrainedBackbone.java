package viewfit.eval;

import viewfit.core.random.SeedTree;
import viewfit.core.recipe.ProbeRecipe;
import viewfit.engine.Network;
import viewfit.engine.TorchRuntime;

/** The floor under a probe's numbers: the backbone as pre-training found it. */
public final class UntrainedBackbone {
    private UntrainedBackbone() {}

    /**
     * Draws every weight from the checkpoint's seed and the weight's name, bit for bit what pre-training started from,
     * and takes batch-norm statistics from training images, see {@link BatchNorms}. With a single image, or without batch
     * norms, there are none to take.
     */
    public static Network of(TorchRuntime runtime, CheckpointFile checkpoint, ProbeRecipe recipe, ProbeData data) {
        Network network = asInitialised(runtime, checkpoint, recipe);
        if (data.trainImages() > 1) {
            try (TrainImages images = data.crops(recipe.trainViews(), recipe.seed())) {
                BatchNorms.estimate(runtime, network, recipe.normalize(), images);
            }
        }
        return network;
    }

    /** The same weights with the placeholder statistics of a fresh network: mean 0, variance 1. */
    public static Network asInitialised(TorchRuntime runtime, CheckpointFile checkpoint, ProbeRecipe recipe) {
        Network network = FrozenBackbone.allocate(runtime, checkpoint.backbone(recipe.vitLastBlocks()));
        network.initialise(SeedTree.root(checkpoint.seed(recipe.seed())));
        return network;
    }
}
