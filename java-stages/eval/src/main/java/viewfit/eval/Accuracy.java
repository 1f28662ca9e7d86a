package viewfit.eval;

import viewfit.core.metrics.TopK;

/**
 * Shares of images whose label is the best, or among the five best, of the scores.
 *
 * @param top1 in 0 .. 1
 * @param top5 in top1 .. 1; 1 when there are five classes or fewer
 * @param images number of images
 */
public record Accuracy(double top1, double top5, int images) {
    /**
     * Counts hits; equal scores rank by class index.
     *
     * @param scores [labels.length, classes] row-major
     */
    public static Accuracy of(float[] scores, int classes, int[] labels) {
        return new Accuracy(
                TopK.accuracy(scores, classes, labels, 1), TopK.accuracy(scores, classes, labels, 5), labels.length);
    }

    /**
     * Standard error of {@code top1} as a share of independent images: sqrt(p (1 - p) / n). It says how far another
     * held-out set of this size would move the number, not how far another training seed would.
     */
    public double standardError() {
        return standardError(top1);
    }

    /** The same of {@code top5}. */
    public double standardErrorOfTop5() {
        return standardError(top5);
    }

    private double standardError(double share) {
        return Math.sqrt(share * (1 - share) / images);
    }

    /** The higher of two classifiers' scores, each score for itself, on the same images. */
    public Accuracy higher(Accuracy other) {
        if (images != other.images) {
            throw new IllegalArgumentException(images + " and " + other.images + " images: must be the same");
        }
        return new Accuracy(Math.max(top1, other.top1), Math.max(top5, other.top5), images);
    }
}
