package viewfit.eval;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import viewfit.core.recipe.NormalizeRecipe;
import viewfit.engine.Network;
import viewfit.engine.Program;
import viewfit.engine.Scope;
import viewfit.engine.Tensor;
import viewfit.engine.TorchRuntime;
import viewfit.graph.Parameter;
import viewfit.graph.TorchScript;

/**
 * Gives an untrained network the batch-norm statistics of its images.
 *
 * <p>A fresh network carries placeholders (mean 0, variance 1). In evaluation mode its activations then shrink from
 * layer to layer, for MobileNetV2 to features of 1e-9, on which no linear classifier can learn: a floor that says
 * nothing. Nearest neighbours see directions alone and may find the placeholders the better ones, so the probe's k-NN floor
 * is the higher of the two. The weights stay as they are.
 */
final class BatchNorms {
    /** Batches that are averaged: 16 of 128 images fix means and variances to about a percent. */
    static final int BATCHES = 16;

    /** Images per batch. */
    static final int BATCH = 128;

    /** Share of the new value in a running statistic; see {@link TorchScript#training}. */
    private static final double MOMENTUM = 0.1;

    private BatchNorms() {}

    /**
     * Sets all running statistics to the mean of the batch statistics of the source's first batches. A network without
     * batch norms stays as it is, and no image is read.
     *
     * @param images batches of at least two images
     */
    static void estimate(TorchRuntime runtime, Network network, NormalizeRecipe normalize, TrainImages images) {
        Map<String, double[]> sums = new LinkedHashMap<>();
        for (Parameter p : network.state()) {
            if (isStatistic(p.name())) {
                sums.put(p.name(), new double[p.size()]);
            }
        }
        if (sums.isEmpty()) {
            return;
        }
        Tensor mean = FrozenBackbone.channels(runtime, normalize.mean());
        Tensor std = FrozenBackbone.channels(runtime, normalize.std());
        int[] batches = {0};
        try (Program program = runtime.compile(text(network, runtime.script()))) {
            images.first(BATCHES, batch -> {
                sums.forEach((name, sum) -> network.write(name, new float[sum.length]));
                try (Scope scope = runtime.scope()) {
                    Tensor pixels = runtime.pixels(scope, batch.pixels(), batch.count(), batch.side(), batch.side());
                    program.callOne(scope, "forward", arguments(network, runtime.images(scope, pixels, mean, std)));
                }
                sums.forEach((name, sum) -> accumulate(network.read(name), sum));
                batches[0]++;
            });
        }
        sums.forEach((name, sum) -> network.write(name, average(sum, batches[0])));
    }

    private static boolean isStatistic(String name) {
        return name.endsWith(".running_mean") || name.endsWith(".running_var");
    }

    /** From zero, one training pass leaves the batch's statistics times {@link #MOMENTUM}. */
    private static void accumulate(float[] running, double[] sum) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += running[i] / MOMENTUM;
        }
    }

    private static float[] average(double[] sum, int batches) {
        float[] mean = new float[sum.length];
        for (int i = 0; i < mean.length; i++) {
            mean[i] = (float) (sum[i] / batches);
        }
        return mean;
    }

    /** All parts one after the other, in training mode, without gradients. */
    private static String text(Network network, TorchScript script) {
        StringBuilder functions = new StringBuilder();
        StringBuilder signature = new StringBuilder("def forward(self, x: Tensor");
        String value = "x";
        for (String part : network.parts()) {
            functions.append(script.training(network.graph(part), part));
            signature.append(", P_%s: List[Tensor], B_%s: List[Tensor]".formatted(part, part));
            value = "self.%s(%s, P_%s, B_%s)".formatted(part, value, part, part);
        }
        return functions.append(signature) + ") -> Tensor:\n" + "  torch.set_grad_enabled(False)\n  return " + value
                + "\n";
    }

    private static Object[] arguments(Network network, Tensor images) {
        List<Object> all = new ArrayList<>();
        all.add(images);
        for (String part : network.parts()) {
            all.add(network.parameters(part));
            all.add(network.buffers(part));
        }
        return all.toArray();
    }
}
