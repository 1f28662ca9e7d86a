package viewfit.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import viewfit.core.recipe.Recipes;
import viewfit.core.select.Selector;

/** nextflow_schema.json, nextflow.config and the files of conf/ speak of the same parameters. */
class ParametersTest {
    private static final Pattern PARAMS = Pattern.compile("(?ms)^params \\{(.*?)\\}\\s*$");
    private static final Pattern ENTRY = Pattern.compile("(\\w+)\\s+=\\s+('[^']*'|\"[^\"]*\"|[^\\s;}]+)");
    private static final Pattern USE = Pattern.compile("\\bparams\\.(\\w+)");

    @Test
    void schemaHasTheParametersOfTheConfigWithTheirDefaults() throws IOException {
        Map<String, String> config = params(Repository.text("nextflow.config"));
        Map<String, String> schema = new LinkedHashMap<>();
        schema().forEach((name, about) ->
                schema.put(name, about.has("default") ? about.get("default").asText() : "null"));
        assertTrue(config.size() > 10, "only " + config + " was found in nextflow.config");
        assertEquals(new TreeMap<>(config), new TreeMap<>(schema));
    }

    @Test
    void everyParameterIsExplained() throws IOException {
        schema().forEach((name, about) -> {
            assertTrue(about.hasNonNull("type"), name + " has no type");
            assertTrue(about.path("description").asText().length() > 10, name + " has no description");
            assertTrue(
                    Repository.text("docs/usage.md").contains("`--" + name + "`"), name + " is not in docs/usage.md");
        });
    }

    /** A score that select would refuse is refused before the sweep that it would choose from. */
    @Test
    void scoresToSelectByAreThoseOfTheStage() throws IOException {
        assertEquals(
                "^" + Selector.SCORE.pattern() + "$",
                schema().get("select_by").path("pattern").asText());
    }

    /** Launch.files knows where they are; what a run opens by itself works from one folder alone. */
    @Test
    void filesOfTheProjectAreOpenedInOnePlace() throws IOException {
        String main = Repository.text("main.nf");
        List<String> files = schema().entrySet().stream()
                .filter(entry -> entry.getValue().path("default").asText().startsWith("${projectDir}/"))
                .map(Map.Entry::getKey)
                .toList();
        assertEquals(List.of("grid", "recipes", "probe_recipe", "finetune_1pct", "finetune_10pct"), files);
        for (String name : files) {
            assertTrue(main.contains("placed." + name), name + " is not opened");
            assertFalse(main.contains("params." + name), name);
        }
    }

    @Test
    void profilesSetAndReadNothingElse() throws IOException {
        var known = schema().keySet();
        for (Path file : Repository.files("conf", ".config")) {
            String text = Repository.text("conf/" + file.getFileName());
            var named = new TreeSet<String>(params(text).keySet());
            Matcher use = USE.matcher(text);
            while (use.find()) {
                named.add(use.group(1));
            }
            named.removeAll(known);
            assertEquals(new TreeSet<>(), named, file.getFileName() + " names parameters the schema does not have");
        }
    }

    @Test
    void studiesNameParametersAndFilesThatAreThere() throws IOException {
        var known = schema().keySet();
        List<Path> files = Stream.of("params/studies", "params/papers")
                .flatMap(folder -> Repository.files(folder, ".yml").stream())
                .toList();
        for (Path file : files) {
            Recipes.tree(Recipes.text(file), file.toString()).fields().forEachRemaining(entry -> {
                assertTrue(known.contains(entry.getKey()), file + ": no such parameter: " + entry.getKey());
                String value = entry.getValue().asText();
                assertTrue(
                        !value.endsWith(".yml") || Files.isRegularFile(Repository.ROOT.resolve(value)),
                        file + ": no such file: " + value);
            });
        }
    }

    private static Map<String, JsonNode> schema() throws IOException {
        Map<String, JsonNode> properties = new LinkedHashMap<>();
        for (JsonNode group : new ObjectMapper()
                .readTree(Repository.text("nextflow_schema.json"))
                .get("$defs")) {
            group.get("properties")
                    .fields()
                    .forEachRemaining(entry -> properties.put(entry.getKey(), entry.getValue()));
        }
        return properties;
    }

    private static Map<String, String> params(String config) {
        Map<String, String> params = new LinkedHashMap<>();
        Matcher block = PARAMS.matcher(config);
        while (block.find()) {
            Matcher entry = ENTRY.matcher(block.group(1));
            while (entry.find()) {
                params.put(entry.group(1), entry.group(2).replaceAll("^['\"]|['\"]$", ""));
            }
        }
        return params;
    }
}
