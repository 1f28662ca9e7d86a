package viewfit.ssl;

import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import viewfit.core.recipe.PretrainRecipe;

/**
 * What is around a run and changes nothing of its results.
 *
 * @param states where it keeps its state and looks for an earlier one; null: it begins anew and keeps none
 * @param every time between two states
 * @param stop asked after every step: a word for who wants the run to end, such as {@code SIGTERM}; empty for nobody
 * @param hang when to give up waiting for a step
 * @param events whether the curve is written for TensorBoard too
 * @param until epochs after which the run pauses, which needs {@code states}; 0: it goes to its end
 */
public record RunControl(
        @Nullable StateFolder states,
        Duration every,
        Supplier<String> stop,
        Watchdog.Rule hang,
        boolean events,
        int until) {
    public RunControl {
        if (until > 0 && states == null) {
            throw new IllegalArgumentException("a run that pauses needs a folder for its state");
        }
    }

    /** Nothing around it. */
    public static final RunControl NONE = new RunControl(null, Duration.ofMinutes(10), () -> "", Watchdog.Rule.NEVER);

    /** To the end, without TensorBoard. */
    public RunControl(@Nullable StateFolder states, Duration every, Supplier<String> stop, Watchdog.Rule hang) {
        this(states, every, stop, hang, false, 0);
    }

    /** The epoch that the run ends with. */
    int last(PretrainRecipe recipe) {
        return until > 0 ? Math.min(until, recipe.epochs()) : recipe.epochs();
    }

    /** Goes on, or throws {@link Stopped}; called where what is going on can be left or begun again. */
    void require() {
        if (!stop.get().isEmpty()) {
            throw new Stopped();
        }
    }

    /** Somebody wants the run to end; never thrown within a step. */
    static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1;
    }
}
