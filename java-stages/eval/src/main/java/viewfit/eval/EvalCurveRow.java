package viewfit.eval;

/**
 * One epoch of one network in {@code probe-curve.csv} and {@code finetune-curve.csv}.
 *
 * @param network {@code pretrained} or {@code untrained}
 * @param epoch counted from 0
 * @param lr learning rate, held over the epoch
 * @param loss mean cross-entropy of the training images, in nats
 * @param top1 held-out accuracy after the epoch, in 0 .. 1
 * @param top5 held-out accuracy after the epoch, in 0 .. 1
 */
public record EvalCurveRow(String network, int epoch, double lr, double loss, double top1, double top5) {
    /** Schema of a probe's table. */
    public static final String PROBE_SCHEMA = "probe-curve/1";

    /** Schema of a fine-tuning's table. */
    public static final String FINETUNE_SCHEMA = "finetune-curve/1";

    /** The network under test. */
    public static final String PRETRAINED = "pretrained";

    /** The same network before pre-training. */
    public static final String UNTRAINED = "untrained";

    /** Row of one network. */
    public static EvalCurveRow of(String network, int epoch, double lr, double loss, Accuracy heldout) {
        return new EvalCurveRow(network, epoch, lr, loss, heldout.top1(), heldout.top5());
    }
}
