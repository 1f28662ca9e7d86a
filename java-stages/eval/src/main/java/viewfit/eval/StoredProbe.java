package viewfit.eval;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.metrics.Provenance;
import viewfit.core.random.SeedTree;
import viewfit.core.recipe.ProbeRecipe;
import viewfit.engine.TorchRuntime;

/** A probe whose classifier was fitted before: it scores other images and trains nothing. */
public final class StoredProbe {
    private final TorchRuntime runtime;
    private final FrozenBackbone backbone;
    private final ProbeRecipe recipe;
    private final ProbeData data;
    private final ClassifierFile.@Nullable Content classifier;
    private final CentreCrops crops;

    /**
     * Reads the classifier and takes the features of all images.
     *
     * @param data training images, the bank of k-NN, and the images to score in the place of the held-out ones
     * @param classifier file that probe wrote; null leaves k-NN alone
     * @param fitted what it must have been fitted by: recipe, training images and network
     * @throws StageFailure {@link ExitCode#BAD_DATA} if it was fitted by something else, or if a feature is not finite
     */
    public StoredProbe(
            TorchRuntime runtime,
            FrozenBackbone backbone,
            ProbeRecipe recipe,
            ProbeData data,
            @Nullable Path classifier,
            Provenance fitted) {
        this.runtime = runtime;
        this.backbone = backbone;
        this.recipe = recipe;
        this.data = data;
        this.classifier = classifier == null ? null : read(classifier, fitted);
        try {
            this.crops = CentreCrops.of(List.of(backbone), recipe, data, FeatureCache.none())
                    .get(0);
        } catch (StageFailure e) {
            if (e.exitCode() != ExitCode.DIVERGED) {
                throw e;
            }
            // Nothing is trained here: it is the network that is no good.
            throw new StageFailure(ExitCode.BAD_DATA, String.valueOf(e.getMessage()), e);
        }
    }

    private ClassifierFile.Content read(Path file, Provenance fitted) {
        ClassifierFile.Content stored = ClassifierFile.read(file, data.classes(), backbone.width());
        require(file, "network", stored.provenance().checkpointSha256(), fitted.checkpointSha256());
        require(file, "probe recipe", stored.provenance().recipeSha256(), fitted.recipeSha256());
        require(file, "training manifest", stored.provenance().manifestSha256(), fitted.manifestSha256());
        return stored;
    }

    /** Logits [images, classes] of the classifier; null without one. */
    public float @Nullable [] logits() {
        if (classifier == null) {
            return null;
        }
        try (LinearClassifier linear = new LinearClassifier(
                runtime, backbone.width(), data.classes(), recipe.optimizer(), SeedTree.root(recipe.seed()))) {
            linear.write(classifier.weight().floats(), classifier.bias().floats());
            return linear.logits(crops.heldout());
        }
    }

    private static void require(Path classifier, String what, String found, String wanted) {
        if (!found.equals(wanted)) {
            throw new StageFailure(
                    ExitCode.BAD_DATA,
                    classifier + ": found a classifier of the " + what + " with checksum " + found + ": must be "
                            + wanted);
        }
    }

    /** Accuracy of logits [images, classes]. */
    public Accuracy accuracy(float[] logits) {
        return Accuracy.of(logits, data.classes(), data.heldoutLabels());
    }

    /** Accuracies of the weighted k-NN classifier. */
    public KnnScores knn() {
        return Neighbours.of(recipe.knn(), data.trainImages()).score(runtime, backbone, crops, data);
    }

    /** Neighbours that vote: those of the recipe, or all training images when there are fewer. */
    public int neighbours() {
        return Neighbours.of(recipe.knn(), data.trainImages()).k();
    }
}
