package viewfit.core.schedule;

import java.util.Arrays;
import viewfit.core.recipe.CosineRecipe;
import viewfit.core.recipe.ExponentialRecipe;
import viewfit.core.recipe.MultistepRecipe;
import viewfit.core.recipe.ScheduleRecipe;

/**
 * The schedules of the pre-training and evaluation recipes, per step unless said otherwise.
 *
 * <p>Source: saic-fi/SSLight, the schedule functions of its DINO trainer, checked against their published values.
 * Differs from the source: values are computed on demand instead of stored in an array.
 */
public final class Schedules {
    private Schedules() {}

    /** The same value for ever. */
    public static Schedule constant(double value) {
        return step -> value;
    }

    /**
     * Half a cosine from {@code base} towards {@code finalValue}, which is never quite reached.
     *
     * <pre>  value(t) = final + 1/2 (base - final) (1 + cos(pi t / T)),  t = 0 .. T-1 </pre>
     */
    public static Schedule cosine(double base, double finalValue, long totalSteps) {
        return warmupCosine(base, finalValue, totalSteps, 0, 0);
    }

    /**
     * Evenly spaced from {@code warmupStart} to {@code base}, both ends included, over {@code warmupSteps} entries, then
     * {@link #cosine} over the rest; so the base value is used at two consecutive steps.
     *
     * @throws IllegalArgumentException at a step outside 0 .. totalSteps-1, or if the warm-up is longer than the whole
     */
    public static Schedule warmupCosine(
            double base, double finalValue, long totalSteps, long warmupSteps, double warmupStart) {
        requireLengths(totalSteps, warmupSteps);
        return step -> {
            requireStep(step, totalSteps);
            if (step < warmupSteps) {
                return warmup(step, warmupSteps, warmupStart, base);
            }
            double phase = (double) (step - warmupSteps) / (totalSteps - warmupSteps);
            return finalValue + 0.5 * (base - finalValue) * (1 + Math.cos(Math.PI * phase));
        };
    }

    /**
     * Multiplied by {@code gamma} at the first step of every milestone epoch; warm-up as in {@link #warmupCosine}.
     *
     * @param milestones epochs, counted from 0, strictly rising
     */
    public static Schedule multistep(
            double base,
            double gamma,
            int[] milestones,
            long epochs,
            long stepsPerEpoch,
            long warmupSteps,
            double warmupStart) {
        long totalSteps = epochs * stepsPerEpoch;
        requireLengths(totalSteps, warmupSteps);
        int[] at = milestones.clone();
        for (int i = 1; i < at.length; i++) {
            if (at[i] <= at[i - 1]) {
                throw new IllegalArgumentException("milestones " + Arrays.toString(at) + ": must rise");
            }
        }
        return step -> {
            requireStep(step, totalSteps);
            if (step < warmupSteps) {
                return warmup(step, warmupSteps, warmupStart, base);
            }
            long epoch = step / stepsPerEpoch;
            long passed = Arrays.stream(at).filter(m -> epoch >= m).count();
            return base * Math.pow(gamma, (double) passed);
        };
    }

    /** Multiplied by {@code gamma} at the first step of every epoch but the first; warm-up as in {@link #warmupCosine}. */
    public static Schedule exponential(
            double base, double gamma, long totalSteps, long stepsPerEpoch, long warmupSteps, double warmupStart) {
        requireLengths(totalSteps, warmupSteps);
        return step -> {
            requireStep(step, totalSteps);
            long epoch = step / stepsPerEpoch;
            return step < warmupSteps
                    ? warmup(step, warmupSteps, warmupStart, base)
                    : base * Math.pow(gamma, (double) epoch);
        };
    }

    /**
     * The learning rate of a recipe.
     *
     * @param base peak value, already scaled to the batch
     */
    public static Schedule learningRate(ScheduleRecipe recipe, double base, int epochs, long stepsPerEpoch) {
        long steps = epochs * stepsPerEpoch;
        long warmup = recipe.warmupEpochs() * stepsPerEpoch;
        if (recipe instanceof MultistepRecipe multistep) {
            int[] milestones = multistep.milestones().stream().mapToInt(m -> m).toArray();
            return multistep(base, multistep.gamma(), milestones, epochs, stepsPerEpoch, warmup, recipe.warmupStart());
        }
        if (recipe instanceof ExponentialRecipe exponential) {
            return exponential(base, exponential.gamma(), steps, stepsPerEpoch, warmup, recipe.warmupStart());
        }
        CosineRecipe cosine = (CosineRecipe) recipe;
        Schedule perStep = warmupCosine(base, cosine.finalLr(), steps, warmup, recipe.warmupStart());
        return cosine.perEpoch() ? heldPerEpoch(perStep, stepsPerEpoch) : perStep;
    }

    /**
     * The teacher's temperature by epoch: evenly spaced over the warm-up epochs, both ends included, then {@code end}.
     */
    public static Schedule teacherTemperature(double start, double end, int warmupEpochs) {
        return epoch -> epoch < warmupEpochs ? warmup(epoch, warmupEpochs, start, end) : end;
    }

    /** The value of the first step of the epoch, held for the whole epoch, as the probe and fine-tuning use it. */
    public static Schedule heldPerEpoch(Schedule perStep, long stepsPerEpoch) {
        return step -> perStep.at(step / stepsPerEpoch * stepsPerEpoch);
    }

    /** Learning rates are stated for a reference batch and grow linearly with the batch in use. */
    public static double scaleToBatch(double value, int referenceBatch, int batch) {
        return value * batch / referenceBatch;
    }

    /** Entry {@code i} of n evenly spaced values; a single entry is the start. */
    private static double warmup(long i, long n, double start, double end) {
        return n == 1 ? start : start + (end - start) / (n - 1) * i;
    }

    private static void requireLengths(long totalSteps, long warmupSteps) {
        if (totalSteps <= 0 || warmupSteps < 0 || warmupSteps > totalSteps) {
            throw new IllegalArgumentException(
                    "warm-up of " + warmupSteps + " steps in " + totalSteps + ": must lie in 0 .. total, total > 0");
        }
    }

    private static void requireStep(long step, long totalSteps) {
        if (step < 0 || step >= totalSteps) {
            throw new IllegalArgumentException("step " + step + ": must lie in 0 .. " + (totalSteps - 1));
        }
    }
}
