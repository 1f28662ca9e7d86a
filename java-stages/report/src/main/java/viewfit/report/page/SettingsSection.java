package viewfit.report.page;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import viewfit.report.results.CellResult;
import viewfit.report.results.RecipeKeys;
import viewfit.report.results.Results;
import viewfit.report.values.Text;

/** What was compared: the recipe keys that differ, and the images in each split. */
final class SettingsSection {

    /** More recipes than this have a row each instead of a column. */
    private static final int ABREAST = 4;

    private SettingsSection() {}

    static String html(Results results) {
        StringBuilder html = new StringBuilder("<h2 id=\"settings\">What was compared</h2>\n");
        html.append(recipes(results));
        html.append(data(results));
        return html.toString();
    }

    private static String recipes(Results results) {
        List<Map<String, String>> settings = new ArrayList<>();
        List<String> header = new ArrayList<>(List.of("setting"));
        boolean complete = true;
        for (String variant : results.variants()) {
            Map<String, String> recipe = results.of(variant).stream()
                    .map(CellResult::recipe)
                    .filter(r -> !r.isEmpty())
                    .findFirst()
                    .orElse(Map.of());
            complete &= !recipe.isEmpty();
            settings.add(recipe.isEmpty() ? results.of(variant).get(0).cell().axes() : recipe);
            header.add(Html.escape(variant));
        }
        if (settings.size() < 2) {
            return "<p>One recipe, " + Html.escape(results.variants().get(0)) + ", on "
                    + Text.plural(results.seeds().size(), "seed") + ".</p>\n";
        }
        List<String> keys = RecipeKeys.differing(settings);
        if (keys.isEmpty()) {
            return complete
                    ? "<p>The recipes have the same settings under different names.</p>\n"
                    : "<p>The complete recipes were not among the inputs, so their settings are not compared here.</p>\n";
        }
        List<List<String>> rows = new ArrayList<>();
        keys.forEach(key -> {
            List<String> row = new ArrayList<>(List.of("<code>" + Html.escape(key) + "</code>"));
            settings.forEach(s -> row.add(Html.escape(s.getOrDefault(key, Text.NONE))));
            rows.add(row);
        });
        return "<p>"
                + (complete ? "Only the settings that differ; everything else is the same." : "Values on the axes.")
                + "</p>\n"
                + (settings.size() > ABREAST ? upright(header, rows) : new Html().table("plain", header, rows));
    }

    /** Rows as columns: many recipes differ in few settings. */
    private static Html upright(List<String> header, List<List<String>> rows) {
        List<String> keys = new ArrayList<>(List.of("recipe"));
        rows.forEach(row -> keys.add(row.get(0)));
        List<List<String>> recipes = new ArrayList<>();
        for (int column = 1; column < header.size(); column++) {
            List<String> recipe = new ArrayList<>(List.of(header.get(column)));
            for (List<String> row : rows) {
                recipe.add(row.get(column));
            }
            recipes.add(recipe);
        }
        return new Html().table("plain", keys, recipes);
    }

    private static String data(Results results) {
        JsonNode split = results.split();
        if (split == null) {
            return "";
        }
        Map<String, Long> counts = new LinkedHashMap<>();
        collect("", split.path("counts").isMissingNode() ? split : split.path("counts"), counts);
        if (counts.isEmpty()) {
            return "";
        }
        List<String> header = new ArrayList<>(List.of("split"));
        List<String> row = new ArrayList<>(List.of("images"));
        counts.forEach((name, n) -> {
            header.add(Html.escape(name));
            row.add(Text.count(n));
        });
        return new Html().table("numbers", header, List.of(row)) + labels(split);
    }

    /** Which images the fine-tunings saw, where the split says so. */
    private static String labels(JsonNode split) {
        List<String> subsets = new ArrayList<>();
        for (JsonNode subset : split.path("labels")) {
            String sha256 = subset.path("sha256").asText();
            subsets.add(
                    subset.path("file").asText() + ": " + subset.path("kind").asText() + ", "
                            + Text.plural(subset.path("used").asLong(), "image") + ", "
                            + subset.path("fewest").asLong() + " to "
                            + subset.path("most").asLong() + " a class"
                            + (sha256.isEmpty() ? "" : ", list with sha256 " + sha256));
        }
        return subsets.isEmpty()
                ? ""
                : new Html()
                        .element("p", "class=\"note\"", "Label subsets: " + String.join("; ", subsets) + ".")
                        .toString();
    }

    /** Whole numbers one level deep; per-class counts stay in split.json. */
    private static void collect(String prefix, JsonNode node, Map<String, Long> counts) {
        node.properties().forEach(e -> {
            if (e.getValue().isIntegralNumber() && !e.getKey().equals("seed")) {
                counts.put(prefix + e.getKey(), e.getValue().asLong());
            } else if (e.getValue().path("images").isIntegralNumber()) {
                counts.put(prefix + e.getKey(), e.getValue().path("images").asLong());
            }
        });
    }
}
