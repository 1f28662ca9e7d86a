package viewfit.eval;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.recipe.FinetuneRecipe;
import viewfit.engine.Gradients;
import viewfit.engine.Network;
import viewfit.engine.Optimizer;
import viewfit.engine.Program;
import viewfit.engine.Scope;
import viewfit.engine.Tensor;
import viewfit.engine.TorchRuntime;
import viewfit.graph.TorchScript;

/**
 * Semi-supervised fine-tuning: backbone, the first layers of the pre-training head and a new linear layer, all trained
 * end to end by cross-entropy with one learning rate, batch norms on batch statistics. The learning rate follows a
 * cosine and is held within an epoch. The last batch of an epoch may be shorter; a single left-over image joins the
 * batch before it, because batch statistics need two values.
 *
 * <p>Source: Tan, Saleh, Martinez 2023 ("after the head's second layer") and the semi-supervised evaluation of
 * saic-fi/SSLight. Differs from the source: left-over images are not padded with repeated ones, and the last epoch is
 * reported, not the best one.
 */
public final class FineTuner {
    private static final String HEAD = FinetuneNetwork.HEAD;

    private final TorchRuntime runtime;
    private final FinetuneRecipe recipe;
    private final ProbeData data;

    /** Receives the numbers of each epoch. */
    @FunctionalInterface
    public interface Listener {
        /**
         * Called after an epoch.
         *
         * @param loss mean training loss, in nats
         */
        void epoch(int epoch, double lr, double loss, Accuracy heldout);

        /** Called after every step, for who wants to know how far it is. */
        default void step(EvalStep step) {}
    }

    /**
     * Prepares a run; nothing is read yet.
     *
     * @throws StageFailure {@link ExitCode#BAD_DATA} with fewer than two training images
     */
    public FineTuner(TorchRuntime runtime, FinetuneRecipe recipe, ProbeData data) {
        if (data.trainImages() < 2) {
            throw new StageFailure(
                    ExitCode.BAD_DATA, "finetune: found 1 labelled image: batch normalisation needs at least 2");
        }
        this.runtime = runtime;
        this.recipe = recipe;
        this.data = data;
    }

    /** Passes over the training images. */
    public int epochs() {
        return recipe.epochs();
    }

    /** Images of an optimiser step: those of the recipe, or all training images when there are fewer. */
    public int batchSize() {
        return Math.min(recipe.batchSize(), data.trainImages());
    }

    /**
     * Trains the network and scores it after every epoch.
     *
     * @param network as made by {@link FinetuneNetwork}; its values change
     * @throws StageFailure {@link ExitCode#DIVERGED} when the loss is not finite
     */
    public FinetuneScores run(Network network, Listener listener) {
        network.requireGradients();
        try (Gradients gradients = Gradients.of(network);
                Program program = runtime.compile(text(network, runtime.script()));
                Optimizer optimizer = Optimizer.of(network, gradients, recipe.optimizer());
                TrainImages crops = new TrainImages(
                        data.train(),
                        recipe.trainViews(),
                        recipe.batchSize(),
                        recipe.seed(),
                        recipe.epochs(),
                        data.threads(),
                        true)) {
            return new Run(network, gradients, program, optimizer).train(crops, listener);
        }
    }

    static String text(Network network, TorchScript script) {
        return script.training(network.graph(FrozenBackbone.PART), "backbone")
                + script.training(network.graph(HEAD), "head")
                + script.evaluation(network.graph(FrozenBackbone.PART), "backbone_frozen")
                + script.evaluation(network.graph(HEAD), "head_frozen")
                + Gradients.store(network)
                + """
                def step(self, x: Tensor, y: Tensor, P: List[Tensor], B: List[Tensor], HP: List[Tensor], HB: List[Tensor], T: List[Tensor], G: List[Tensor]) -> Tensor:
                  torch.set_grad_enabled(True)
                  loss = torch.cross_entropy_loss(self.head(self.backbone(x, P, B), HP, HB), y)
                  stored = self.store(torch.autograd.grad([loss], T), G)
                  return torch.detach(loss)
                def score(self, x: Tensor, P: List[Tensor], B: List[Tensor], HP: List[Tensor], HB: List[Tensor]) -> Tensor:
                  torch.set_grad_enabled(False)
                  return self.head_frozen(self.backbone_frozen(x, P, B), HP, HB)
                """;
    }

