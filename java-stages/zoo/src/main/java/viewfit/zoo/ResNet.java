package viewfit.zoo;

import viewfit.graph.Graph;
import viewfit.graph.GraphBuilder;

/**
 * ResNet without classifier: [n, 3, h, w] to [n, 512] (18, 34) or [n, 2048] (50).
 *
 * <p>Source: He et al. 2016 (arXiv:1512.03385), table 1; names, order and initialisation of torchvision. ResNet-50 has
 * its stride in the 3x3 convolution ("v1.5").
 */
public final class ResNet {
    private static final int[] WIDTHS = {64, 128, 256, 512};
    private static final int EXPANSION = 4;

    private final GraphBuilder g;
    private final int[] blocks;
    private final boolean bottleneck;
    private final boolean zeroInitResidual;

    private ResNet(String name, int[] blocks, boolean bottleneck, boolean zeroInitResidual) {
        this.g = new GraphBuilder(name, 3);
        this.blocks = blocks;
        this.bottleneck = bottleneck;
        this.zeroInitResidual = zeroInitResidual;
    }

    /** 11,176,512 parameters; with {@code zeroInitResidual} every block starts as its shortcut. */
    public static Graph resnet18(boolean zeroInitResidual) {
        return new ResNet("resnet18", new int[] {2, 2, 2, 2}, false, zeroInitResidual).build();
    }

    /** 21,284,672 parameters. */
    public static Graph resnet34(boolean zeroInitResidual) {
        return new ResNet("resnet34", new int[] {3, 4, 6, 3}, false, zeroInitResidual).build();
    }

    /** 23,508,032 parameters. */
    public static Graph resnet50(boolean zeroInitResidual) {
        return new ResNet("resnet50", new int[] {3, 4, 6, 3}, true, zeroInitResidual).build();
    }

    private Graph build() {
        int x = g.conv("conv1", g.input(), 64, 7, 2, 1);
        x = g.relu(g.batchNorm("bn1", x));
        x = g.maxPool(x, 3, 2);
        for (int stage = 0; stage < WIDTHS.length; stage++) {
            for (int i = 0; i < blocks[stage]; i++) {
                int stride = i == 0 && stage > 0 ? 2 : 1;
                x = block("layer" + (stage + 1) + "." + i + ".", x, WIDTHS[stage], stride);
            }
            g.tap("res" + (stage + 2), x);
        }
        return g.build(g.globalMeanPool(x));
    }

    private int block(String prefix, int in, int width, int stride) {
        int out = bottleneck ? width * EXPANSION : width;
        int x = bottleneck ? bottleneckBranch(prefix, in, width, stride) : basicBranch(prefix, in, width, stride);
        boolean changes = stride != 1 || g.channels(in) != out;
        int skip = changes ? shortcut(prefix + "downsample.", in, out, stride) : in;
        return g.relu(g.add(skip, x));
    }

    private int basicBranch(String prefix, int in, int width, int stride) {
        int x = g.relu(g.batchNorm(prefix + "bn1", g.conv(prefix + "conv1", in, width, 3, stride, 1)));
        return lastNorm(prefix + "bn2", g.conv(prefix + "conv2", x, width, 3, 1, 1));
    }

    private int bottleneckBranch(String prefix, int in, int width, int stride) {
        int x = g.relu(g.batchNorm(prefix + "bn1", g.conv(prefix + "conv1", in, width, 1, 1, 1)));
        x = g.relu(g.batchNorm(prefix + "bn2", g.conv(prefix + "conv2", x, width, 3, stride, 1)));
        return lastNorm(prefix + "bn3", g.conv(prefix + "conv3", x, width * EXPANSION, 1, 1, 1));
    }

    private int lastNorm(String prefix, int in) {
        return g.batchNorm(prefix, in, zeroInitResidual ? 0 : 1);
    }

    private int shortcut(String prefix, int in, int out, int stride) {
        return g.batchNorm(prefix + "1", g.conv(prefix + "0", in, out, 1, stride, 1));
    }
}
