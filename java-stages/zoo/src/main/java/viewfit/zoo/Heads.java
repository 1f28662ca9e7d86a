package viewfit.zoo;

import org.jspecify.annotations.Nullable;
import viewfit.core.recipe.DinoRecipe;
import viewfit.core.recipe.HeadRecipe;
import viewfit.core.recipe.MethodRecipe;
import viewfit.core.recipe.MocoHeadRecipe;
import viewfit.core.recipe.MocoRecipe;
import viewfit.core.recipe.SwavHeadRecipe;
import viewfit.core.recipe.SwavRecipe;
import viewfit.graph.Graph;
import viewfit.graph.GraphBuilder;
import viewfit.graph.Init;

/** The small networks on top of a backbone. Names follow the reference state dictionaries. */
public final class Heads {
    private static final Init SMALL = new Init.Normal(0.02);
    private static final Init ZERO = new Init.Constant(0);

    private Heads() {}

    /**
     * The head that a method trains on a backbone.
     *
     * @param in width of the backbone's feature
     * @param classes number of labels, for training with labels; other methods leave it alone
     */
    public static Graph of(MethodRecipe method, int in, int classes) {
        if (method instanceof DinoRecipe dino) {
            HeadRecipe h = dino.head();
            return dino(in, h.layers(), h.hidden(), h.bottleneck(), h.outDim(), h.batchNorm(), h.trainLastLayerNorm());
        }
        if (method instanceof SwavRecipe swav) {
            SwavHeadRecipe h = swav.head();
            return swav(in, h.layers(), h.hidden(), h.outDim(), h.prototypes(), h.batchNorm());
        }
        if (method instanceof MocoRecipe moco) {
            MocoHeadRecipe h = moco.head();
            return moco(
                    in,
                    h.layers(),
                    h.hidden(),
                    h.outDim(),
                    h.batchNorm(),
                    h.init().equals("uniform"));
        }
        return linear(in, classes);
    }

    /**
     * DINO projection head: {@code layers} linear layers with [batch norm and] GELU between them, L2 normalisation, and
     * a weight-normalised layer to {@code outDim} prototypes. [n, in] to [n, outDim]; with unit magnitudes the logits
     * are cosines.
     *
     * <p>Source: Caron et al. 2021; numbers of facebookresearch/dino {@code DINOHead}: weights normal 0.02, biases 0,
     * the last layer's direction uniform in +-1/sqrt(bottleneck).
     *
     * @param layers at least 1; with 1 the head is a single linear layer to the bottleneck, named {@code mlp}
     */
    public static Graph dino(
            int in, int layers, int hidden, int bottleneck, int outDim, boolean batchNorm, boolean trainMagnitude) {
        if (layers < 1) {
            throw new IllegalArgumentException("head.layers = " + layers + ": must be at least 1");
        }
        GraphBuilder g = new GraphBuilder("dino_head", in);
        int x = g.input();
        int index = 0;
        for (int layer = 1; layer < layers; layer++) {
            x = g.gelu(hiddenLayer(g, "mlp.", index, x, hidden, SMALL, ZERO, batchNorm));
            index += batchNorm ? 3 : 2;
        }
        x = g.linear(layers == 1 ? "mlp" : "mlp." + index, x, bottleneck, SMALL, ZERO);
        x = g.l2Normalize(x);
        g.tap("bottleneck", x);
        Init direction = new Init.Uniform(1 / Math.sqrt(bottleneck));
        return g.build(g.weightNormLinear("last_layer", x, outDim, direction, trainMagnitude));
    }

    /**
     * SwAV head: {@code layers} linear layers with [batch norm and] ReLU between them, L2 normalisation (the tap
     * {@code embedding}), and prototypes without bias. [n, in] to scores [n, prototypes]; with prototypes of unit
     * length, which the method sees to, they are cosines.
     *
     * <p>Source: Caron et al. 2020; saic-fi/SSLight initialises every linear layer normal 0.01, biases 0.
     */
    public static Graph swav(int in, int layers, int hidden, int outDim, int prototypes, boolean batchNorm) {
        Init init = new Init.Normal(0.01);
        GraphBuilder g = new GraphBuilder("swav_head", in);
        int x = perceptron(g, "projection.mlp", layers, hidden, outDim, batchNorm, init, init, ZERO);
        x = g.l2Normalize(x);
        g.tap("embedding", x);
        return g.build(g.linear("prototypes", x, prototypes, init));
    }

