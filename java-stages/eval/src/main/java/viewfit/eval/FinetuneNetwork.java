package viewfit.eval;

import java.util.LinkedHashMap;
import java.util.Map;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.random.SeedTree;
import viewfit.core.recipe.DinoRecipe;
import viewfit.core.recipe.FinetuneRecipe;
import viewfit.core.recipe.HeadRecipe;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.engine.Network;
import viewfit.engine.TorchRuntime;
import viewfit.graph.Graph;
import viewfit.zoo.Heads;

/**
 * Networks to fine-tune: backbone and kept head layers from a checkpoint, or the untrained ones of the same seed, under
 * the same new classifier.
 */
public final class FinetuneNetwork {
    /** Name of the second part, as in checkpoints: the kept layers carry the same full names there. */
    static final String HEAD = "head";

    private static final String NEW_LAYER = HEAD + ".fc.";

    private final TorchRuntime runtime;
    private final CheckpointFile checkpoint;
    private final FinetuneRecipe recipe;
    private final Graph backbone;
    private final Graph head;

    /**
     * Builds the graphs.
     *
     * @throws StageFailure {@link ExitCode#BAD_RECIPE} if the checkpoint has no such network, or a DINO head fewer hidden
     *     layers than are asked for
     */
    public FinetuneNetwork(TorchRuntime runtime, CheckpointFile checkpoint, FinetuneRecipe recipe, int classes) {
        checkpoint.requireNetwork(recipe.network());
        this.runtime = runtime;
        this.checkpoint = checkpoint;
        this.recipe = recipe;
        this.backbone = checkpoint.backbone();
        this.head = head(backbone.outputWidth(), checkpoint.recipe(), recipe.headLayers(), classes);
    }

    /**
     * The new classifier, after DINO above the first {@code layers} hidden layers of its head. Heads of other methods have
     * no such layers, and a checkpoint of theirs gets its classifier on the backbone.
     */
    static Graph head(int width, PretrainRecipe pretrain, int layers, int classes) {
        if (!(pretrain.method() instanceof DinoRecipe dino)) {
            return Heads.semiSupervised(width, 0, 0, false, classes);
        }
        HeadRecipe trained = dino.head();
        if (layers > trained.layers() - 1) {
            throw new StageFailure(
                    ExitCode.BAD_RECIPE,
                    "head-layers: found " + layers + ": the checkpoint's head of " + trained.layers()
                            + " layers has hidden layers to keep 0 .. " + (trained.layers() - 1));
        }
        return Heads.semiSupervised(width, layers, trained.hidden(), trained.batchNorm(), classes);
    }

    /** Words for the message where the recipe asks for head layers that the method does not have; empty otherwise. */
    public String note() {
        String method = checkpoint.recipe().method().name();
        boolean kept = recipe.headLayers() == 0 || checkpoint.recipe().method() instanceof DinoRecipe;
        return kept ? "" : "; " + method + " has no dino head: classifier on the backbone";
    }

    /** Backbone and kept head layers as pre-training left them. */
    public Network pretrained() {
        Network network = allocate(SeedTree.root(recipe.seed()));
        checkpoint.load(network, recipe.network(), FinetuneNetwork::pretrained);
        return network;
    }

    /**
     * Backbone and kept head layers as pre-training found them: every weight is drawn from its seed and name. The
     * batch-norm statistics are those of the training images, see {@link BatchNorms}.
     */
    public Network untrained(ProbeData data) {
        Network network = allocate(SeedTree.root(checkpoint.recipe().seed()));
        Network start = allocate(SeedTree.root(recipe.seed()));
        for (String name : new String[] {NEW_LAYER + "weight", NEW_LAYER + "bias"}) {
            network.write(name, start.read(name));
        }
        try (TrainImages images = data.crops(recipe.trainViews(), recipe.seed())) {
            BatchNorms.estimate(runtime, network, recipe.normalize(), images);
        }
        return network;
    }

    /** Whether a tensor comes from the checkpoint; the others belong to the new layer. */
    static boolean pretrained(String name) {
        return !name.startsWith(NEW_LAYER);
    }

    private Network allocate(SeedTree seed) {
        Map<String, Graph> parts = new LinkedHashMap<>();
        parts.put(FrozenBackbone.PART, backbone);
        parts.put(HEAD, head);
        Network network = Network.allocate(runtime, parts, name -> false);
        network.initialise(seed);
        return network;
    }
}
