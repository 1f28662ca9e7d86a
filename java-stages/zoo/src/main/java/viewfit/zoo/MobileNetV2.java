package viewfit.zoo;

import viewfit.graph.Graph;
import viewfit.graph.GraphBuilder;

/**
 * MobileNetV2 x1.0 without classifier: [n, 3, h, w] to [n, 1280], 2,223,872 parameters.
 *
 * <p>Source: Sandler et al. 2018 (arXiv:1801.04381), table 2; names, order and initialisation of torchvision's
 * {@code mobilenet_v2}. No dropout: pre-training pools and stops.
 */
public final class MobileNetV2 {
    /** Width of the pooled feature. */
    public static final int FEATURE_WIDTH = 1280;

    /** Expansion t, output channels c, repeats n, stride s of the first block of each stage. */
    private static final int[][] STAGES = {
        {1, 16, 1, 1}, {6, 24, 2, 2}, {6, 32, 3, 2}, {6, 64, 4, 2}, {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}
    };

    /** Taps of a detector's stages: index of the last feature block and the tap's name. */
    private static final String[] STAGE_ENDS = {"1:stem", "3:stage2", "6:stage3", "13:stage4"};

    private final GraphBuilder g = new GraphBuilder("mobilenet_v2", 3);
    private final boolean zeroInitResidual;

    private MobileNetV2(boolean zeroInitResidual) {
        this.zeroInitResidual = zeroInitResidual;
    }

    /** The network as published. */
    public static Graph graph() {
        return graph(false);
    }

    /** The network; with {@code zeroInitResidual} each block with a skip starts as the identity. */
    public static Graph graph(boolean zeroInitResidual) {
        return new MobileNetV2(zeroInitResidual).build();
    }

    private Graph build() {
        int x = convNormRelu("features.0", g.input(), 32, 3, 2, 1);
        int index = 1;
        for (int[] stage : STAGES) {
            for (int i = 0; i < stage[2]; i++) {
                x = invertedResidual("features." + index + ".conv.", x, stage[0], stage[1], i == 0 ? stage[3] : 1);
                tapStage(index, x);
                index++;
            }
        }
        x = convNormRelu("features." + index, x, FEATURE_WIDTH, 1, 1, 1);
        g.tap("stage5", x);
        return g.build(g.globalMeanPool(x));
    }

    private int invertedResidual(String prefix, int in, int expansion, int out, int stride) {
        int hidden = g.channels(in) * expansion;
        int x = in;
        int part = 0;
        if (expansion != 1) {
            x = convNormRelu(prefix + part++, x, hidden, 1, 1, 1);
        }
        x = convNormRelu(prefix + part++, x, hidden, 3, stride, hidden);
        x = g.conv(prefix + part++, x, out, 1, 1, 1);
        boolean skip = stride == 1 && g.channels(in) == out;
        x = g.batchNorm(prefix + part, x, skip && zeroInitResidual ? 0 : 1);
        return skip ? g.add(in, x) : x;
    }

    private int convNormRelu(String prefix, int in, int out, int kernel, int stride, int groups) {
        int x = g.conv(prefix + ".0", in, out, kernel, stride, groups);
        return g.relu6(g.batchNorm(prefix + ".1", x));
    }

    private void tapStage(int index, int value) {
        for (String end : STAGE_ENDS) {
            int colon = end.indexOf(':');
            if (Integer.parseInt(end.substring(0, colon)) == index) {
                g.tap(end.substring(colon + 1), value);
            }
        }
    }
}
