package viewfit.core.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import viewfit.core.grid.AutoSizes;

/** Every recipe and grid that is handed to users reads strictly, writes back, and opens with its evidence. */
class ParamsTest {
    private static final Path PARAMS = Path.of(System.getProperty("viewfit.root"), "params");
    private static final Map<String, Class<? extends Record>> TYPES = Map.of(
            "pretrain/1",
            PretrainRecipe.class,
            "probe/1",
            ProbeRecipe.class,
            "finetune/1",
            FinetuneRecipe.class,
            GridRecipe.SCHEMA,
            GridRecipe.class);

    /** Recipes and grids; params/studies and params/papers have parameters of the pipeline, which are none. */
    static List<Path> files() throws IOException {
        try (Stream<Path> walk = Files.walk(PARAMS)) {
            return walk.filter(p -> p.toString().endsWith(".yml")
                            && !p.startsWith(PARAMS.resolve("studies"))
                            && !p.startsWith(PARAMS.resolve("papers")))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void readsAndWritesBackEqual(Path file) {
        String schema =
                Recipes.tree(Recipes.text(file), file.toString()).get("schema").textValue();
        // Some recipes are for grids and leave a size to the data set.
        Record recipe = schema.equals("pretrain/1")
                ? AutoSizes.check(Recipes.tree(Recipes.text(file), file.toString()), file.toString())
                : Recipes.read(file, TYPES.get(schema));
        assertEquals(recipe, Recipes.parse(Recipes.toYaml(recipe), "written", recipe.getClass()));
    }

    @ParameterizedTest
    @MethodSource("files")
    void opensWithItsEvidence(Path file) throws IOException {
        String text = Files.readString(file);
        assertTrue(text.startsWith("# "), file + " has no header comment");
        assertTrue(text.contains("# Command:"), file + " does not say how it is run");
        boolean recipe = file.getParent().endsWith("recipes");
        for (String part : List.of("# Source:", "# Expected:", "# Measured:")) {
            assertEquals(recipe, text.contains(part), file + ": " + part);
        }
        assertFalse(text.contains("\t"), file + " has tabs");
    }
}
