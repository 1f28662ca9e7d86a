package viewfit.zoo;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import viewfit.graph.Graph;

/** Backbones by the name that recipes use. */
public final class Backbones {
    private static final Map<String, Function<Boolean, Graph>> BY_NAME = new LinkedHashMap<>();

    static {
        BY_NAME.put("mobilenet_v2", MobileNetV2::graph);
    }

    private Backbones() {}

    /** Names that {@link #graph} knows. */
    public static List<String> names() {
        return List.copyOf(BY_NAME.keySet());
    }

    /** The named backbone with the official initialisation. */
    public static Graph graph(String name) {
        return graph(name, false);
    }

    /**
     * Builds the named backbone.
     *
     * @param zeroInitResidual whether the last batch norm of each residual branch starts with weight 0 instead of 1
     *     (torchvision's option of that name); no tensor name or shape depends on it
     * @throws IllegalArgumentException for an unknown name, listing the known ones
     */
    public static Graph graph(String name, boolean zeroInitResidual) {
        Function<Boolean, Graph> network = BY_NAME.get(name);
        if (network == null) {
            throw new IllegalArgumentException(
                    "backbone.name: found '" + name + "': expected one of " + String.join(", ", names()));
        }
        return network.apply(zeroInitResidual);
    }
}
