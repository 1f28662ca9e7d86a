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
 * probe, and see the same images in the same order; a rate whose loss is not finite disturbs no other. Momentum as in PyTorch's
 * SGD, no weight decay, the rate of an epoch along a cosine to 0.
 *
 * <p>The rate is chosen by a fifth of the training images, which a first training leaves out: those that are scored have no say,
 * so they may be the test images.
 */
public final class FastProbe {
    private static final int SCORE_ROWS = 4096;

    /** One training image of so many is kept apart to choose the rate by. */
    private static final int CHOICE = 5;

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
        return run(
                features.train(),
                data.trainLabels(),
                features.heldout(),
                data.heldoutLabels(),
                data.classes(),
                features.listener());
    }

    FastScores run(float[] train, int[] labels, float[] heldout, int[] heldoutLabels, int classes) {
        return run(train, labels, heldout, heldoutLabels, classes, (what, count, all) -> {});
    }

    /** @param listener is told how many images the steps have seen, over all epochs */
    FastScores run(
            float[] train,
            int[] labels,
            float[] heldout,
            int[] heldoutLabels,
            int classes,
            CentreCrops.Listener listener) {
        int width = train.length / labels.length;
        int batch = Math.min(recipe.batchSize(), labels.length);
        List<Double> lrs = recipe.rates().stream()
                .map(rate -> Schedules.scaleToBatch(rate, recipe.lrReferenceBatch(), batch))
                .toList();
        try (Program program = runtime.compile(PROGRAM)) {
            int[] order = SeedTree.root(seed).at("choice").stream().permutation(labels.length);
            int apart = labels.length / CHOICE;
            int[] choosing = Arrays.copyOf(order, apart);
            int[] others = Arrays.copyOfRange(order, apart, labels.length);
            List<Outcome> trials = apart == 0
                    ? List.of()
                    : fit(
                            program,
                            lrs,
                            rows(train, others, width),
                            pick(labels, others),
                            rows(train, choosing, width),
                            pick(labels, choosing),
                            classes,
                            (count, all) -> listener.images("fast probe, choice of the rate", count, all));
            return scores(
                    lrs,
                    trials,
                    fit(
                            program,
                            lrs,
                            train,
                            labels,
                            heldout,
                            heldoutLabels,
                            classes,
                            (count, all) -> listener.images("fast probe", count, all)));
        }
    }

    private interface Passed {
        void images(long count, long all);
    }

    private static float[] rows(float[] features, int[] rows, int width) {
        float[] some = new float[rows.length * width];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(features, rows[i] * width, some, i * width, width);
        }
        return some;
    }

    private static int[] pick(int[] labels, int[] rows) {
        return Arrays.stream(rows).map(row -> labels[row]).toArray();
    }

    /** What became of one rate: its last loss, NaN if that or a score was not finite, and the scores. */
    @SuppressWarnings("ArrayRecordComponent") // Goes to its only reader.
    private record Outcome(double loss, Accuracy accuracy, float[] logits) {
        boolean finite() {
            return Double.isFinite(loss);
        }
    }

    /** Trains all rates on some images and scores them on others. */
    private List<Outcome> fit(
            Program program,
            List<Double> lrs,
            float[] train,
            int[] labels,
            float[] scored,
            int[] scoredLabels,
            int classes,
            Passed passed) {
        int width = train.length / labels.length;
        try (Scope scope = runtime.scope()) {
            Tensor weights = weights(scope, width, classes);
            Tensor momentum = runtime.zeros(scope, (long) lrs.size() * classes, width + 1);
            double[] losses = new double[lrs.size()];
            for (int epoch = 0; epoch < recipe.epochs(); epoch++) {
                losses = epoch(program, epoch, lrs, weights, momentum, train, labels, classes, passed);
            }
            List<Outcome> all = new ArrayList<>();
            for (int r = 0; r < lrs.size(); r++) {
                float[] logits = logits(program, weights, scored, scoredLabels.length, r * classes, classes);
                boolean good = Double.isFinite(losses[r]) && allFinite(logits);
                all.add(new Outcome(
                        good ? losses[r] : Double.NaN,
                        good ? Accuracy.of(logits, classes, scoredLabels) : new Accuracy(0, 0, scoredLabels.length),
                        logits));
            }
            return all;
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
            int classes,
            Passed passed) {
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
                passed.images((long) epoch * images + from + count, (long) recipe.epochs() * images);
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

    /** The rate that is best on the images kept apart, of those that end well on all; the lowest of equals. */
    private FastScores scores(List<Double> lrs, List<Outcome> trials, List<Outcome> all) {
        int best = -1;
        for (int r = 0; r < all.size(); r++) {
            if (all.get(r).finite() && (best < 0 || choice(trials, r) > choice(trials, best))) {
                best = r;
            }
        }
        if (best < 0) {
            throw new StageFailure(
                    ExitCode.DIVERGED,
                    "fast probe: no finite loss at any of the rates " + recipe.rates()
                            + ": must be finite, so lower fast.rates");
        }
        List<Double> choices = new ArrayList<>();
        for (int r = 0; r < all.size(); r++) {
            choices.add(choice(trials, r));
        }
        return new FastScores(
                recipe.rates(),
                lrs,
                all.stream().map(Outcome::loss).toList(),
                choices,
                all.stream().map(Outcome::accuracy).toList(),
                best,
                all.get(best).logits());
    }

    /** Top-1 on the images kept apart; 0 without any, or without a finite loss. */
    private static double choice(List<Outcome> trials, int rate) {
        return trials.isEmpty() || !trials.get(rate).finite()
                ? 0
                : trials.get(rate).accuracy().top1();
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
