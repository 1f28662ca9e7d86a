package viewfit.eval;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.metrics.Winner;
import viewfit.core.random.SeedTree;
import viewfit.core.recipe.ProbeRecipe;
import viewfit.engine.TorchRuntime;

/**
 * Linear classifier and weighted k-NN on frozen features, for several backbones at once: they see the same crops in the
 * same order, and their classifiers start from the same values, so a difference is a difference of features.
 *
 * <p>Mode {@code augmented} passes fresh random crops through the backbone every epoch (the protocol of the paper);
 * mode {@code cached} takes the features of the centre crops once: much faster, not the paper's number. Held-out
 * features are taken once in both modes, since a frozen backbone gives the same ones every epoch.
 *
 * <p>Of a transformer the classifier sees the class tokens of its last blocks side by side, as in the linear evaluations of
 * facebookresearch/dino and saic-fi/SSLight; k-NN sees the last one alone, as in the k-NN evaluation of the former.
 *
 * <p>Source: Tan, Saleh, Martinez 2023 and the linear evaluation of saic-fi/SSLight. Differs from the source: the last
 * epoch is reported, not the best one.
 */
public final class LinearProbe {
    /** Images per pass through the backbone; the optimiser's batch is put together from such pieces. */
    private static final int PIECE = 256;

    /** A divisor of the batch below this makes poor use of the cores: the batch then passes whole. */
    private static final int SMALL_PIECE = 32;

    private final TorchRuntime runtime;
    private final ProbeRecipe recipe;
    private final ProbeData data;
    private final int images;
    private final int batchSize;
    private final int stepsPerEpoch;
    private final Rates rates;
    private final List<String> dropped = new ArrayList<>();

    /** Receives the numbers of each epoch. */
    @FunctionalInterface
    public interface Listener {
        /**
         * Called after an epoch, with the backbones that are still in the run.
         *
         * @param losses mean training loss per backbone, in nats
         * @param heldout accuracy per backbone
         */
        void epoch(int epoch, double lr, List<Double> losses, List<Accuracy> heldout);

        /** Called after every step, for who wants to know how far it is. */
        default void step(EvalStep step) {}
    }

    /** Prepares a probe; nothing is read yet. */
    public LinearProbe(TorchRuntime runtime, ProbeRecipe recipe, ProbeData data) {
        this.runtime = runtime;
        this.recipe = recipe;
        this.data = data;
        this.images = data.trainImages();
        this.batchSize = Math.min(recipe.batchSize(), images);
        this.stepsPerEpoch = (images + batchSize - 1) / batchSize;
        this.rates = new Rates(recipe.optimizer(), batchSize, recipe.finalLr(), recipe.epochs(), stepsPerEpoch);
    }

    /** Images of an optimiser step: those of the recipe, or all training images when there are fewer. */
    public int batchSize() {
        return batchSize;
    }

    /** Why backbones after the first left the last run before its end, in one line each. */
    public List<String> dropped() {
        return List.copyOf(dropped);
    }

    /** The neighbour classifier alone. */
    KnnScores knn(FrozenBackbone backbone) {
        return knn(backbone, centreCrops(List.of(backbone)).get(0));
    }

    /** The same, with the features of the centre crops. */
    public KnnScores knn(FrozenBackbone backbone, CentreCrops crops) {
        return Neighbours.of(recipe.knn(), images).score(runtime, backbone, crops, data);
    }

    /** What the neighbours of each held-out image vote for: the classifier whose accuracy {@link #knn} has. */
    public List<Winner> winners(FrozenBackbone backbone, CentreCrops crops) {
        return Neighbours.of(recipe.knn(), images).winners(runtime, backbone, crops, data);
    }

    /** Neighbours that vote: those of the recipe, or all training images when there are fewer. */
    public int neighbours() {
        return Neighbours.of(recipe.knn(), images).k();
    }

    /** Runs the probe on features that are taken first. */
    List<ProbeScores> run(List<FrozenBackbone> backbones, Listener listener) {
        return run(backbones, centreCrops(backbones), listener);
    }

