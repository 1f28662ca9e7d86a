package viewfit.core.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;

/** Probe recipes written before {@code vit-last-blocks}, {@code fast} and {@code knn.also}: what is missing, and what to add. */
class OlderProbeRecipesTest {
    private static final Path ROOT = Path.of(System.getProperty("viewfit.root"));
    private static final String NOW = Recipes.text(ROOT.resolve("params/recipes/probe-linear.yml"));
    private static final String OLDER = NOW.replaceFirst("(?m)^vit-last-blocks: .*\n", "")
            .replaceFirst("(?m)^fast: .*\n", "")
            .replaceFirst(", also: \\[[^]]*]", "");

    @Test
    void everyNewKeyIsNamedInALineOfItsOwn() {
        StageFailure failure =
                assertThrows(StageFailure.class, () -> Recipes.parse(OLDER, "probe.yml", ProbeRecipe.class));
        assertEquals(ExitCode.BAD_RECIPE, failure.exitCode());
        assertEquals(
                List.of(
                        "probe.yml: vit-last-blocks: missing: must be given, recipes have no defaults",
                        "probe.yml: fast: missing: must be given with the keys rates, lr-reference-batch, epochs,"
                                + " batch-size, momentum, recipes have no defaults",
                        "probe.yml: knn.also: missing: must be given, recipes have no defaults"),
                String.valueOf(failure.getMessage()).lines().toList());
    }

    /** The lines that docs/recipes.md says to add, and the one to change, make an older file a whole one. */
    @Test
    void theDocumentHasTheLinesToAdd() {
        String document = Recipes.text(ROOT.resolve("docs/recipes.md"));
        String added = OLDER.replaceFirst("(?m)^knn: .*\n", "")
                + line(document, "vit-last-blocks: ")
                + line(document, "fast: ")
                + line(document, "knn: ");
        ProbeRecipe now = Recipes.parse(NOW, "now.yml", ProbeRecipe.class);
        ProbeRecipe recipe = Recipes.parse(added, "probe.yml", ProbeRecipe.class);
        assertEquals(now.vitLastBlocks(), recipe.vitLastBlocks());
        assertEquals(now.fast(), recipe.fast());
        assertEquals(new KnnRecipe(now.knn().k(), List.of(), now.knn().temperature()), recipe.knn());
    }

    private static String line(String text, String start) {
        return text.lines().filter(line -> line.startsWith(start)).findFirst().orElseThrow() + "\n";
    }
}
