package viewfit.eval;

/** What a probe says about one backbone. */
public final class ProbeScores {
    private final Accuracy linear;
    private final Accuracy best;
    private final int bestEpoch;
    private final KnnScores knn;
    private final float[] logits;
    private final float[] weight;
    private final float[] bias;

    ProbeScores(
            Accuracy linear,
            Accuracy best,
            int bestEpoch,
            KnnScores knn,
            float[] logits,
            float[] weight,
            float[] bias) {
        this.linear = linear;
        this.best = best;
        this.bestEpoch = bestEpoch;
        this.knn = knn;
        this.logits = logits;
        this.weight = weight;
        this.bias = bias;
    }

    /** Held-out accuracy of the classifier after the last epoch: the number to report. */
    public Accuracy linear() {
        return linear;
    }

    /** Accuracy of the best epoch, chosen on the held-out images themselves and therefore too high. */
    public Accuracy best() {
        return best;
    }

    /** That epoch, counted from 0. */
    public int bestEpoch() {
        return bestEpoch;
    }

    /** Held-out accuracies of the weighted k-NN classifier. */
    public KnnScores knn() {
        return knn;
    }

    /** Held-out logits after the last epoch, row-major [images, classes]. */
    public float[] logits() {
        return logits.clone();
    }

    /** Weight of the classifier, row-major [classes, width]. */
    public float[] weight() {
        return weight.clone();
    }

    /** Bias of the classifier, [classes]. */
    public float[] bias() {
        return bias.clone();
    }
}
