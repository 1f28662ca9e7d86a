package viewfit.core.metrics;

/**
 * One line of {@code curve.csv}. What a method does not measure is NaN.
 *
 * @param epoch counted from 0
 * @param step counted from 0 over the whole run
 * @param loss weighted loss, in nats
 * @param lossGlobal mean over global-global pairs (MoCo: the global query)
 * @param lossLocal mean over global-local pairs (MoCo: the local queries)
 * @param lr learning rate of this step
 * @param weightDecay weight decay of this step
 * @param teacherMomentum share of the old teacher, or key encoder, kept
 * @param teacherTemp temperature of the teacher
 * @param teacherEntropy mean entropy of the targets (DINO's teacher, SwAV's codes), in nats; ln K or 0 means collapse
 * @param teacherInformation entropy of the mean target less the mean entropy, in nats; 0 means collapse
 * @param kl mean Kullback-Leibler divergence from target to prediction, in nats
 * @param viewCorrelation correlation of the centred teacher logits of an image's first two global views
 * @param featureStd mean over dimensions of the standard deviation of L2-normalised features; 0 means collapse
 * @param featureCosine mean cosine of the features of two different images; 1 means collapse
 * @param gradientNorm L2 norm of the student's gradient, before clipping
 * @param centerNorm L2 norm of the centre
 * @param prototypes exponential of the entropy of the mean prediction: how many prototypes are in use
 * @param top1 share of rows whose own answer wins: MoCo's key among the negatives, supervised the class
 * @param probeLoss cross-entropy of the online probe, in nats
 * @param probeTop1 accuracy of the online probe on its batch
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
        double kl,
        double viewCorrelation,
        double featureStd,
        double featureCosine,
        double gradientNorm,
        double centerNorm,
        double prototypes,
        double top1,
        double probeLoss,
        double probeTop1,
        double imagesPerSecond,
        double dataWaitShare) {
    public static final String SCHEMA = "curve/2";
}
