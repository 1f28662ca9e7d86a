package viewfit.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Sums of a trace: how long each function of the programs took, and where the time went operator by operator. An operator
 * counts for what it did itself, without the operators it called, so that all of them together are the time of the calls.
 *
 * @param functions functions with all they called, and {@link #BACKWARD}, in the order of their first call; one that was
 *     called by another counts in both, one that was called by itself once
 * @param operators operators and, as {@link #INTERPRETER}, what is between them; the longest first
 */
public record OperatorProfile(List<Total> functions, List<Total> operators) {
    /** All backward passes; a call is one node of the graph. */
    public static final String BACKWARD = "backward";

    /** Time in a program that is in no operator: TorchScript's interpreter, and autograd between its operators. */
    public static final String INTERPRETER = "interpreter";

    private static final Comparator<OperatorTrace.Event> OUTER_FIRST = Comparator.comparingDouble(
                    OperatorTrace.Event::startMicros)
            .thenComparing(
                    Comparator.comparingDouble(OperatorTrace.Event::micros).reversed());

    public OperatorProfile {
        functions = List.copyOf(functions);
        operators = List.copyOf(operators);
    }

    /**
     * One line.
     *
     * @param calls how often
     * @param micros all of them together
     */
    public record Total(String name, long calls, double micros) {}

    /** A running sum. */
    private static final class Sum {
        private long calls;
        private double micros;

        void add(double time) {
            calls++;
            micros += time;
        }
    }

    /** An event whose end is still to come, and the time of those directly inside it. */
    private static final class Open {
        private final OperatorTrace.Event event;
        private double inside;

        Open(OperatorTrace.Event event) {
            this.event = event;
        }
    }

    /** Sums up the events of a trace. */
    public static OperatorProfile of(List<OperatorTrace.Event> events) {
        Map<Integer, List<OperatorTrace.Event>> threads = new TreeMap<>();
        events.forEach(
                e -> threads.computeIfAbsent(e.thread(), t -> new ArrayList<>()).add(e));
        Map<String, Sum> functions = new LinkedHashMap<>();
        Map<String, Sum> operators = new LinkedHashMap<>();
        for (List<OperatorTrace.Event> thread : threads.values()) {
            thread.sort(OUTER_FIRST);
            Deque<Open> open = new ArrayDeque<>();
            for (OperatorTrace.Event event : thread) {
                close(open, event.startMicros(), operators);
                if (event.kind() != OperatorTrace.Kind.OPERATOR && !insideItself(open, event)) {
                    functions.computeIfAbsent(function(event), n -> new Sum()).add(event.micros());
                }
                open.push(new Open(event));
            }
            close(open, Double.POSITIVE_INFINITY, operators);
        }
        List<Total> longest = new ArrayList<>(totals(operators));
        longest.sort(Comparator.comparingDouble(Total::micros).reversed().thenComparing(Total::name));
        return new OperatorProfile(totals(functions), longest);
    }

    private static String function(OperatorTrace.Event event) {
        return event.kind() == OperatorTrace.Kind.BACKWARD ? BACKWARD : event.name();
    }

    /** libtorch tells of a call from outside twice, one inside the other. */
    private static boolean insideItself(Deque<Open> open, OperatorTrace.Event event) {
        return open.stream()
                .anyMatch(
                        o -> o.event.kind() == event.kind() && function(o.event).equals(function(event)));
    }

    /** Ends the events that are over at this time, the innermost first. */
    private static void close(Deque<Open> open, double now, Map<String, Sum> operators) {
        while (!open.isEmpty() && open.element().event.endMicros() <= now) {
            Open ended = open.pop();
            boolean operator = ended.event.kind() == OperatorTrace.Kind.OPERATOR;
            operators
                    .computeIfAbsent(operator ? ended.event.name() : INTERPRETER, n -> new Sum())
                    .add(Math.max(0, ended.event.micros() - ended.inside));
            if (!open.isEmpty()) {
                open.element().inside += ended.event.micros();
            }
        }
    }

    private static List<Total> totals(Map<String, Sum> sums) {
        return sums.entrySet().stream()
                .map(e -> new Total(e.getKey(), e.getValue().calls, e.getValue().micros))
                .toList();
    }
}
