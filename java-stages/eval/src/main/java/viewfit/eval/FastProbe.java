package viewfit.eval;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.random.SeedTree;
import viewfit.core.recipe.FastProbeRecipe;
import viewfit.core.schedule.Schedule;
import viewfit.core.schedule.Schedules;
import viewfit.engine.Program;
import viewfit.engine.Scope;
import viewfit.engine.Tensor;
import viewfit.engine.TorchRuntime;

/**
 * Linear classifiers on the features of centre crops, one for each learning rate: quick to tell, and not the paper's protocol, which
 * draws new crops in every epoch.
 *
 * <p>The classifiers lie in one matrix [rates * classes, width + 1], the bias as the last column, so that a step is two products
 * whatever the number of rates: scores, and the gradient of softmax regression. They start from the same values, those of the linear
 * probe, and see the same images in the same order; a rate whose loss is not finite disturbs no other. Momentum as in PyTorch's SGD,
 * no weight decay, the rate of an epoch along a cosine to 0.
 */
public final class FastProbe {
    private static final int SCORE_ROWS = 4096;

    private static final String PROGRAM =
            """
            def fit(self, x: Tensor, y: Tensor, w: Tensor, m: Tensor, lr: Tensor, sums: Tensor, momentum: float, rates: int, classes: int) -> Tensor:
              torch.set_grad_enabled(False)
              n = torch.size(x, 0)
              z = torch.view(torch.matmul(x, torch.t(w)), [n, rates, classes])
              p = torch.log_softmax(z, 2)
              target = torch.unsqueeze(torch.to(torch.one_hot(y, classes), 6), 1)
              sums = torch.sub_(sums, torch.sum(torch.mul(p, target), [0, 2]))
              g = torch.div(torch.sub(torch.exp(p), target), n)
              step = torch.matmul(torch.t(torch.view(g, [n, torch.mul(rates, classes)])), x)
              m = torch.add_(torch.mul_(m, momentum), step)
              return torch.sub_(w, torch.mul(m, lr))
            def score(self, x: Tensor, w: Tensor, first: int, classes: int) -> Tensor:
              torch.set_grad_enabled(False)
              return torch.matmul(x, torch.t(torch.narrow(w, 0, first, classes)))
            """;

    private final TorchRuntime runtime;
    private final FastProbeRecipe recipe;
    private final long seed;

    /** @param seed of first weights and order of the images */
    public FastProbe(TorchRuntime runtime, FastProbeRecipe recipe, long seed) {
        this.runtime = runtime;
        this.recipe = recipe;
        this.seed = seed;
    }

    /**
     * Trains and scores all rates.
     *
     * @throws StageFailure {@link ExitCode#DIVERGED} if no rate has a finite loss
     */
    public FastScores run(CentreCrops features, ProbeData data) {
        return run(features.train(), data.trainLabels(), features.heldout(), data.heldoutLabels(), data.classes());
    }

    FastScores run(float[] train, int[] labels, float[] heldout, int[] heldoutLabels, int classes) {
        int width = train.length / labels.length;
        int batch = Math.min(recipe.batchSize(), labels.length);
        List<Double> lrs = recipe.rates().stream()
                .map(rate -> Schedules.scaleToBatch(rate, recipe.lrReferenceBatch(), batch))
                .toList();
        try (Program program = runtime.compile(PROGRAM);
                Scope scope = runtime.scope()) {
            Tensor weights = weights(scope, width, classes);
            Tensor momentum = runtime.zeros(scope, (long) lrs.size() * classes, width + 1);
            double[] losses = new double[lrs.size()];
            for (int epoch = 0; epoch < recipe.epochs(); epoch++) {
                losses = epoch(program, epoch, lrs, weights, momentum, train, labels, classes);
            }
            return scores(program, lrs, losses, weights, heldout, heldoutLabels, classes);
        }
    }

    /** The same first values for each rate. */
    private Tensor weights(Scope scope, int width, int classes) {
        float[] first = LinearClassifier.firstWeight(runtime, width, classes, SeedTree.root(seed));
        int rates = recipe.rates().size();
        float[] all = new float[Math.multiplyExact(rates * classes, width + 1)];
        for (int row = 0; row < rates * classes; row++) {
            System.arraycopy(first, row % classes * width, all, row * (width + 1), width);
        }
        return runtime.tensor(scope, all, (long) rates * classes, width + 1);
    }

