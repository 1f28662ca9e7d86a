package viewfit.zoo;

import java.util.ArrayList;
import java.util.List;
import viewfit.graph.Graph;
import viewfit.graph.GraphBuilder;
import viewfit.graph.Init;

/**
 * ViT/16 without classifier: [n, 3, h, w] to the class token [n, width] after the final norm. Any image of at least 16
 * pixels a side; sides are floored to multiples of 16.
 *
 * <p>Source: Dosovitskiy et al. 2021 (arXiv:2010.11929), in the sizes of Touvron et al. 2021 (DeiT); names of timm and
 * facebookresearch/dino, whose position resizing it follows ({@link viewfit.graph.Op.Tokens}). Weights of linear layers
 * and tokens are normal 0.02, their truncation at +-2 never acts; biases 0.
 */
public final class VisionTransformer {
    /** Side of a patch in pixels. */
    public static final int PATCH = 16;

    private static final int GRID = 14;
    private static final int DEPTH = 12;
    private static final int MLP_RATIO = 4;
    private static final int HEAD_WIDTH = 64;
    private static final Init SMALL = new Init.Normal(0.02);
    private static final Init ZERO = new Init.Constant(0);

    private final GraphBuilder g;
    private final int width;
    private final double dropPath;

    private VisionTransformer(String name, int width, double dropPath) {
        this.g = new GraphBuilder(name, 3);
        this.width = width;
        this.dropPath = dropPath;
    }

    /** Width 192, 3 heads, 5,524,416 parameters. */
    public static Graph tiny(double dropPath, int lastBlocks) {
        return new VisionTransformer("vit_tiny", 192, dropPath).build(lastBlocks);
    }

    /** Width 384, 6 heads, 21,665,664 parameters. */
    public static Graph small(double dropPath, int lastBlocks) {
        return new VisionTransformer("vit_small", 384, dropPath).build(lastBlocks);
    }

    /**
     * @param lastBlocks how many of the last blocks speak: the feature is their class tokens side by side, each after
     *     the final norm, in the order of the blocks
     */
    private Graph build(int lastBlocks) {
        if (lastBlocks < 1 || lastBlocks > DEPTH) {
            throw new IllegalArgumentException("last blocks = " + lastBlocks + ": must lie in 1 .. " + DEPTH);
        }
        String token = g.parameter("cls_token", List.of(1, 1, width), SMALL);
        String position = g.parameter("pos_embed", List.of(1, 1 + GRID * GRID, width), SMALL);
        int x = g.tokens(g.patches("patch_embed.proj", g.input(), width, PATCH), token, position, GRID);
        List<Integer> features = new ArrayList<>();
        for (int block = 0; block < DEPTH; block++) {
            x = block("blocks." + block + ".", x, dropPath * block / (DEPTH - 1));
            if (block >= DEPTH - lastBlocks) {
                int normed = block == DEPTH - 1 ? g.layerNorm("norm", x) : g.sharedLayerNorm("norm", x);
                features.add(g.classToken(normed));
            }
        }
        return g.build(features.size() == 1 ? features.get(0) : g.concat(features));
    }

    private int block(String prefix, int in, double rate) {
        int x = g.linear(prefix + "attn.qkv", g.layerNorm(prefix + "norm1", in), 3 * width, SMALL, ZERO);
        x = g.linear(prefix + "attn.proj", g.attention(x, width / HEAD_WIDTH), width, SMALL, ZERO);
        int middle = g.add(in, g.dropPath(x, rate));
        x = g.linear(prefix + "mlp.fc1", g.layerNorm(prefix + "norm2", middle), MLP_RATIO * width, SMALL, ZERO);
        x = g.linear(prefix + "mlp.fc2", g.gelu(x), width, SMALL, ZERO);
        return g.add(middle, g.dropPath(x, rate));
    }
}
