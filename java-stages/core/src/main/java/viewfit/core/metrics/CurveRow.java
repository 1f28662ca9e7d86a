package viewfit.core.metrics;

/**
 * One line of {@code curve.csv}.
 *
 * @param epoch counted from 0
 * @param step counted from 0 over the whole run
 * @param loss weighted loss, in nats
 * @param lossGlobal mean over global-global pairs
 * @param lossLocal mean over global-local pairs
 * @param lr learning rate of this step
 * @param weightDecay weight decay of this step
 * @param teacherMomentum share of the old teacher kept
 * @param teacherTemp temperature of the teacher
 * @param teacherEntropy mean entropy of the teacher's distributions, in nats; ln K or 0 means collapse
 * @param teacherInformation entropy of the mean teacher distribution less the mean entropy, in nats; 0 means collapse
 * @param viewCorrelation correlation of the centred teacher logits of an image's first two global views
 * @param featureStd mean over dimensions of the standard deviation of L2-normalised features; 0 means collapse
 * @param centerNorm L2 norm of the centre
 * @param imagesPerSecond images, not views
 * @param dataWaitShare share of the time the trainer waited for views
 */
public record CurveRow(
        int epoch,
        long step,
        double loss,
        double lossGlobal,
        double lossLocal,
        double lr,
        double weightDecay,
        double teacherMomentum,
        double teacherTemp,
        double teacherEntropy,
        double teacherInformation,
        double viewCorrelation,
        double featureStd,
        double centerNorm,
        double imagesPerSecond,
        double dataWaitShare) {
    public static final String SCHEMA = "curve/1";
}
