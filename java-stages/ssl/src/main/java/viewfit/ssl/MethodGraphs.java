package viewfit.ssl;

import java.util.LinkedHashMap;
import java.util.Map;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.recipe.BackboneRecipe;
import viewfit.core.recipe.MethodRecipe;
import viewfit.core.recipe.SupervisedRecipe;
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
        if (method instanceof SupervisedRecipe) {
            requireClasses(classes, "method.name: found " + method.name());
        }
        parts.put(HEAD, Heads.of(method, body.outputWidth(), classes));
        return parts;
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
