package viewfit.core.recipe;

/**
 * The network to train.
 *
 * @param name a network of the zoo; its list of names and this one are tested to be equal
 * @param zeroInitResidual whether the last batch norm of each residual branch starts with weight 0, so that every block
 *     starts as the identity; the official code leaves it at 1, short runs on little data need it; conv nets only
 * @param dropPath stochastic depth of the student: the rate of the last transformer block, rising linearly from 0 at the
 *     first; 0 for conv nets
 */
public record BackboneRecipe(
        @OneOf({"mobilenet_v2", "resnet18", "resnet34", "resnet50", "vit_tiny", "vit_small"}) String name,
        boolean zeroInitResidual,
        @Range(min = 0, max = 1, below = true) double dropPath) {
    private static final int PATCH = 16;

    public BackboneRecipe {
        Rules.check(BackboneRecipe.class, name, zeroInitResidual, dropPath);
        boolean transformer = transformer(name);
        Rules.require(
                transformer || dropPath == 0,
                "drop-path",
                dropPath,
                "must be 0, " + name + " has no transformer blocks");
        Rules.require(
                !transformer || !zeroInitResidual,
                "zero-init-residual",
                zeroInitResidual,
                "must be false, " + name + " has no batch norms");
    }

    private static boolean transformer(String name) {
        return name.startsWith("vit_");
    }

    /** Whether it is a vision transformer; else it is a conv net. */
    public boolean transformer() {
        return transformer(name);
    }

    /** Side of a transformer's patch in pixels; 1 for conv nets, which take any view size. */
    public int patch() {
        return transformer() ? PATCH : 1;
    }
}
