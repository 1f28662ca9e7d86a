package viewfit.ssl;

import java.util.LinkedHashMap;
import java.util.Map;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.recipe.BackboneRecipe;
import viewfit.core.recipe.DinoRecipe;
import viewfit.core.recipe.HeadRecipe;
import viewfit.core.recipe.MethodRecipe;
import viewfit.core.recipe.MocoHeadRecipe;
import viewfit.core.recipe.MocoRecipe;
import viewfit.core.recipe.SwavHeadRecipe;
import viewfit.core.recipe.SwavRecipe;
import viewfit.graph.Graph;
import viewfit.zoo.Backbones;
import viewfit.zoo.Heads;

/** The two parts of a student: backbone and head. */
final class MethodGraphs {
    static final String BACKBONE = "backbone";
    static final String HEAD = "head";

    private MethodGraphs() {}

    /**
     * Backbone and head of a method, in this order.
     *
     * @param classes number of labels, for methods that need them; 0 when images have none
     * @throws StageFailure {@link ExitCode#BAD_DATA} if the method needs labels and there are none
     */
    static Map<String, Graph> of(BackboneRecipe backbone, MethodRecipe method, int classes) {
        Map<String, Graph> parts = new LinkedHashMap<>();
        Graph body = Backbones.graph(backbone);
        parts.put(BACKBONE, body);
        parts.put(HEAD, head(body.outputWidth(), method, classes));
        return parts;
    }

    private static Graph head(int width, MethodRecipe method, int classes) {
        if (method instanceof DinoRecipe dino) {
            HeadRecipe h = dino.head();
            return Heads.dino(
                    width, h.layers(), h.hidden(), h.bottleneck(), h.outDim(), h.batchNorm(), h.trainLastLayerNorm());
        }
        if (method instanceof SwavRecipe swav) {
            SwavHeadRecipe h = swav.head();
            return Heads.swav(width, h.layers(), h.hidden(), h.outDim(), h.prototypes(), h.batchNorm());
        }
        if (method instanceof MocoRecipe moco) {
            MocoHeadRecipe h = moco.head();
            boolean uniform = h.init().equals("uniform");
            return Heads.moco(width, h.layers(), h.hidden(), h.outDim(), h.batchNorm(), uniform);
        }
        return Heads.linear(width, requireClasses(classes, "method.name: found " + method.name()));
    }

    /** The number of classes, where something needs them. */
    static int requireClasses(int classes, String who) {
        if (classes < 2) {
            throw new StageFailure(
                    ExitCode.BAD_DATA,
                    who + ": found images of " + classes + " classes: it needs labels of at least 2");
        }
        return classes;
    }
}
