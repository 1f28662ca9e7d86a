package viewfit.ssl;

/**
 * Where training is, and what the optimiser does there.
 *
 * @param step counted from 0 over the run
 * @param epoch counted from 0
 * @param lr learning rate of the step
 * @param weightDecay weight decay of the step
 * @param tail whether the freezable last layer moves in this epoch
 */
public record Clock(long step, int epoch, double lr, double weightDecay, boolean tail) {}
