package viewfit.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.Recipes;

/** The products for one image, counted once more from the published layers of the networks. */
class StepCostTest {
    private static final Path RECIPES = Path.of(System.getProperty("viewfit.root"), "params", "recipes");
    /** Expansion, channels, blocks, first stride. */
    private static final int[][] STAGES = {
        {1, 16, 1, 1}, {6, 24, 2, 2}, {6, 32, 3, 2}, {6, 64, 4, 2}, {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}
    };

    private static PretrainRecipe recipe(String name) {
        return Recipes.read(RECIPES.resolve(name + ".yml"), PretrainRecipe.class);
    }

    /** MobileNetV2 for a square view. A layer of 3 x 3 at stride 2 makes ceil(side / 2) of a side. */
    static long mobileNet(int side) {
        long at = (side + 1L) / 2;
        long in = 32;
        long macs = at * at * 3 * 9 * in;
        for (int[] stage : STAGES) {
            for (int block = 0; block < stage[2]; block++) {
                long hidden = in * stage[0];
                macs += stage[0] == 1 ? 0 : at * at * in * hidden;
                at = block == 0 && stage[3] == 2 ? (at + 1) / 2 : at;
                macs += at * at * hidden * 9 + at * at * hidden * stage[1];
                in = stage[1];
            }
        }
        return macs + at * at * in * 1280;
    }

    private static final long DINO_HEAD = 1280L * 2048 + 2048L * 2048 + 2048L * 256 + 256L * 4096;

    @Test
    void theTwinCountsWhatIsPublished() {
        assertEquals(0.2995, mobileNet(224) / 1e9, 0.00005);
    }

    /** Two views of 224 and six of 128 or 96 forwards and backwards, the teacher two of 224 forwards. */
    @Test
    void dino() {
        long global = mobileNet(224) + DINO_HEAD;
        assertEquals(
                3 * (2 * global + 6 * (mobileNet(128) + DINO_HEAD)) + 2 * global,
                StepCost.perImage(recipe("dino-mobilenetv2-ours"), 0));
        assertEquals(
                3 * (2 * global + 6 * (mobileNet(96) + DINO_HEAD)) + 2 * global,
                StepCost.perImage(recipe("dino-mobilenetv2-baseline"), 0));
    }

    /** One view, forwards and backwards, and a classifier. */
    @Test
    void supervised() {
        assertEquals(3 * (mobileNet(224) + 1280L * 1000), StepCost.perImage(recipe("supervised-mobilenetv2"), 1000));
        assertEquals(3 * (mobileNet(224) + 1280L * 10), StepCost.perImage(recipe("supervised-mobilenetv2"), 10));
    }

    /** No local view: one query, one key, the queue forwards and back. */
    @Test
    void twoViewMoco() {
        long head = 1280L * 1280 + 1280L * 128;
        assertEquals(
                4 * (mobileNet(224) + head) + 2 * 128L * 65536,
                StepCost.perImage(recipe("moco-mobilenetv2-two-view"), 0));
    }
}
