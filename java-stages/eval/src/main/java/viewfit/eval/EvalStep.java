package viewfit.eval;

/**
 * How far training a classifier is, after one of its steps.
 *
 * @param epoch counted from 0
 * @param step counted from 0 over the run
 * @param steps of the whole run
 * @param loss mean over the images of this step, in nats; of the first of several networks
 * @param imagesPerSecond speed of this step
 * @param waitShare share of its time that was spent waiting for images
 */
public record EvalStep(int epoch, long step, long steps, double loss, double imagesPerSecond, double waitShare) {}