    /** One pass; mean loss per rate. */
    private double[] epoch(
            Program program,
            int epoch,
            List<Double> lrs,
            Tensor weights,
            Tensor momentum,
            float[] train,
            int[] labels,
            int classes) {
        int images = labels.length;
        int batch = Math.min(recipe.batchSize(), images);
        int width = train.length / images;
        int[] order = SeedTree.root(seed).at("order").at(epoch).stream().permutation(images);
        try (Scope pass = runtime.scope()) {
            Tensor lr = runtime.tensor(pass, rows(lrs, epoch, classes), (long) lrs.size() * classes, 1);
            Tensor sums = runtime.zeros(pass, lrs.size());
            for (int from = 0; from < images; from += batch) {
                int count = Math.min(batch, images - from);
                try (Scope step = runtime.scope()) {
                    long[] y = new long[count];
                    for (int i = 0; i < count; i++) {
                        y[i] = labels[order[from + i]];
                    }
                    program.callOne(
                            step,
                            "fit",
                            gather(step, train, Arrays.copyOfRange(order, from, from + count), width),
                            runtime.tensor(step, y, count),
                            weights,
                            momentum,
                            lr,
                            sums,
                            recipe.momentum(),
                            (long) lrs.size(),
                            (long) classes);
                }
            }
            float[] total = runtime.floats(sums);
            double[] means = new double[total.length];
            for (int r = 0; r < means.length; r++) {
                means[r] = total[r] / images;
            }
            return means;
        }
    }

    /** The rate of each row of the weights. */
    private float[] rows(List<Double> lrs, int epoch, int classes) {
        float[] rows = new float[lrs.size() * classes];
        for (int r = 0; r < lrs.size(); r++) {
            Schedule schedule = Schedules.cosine(lrs.get(r), 0, recipe.epochs());
            Arrays.fill(rows, r * classes, (r + 1) * classes, (float) schedule.at(epoch));
        }
        return rows;
    }

    /** Some rows of features, and a column of ones for the bias. */
    private Tensor gather(Scope scope, float[] features, int[] rows, int width) {
        float[] values = new float[rows.length * (width + 1)];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(features, rows[i] * width, values, i * (width + 1), width);
            values[i * (width + 1) + width] = 1;
        }
        return runtime.tensor(scope, values, rows.length, width + 1);
    }

    private FastScores scores(
            Program program,
            List<Double> lrs,
            double[] losses,
            Tensor weights,
            float[] heldout,
            int[] heldoutLabels,
            int classes) {
        List<Double> finite = new ArrayList<>();
        List<Accuracy> accuracies = new ArrayList<>();
        float[] bestLogits = {};
        int best = -1;
        for (int r = 0; r < losses.length; r++) {
            float[] logits = logits(program, weights, heldout, heldoutLabels.length, r * classes, classes);
            boolean good = Double.isFinite(losses[r]) && allFinite(logits);
            finite.add(good ? losses[r] : Double.NaN);
            accuracies.add(
                    good ? Accuracy.of(logits, classes, heldoutLabels) : new Accuracy(0, 0, heldoutLabels.length));
            if (good
                    && (best < 0
                            || accuracies.get(r).top1() > accuracies.get(best).top1())) {
                best = r;
                bestLogits = logits;
            }
        }
        if (best < 0) {
            throw new StageFailure(
                    ExitCode.DIVERGED,
                    "fast probe: no finite loss at any of the rates " + recipe.rates()
                            + ": must be finite, so lower fast.rates");
        }
        return new FastScores(recipe.rates(), lrs, finite, accuracies, best, bestLogits);
    }

    private static boolean allFinite(float[] values) {
        for (float v : values) {
            if (!Float.isFinite(v)) {
                return false;
            }
        }
        return true;
    }

    private float[] logits(Program program, Tensor weights, float[] features, int images, int first, int classes) {
        int width = features.length / images;
        float[] all = new float[Math.multiplyExact(images, classes)];
        for (int from = 0; from < images; from += SCORE_ROWS) {
            int start = from;
            int count = Math.min(SCORE_ROWS, images - from);
            int[] rows = new int[count];
            Arrays.setAll(rows, i -> start + i);
            try (Scope call = runtime.scope()) {
                Tensor x = gather(call, features, rows, width);
                float[] scores =
                        runtime.floats(program.callOne(call, "score", x, weights, (long) first, (long) classes));
                System.arraycopy(scores, 0, all, from * classes, scores.length);
            }
        }
        return all;
    }
}
