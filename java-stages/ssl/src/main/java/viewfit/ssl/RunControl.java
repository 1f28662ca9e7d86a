package viewfit.ssl;

import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is around a run and changes nothing of its results.
 *
 * @param states where it keeps its state and looks for an earlier one; null: it begins anew and keeps none
 * @param every time between two states
 * @param stop asked after every step: a word for who wants the run to end, such as {@code SIGTERM}; empty for nobody
 * @param hang when to give up waiting for a step
 * @param events whether the curve is written for TensorBoard too
 */
public record RunControl(
        @Nullable StateFolder states, Duration every, Supplier<String> stop, Watchdog.Rule hang, boolean events) {
    /** Nothing around it. */
    public static final RunControl NONE = new RunControl(null, Duration.ofMinutes(10), () -> "", Watchdog.Rule.NEVER);

    /** Without TensorBoard. */
    public RunControl(@Nullable StateFolder states, Duration every, Supplier<String> stop, Watchdog.Rule hang) {
        this(states, every, stop, hang, false);
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
