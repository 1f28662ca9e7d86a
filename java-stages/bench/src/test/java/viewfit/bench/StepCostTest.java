package viewfit.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import viewfit.core.recipe.DinoRecipe;
import viewfit.core.recipe.HeadRecipe;
import viewfit.core.recipe.MocoHeadRecipe;
import viewfit.core.recipe.MocoRecipe;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.Recipes;
import viewfit.core.recipe.SwavHeadRecipe;
import viewfit.core.recipe.SwavRecipe;
import viewfit.graph.Graph;
import viewfit.zoo.Backbones;
import viewfit.zoo.Heads;
import viewfit.zoo.StepCost;

/** The products of a step of ViT-Ti/16, counted by hand from the sizes of its matrices. */
class StepCostTest {
    private static final int BATCH = 8;
    private static final int WIDTH = 192;
    private static final long GLOBAL = backbone(14);
    private static final long LOCAL = backbone(6);

    /** One view of {@code grid * grid} patches of 16 x 16. */
    private static long backbone(int grid) {
        long patches = (long) grid * grid;
        long tokens = patches + 1;
        long block = tokens * (3 + 1 + 4 + 4) * WIDTH * WIDTH + 2 * tokens * tokens * WIDTH;
        return patches * 3 * 16 * 16 * WIDTH + 12 * block;
    }

    private static PretrainRecipe recipe(String method) throws IOException {
        String line = StepJob.of("vit_tiny", method, "224/96", 1).line("fp32", "plain", null);
        return Recipes.bind(new ObjectMapper().readTree(line).get("recipe"), line, PretrainRecipe.class);
    }

    private static long macs(PretrainRecipe recipe, Graph head) {
        return StepCost.macs(recipe, Backbones.graph(recipe.backbone()), head);
    }

    /** The student sees 8 views forwards and backwards, the teacher 2 forwards. */
    @Test
    void dino() throws IOException {
        PretrainRecipe recipe = recipe("dino");
        HeadRecipe h = ((DinoRecipe) recipe.method()).head();
        Graph graph = Heads.dino(WIDTH, h.layers(), h.hidden(), h.bottleneck(), h.outDim(), h.batchNorm(), true);
        long head = 192 * 2048 + 2048 * 2048 + 2048 * 256 + 256 * 4096;
        long image = 3 * (2 * GLOBAL + 6 * LOCAL + 8 * head) + 2 * (GLOBAL + head);
        assertEquals(BATCH * image, macs(recipe, graph));
    }

    /** No teacher; two queues of three batches are scored forwards. */
    @Test
    void swav() throws IOException {
        PretrainRecipe recipe = recipe("swav");
        SwavHeadRecipe h = ((SwavRecipe) recipe.method()).head();
        Graph graph = Heads.swav(WIDTH, h.layers(), h.hidden(), h.outDim(), h.prototypes(), h.batchNorm());
        long head = 192 * 4096 + 4096 * 128 + 128 * 3000;
        long image = 3 * (2 * GLOBAL + 6 * LOCAL + 8 * head) + 2 * 3 * 128 * 3000;
        assertEquals(BATCH * image, macs(recipe, graph));
    }

    /** One global and six local queries, one key; the queue is scored forwards, and backwards to the queries. */
    @Test
    void moco() throws IOException {
        PretrainRecipe recipe = recipe("moco");
        MocoHeadRecipe h = ((MocoRecipe) recipe.method()).head();
        Graph graph = Heads.moco(WIDTH, h.layers(), h.hidden(), h.outDim(), h.batchNorm(), false);
        long head = 192 * 2048 + 2048 * 128;
        long queue = 7L * 128 * 16384;
        long image = 3 * (GLOBAL + 6 * LOCAL + 7 * head) + GLOBAL + head + 2 * queue;
        assertEquals(BATCH * image, macs(recipe, graph));
    }
}