    /** One network being trained. */
    private final class Run {
        private final Network network;
        private final Gradients gradients;
        private final Program program;
        private final Optimizer optimizer;
        private final Tensor mean =
                FrozenBackbone.channels(runtime, recipe.normalize().mean());
        private final Tensor std =
                FrozenBackbone.channels(runtime, recipe.normalize().std());
        private double lossSum;
        private int step;

        Run(Network network, Gradients gradients, Program program, Optimizer optimizer) {
            this.network = network;
            this.gradients = gradients;
            this.program = program;
            this.optimizer = optimizer;
        }

        FinetuneScores train(TrainImages crops, Listener listener) {
            Rates rates = new Rates(
                    recipe.optimizer(), batchSize(), recipe.finalLr(), recipe.epochs(), crops.stepsPerEpoch());
            StepPace pace = new StepPace(recipe.epochs(), crops.stepsPerEpoch(), crops::waitNanos);
            float[] logits = new float[0];
            Accuracy last = null;
            Accuracy best = null;
            int bestEpoch = 0;
            for (int e = 0; e < recipe.epochs(); e++) {
                int epoch = e;
                lossSum = 0;
                step = 0;
                pace.begin();
                crops.pass(epoch, batch -> {
                    double loss = fit(batch, epoch, rates.lr(epoch), rates.weightDecay(epoch, step));
                    listener.step(pace.step(epoch, step, batch.count(), loss));
                    step++;
                });
                logits = score();
                last = Accuracy.of(logits, data.classes(), data.heldoutLabels());
                if (best == null || last.top1() > best.top1()) {
                    best = last;
                    bestEpoch = epoch;
                }
                listener.epoch(epoch, rates.lr(epoch), lossSum / data.trainImages(), last);
            }
            if (last == null || best == null) {
                throw new IllegalStateException("a recipe has at least one epoch");
            }
            return new FinetuneScores(last, best, bestEpoch, logits);
        }

        private double fit(PixelBatch batch, int epoch, double lr, double weightDecay) {
            int[] labels = batch.labels(data.trainLabels());
            double loss;
            try (Scope scope = runtime.scope()) {
                Tensor y = runtime.tensor(
                        scope, Arrays.stream(labels).asLongStream().toArray(), labels.length);
                loss = runtime.scalar(program.callOne(
                        scope,
                        "step",
                        images(scope, batch),
                        y,
                        network.parameters(FrozenBackbone.PART),
                        network.buffers(FrozenBackbone.PART),
                        network.parameters(HEAD),
                        network.buffers(HEAD),
                        network.trainable(),
                        gradients.targets()));
            }
            if (!Double.isFinite(loss)) {
                throw new StageFailure(
                        ExitCode.DIVERGED,
                        String.format(
                                Locale.ROOT,
                                "finetune: epoch %d: found loss %s at learning rate %.4g: must be finite, so lower"
                                        + " optimizer.lr",
                                epoch,
                                loss,
                                lr));
            }
            optimizer.step(lr, weightDecay, true);
            lossSum += loss * labels.length;
            return loss;
        }

        private Tensor images(Scope scope, PixelBatch batch) {
            Tensor pixels = runtime.pixels(scope, batch.pixels(), batch.count(), batch.side(), batch.side());
            return runtime.images(scope, pixels, mean, std);
        }

        private float[] score() {
            int classes = data.classes();
            float[] logits = new float[Math.multiplyExact(data.heldoutImages(), classes)];
            try (ImageSource images = new EvalImages(data.heldout(), recipe.evalViews(), data.threads())) {
                images.pass(0, batch -> place(batch, logits));
            }
            return logits;
        }

        private void place(PixelBatch batch, float[] logits) {
            int classes = data.classes();
            try (Scope scope = runtime.scope()) {
                List<Tensor> parameters = network.parameters(FrozenBackbone.PART);
                float[] values = runtime.floats(program.callOne(
                        scope,
                        "score",
                        images(scope, batch),
                        parameters,
                        network.buffers(FrozenBackbone.PART),
                        network.parameters(HEAD),
                        network.buffers(HEAD)));
                for (int i = 0; i < batch.count(); i++) {
                    System.arraycopy(values, i * classes, logits, batch.row(i) * classes, classes);
                }
            }
        }
    }
}
