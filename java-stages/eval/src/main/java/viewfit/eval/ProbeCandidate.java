package viewfit.eval;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.engine.Scope;
import viewfit.engine.Tensor;
import viewfit.engine.TorchRuntime;

/** One backbone under a probe: its features, its classifier, and the batch being put together. */
final class ProbeCandidate implements AutoCloseable {
    private final TorchRuntime runtime;
    private final FrozenBackbone backbone;
    private final LinearClassifier classifier;
    private final ProbeData data;
    private final CentreCrops crops;

    private final List<Tensor> pieces = new ArrayList<>();
    private final List<Integer> rows = new ArrayList<>();
    private @Nullable Scope scope;
    private double lossSum;
    private float[] logits = {};
    private Accuracy last = new Accuracy(0, 0, 1);
    private Accuracy best = last;
    private int bestEpoch = -1;

    ProbeCandidate(
            TorchRuntime runtime,
            FrozenBackbone backbone,
            LinearClassifier classifier,
            ProbeData data,
            CentreCrops crops) {
        this.runtime = runtime;
        this.backbone = backbone;
        this.classifier = classifier;
        this.data = data;
        this.crops = crops;
    }

    /** Adds the features of random crops to the batch. */
    void add(PixelBatch batch) {
        pieces.add(backbone.features(batchScope(), batch));
        for (int i = 0; i < batch.count(); i++) {
            rows.add(batch.row(i));
        }
    }

    /** Adds centre-crop features to the batch. */
    void add(int[] manifestRows) {
        int width = classifier.width();
        float[] values = new float[manifestRows.length * width];
        for (int i = 0; i < manifestRows.length; i++) {
            System.arraycopy(crops.train(), manifestRows[i] * width, values, i * width, width);
            rows.add(manifestRows[i]);
        }
        pieces.add(runtime.tensor(batchScope(), values, manifestRows.length, width));
    }

    private Scope batchScope() {
        Scope open = scope;
        if (open == null) {
            open = runtime.scope();
            scope = open;
        }
        return open;
    }

    /** Images in the batch so far. */
    int gathered() {
        return rows.size();
    }

    /**
     * One optimiser step with the batch, which is then empty again.
     *
     * @return mean loss over the batch, in nats
     * @throws StageFailure {@link ExitCode#DIVERGED} when the loss is not finite
     */
    double fit(int epoch, double lr, double weightDecay) {
        int[] labels = rows.stream().mapToInt(row -> data.trainLabels()[row]).toArray();
        double loss = classifier.fit(batchScope(), pieces, labels, lr, weightDecay);
        drop();
        if (!Double.isFinite(loss)) {
            throw new StageFailure(
                    ExitCode.DIVERGED,
                    String.format(
                            Locale.ROOT,
                            "probe: epoch %d: found loss %s at learning rate %.4g: must be finite, so lower optimizer.lr",
                            epoch,
                            loss,
                            lr));
        }
        lossSum += loss * labels.length;
        return loss;
    }

    private void drop() {
        pieces.clear();
        rows.clear();
        if (scope != null) {
            scope.close();
            scope = null;
        }
    }

    /** Ends an epoch: scores the held-out images and returns the mean training loss. */
    double endEpoch(int epoch) {
        logits = classifier.logits(crops.heldout());
        last = Accuracy.of(logits, data.classes(), data.heldoutLabels());
        if (bestEpoch < 0 || last.top1() > best.top1()) {
            best = last;
            bestEpoch = epoch;
        }
        double mean = lossSum / data.trainImages();
        lossSum = 0;
        return mean;
    }

    /** Held-out accuracy at the end of the last epoch. */
    Accuracy last() {
        return last;
    }

    /** All numbers after the last epoch, the neighbour classifier's included. */
    ProbeScores scores(Neighbours neighbours) {
        KnnScores knn = neighbours.score(runtime, backbone, crops, data);
        return new ProbeScores(last, best, bestEpoch, knn, logits, classifier.weight(), classifier.bias());
    }

    @Override
    public void close() {
        drop();
        classifier.close();
    }
}
