package viewfit.ssl;

import java.util.ArrayList;
import java.util.List;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;
import viewfit.engine.Scope;
import viewfit.engine.Tensor;
import viewfit.engine.TorchRuntime;

/**
 * The factors of stochastic depth: per branch and sample 0, or 1 / (1 - rate) with probability 1 - rate. Each sample's
 * draws are addressed by (seed, "drop-path", step, view, position among the step's images), so that neither threads nor an
 * interruption nor parts change them.
 */
final class DropPaths {
    private final TorchRuntime runtime;
    private final List<Double> rates;
    private final SeedTree seed;
    private final Tensor none;

    DropPaths(TorchRuntime runtime, List<Double> rates, long seed) {
        this.runtime = runtime;
        this.rates = rates;
        this.seed = SeedTree.root(seed).at("drop-path");
        this.none = runtime.zeros(runtime.run(), 1);
    }

    /** Factors [branches, rows] of every pass of a step; without branches a tensor that nobody reads. */
    List<Tensor> draw(Scope scope, StepBatch batch, long step) {
        List<Tensor> factors = new ArrayList<>();
        int firstView = 0;
        for (Tensor pass : batch.passes()) {
            int rows = Math.toIntExact(pass.shape()[0]);
            if (rates.isEmpty()) {
                factors.add(none);
            } else {
                float[] values = values(step, firstView, rows, batch);
                factors.add(runtime.tensor(scope, values, rates.size(), rows));
            }
            firstView += rows / batch.size();
        }
        return factors;
    }

    private float[] values(long step, int firstView, int rows, StepBatch batch) {
        int n = batch.size();
        float[] values = new float[rates.size() * rows];
        for (int row = 0; row < rows; row++) {
            RandomStream random = seed.at(step, firstView + row / n, batch.first() + row % n).stream();
            for (int b = 0; b < rates.size(); b++) {
                double keep = 1 - rates.get(b);
                values[b * rows + row] = random.chance(keep) ? (float) (1 / keep) : 0;
            }
        }
        return values;
    }
}
