package viewfit.eval;

import viewfit.core.recipe.OptimizerRecipe;
import viewfit.core.schedule.Schedule;
import viewfit.core.schedule.Schedules;

/**
 * Learning rate and weight decay of an evaluation run. The peak rate grows with the batch; it follows a cosine to
 * {@code finalLr}, which is not scaled, and is refreshed once per epoch: the value at the epoch's first step.
 *
 * <p>Source: saic-fi/SSLight, linear and semi-supervised evaluation; checked against its published values.
 */
final class Rates {
    private final Schedule lr;
    private final Schedule weightDecay;
    private final long stepsPerEpoch;

    /**
     * @param batchSize images of a step as really taken, which may be fewer than the recipe asks for
     */
    Rates(OptimizerRecipe optimizer, int batchSize, double finalLr, int epochs, int stepsPerEpoch) {
        long total = (long) epochs * stepsPerEpoch;
        double peak = Schedules.scaleToBatch(optimizer.lr(), optimizer.lrReferenceBatch(), batchSize);
        this.stepsPerEpoch = stepsPerEpoch;
        this.lr = Schedules.heldPerEpoch(Schedules.cosine(peak, finalLr, total), stepsPerEpoch);
        this.weightDecay = Schedules.cosine(
                optimizer.weightDecay().start(), optimizer.weightDecay().end(), total);
    }

    double lr(int epoch) {
        return lr.at(epoch * stepsPerEpoch);
    }

    double weightDecay(int epoch, int step) {
        return weightDecay.at(epoch * stepsPerEpoch + step);
    }
}
