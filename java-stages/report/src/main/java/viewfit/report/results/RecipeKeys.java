package viewfit.report.results;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;

/** Recipes as flat lists of dotted keys, to see what differs between them. */
public final class RecipeKeys {
    private static final Pattern INDEX = Pattern.compile("\\.(\\d+)(?=\\.|$)");

    private static final YAMLMapper YAML = new YAMLMapper();

    private RecipeKeys() {}

    /** {@code views.groups[2].size -> 36}, in the order of the file. */
    static Map<String, String> flatten(Path file, String yaml) {
        try {
            Map<String, String> flat = new LinkedHashMap<>();
            walk("", YAML.readTree(yaml), flat);
            return flat;
        } catch (JsonProcessingException e) {
            throw new StageFailure(
                    ExitCode.BAD_DATA,
                    file + ": " + e.getOriginalMessage().lines().findFirst().orElse("") + ": YAML is needed",
                    e);
        }
    }

    /** A path as a grid spells it, {@code views.groups.2.size}, as it is spelled here. */
    static String spelled(String path) {
        return INDEX.matcher(path).replaceAll("[$1]");
    }

    private static void walk(String path, JsonNode node, Map<String, String> flat) {
        if (node.isObject()) {
            node.properties()
                    .forEach(e -> walk(path.isEmpty() ? e.getKey() : path + "." + e.getKey(), e.getValue(), flat));
        } else if (node.isArray() && node.size() > 0 && node.get(0).isContainerNode()) {
            for (int i = 0; i < node.size(); i++) {
                walk(path + "[" + i + "]", node.get(i), flat);
            }
        } else {
            flat.put(path, node.isValueNode() ? node.asText() : node.toString());
        }
    }

    /**
     * Keys whose value is not the same in all recipes, in order of first appearance; the seed and the name are not
     * settings and are left out.
     */
    public static List<String> differing(List<Map<String, String>> recipes) {
        Set<String> keys = new LinkedHashSet<>();
        recipes.forEach(r -> keys.addAll(r.keySet()));
        keys.remove("seed");
        keys.remove("name");
        return keys.stream()
                .filter(key -> recipes.stream()
                                .map(r -> r.getOrDefault(key, ""))
                                .distinct()
                                .count()
                        > 1)
                .toList();
    }
}
