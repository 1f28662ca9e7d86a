package viewfit.core.metrics;

/**
 * One line of {@code monitor.csv}.
 *
 * @param epoch epochs finished; 0 is the untrained network
 * @param step steps finished
 * @param knnStudent leave-one-out k-NN top-1 of the student's features, a fraction
 * @param knnTeacher the same for the teacher
 * @param featureStd mean over dimensions of the standard deviation of L2-normalised student features
 * @param effectiveRank exponential of the entropy of the normalised eigenvalues of the feature covariance
 */
public record MonitorRow(
        int epoch, long step, double knnStudent, double knnTeacher, double featureStd, double effectiveRank) {
    public static final String SCHEMA = "monitor/1";
}
