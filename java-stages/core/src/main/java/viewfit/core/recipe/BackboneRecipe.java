package viewfit.core.recipe;

/**
 * The network to train.
 *
 * @param name a network of the zoo; its list of names and this one are tested to be equal
 * @param zeroInitResidual whether the last batch norm of each residual branch starts with weight 0, so that every block
 *     starts as the identity; the official code leaves it at 1, short runs on little data need it
 */
public record BackboneRecipe(@OneOf("mobilenet_v2") String name, boolean zeroInitResidual) {
    public BackboneRecipe {
        Rules.check(BackboneRecipe.class, name, zeroInitResidual);
    }
}
