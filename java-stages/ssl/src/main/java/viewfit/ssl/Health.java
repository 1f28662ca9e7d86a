package viewfit.ssl;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Watches for the ways in which self-supervision fails without an error. Targets that say the same of every image, by
 * giving all codes equal weight (uniform collapse) or by always giving the same ones; a contrastive loss that stays where
 * all embeddings are alike; features that are the same for every image.
 */
final class Health {
    /** Epochs at the end of a run that decide; one epoch alone may pass through a bad phase. */
    private static final int EPOCHS = 2;

    /** Share of ln K within which an entropy or a loss counts as being at its end. */
    private static final double NEAR = 0.01;

    /** Standard deviation of collapsed features, as a share of the healthy 1 / sqrt(width). */
    private static final double FLAT = 0.02;

    private final double maxEntropy;
    private final double flatStd;
    private final boolean contrastive;
    private final Deque<Epoch> last = new ArrayDeque<>();
    private Epoch current = new Epoch();

    /** Means over one epoch. */
    private static final class Epoch {
        private final Map<Measure, Double> sums = new EnumMap<>(Measure.class);
        private long steps;

        void add(StepReport report) {
            report.values().forEach((measure, value) -> sums.merge(measure, value, Double::sum));
            steps++;
        }

        RunState.EpochSums sums() {
            Map<String, String> text = new TreeMap<>();
            sums.forEach((measure, sum) -> text.put(measure.name(), Double.toString(sum)));
            return new RunState.EpochSums(steps, text);
        }

        static Epoch of(RunState.EpochSums saved) {
            Epoch epoch = new Epoch();
            epoch.steps = saved.steps();
            saved.sums().forEach((name, sum) -> epoch.sums.put(Measure.valueOf(name), Double.parseDouble(sum)));
            return epoch;
        }

        double mean(Measure measure) {
            return sums.getOrDefault(measure, Double.NaN) / steps;
        }
    }

    /**
     * @param codes number K of outputs that ln K is chance for
     * @param width of the features
     * @param contrastive whether a loss of ln K at the end means collapse (MoCo), although no entropy is measured
     */
    Health(int codes, int width, boolean contrastive) {
        this.maxEntropy = Math.log(codes);
        this.flatStd = FLAT / Math.sqrt(width);
        this.contrastive = contrastive;
    }

    void step(StepReport report) {
        current.add(report);
    }

    void endEpoch() {
        last.addLast(current);
        if (last.size() > EPOCHS) {
            last.removeFirst();
        }
        current = new Epoch();
    }

    /** What a state keeps: the last epochs, then the one under way. */
    List<RunState.EpochSums> sums() {
        List<RunState.EpochSums> all =
                new ArrayList<>(last.stream().map(Epoch::sums).toList());
        all.add(current.sums());
        return all;
    }

    /** Goes on from {@link #sums}. */
    void restore(List<RunState.EpochSums> saved) {
        last.clear();
        saved.forEach(each -> last.addLast(Epoch.of(each)));
        current = last.removeLast();
    }

    /** Means of the last finished epoch by the names of {@code metrics.json}; NaN where nothing was measured. */
    void values(Map<String, Double> values) {
        values.put("loss.max", maxEntropy);
        if (!last.isEmpty()) {
            Epoch e = last.getLast();
            values.put("loss.last-epoch", e.mean(Measure.LOSS));
            values.put("teacher.entropy", e.mean(Measure.TEACHER_ENTROPY));
            values.put("teacher.information", e.mean(Measure.TEACHER_INFORMATION));
            values.put("teacher.view-correlation", e.mean(Measure.VIEW_CORRELATION));
            values.put("feature.cosine", e.mean(Measure.FEATURE_COSINE));
            values.put("prototypes", e.mean(Measure.PROTOTYPES));
            values.put("train.top1", e.mean(Measure.TOP1));
            values.put("online-probe.top1", e.mean(Measure.PROBE_TOP1));
        }
    }

    /** Whether the last epochs were all collapsed. */
    boolean collapsed() {
        return !message().isEmpty();
    }

    private boolean all(Predicate<Epoch> rule) {
        return !last.isEmpty() && last.stream().allMatch(rule);
    }

    /** One line about a collapse with what helps against it; empty when there is none. */
    String message() {
        if (all(e -> e.mean(Measure.TEACHER_ENTROPY) >= (1 - NEAR) * maxEntropy)) {
            return line(
                    "the targets are uniform: lower method.teacher-temp (dino) or method.epsilon (swav), use softer"
                            + " photometrics, a smaller learning rate, a slower teacher (method.teacher-momentum) or more steps");
        }
        if (all(e -> e.mean(Measure.TEACHER_INFORMATION) <= NEAR * maxEntropy)) {
            return line("every image gets the same target: raise method.teacher-temp, lower method.center-momentum,"
                    + " freeze the last layer for longer (dino); freeze the prototypes for longer, start the queue later"
                    + " (swav)");
        }
        if (contrastive && all(e -> e.mean(Measure.LOSS) >= (1 - NEAR) * maxEntropy)) {
            return line("no key is told from the negatives: use softer photometrics, fewer local views or a smaller"
                    + " learning rate, lower method.key-momentum for few steps");
        }
        if (all(e -> e.mean(Measure.FEATURE_STD) <= flatStd)) {
            return line("every image has the same features: use a smaller learning rate or a longer warm-up");
        }
        return "";
    }

    private String line(String what) {
        Epoch e = last.getLast();
        return String.format(
                Locale.ROOT,
                "collapsed: loss %.3f at ln K = %.3f, target entropy %.3f, information %.3f, feature std %.5f: %s",
                e.mean(Measure.LOSS),
                maxEntropy,
                e.mean(Measure.TEACHER_ENTROPY),
                e.mean(Measure.TEACHER_INFORMATION),
                e.mean(Measure.FEATURE_STD),
                what);
    }
}
