package viewfit.eval;

/**
 * One learning rate of one network in {@code probe-fast.csv}.
 *
 * @param network {@code pretrained} or {@code untrained}
 * @param rate of the recipe
 * @param lr the same for the batch that was really taken: the learning rate of the first epoch
 * @param loss mean cross-entropy of the training images in the last epoch, in nats; NaN if it was not finite
 * @param choiceTop1 accuracy on the fifth of the training images that chooses the rate, in 0 .. 1, when trained on the others; 0 if the
 *     loss was not finite
 * @param top1 held-out accuracy after the last epoch, in 0 .. 1; NaN if the loss was not finite
 * @param top5 the same among the five best
 * @param chosen whether this is the rate whose scores are reported
 */
public record FastRate(
        String network,
        double rate,
        double lr,
        double loss,
        double choiceTop1,
        double top1,
        double top5,
        boolean chosen) {
    /** Schema of the table. */
    public static final String SCHEMA = "probe-fast/1";
}
