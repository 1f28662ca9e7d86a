package viewfit.zoo;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import viewfit.graph.Graph;

/** Backbones by the name that recipes use. */
public final class Backbones {
    private static final Map<String, Supplier<Graph>> BY_NAME = new LinkedHashMap<>();

    static {
        BY_NAME.put("mobilenet_v2", MobileNetV2::graph);
    }

    private Backbones() {}

    /** Names that {@link #graph} knows. */
    public static List<String> names() {
        return List.copyOf(BY_NAME.keySet());
    }

    /**
     * Builds the named backbone.
     *
     * @throws IllegalArgumentException for an unknown name, listing the known ones
     */
    public static Graph graph(String name) {
        Supplier<Graph> supplier = BY_NAME.get(name);
        if (supplier == null) {
            throw new IllegalArgumentException(
                    "backbone.name: found '" + name + "': expected one of " + String.join(", ", names()));
        }
        return supplier.get();
    }
}
