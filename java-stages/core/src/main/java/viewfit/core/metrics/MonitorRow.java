package viewfit.core.metrics;

/**
 * One line of {@code monitor.csv}. What a method does not have is NaN.
 *
 * @param epoch epochs finished; 0 is the untrained network
 * @param step steps finished
 * @param knnStudent k-NN top-1 of the student's features, a fraction
 * @param knnTeacher the same for the teacher, or key encoder
 * @param featureStd mean over dimensions of the standard deviation of L2-normalised student features
 * @param featureCosine mean cosine of the student features of two different images
 * @param effectiveRank exponential of the entropy of the normalised eigenvalues of the feature covariance
 * @param prototypesUsed share of SwAV's prototypes that were some image's nearest in the epochs since the last line
 */
public record MonitorRow(
        int epoch,
        long step,
        double knnStudent,
        double knnTeacher,
        double featureStd,
        double featureCosine,
        double effectiveRank,
        double prototypesUsed) {
    public static final String SCHEMA = "monitor/2";
}