    /**
     * MoCo head: {@code layers} linear layers with [batch norm and] ReLU between them. [n, in] to [n, outDim], not
     * normalised.
     *
     * <p>Source: Chen et al. 2020; saic-fi/SSLight initialises it normal 0.02, biases 0.
     *
     * @param uniform whether weights and biases start uniform in +-1/sqrt(fan-in) instead, PyTorch's default
     */
    public static Graph moco(int in, int layers, int hidden, int outDim, boolean batchNorm, boolean uniform) {
        GraphBuilder g = new GraphBuilder("moco_head", in);
        Init first = uniform ? fanIn(in) : SMALL;
        Init later = uniform ? fanIn(hidden) : SMALL;
        return g.build(perceptron(g, "mlp", layers, hidden, outDim, batchNorm, first, later, uniform ? null : ZERO));
    }

    private static Init fanIn(int width) {
        return new Init.Uniform(1 / Math.sqrt(width));
    }

    /**
     * Linear layers with [batch norm and] ReLU between them.
     *
     * @param first distribution of the first layer's weights, {@code later} of the others'
     * @param bias of the biases, or null: as the weights of their layer
     */
    private static int perceptron(
            GraphBuilder g,
            String prefix,
            int layers,
            int hidden,
            int out,
            boolean batchNorm,
            Init first,
            Init later,
            @Nullable Init bias) {
        if (layers < 1) {
            throw new IllegalArgumentException("head.layers = " + layers + ": must be at least 1");
        }
        int x = g.input();
        int index = 0;
        Init init = first;
        for (int layer = 1; layer < layers; layer++) {
            x = g.relu(hiddenLayer(g, prefix + ".", index, x, hidden, init, bias == null ? init : bias, batchNorm));
            index += batchNorm ? 3 : 2;
            init = later;
        }
        return g.linear(layers == 1 ? prefix : prefix + "." + index, x, out, init, bias == null ? init : bias);
    }

    /** Linear classifier: [n, in] to [n, classes]; weight normal 0.01, bias 0 (linear probe). */
    public static Graph linear(int in, int classes) {
        GraphBuilder g = new GraphBuilder("linear", in);
        return g.build(g.linear("fc", g.input(), classes, new Init.Normal(0.01), ZERO));
    }

    /**
     * Classifier of the semi-supervised protocol: the first {@code layers} linear + [batch norm] + GELU groups of the
     * DINO head ("after the head's second layer"), then a new linear layer with PyTorch's default initialisation,
     * uniform in +-1/sqrt(width) for weight and bias. [n, in] to [n, classes]. Names: {@code mlp.*} as in the head, so
     * the pre-trained tensors load by name, then {@code fc}.
     */
    public static Graph semiSupervised(int in, int layers, int hidden, boolean batchNorm, int classes) {
        GraphBuilder g = new GraphBuilder("semi_head", in);
        int x = g.input();
        int index = 0;
        for (int layer = 0; layer < layers; layer++) {
            x = g.gelu(hiddenLayer(g, "mlp.", index, x, hidden, SMALL, ZERO, batchNorm));
            index += batchNorm ? 3 : 2;
        }
        Init fan = new Init.Uniform(1 / Math.sqrt(g.channels(x)));
        return g.build(g.linear("fc", x, classes, fan, fan));
    }

    /** Linear layer [and batch norm], before its activation. */
    private static int hiddenLayer(
            GraphBuilder g, String prefix, int index, int in, int hidden, Init init, Init bias, boolean batchNorm) {
        int x = g.linear(prefix + index, in, hidden, init, bias);
        return batchNorm ? g.batchNorm(prefix + (index + 1), x) : x;
    }
}
