package viewfit.ssl;

/**
 * What one step tells about itself.
 *
 * @param loss weighted loss in nats, before the step's update
 * @param lossGlobal mean over global-global pairs
 * @param lossLocal mean over global-local pairs; 0 without local views
 * @param teacherEntropy mean entropy of the teacher's distributions in nats: ln K means uniform, 0 one-hot collapse
 * @param divergence mean Kullback-Leibler divergence from teacher to student over the weighted pairs: loss less entropy
 * @param featureStd mean over dimensions of the standard deviation of the student's L2-normalised features of global
 *     views; about 1 / sqrt(width) when healthy, 0 when collapsed
 * @param centerNorm L2 norm of the centre after the step
 * @param teacherInformation entropy of the mean teacher distribution less the mean entropy, in nats: 0 when every image
 *     gets the same code
 * @param viewCorrelation correlation of the centred teacher logits of an image's first two global views
 */
public record StepReport(
        double loss,
        double lossGlobal,
        double lossLocal,
        double teacherEntropy,
        double divergence,
        double featureStd,
        double centerNorm,
        double teacherInformation,
        double viewCorrelation) {
    /** Whether training can go on. */
    public boolean finite() {
        return Double.isFinite(loss)
                && Double.isFinite(lossGlobal)
                && Double.isFinite(lossLocal)
                && Double.isFinite(teacherEntropy)
                && Double.isFinite(featureStd)
                && Double.isFinite(centerNorm);
    }
}
