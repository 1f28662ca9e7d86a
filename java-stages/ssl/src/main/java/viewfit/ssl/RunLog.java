package viewfit.ssl;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import viewfit.core.metrics.CurveRow;
import viewfit.core.metrics.Divergence;
import viewfit.views.ImageStore;

/** What a run writes down about its steps: the line of the curve, and the dump when the numbers are no longer finite. */
final class RunLog {
    /** Steps that a dump looks back on. */
    private static final int BEFORE = 10;

    private static final int NAMED_IMAGES = 8;

    private final ImageStore images;
    private final String cell;
    private final Deque<StepReport> last = new ArrayDeque<>();
    private Clock clock = new Clock(0, 0, 0, 0, true);
    private List<Integer> rows = List.of();

    RunLog(ImageStore images, String cell) {
        this.images = images;
        this.cell = cell;
    }

    /** Images of the last step. */
    List<Integer> rows() {
        return rows;
    }

    /** The last steps, oldest first. */
    List<Map<String, String>> reports() {
        return last.stream().map(StepReport::words).toList();
    }

    /** Goes on behind a step. */
    void restore(Clock lastClock, List<Integer> lastRows, List<Map<String, String>> reports) {
        clock = lastClock;
        rows = lastRows;
        last.clear();
        reports.forEach(words -> last.addLast(StepReport.of(words)));
    }

    /** Remembers a step. */
    void keep(OpenSteps.Step step, StepReport report) {
        clock = step.clock();
        rows = step.rows();
        last.addLast(report);
        if (last.size() > BEFORE + 1) {
            last.removeFirst();
        }
    }

    /** The line of one step. */
    static CurveRow row(Clock clock, StepReport r, OpenSteps.Pace pace) {
        return new CurveRow(
                clock.epoch(),
                clock.step(),
                r.get(Measure.LOSS),
                r.get(Measure.LOSS_GLOBAL),
                r.get(Measure.LOSS_LOCAL),
                clock.lr(),
                clock.weightDecay(),
                r.get(Measure.TEACHER_MOMENTUM),
                r.get(Measure.TEACHER_TEMP),
                r.get(Measure.TEACHER_ENTROPY),
                r.get(Measure.TEACHER_INFORMATION),
                r.get(Measure.KL),
                r.get(Measure.VIEW_CORRELATION),
                r.get(Measure.FEATURE_STD),
                r.get(Measure.FEATURE_COSINE),
                r.get(Measure.GRADIENT_NORM),
                r.get(Measure.CENTER_NORM),
                r.get(Measure.PROTOTYPES),
                r.get(Measure.TOP1),
                r.get(Measure.PROBE_LOSS),
                r.get(Measure.PROBE_TOP1),
                pace.imagesPerSecond(),
                pace.waitShare());
    }

    /**
     * For the progress line: what the loss is to be read against, and the number that tells most about the
     * method's health.
     *
     * @param codes as {@link SslMethod#codes}
     */
    static String told(StepReport report, int codes) {
        double information = report.get(Measure.TEACHER_INFORMATION);
        return String.format(
                Locale.ROOT,
                " of %.3f  %s %.2f",
                Math.log(codes),
                Double.isNaN(information) ? "top-1" : "information",
                Double.isNaN(information) ? report.get(Measure.TOP1) : information);
    }

    /** Everything about the last step. */
    Divergence divergence() {
        List<StepReport> steps = new ArrayList<>(last);
        Map<String, String> measures = steps.isEmpty() ? new TreeMap<>() : words(steps.remove(steps.size() - 1));
        measures.put("lr", Double.toString(clock.lr()));
        measures.put("weight-decay", Double.toString(clock.weightDecay()));
        return new Divergence(
                Divergence.SCHEMA,
                cell,
                clock.epoch(),
                clock.step(),
                rows.stream().map(row -> images.row(row).path()).toList(),
                rows,
                measures,
                steps.stream().map(RunLog::words).toList());
    }

    private static Map<String, String> words(StepReport report) {
        Map<String, String> words = new TreeMap<>();
        report.values()
                .forEach((measure, value) ->
                        words.put(measure.name().toLowerCase(Locale.ROOT).replace('_', '-'), Double.toString(value)));
        return words;
    }

    /** One line about it, with what helps. */
    static String message(Divergence found, String dump) {
        List<String> named =
                found.images().subList(0, Math.min(NAMED_IMAGES, found.images().size()));
        int more = found.images().size() - named.size();
        return "step " + found.step() + " (epoch " + found.epoch() + "): found loss "
                + found.measures().get("loss") + ", lr " + found.measures().get("lr") + ", feature std "
                + found.measures().get("feature-std")
                + ": must be finite; lower optimizer.lr or lengthen schedule.warmup-epochs; images "
                + String.join(", ", named) + (more > 0 ? " and " + more + " more" : "")
                + "; the whole batch and the steps before are in " + dump;
    }
}
