package viewfit.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.data.ManifestRow;
import viewfit.core.random.SeedTree;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.ProbeRecipe;
import viewfit.engine.Network;
import viewfit.engine.TorchRuntime;

/** The features of a transformer: those of the linear classifier, and the one that neighbours are looked for with. */
class TransformerProbeTest {
    private static final List<ManifestRow> TRAIN = Fixtures.rows("train", 3, 5);
    private static final List<ManifestRow> HELDOUT = Fixtures.rows("val", 3, 3);
    private static final int WIDTH = 192;
    private static TorchRuntime runtime;
    private static CheckpointFile checkpoint;

    @TempDir
    static Path folder;

    @BeforeAll
    static void open() {
        runtime = TorchRuntime.open("cpu", 1);
        PretrainRecipe recipe = Fixtures.pretrain("test-vit");
        checkpoint = CheckpointFile.read(Fixtures.studentOnly(folder, Fixtures.backbone(runtime, recipe), recipe));
    }

    @AfterAll
    static void close() {
        runtime.close();
    }

    private static FrozenBackbone backbone(int blocks) {
        Network network = FrozenBackbone.allocate(runtime, checkpoint.backbone(blocks));
        checkpoint.load(network, "student", name -> true);
        ProbeRecipe recipe = Fixtures.probe("cached", 1, 8);
        return new FrozenBackbone(runtime, network, recipe.normalize(), WIDTH);
    }

    @Test
    void neighboursSeeTheTokenOfTheLastBlockAlone() {
        ProbeRecipe recipe = Fixtures.probe("cached", 1, 8);
        ProbeData data = Fixtures.data(TRAIN, HELDOUT, 3);
        try (FrozenBackbone four = backbone(4);
                FrozenBackbone one = backbone(1);
                ImageSource images = new EvalImages(data.heldout(), recipe.evalViews(), 1)) {
            assertEquals(4 * WIDTH, four.width());
            float[] tokens = FrozenBackbone.extract(List.of(four), images).get(0);
            float[] last;
            try (ImageSource again = new EvalImages(data.heldout(), recipe.evalViews(), 1)) {
                last = FrozenBackbone.extract(List.of(one), again).get(0);
            }
            assertArrayEquals(last, four.plain(tokens), 1e-5f);
            assertFalse(Arrays.equals(
                    Arrays.copyOfRange(tokens, 0, WIDTH), Arrays.copyOfRange(tokens, 3 * WIDTH, 4 * WIDTH)));
            assertSame(last, one.plain(last), "one block: nothing to choose");
            LinearProbe probe = new LinearProbe(runtime, recipe, data);
            List<ProbeScores> scores = probe.run(List.of(four, one), (epoch, lr, losses, heldout) -> {});
            assertEquals(scores.get(1).knn(), scores.get(0).knn());
            assertEquals(scores.get(0).knn(), probe.knn(four));
            assertEquals(3 * 4 * WIDTH, scores.get(0).weight().length);
            assertEquals(3 * WIDTH, scores.get(1).weight().length);
        }
    }

    /** There are no statistics to estimate, so the floor is the start of training, bit for bit. */
    @Test
    void theFloorIsTheNetworkAsInitialised() {
        ProbeRecipe recipe = Fixtures.probe("cached", 1, 8);
        Network floor = UntrainedBackbone.of(runtime, checkpoint, recipe, Fixtures.data(TRAIN, HELDOUT, 3));
        Network start = FrozenBackbone.allocate(runtime, checkpoint.backbone());
        start.initialise(SeedTree.root(checkpoint.recipe().seed()));
        start.state().forEach(p -> assertArrayEquals(start.read(p.name()), floor.read(p.name()), p.name()));
        assertEquals(4 * WIDTH, floor.graph("backbone").outputWidth());
    }

    @Test
    void convolutionalNetworksHaveOneFeature() {
        PretrainRecipe recipe = Fixtures.pretrain("test-moco");
        CheckpointFile conv =
                CheckpointFile.read(Fixtures.studentOnly(folder, Fixtures.backbone(runtime, recipe), recipe));
        assertEquals(1280, conv.backbone(4).outputWidth());
        assertFalse(conv.isTransformer());
    }
}
