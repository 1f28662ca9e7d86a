package viewfit.zoo;

import java.util.List;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.recipe.BackboneRecipe;
import viewfit.graph.Graph;

/** Backbones by the name that recipes use. */
public final class Backbones {
    private static final List<String> NAMES =
            List.of("mobilenet_v2", "resnet18", "resnet34", "resnet50", "vit_tiny", "vit_small");

    private Backbones() {}

    /** Names that {@link #graph} knows. */
    public static List<String> names() {
        return NAMES;
    }

    /**
     * Fails for a name that is none of them.
     *
     * @param option what the name was given by
     * @throws StageFailure {@link ExitCode#USAGE}
     */
    public static void requireName(String option, String name) {
        if (!NAMES.contains(name)) {
            throw new StageFailure(
                    ExitCode.USAGE, option + ": found " + name + ": must be one of " + String.join(", ", NAMES));
        }
    }

    /** Whether a backbone of this name is made of transformer blocks. */
    public static boolean isTransformer(String name) {
        return name.startsWith("vit_");
    }

    /** The named backbone with the official initialisation and without stochastic depth. */
    public static Graph graph(String name) {
        return graph(new BackboneRecipe(name, false, 0));
    }

    /** The backbone of a recipe; no tensor name or shape depends on anything but its name. */
    public static Graph graph(BackboneRecipe recipe) {
        return graph(recipe, 1);
    }

    /**
     * The backbone of a recipe, as a probe looks at it.
     *
     * @param lastBlocks how many transformer blocks give features, see {@link VisionTransformer}; 1 for conv nets
     * @throws IllegalArgumentException if a conv net is asked for more than its one feature
     */
    public static Graph graph(BackboneRecipe recipe, int lastBlocks) {
        String name = recipe.name();
        boolean zero = recipe.zeroInitResidual();
        if (lastBlocks != 1 && !isTransformer(name)) {
            throw new IllegalArgumentException(
                    "last blocks = " + lastBlocks + ": " + name + " has no transformer blocks");
        }
        return switch (name) {
            case "mobilenet_v2" -> MobileNetV2.graph(zero);
            case "resnet18" -> ResNet.resnet18(zero);
            case "resnet34" -> ResNet.resnet34(zero);
            case "resnet50" -> ResNet.resnet50(zero);
            case "vit_tiny" -> VisionTransformer.tiny(recipe.dropPath(), lastBlocks);
            case "vit_small" -> VisionTransformer.small(recipe.dropPath(), lastBlocks);
            default ->
                throw new IllegalArgumentException(
                        "backbone.name: found '" + name + "': expected one of " + String.join(", ", NAMES));
        };
    }
}