    /**
     * Runs the probe. The first backbone is what it is about: a later one whose loss is not finite leaves the run, and the
     * others go on.
     *
     * @param crops features of the centre crops under each backbone
     * @return scores per backbone that reached the end, in order
     * @throws StageFailure {@link ExitCode#DIVERGED} when a loss of the first backbone or a feature is not finite
     * @throws IllegalStateException if a backbone changed
     */
    public List<ProbeScores> run(List<FrozenBackbone> backbones, List<CentreCrops> crops, Listener listener) {
        List<String> before = backbones.stream().map(FrozenBackbone::sha256).toList();
        List<ProbeCandidate> candidates = new ArrayList<>();
        dropped.clear();
        try {
            for (int i = 0; i < backbones.size(); i++) {
                LinearClassifier classifier = new LinearClassifier(
                        runtime,
                        backbones.get(i).width(),
                        data.classes(),
                        recipe.optimizer(),
                        SeedTree.root(recipe.seed()));
                candidates.add(new ProbeCandidate(runtime, backbones.get(i), classifier, data, crops.get(i)));
            }
            List<ProbeCandidate> running = new ArrayList<>(candidates);
            train(running, listener);
            if (!before.equals(backbones.stream().map(FrozenBackbone::sha256).toList())) {
                throw new IllegalStateException("probe: a frozen backbone has changed");
            }
            Neighbours neighbours = Neighbours.of(recipe.knn(), images);
            return running.stream().map(c -> c.scores(neighbours)).toList();
        } finally {
            candidates.forEach(ProbeCandidate::close);
        }
    }

    private List<CentreCrops> centreCrops(List<FrozenBackbone> backbones) {
        return CentreCrops.of(backbones, recipe, data, FeatureCache.none());
    }

    private void train(List<ProbeCandidate> candidates, Listener listener) {
        if (recipe.mode().equals("cached")) {
            StepPace pace = new StepPace(recipe.epochs(), stepsPerEpoch, () -> 0);
            for (int epoch = 0; epoch < recipe.epochs(); epoch++) {
                pace.begin();
                cachedEpoch(candidates, epoch, pace, listener);
                endEpoch(candidates, epoch, listener);
            }
            return;
        }
        try (TrainImages crops = new TrainImages(
                data.train(),
                recipe.trainViews(),
                piece(batchSize),
                recipe.seed(),
                recipe.epochs(),
                data.threads(),
                false)) {
            StepPace pace = new StepPace(recipe.epochs(), stepsPerEpoch, crops::waitNanos);
            for (int epoch = 0; epoch < recipe.epochs(); epoch++) {
                pace.begin();
                augmentedEpoch(candidates, crops, epoch, pace, listener);
                endEpoch(candidates, epoch, listener);
            }
        }
    }

    /** Largest divisor of the batch that is at most {@link #PIECE}, or the batch itself. */
    static int piece(int batchSize) {
        for (int size = Math.min(PIECE, batchSize); size >= SMALL_PIECE; size--) {
            if (batchSize % size == 0) {
                return size;
            }
        }
        return batchSize;
    }

    private void augmentedEpoch(
            List<ProbeCandidate> candidates, ImageSource crops, int epoch, StepPace pace, Listener listener) {
        int[] step = {0};
        crops.pass(epoch, piece -> {
            candidates.forEach(c -> c.add(piece));
            if (candidates.get(0).gathered() == batchSize) {
                listener.step(fit(candidates, epoch, step[0]++, pace));
            }
        });
        if (candidates.get(0).gathered() > 0) {
            listener.step(fit(candidates, epoch, step[0], pace));
        }
    }

    private void cachedEpoch(List<ProbeCandidate> candidates, int epoch, StepPace pace, Listener listener) {
        int[] order =
                SeedTree.root(recipe.seed()).at("order").at(epoch).stream().permutation(images);
        for (int from = 0, step = 0; from < images; from += batchSize, step++) {
            int[] rows = Arrays.copyOfRange(order, from, Math.min(images, from + batchSize));
            candidates.forEach(c -> c.add(rows));
            listener.step(fit(candidates, epoch, step, pace));
        }
    }

    private EvalStep fit(List<ProbeCandidate> candidates, int epoch, int step, StepPace pace) {
        int gathered = candidates.get(0).gathered();
        double first = Double.NaN;
        for (ProbeCandidate candidate : List.copyOf(candidates)) {
            try {
                double loss = candidate.fit(epoch, rates.lr(epoch), rates.weightDecay(epoch, step));
                first = candidate == candidates.get(0) ? loss : first;
            } catch (StageFailure e) {
                if (e.exitCode() != ExitCode.DIVERGED || candidate == candidates.get(0)) {
                    throw e;
                }
                candidates.remove(candidate);
                dropped.add(String.valueOf(e.getMessage()));
            }
        }
        return pace.step(epoch, step, gathered, first);
    }

    private void endEpoch(List<ProbeCandidate> candidates, int epoch, Listener listener) {
        List<Double> losses = candidates.stream().map(c -> c.endEpoch(epoch)).toList();
        listener.epoch(
                epoch,
                rates.lr(epoch),
                losses,
                candidates.stream().map(ProbeCandidate::last).toList());
    }
}
