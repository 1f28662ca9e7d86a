package viewfit.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import viewfit.core.data.ManifestRow;
import viewfit.core.metrics.Nearest;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;
import viewfit.core.recipe.KnnRecipe;
import viewfit.core.recipe.ProbeRecipe;
import viewfit.engine.NeighbourSearch;
import viewfit.engine.Network;
import viewfit.engine.TorchRuntime;
import viewfit.goldens.NaiveKnn;
import viewfit.zoo.Backbones;

/** Scores of several k from one search, and who shares it. */
class NeighboursTest {
    private static TorchRuntime runtime;

    @BeforeAll
    static void open() {
        runtime = TorchRuntime.open("cpu", 1);
    }

    @AfterAll
    static void close() {
        runtime.close();
    }

    private static float[] gaussians(String name, int count) {
        RandomStream random = SeedTree.root(5).at(name).stream();
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (.1 + random.nextGaussian());
        }
        return values;
    }

    /** The votes of several k from one search are those of the plain classifier for each. */
    @Test
    void everyNumberOfNeighboursVotesAsItWouldAlone() {
        int width = 24;
        float[] bank = gaussians("bank", 500 * width);
        float[] queries = gaussians("queries", 200 * width);
        RandomStream random = SeedTree.root(9).at("labels").stream();
        int[] bankLabels = IntStream.range(0, 500).map(i -> random.nextInt(12)).toArray();
        int[] labels = IntStream.range(0, 200).map(i -> random.nextInt(12)).toArray();
        Neighbours neighbours = Neighbours.of(new KnnRecipe(20, List.of(10, 100, 200, 1000), .07), 500);
        assertEquals(List.of(10, 20, 100, 200), neighbours.all());
        Nearest nearest = new NeighbourSearch(runtime, 128, 50).find(bank, queries, width, neighbours.most());
        KnnScores scores = neighbours.score(nearest, bankLabels, labels, 12);
        assertEquals(scores.byK().get(20), scores.reported());
        NaiveKnn twin = NaiveKnn.of(bank, queries, width);
        for (int k : neighbours.all()) {
            Accuracy alone = new Accuracy(
                    twin.accuracy(bankLabels, labels, k, .07, 12, 1),
                    twin.accuracy(bankLabels, labels, k, .07, 12, 5),
                    200);
            assertEquals(alone, scores.byK().get(k), "k " + k);
        }
        assertTrue(scores.byK().values().stream().distinct().count() > 2, "all k score the same: nothing was tested");
    }

    @Test
    void aSmallBankCutsTheReportedNumberAndDropsTheOthers() {
        Neighbours neighbours = Neighbours.of(new KnnRecipe(20, List.of(10, 100), .07), 12);
        assertEquals(12, neighbours.k());
        assertEquals(List.of(10, 12), neighbours.all());
        TreeMap<Integer, Accuracy> low = new TreeMap<>();
        low.put(10, new Accuracy(.1, .9, 10));
        TreeMap<Integer, Accuracy> high = new TreeMap<>();
        high.put(10, new Accuracy(.2, .8, 10));
        assertEquals(
                new Accuracy(.2, .9, 10),
                new KnnScores(10, low).higher(new KnnScores(10, high)).reported());
    }

    /** The sheet shows what the scores were computed from, and what it shows is the beginning of any longer list. */
    @Test
    void oneSearchServesScoresAndSheet() {
        List<ManifestRow> train = Fixtures.rows("train", 3, 4);
        List<ManifestRow> heldout = Fixtures.rows("val", 3, 2);
        ProbeData data = Fixtures.data(train, heldout, 3);
        ProbeRecipe recipe = Fixtures.probe("cached", 1, 1);
        Network network = FrozenBackbone.allocate(runtime, Backbones.graph("mobilenet_v2"));
        network.initialise(SeedTree.root(1));
        try (FrozenBackbone backbone = new FrozenBackbone(runtime, network, recipe.normalize())) {
            CentreCrops crops = CentreCrops.of(List.of(backbone), recipe, data, FeatureCache.none())
                    .get(0);
            Nearest five = crops.nearest(runtime, backbone, 5);
            assertSame(five, crops.nearest(runtime, backbone, 3));
            Nearest all = crops.nearest(runtime, backbone, 12);
            assertNotSame(five, all, "five are not enough");
            assertSame(all, crops.nearest(runtime, backbone, 200), "there are no more");
            List<Retrieved> table = Retrieval.of(runtime, backbone, crops, data).table();
            assertSame(all, crops.nearest(runtime, backbone, 8));
            assertEquals(3 * 8, table.size());
            NaiveKnn twin = NaiveKnn.of(crops.train(), crops.heldout(), backbone.width());
            for (int i = 0; i < table.size(); i++) {
                int query = 2 * (i / 8);
                int row = twin.nearest(query, 8)[i % 8];
                assertEquals(
                        new Retrieved(
                                heldout.get(query).path(),
                                heldout.get(query).label(),
                                i % 8 + 1,
                                train.get(row).path(),
                                train.get(row).label(),
                                twin.cosine(query, row)),
                        table.get(i));
            }
        }
    }
}
