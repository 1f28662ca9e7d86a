package viewfit.ssl;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Map;

/**
 * Watches for the two ways in which self-distillation fails without an error: the teacher says the same of every image,
 * by giving all codes equal weight (uniform collapse) or by always giving the same ones.
 */
final class Health {
    /** Epochs at the end of a run that decide; one epoch alone may pass through a bad phase. */
    private static final int EPOCHS = 2;

    /** Share of ln K within which an entropy counts as being at its end. */
    private static final double NEAR = 0.01;

    private final double maxEntropy;
    private final Deque<Epoch> last = new ArrayDeque<>();
    private Epoch current = new Epoch();

    /** Means over one epoch. */
    static final class Epoch {
        private double loss;
        private double entropy;
        private double information;
        private double correlation;
        private long steps;

        double loss() {
            return loss / steps;
        }

        double entropy() {
            return entropy / steps;
        }

        double information() {
            return information / steps;
        }

        double correlation() {
            return correlation / steps;
        }
    }

    /** @param codes number K of prototypes */
    Health(int codes) {
        this.maxEntropy = Math.log(codes);
    }

    void step(StepReport report) {
        current.loss += report.loss();
        current.entropy += report.teacherEntropy();
        current.information += report.teacherInformation();
        current.correlation += report.viewCorrelation();
        current.steps++;
    }

    void endEpoch() {
        last.addLast(current);
        if (last.size() > EPOCHS) {
            last.removeFirst();
        }
        current = new Epoch();
    }

    /** Means of the last finished epoch by the names of {@code metrics.json}. */
    void values(Map<String, Double> values) {
        values.put("loss.max", maxEntropy);
        if (!last.isEmpty()) {
            Epoch e = last.getLast();
            values.put("loss.last-epoch", e.loss());
            values.put("teacher.entropy", e.entropy());
            values.put("teacher.information", e.information());
            values.put("teacher.view-correlation", e.correlation());
        }
    }

    /** Whether the last epochs were all collapsed. */
    boolean collapsed() {
        return !last.isEmpty() && (all(this::uniform) || all(this::constant));
    }

    private boolean all(java.util.function.Predicate<Epoch> rule) {
        return last.stream().allMatch(rule);
    }

    private boolean uniform(Epoch e) {
        return e.entropy() >= (1 - NEAR) * maxEntropy;
    }

    private boolean constant(Epoch e) {
        return e.information() <= NEAR * maxEntropy;
    }

    /** One line about a collapse with what helps against it; empty when there is none. */
    String message() {
        if (!collapsed()) {
            return "";
        }
        boolean uniform = all(this::uniform);
        return String.format(
                Locale.ROOT,
                "collapsed: teacher entropy %.3f of at most ln K = %.3f, information %.3f: %s",
                last.getLast().entropy(),
                maxEntropy,
                last.getLast().information(),
                uniform
                        ? "the teacher is uniform: lower method.teacher-temp, use softer photometrics, a smaller"
                                + " learning rate, a slower teacher (method.teacher-momentum) or more steps"
                        : "the teacher gives every image the same codes: raise method.teacher-temp, lower"
                                + " method.center-momentum, freeze the last layer for longer");
    }
}
