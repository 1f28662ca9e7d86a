package viewfit.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import viewfit.core.recipe.AdamwRecipe;
import viewfit.core.recipe.LarsRecipe;
import viewfit.core.recipe.MocoRecipe;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.Recipes;
import viewfit.core.recipe.SwavRecipe;
import viewfit.core.recipe.ViewKind;

/** What the benchmark of a step makes of the official recipes. */
class StepJobTest {
    private static JsonNode job(StepJob job, Path weights) throws IOException {
        String line = job.line("fp32", "plain", weights);
        assertFalse(line.contains("\n"), "a job is one line");
        return new ObjectMapper().readTree(line);
    }

    private static PretrainRecipe recipe(JsonNode job) {
        return Recipes.bind(job.get("recipe"), "job", PretrainRecipe.class);
    }

    /** All are valid recipes of the asked network, method and views; transformers have AdamW, conv nets LARS. */
    @Test
    void everyJobIsARecipe() throws IOException {
        for (String network : StepJob.NETWORKS) {
            for (String method : StepJob.METHODS) {
                PretrainRecipe recipe = recipe(job(StepJob.of(network, method, "64/36", 2), null));
                assertEquals(network, recipe.backbone().name());
                assertEquals(method, recipe.method().name());
                assertEquals(16, recipe.batchSize());
                assertEquals(0, recipe.schedule().warmupEpochs());
                assertEquals(2, recipe.views().count(ViewKind.GLOBAL));
                assertEquals(6, recipe.views().count(ViewKind.LOCAL));
                recipe.views().groups().forEach(g -> assertEquals(g.kind() == ViewKind.GLOBAL ? 64 : 36, g.size()));
                Class<?> optimizer = network.startsWith("vit_") ? AdamwRecipe.class : LarsRecipe.class;
                assertEquals(optimizer, recipe.optimizer().getClass());
            }
        }
    }

    @Test
    void queuesFitTheBatch() throws IOException {
        PretrainRecipe swav = recipe(job(StepJob.of("resnet18", "swav", "224/96", 1), null));
        assertEquals(24, ((SwavRecipe) swav.method()).queueRows(swav.batchSize()));
        PretrainRecipe moco = recipe(job(StepJob.of("resnet18", "moco", "224/96", 1), null));
        assertEquals(16384, ((MocoRecipe) moco.method()).queueLength());
    }

    /** A check compares losses: nothing may be drawn that the other side cannot draw. */
    @Test
    void onlyTimedTransformersDropBranches() throws IOException {
        StepJob job = StepJob.of("vit_tiny", "dino", "64/36", 1);
        assertEquals(0.1, recipe(job(job, null)).backbone().dropPath());
        JsonNode check = job(job, Path.of("w.safetensors"));
        assertEquals(0, recipe(check).backbone().dropPath());
        assertTrue(check.get("weights").asText().endsWith("w.safetensors"));
    }

    @Test
    void unknownWordsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> StepJob.of("vgg", "dino", "64/36", 1));
        assertThrows(IllegalArgumentException.class, () -> StepJob.of("resnet18", "byol", "64/36", 1));
        assertThrows(IllegalArgumentException.class, () -> StepJob.of("resnet18", "dino", "64", 1));
    }
}
