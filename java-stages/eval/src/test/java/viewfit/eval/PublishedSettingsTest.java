package viewfit.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import viewfit.core.recipe.FinetuneRecipe;
import viewfit.core.recipe.LarsRecipe;
import viewfit.core.recipe.OptimizerRecipe;
import viewfit.core.recipe.ProbeRecipe;
import viewfit.core.recipe.Recipes;
import viewfit.core.recipe.SgdRecipe;
import viewfit.goldens.GoldenCase;
import viewfit.goldens.Goldens;

/** The published linear and semi-supervised settings are those of the recipe files. */
class PublishedSettingsTest {
    @Test
    void recipesStateThePublishedSettings() {
        GoldenCase linear = Goldens.ssl().byId("probe/groups/linear_mobilenet_v2");
        ProbeRecipe probe = Recipes.parse(Fixtures.recipeText("probe-linear"), "probe", ProbeRecipe.class);
        assertEquals("augmented", probe.mode());
        assertEquals(linear.get("momentum").asDouble(), ((LarsRecipe) probe.optimizer()).momentum());
        assertSettings(linear, probe.optimizer(), probe.batchSize(), probe.epochs(), probe.finalLr());

        GoldenCase tokens = Goldens.ssl().byId("probe/groups/linear_vit_tiny");
        ProbeRecipe vit = Recipes.parse(Fixtures.recipeText("probe-linear-vit"), "vit", ProbeRecipe.class);
        assertEquals("augmented", vit.mode());
        assertEquals(tokens.get("vit_last_blocks").asInt(), vit.vitLastBlocks());
        assertEquals(tokens.get("nesterov").asBoolean(), ((SgdRecipe) vit.optimizer()).nesterov());
        assertEquals(tokens.get("momentum").asDouble(), ((SgdRecipe) vit.optimizer()).momentum());
        assertSettings(tokens, vit.optimizer(), vit.batchSize(), vit.epochs(), vit.finalLr());

        GoldenCase semi = Goldens.ssl().byId("probe/groups/semi_mobilenet_v2");
        FinetuneRecipe tune = Recipes.parse(Fixtures.recipeText("finetune-1pct"), "finetune", FinetuneRecipe.class);
        assertEquals(semi.get("nesterov").asBoolean(), ((SgdRecipe) tune.optimizer()).nesterov());
        assertEquals(semi.get("momentum").asDouble(), ((SgdRecipe) tune.optimizer()).momentum());
        assertSettings(semi, tune.optimizer(), tune.batchSize(), tune.epochs(), tune.finalLr());
    }

    /** One probe of a grid of many backbones scores transformers by what the published probe takes of them. */
    @Test
    void everyProbeTakesThePublishedBlocks() {
        int blocks = Goldens.ssl()
                .byId("probe/groups/linear_vit_tiny")
                .get("vit_last_blocks")
                .asInt();
        for (String name : List.of("probe-linear", "demo-probe", "test-probe", "imagenette128-probe")) {
            ProbeRecipe recipe = Recipes.parse(Fixtures.recipeText(name), name, ProbeRecipe.class);
            assertEquals(blocks, recipe.vitLastBlocks(), name);
        }
    }

    private static void assertSettings(
            GoldenCase golden, OptimizerRecipe optimizer, int batch, int epochs, double finalLr) {
        assertEquals(golden.get("batch_per_gpu").asInt() * golden.get("gpus").asInt(), batch);
        assertEquals(golden.get("epochs").asInt(), epochs);
        assertEquals(golden.get("min_lr").asDouble(), finalLr);
        Rates rates = new Rates(optimizer, batch, finalLr, epochs, 3);
        assertEquals(GoldenCase.number(golden.get("lr")), rates.lr(0), 1e-12);
        assertEquals(golden.get("weight_decay").asDouble(), rates.weightDecay(0, 0));
        // U8: the value of the epoch's first step, held.
        double expected = finalLr + .5 * (rates.lr(0) - finalLr) * (1 + Math.cos(Math.PI * (epochs - 1) / epochs));
        assertEquals(expected, rates.lr(epochs - 1), 1e-12);
    }
}
