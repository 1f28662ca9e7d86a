package viewfit.eval;

/** What fine-tuning says about one network. */
public final class FinetuneScores {
    private final Accuracy last;
    private final Accuracy best;
    private final int bestEpoch;
    private final float[] logits;

    FinetuneScores(Accuracy last, Accuracy best, int bestEpoch, float[] logits) {
        this.last = last;
        this.best = best;
        this.bestEpoch = bestEpoch;
        this.logits = logits;
    }

    /** Held-out accuracy after the last epoch: the number to report. */
    public Accuracy last() {
        return last;
    }

    /** Accuracy of the best epoch, chosen on the held-out images themselves and therefore too high. */
    public Accuracy best() {
        return best;
    }

    /** That epoch, counted from 0. */
    public int bestEpoch() {
        return bestEpoch;
    }

    /** Held-out logits after the last epoch, row-major [images, classes]. */
    public float[] logits() {
        return logits.clone();
    }
}
