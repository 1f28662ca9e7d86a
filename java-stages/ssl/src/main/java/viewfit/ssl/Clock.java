package viewfit.ssl;

/**
 * Where training is, and every scheduled value there.
 *
 * @param step counted from 0 over the run
 * @param epoch counted from 0
 * @param lr learning rate of the step
 * @param weightDecay weight decay of the step
 * @param teacherMomentum share of the old teacher kept after the step
 * @param teacherTemp temperature of the teacher, by epoch
 * @param tail whether the freezable last layer moves in this epoch
 */
public record Clock(
        long step,
        int epoch,
        double lr,
        double weightDecay,
        double teacherMomentum,
        double teacherTemp,
        boolean tail) {}
