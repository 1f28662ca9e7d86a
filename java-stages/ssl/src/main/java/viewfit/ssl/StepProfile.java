package viewfit.ssl;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import viewfit.core.metrics.ChromeTrace;
import viewfit.engine.OperatorTrace;

/**
 * Measures steps of a run: after some to warm up, N with Java's clock alone, then a few with libtorch's profiler, which
 * slows them down. When these are done, or the run ends before, the findings are handed over, once.
 */
final class StepProfile implements StepClock, AutoCloseable {
    /** Memory pools and caches fill, Java compiles its own code. */
    private static final int WARM_UP = 3;

    /** Each of a MobileNetV2 leaves ten thousand events. */
    private static final int TRACED = 5;

    /** Timed steps whose phases are kept one by one, for the time line. */
    private static final int DRAWN = 200;

    private static final double MICRO = 1e-3;
    /** Tracks of the time line; libtorch counts its threads from 1. */
    static final int TRAINER = 0;

    /**
     * Which steps are measured.
     *
     * @param warmUp steps before
     * @param timed steps after these by Java's clock
     * @param traced steps after these by libtorch's profiler
     */
    record Plan(long warmUp, long timed, long traced) {
        /** The best that can be done for {@code asked} steps in a run of {@code steps}: at least one is timed. */
        static Plan of(long asked, long steps) {
            long warmUp = Math.min(WARM_UP, steps - 1);
            long left = steps - warmUp;
            long traced = Math.min(Math.min(asked, TRACED), Math.max(left - asked, left > 1 ? 1 : 0));
            return new Plan(warmUp, Math.min(asked, left - traced), traced);
        }
    }

    /** Sums over steps. */
    static final class Sums {
        private final Map<StepPhase, Long> nanos = new EnumMap<>(StepPhase.class);
        private final Map<StepPhase, Long> calls = new EnumMap<>(StepPhase.class);
        private long steps;

        void add(StepPhase phase, long duration) {
            nanos.merge(phase, duration, Long::sum);
            calls.merge(phase, 1L, Long::sum);
        }

        void addStep(Sums step) {
            step.nanos.forEach((phase, duration) -> nanos.merge(phase, duration, Long::sum));
            step.calls.forEach((phase, count) -> calls.merge(phase, count, Long::sum));
            steps++;
        }

        long steps() {
            return steps;
        }

        long nanos(StepPhase phase) {
            return nanos.getOrDefault(phase, 0L);
        }

        long calls(StepPhase phase) {
            return calls.getOrDefault(phase, 0L);
        }

        long nanos() {
            return nanos.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    /**
     * What was found.
     *
     * @param timed the steps that nothing slowed down
     * @param viewsNanos what the threads that prepare views worked meanwhile, all together
     * @param traced the steps of the trace
     * @param operators events of the traced steps
     * @param timeline phases and operators in the order of time; microseconds from the first timed step
     */
    record Findings(
            Sums timed,
            long viewsNanos,
            Sums traced,
            List<OperatorTrace.Event> operators,
            List<ChromeTrace.Event> timeline) {}

    private final Plan plan;
    private final LongSupplier clock;
    private final LongSupplier views;
    private final Consumer<Findings> sink;
    private final Sums timed = new Sums();
    private final Sums traced = new Sums();
    private final List<ChromeTrace.Event> timeline = new ArrayList<>();
    private List<OperatorTrace.Event> operators = List.of();
    private @Nullable OperatorTrace trace;
    private StepPhase current = StepPhase.BETWEEN;
    private long since;
    private long zero;
    private long viewsBefore;
    private long viewsNanos;
    private long step;
    private Sums thisStep = new Sums();
    private long end;
    private boolean over;

    /**
     * @param clock nanoseconds
     * @param views nanoseconds that the threads that prepare views have worked so far
     * @param sink takes the findings; nothing comes if no step was measured
     */
    StepProfile(Plan plan, LongSupplier clock, LongSupplier views, Consumer<Findings> sink) {
        this.plan = plan;
        this.clock = clock;
        this.views = views;
        this.sink = sink;
    }

    @Override
    public void phase(StepPhase next) {
        if (over) {
            return;
        }
        long now = clock.getAsLong();
        if (current == StepPhase.BETWEEN) {
            now = beginStep(now);
        } else {
            record(now);
        }
        current = next;
        since = now;
        if (next == StepPhase.BETWEEN) {
            endStep();
        }
    }

    private boolean timing() {
        return step >= plan.warmUp() && step < plan.warmUp() + plan.timed();
    }

    private boolean tracing() {
        return step >= plan.warmUp() + plan.timed();
    }

    /** Returns when the step began: after what had to be prepared for it. */
    private long beginStep(long now) {
        if (step == plan.warmUp()) {
            zero = now;
            viewsBefore = views.getAsLong();
        }
        if (tracing() && trace == null) {
            trace = OperatorTrace.start();
            return clock.getAsLong();
        }
        return now;
    }

    private void record(long now) {
        thisStep.add(current, now - since);
        if (tracing() || (timing() && step < plan.warmUp() + DRAWN)) {
            timeline.add(new ChromeTrace.Event(
                    current.word(), "phase", TRAINER, (since - zero) * MICRO, (now - since) * MICRO));
        }
    }

    private void endStep() {
        if (timing()) {
            timed.addStep(thisStep);
            viewsNanos = views.getAsLong() - viewsBefore;
        } else if (tracing()) {
            traced.addStep(thisStep);
        }
        thisStep = new Sums();
        end = since;
        step++;
        if (step == plan.warmUp() + plan.timed() + plan.traced()) {
            finish();
        }
    }

    private void finish() {
        over = true;
        if (trace != null) {
            double offset = (trace.startNanos() - zero) * MICRO;
            // The run may have ended in the middle of a step.
            double last = (end - trace.startNanos()) * MICRO;
            operators = trace.stop().stream()
                    .filter(e -> e.startMicros() + e.micros() <= last)
                    .toList();
            for (OperatorTrace.Event e : operators) {
                String kind = e.kind().name().toLowerCase(Locale.ROOT);
                timeline.add(new ChromeTrace.Event(
                        e.name(), kind, TRAINER + e.thread(), offset + e.startMicros(), e.micros()));
            }
        }
        if (timed.steps() > 0) {
            sink.accept(new Findings(timed, viewsNanos, traced, operators, List.copyOf(timeline)));
        }
    }

    /** Hands over what there is, if the run ended early. */
    @Override
    public void close() {
        if (!over) {
            finish();
        }
    }
}
