package viewfit.zoo;

import viewfit.graph.Graph;
import viewfit.graph.GraphBuilder;
import viewfit.graph.Init;

/** The small networks on top of a backbone. Names follow the reference state dictionaries. */
public final class Heads {
    private static final Init SMALL = new Init.Normal(0.02);
    private static final Init ZERO = new Init.Constant(0);

    private Heads() {}

    /**
     * DINO projection head: {@code layers} linear layers with [batch norm and] GELU between them, L2 normalisation, and
     * a weight-normalised layer to {@code outDim} prototypes. [n, in] to [n, outDim]; with unit magnitudes the logits
     * are cosines.
     *
     * <p>Source: Caron et al. 2021; numbers of facebookresearch/dino {@code DINOHead}: weights normal 0.02, biases 0,
     * the last layer's direction uniform in +-1/sqrt(bottleneck).
     *
     * @param layers at least 1; with 1 the head is a single linear layer to the bottleneck
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
            x = hiddenLayer(g, "mlp.", index, x, hidden, batchNorm);
            index += batchNorm ? 3 : 2;
        }
        x = g.linear("mlp." + index, x, bottleneck, SMALL, ZERO);
        x = g.l2Normalize(x);
        Init direction = new Init.Uniform(1 / Math.sqrt(bottleneck));
        return g.build(g.weightNormLinear("last_layer", x, outDim, direction, trainMagnitude));
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
            x = hiddenLayer(g, "mlp.", index, x, hidden, batchNorm);
            index += batchNorm ? 3 : 2;
        }
        Init fan = new Init.Uniform(1 / Math.sqrt(g.channels(x)));
        return g.build(g.linear("fc", x, classes, fan, fan));
    }

    private static int hiddenLayer(GraphBuilder g, String prefix, int index, int in, int hidden, boolean batchNorm) {
        int x = g.linear(prefix + index, in, hidden, SMALL, ZERO);
        if (batchNorm) {
            x = g.batchNorm(prefix + (index + 1), x);
        }
        return g.gelu(x);
    }
}
