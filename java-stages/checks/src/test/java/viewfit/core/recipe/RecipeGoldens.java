package viewfit.core.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import viewfit.checks.GoldenCheck;
import viewfit.checks.GoldenTheme;

/** Section 5: for every published configuration there is a recipe file that has each of its values. */
public final class RecipeGoldens implements GoldenTheme {
    private static final Path RECIPES = Path.of(System.getProperty("viewfit.root", "../.."), "params", "recipes");

    @Override
    public Map<String, GoldenCheck> checks() {
        return Map.of("recipe", golden -> hasItsFile(golden.get("values")));
    }

    static void hasItsFile(JsonNode values) {
        Map<String, PretrainRecipe> files = candidates(values);
        if (files.isEmpty()) {
            throw new AssertionError("no recipe file has the method " + values.path("method") + " and the backbone "
                    + values.path("default_arch"));
        }
        Map<String, List<String>> differences = new LinkedHashMap<>();
        files.forEach((name, recipe) -> differences.put(name, PublishedValues.differences(values, recipe)));
        Map.Entry<String, List<String>> closest = differences.entrySet().stream()
                .min(Comparator.comparingInt(entry -> entry.getValue().size()))
                .orElseThrow();
        if (!closest.getValue().isEmpty()) {
            throw new AssertionError("closest of " + files.size() + " recipe files is " + closest.getKey() + ", but "
                    + String.join("; ", closest.getValue()));
        }
    }

    /** The pre-training recipes of the case's method and backbone, by the name of their file. */
    static Map<String, PretrainRecipe> candidates(JsonNode values) {
        String method = values.path("method").asText().toLowerCase(Locale.ROOT);
        String backbone = values.path("default_arch").asText();
        Map<String, PretrainRecipe> fitting = new LinkedHashMap<>();
        for (Path file : files()) {
            JsonNode tree = Recipes.tree(Recipes.text(file), file.toString());
            // What leaves a size to the data set has no published value there.
            boolean open = tree.findValuesAsText("size").contains(ViewGroup.AUTO);
            if (tree.path("schema").asText().startsWith("pretrain/") && !open) {
                PretrainRecipe recipe = Recipes.bind(tree, file.toString(), PretrainRecipe.class);
                if (recipe.method().name().equals(method)
                        && recipe.backbone().name().equals(backbone)) {
                    fitting.put(file.getFileName().toString(), recipe);
                }
            }
        }
        return fitting;
    }

    private static List<Path> files() {
        try (Stream<Path> files = Files.list(RECIPES)) {
            return files.filter(file -> file.toString().endsWith(".yml"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new AssertionError("no recipe files in " + RECIPES, e);
        }
    }
}
