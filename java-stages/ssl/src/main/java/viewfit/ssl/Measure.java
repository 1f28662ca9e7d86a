package viewfit.ssl;

/**
 * What a training step can tell about itself; every method measures some of these. Of a step in micro-batches each is the
 * mean over its parts. That is the number of the whole step where this is a mean over images or rows itself; spread and
 * counts ({@link #FEATURE_STD}, {@link #FEATURE_COSINE}, {@link #TEACHER_INFORMATION}, {@link #VIEW_CORRELATION},
 * {@link #PROTOTYPES}) are those of a part. Norms, schedules and the online probe are always of the whole step.
 */
public enum Measure {
    /** Weighted loss in nats, before the step's update. */
    LOSS,
    /** Mean over global-global pairs; for MoCo over the global query. */
    LOSS_GLOBAL,
    /** Mean over global-local pairs, for MoCo over the local queries; 0 without local views. */
    LOSS_LOCAL,
    /**
     * Mean entropy of the targets in nats, DINO's teacher distributions or SwAV's codes: ln K means uniform, 0 one-hot.
     */
    TEACHER_ENTROPY,
    /** Entropy of the mean target less the mean entropy, in nats: 0 when every image gets the same one. */
    TEACHER_INFORMATION,
    /** Mean Kullback-Leibler divergence from target to prediction over the weighted pairs: loss less entropy. */
    KL,
    /** Correlation of the centred teacher logits of an image's first two global views. */
    VIEW_CORRELATION,
    /**
     * Mean over dimensions of the standard deviation of the student's L2-normalised features of global views; about
     * 1 / sqrt(width) when healthy, 0 when collapsed.
     */
    FEATURE_STD,
    /** Mean cosine of the student's features of two different images, first view: 1 when collapsed. */
    FEATURE_COSINE,
    /** L2 norm of the student's gradient, before clipping. */
    GRADIENT_NORM,
    /** L2 norm of DINO's centre after the step. */
    CENTER_NORM,
    /** Exponential of the entropy of SwAV's mean prediction: how many prototypes are in use, 1 .. K. */
    PROTOTYPES,
    /** Share of rows whose own answer has the largest logit: MoCo's key among the negatives, supervised the class. */
    TOP1,
    /** Share of the old teacher, or key encoder, kept at this step. */
    TEACHER_MOMENTUM,
    /** Temperature of the teacher's softmax. */
    TEACHER_TEMP,
    /** Cross-entropy of the online probe, in nats. */
    PROBE_LOSS,
    /** Accuracy of the online probe on its own batch, before its update. */
    PROBE_TOP1
}
