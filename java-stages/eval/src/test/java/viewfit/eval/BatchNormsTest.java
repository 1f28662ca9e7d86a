package viewfit.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import viewfit.core.data.ManifestRow;
import viewfit.core.random.SeedTree;
import viewfit.core.recipe.ProbeRecipe;
import viewfit.engine.Network;
import viewfit.engine.TorchRuntime;
import viewfit.zoo.Backbones;

/** Statistics of the untrained network, against a convolution written out. */
class BatchNormsTest {
    private static final ProbeRecipe RECIPE = Fixtures.probe("cached", 1, 1);
    private static TorchRuntime runtime;

    @BeforeAll
    static void open() {
        runtime = TorchRuntime.open("cpu", 1);
    }

    @AfterAll
    static void close() {
        runtime.close();
    }

    private static Network fresh() {
        Network network = FrozenBackbone.allocate(runtime, Backbones.graph("mobilenet_v2"));
        network.initialise(SeedTree.root(3));
        return network;
    }

    private static TrainImages crops(int batchSize) {
        List<ManifestRow> rows = Fixtures.rows("train", 2, 3);
        return new TrainImages(Fixtures.store(rows), RECIPE.trainViews(), batchSize, 1, 1, 1, true);
    }

    /** Six images in batches of three: the mean over the batches of each batch's mean and unbiased variance. */
    @Test
    void statisticsAreTheMeanOverBatches() {
        Network network = fresh();
        float[] conv = network.read("backbone.features.0.0.weight");
        try (TrainImages images = crops(3)) {
            BatchNorms.estimate(runtime, network, RECIPE.normalize(), images);
        }
        double[] mean = {0};
        double[] variance = {0};
        int[] batches = {0};
        try (TrainImages images = crops(3)) {
            images.pass(0, batch -> {
                double[] sums = firstChannel(batch, conv);
                mean[0] += sums[1] / sums[0];
                variance[0] += (sums[2] - sums[1] * sums[1] / sums[0]) / (sums[0] - 1);
                batches[0]++;
            });
        }
        assertEquals(2, batches[0]);
        assertEquals(mean[0] / 2, network.read("backbone.features.0.1.running_mean")[0], 1e-5);
        assertEquals(variance[0] / 2, network.read("backbone.features.0.1.running_var")[0], 1e-4 * variance[0]);
        assertNotEquals(1f, network.read("backbone.features.18.1.running_var")[0]);
        Network start = fresh();
        for (String name : network.trainableNames()) {
            assertArrayEquals(start.read(name), network.read(name), name);
        }
    }

    /** Count, sum and sum of squares of output channel 0 of a 3x3 convolution with stride 2 and padding 1. */
    private static double[] firstChannel(PixelBatch batch, float[] conv) {
        int side = batch.side();
        double[] sums = new double[3];
        for (int n = 0; n < batch.count(); n++) {
            for (int y = 0; y < side; y += 2) {
                for (int x = 0; x < side; x += 2) {
                    double v = 0;
                    for (int tap = 0; tap < 27; tap++) {
                        int c = tap / 9;
                        int yy = y + tap % 9 / 3 - 1;
                        int xx = x + tap % 3 - 1;
                        if (yy >= 0 && yy < side && xx >= 0 && xx < side) {
                            int pixel = batch.pixels().get(((n * side + yy) * side + xx) * 3 + c) & 0xff;
                            double normal =
                                    (pixel / 255.0 - RECIPE.normalize().mean().get(c))
                                            / RECIPE.normalize().std().get(c);
                            v += normal * conv[tap];
                        }
                    }
                    sums[0]++;
                    sums[1] += v;
                    sums[2] += v * v;
                }
            }
        }
        return sums;
    }

    /** The reason for all this: with placeholder statistics the features vanish. */
    @Test
    void featuresOfAnUntrainedNetworkGetTheirSizeBack() {
        Network network = fresh();
        try (FrozenBackbone backbone = new FrozenBackbone(runtime, network, RECIPE.normalize())) {
            assertTrue(largest(backbone) < 1e-6);
            try (TrainImages images = crops(6)) {
                BatchNorms.estimate(runtime, network, RECIPE.normalize(), images);
            }
            assertTrue(largest(backbone) > .1);
        }
    }

    private static double largest(FrozenBackbone backbone) {
        try (ImageSource images = new EvalImages(Fixtures.store(Fixtures.rows("val", 1, 2)), RECIPE.evalViews(), 1)) {
            double max = 0;
            for (float v : FrozenBackbone.extract(List.of(backbone), images).get(0)) {
                max = Math.max(max, v);
            }
            return max;
        }
    }
}
