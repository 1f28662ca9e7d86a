package viewfit.ssl;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import viewfit.core.data.Manifest;
import viewfit.core.metrics.CurveRow;
import viewfit.core.metrics.Divergence;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.MonitorRow;
import viewfit.core.metrics.Outcome;
import viewfit.core.progress.ProgressLine;
import viewfit.core.recipe.MocoRecipe;
import viewfit.core.recipe.OnDivergence;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.select.Halving;
import viewfit.core.table.CsvTable;
import viewfit.views.ImageStore;
import viewfit.views.MultiCropBatch;

/** What a run tells of itself step by step: curve, monitor, progress, health, and its metrics in the end. */
final class RunRecord implements AutoCloseable {
    static final CsvTable<CurveRow> CURVE = CsvTable.of(CurveRow.class, CurveRow.SCHEMA);
    static final CsvTable<MonitorRow> MONITOR = CsvTable.of(MonitorRow.class, MonitorRow.SCHEMA);
    static final String CURVE_FILE = "curve.csv";
    static final String MONITOR_FILE = "monitor.csv";
    private static final double NANOS = 1e9;

    private final Pretrainer.Job job;
    private final PretrainRecipe recipe;
    private final Trainer trainer;
    private final RunFiles files;
    private final ProgressLine progress;
    private final Journal<CurveRow> curve;
    private final Journal<MonitorRow> monitor;
    private final EventLog events;
    private final Health health;
    private final RunLog log;
    private final OpenSteps open = new OpenSteps();
    private final List<MonitorRow> monitored = new ArrayList<>();
    private final long start = System.nanoTime();
    private final long firstStep;
    /** Where this part of the run ends. */
    private final long lastStep;

    private final boolean keepsStates;
    /** Seconds of the processes before. */
    private final double earlier;

    private long steps;
    private int notFinite;

    /** @param resumed state it goes on from, or null */
    RunRecord(
            Pretrainer.Job job,
            Trainer trainer,
            ImageStore images,
            RunFiles files,
            ProgressLine progress,
            RunControl control,
            EventLog events,
            @Nullable Resumed resumed) {
        this.job = job;
        this.recipe = job.recipe();
        this.trainer = trainer;
        this.files = files;
        this.progress = progress;
        this.events = events;
        this.health = new Health(
                trainer.method().codes(),
                trainer.method().student().graph(MethodGraphs.BACKBONE).outputWidth(),
                recipe.method() instanceof MocoRecipe);
        this.log = new RunLog(images, job.cell());
        if (resumed != null) {
            RunState state = resumed.state();
            steps = state.steps();
            notFinite = state.notFinite();
            monitored.addAll(resumed.monitor());
            health.restore(state.health());
            log.restore(trainer.clock(steps - 1), state.lastRows(), state.lastReports());
        }
        this.firstStep = steps;
        this.lastStep = control.last(recipe) * trainer.stepsPerEpoch();
        StateFolder states = control.states();
        this.keepsStates = states != null;
        this.earlier = states == null || resumed == null ? 0 : states.taken();
        this.curve = new Journal<>(
                CURVE,
                files.file(CURVE_FILE),
                states == null ? null : states.file(CURVE_FILE),
                files.header(),
                RunRecord::timeless,
                resumed == null ? List.of() : resumed.curve());
        this.monitor = new Journal<>(
                MONITOR,
                files.file(MONITOR_FILE),
                states == null ? null : states.file(MONITOR_FILE),
                files.header(),
                row -> row,
                monitored);
    }

    /** Without what the clock gave. */
    static CurveRow timeless(CurveRow r) {
        return new CurveRow(
                r.epoch(),
                r.step(),
                r.loss(),
                r.lossGlobal(),
                r.lossLocal(),
                r.lr(),
                r.weightDecay(),
                r.teacherMomentum(),
                r.teacherTemp(),
                r.teacherEntropy(),
                r.teacherInformation(),
                r.kl(),
                r.viewCorrelation(),
                r.featureStd(),
                r.featureCosine(),
                r.gradientNorm(),
                r.centerNorm(),
                r.prototypes(),
                r.top1(),
                r.probeLoss(),
                r.probeTop1(),
                0,
                0);
    }

    /** Steps that were told of. */
    long steps() {
        return steps;
    }

    /** That the run has taken, with the processes before. */
    double seconds() {
        return earlier + (System.nanoTime() - start) / NANOS;
    }

    Journal<CurveRow> curve() {
        return curve;
    }

    Journal<MonitorRow> monitor() {
        return monitor;
    }

    /** Notes a step that was given to the device, the time it took and how much of it was spent waiting for views. */
    void open(Clock clock, MultiCropBatch batch, long nanos, long waitNanos) {
        open.add(clock, batch);
        open.spend(nanos, waitNanos);
    }

    /** As {@link #tell(List)}, after more time that went into these steps. */
    void tell(List<StepReport> reports, long nanos) {
        open.spend(nanos, 0);
        tell(reports);
    }

    /**
     * Writes down the steps that were read together, up to the first that is not finite: each took the mean time.
     *
     * @throws Diverged at that one
     */
    void tell(List<StepReport> reports) {
        if (reports.isEmpty()) {
            return;
        }
        OpenSteps.Pace pace = open.pace((long) reports.size() * recipe.batchSize());
        for (StepReport report : reports) {
            OpenSteps.Step step = open.next();
            CurveRow row = RunLog.row(step.clock(), report, pace);
            curve.append(row);
            events.step(row);
            log.keep(step, report);
            if (!report.finite()) {
                Divergence found = log.divergence();
                files.diverged(found, recipe.onDivergence().most() > 0);
                meet(RunLog.message(found, RunFiles.DIVERGED));
            } else {
                health.step(report);
                String more = RunLog.told(report, trainer.method().codes());
                progress.step(
                        step.clock().epoch(),
                        steps,
                        lastStep,
                        report.loss(),
                        more,
                        pace.imagesPerSecond(),
                        pace.waitShare());
            }
            steps++;
        }
    }

    /**
     * A step was not finite: the trainer has gone back, as the recipe says, or the run ends here.
     *
     * @throws Diverged if it does
     */
    private void meet(String message) {
        OnDivergence policy = recipe.onDivergence();
        if (notFinite >= policy.most()) {
            throw new Diverged(
                    policy.most() == 0 ? message : message + "; " + notFinite + " such steps before were left out");
        }
        notFinite++;
        progress.say(String.format(
                Locale.ROOT,
                "%s; %s: %d of at most %d times",
                message,
                policy == OnDivergence.SKIP
                        ? "left out"
                        : "back to where the epoch began, its steps up to here left out",
                notFinite,
                policy.most()));
    }

    void endEpoch() {
        health.endEpoch();
    }

    /**
     * Writes down what the monitor found.
     *
     * @throws Diverged if features are not finite
     */
    void measured(MonitorRow row) {
        monitor.append(row);
        events.measured(row);
        if (Double.isNaN(row.featureStd())) {
            files.diverged(log.divergence(), false);
            throw new Diverged("after step " + (steps - 1) + ": found features that are not finite: must be finite;"
                    + " lower optimizer.lr or lengthen schedule.warmup-epochs; the last batch is in "
                    + RunFiles.DIVERGED);
        }
        monitored.add(row);
        progress.say(String.format(
                Locale.ROOT,
                "after epoch %d: k-NN student %.3f%s%s, feature std %.4f, effective rank %.1f",
                row.epoch(),
                row.knnStudent(),
                known(", teacher %.3f", row.knnTeacher()),
                known(", prototypes used %.2f", row.prototypesUsed()),
                row.featureStd(),
                row.effectiveRank()));
    }

    /** A number in words, or nothing where it was not measured. */
    private static String known(String words, double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, words, value);
    }

    /** What a state keeps of this, and where the tables are; the marks must be kept with it. */
    RunState state(
            int epochs, Journal.Mark<CurveRow> curveMark, Journal.Mark<MonitorRow> monitorMark, List<Integer> damaged) {
        return new RunState(
                steps,
                epochs,
                curveMark.rows(),
                curveMark.sha256(),
                monitorMark.rows(),
                monitorMark.sha256(),
                notFinite,
                log.rows(),
                log.reports(),
                health.sums(),
                damaged);
    }

    /** One line about a collapse; empty when there is none. */
    String collapse() {
        return health.message();
    }

    /**
     * The content of {@code metrics.json}. Times are those of this process; all else is the run's.
     *
     * @param stalled seconds that keeping states took from training
     */
    Metrics metrics(Outcome outcome, String message, String checkpointSha256, int damaged, double stalled) {
        Map<String, Double> values = new TreeMap<>();
        health.values(values);
        if (!monitored.isEmpty()) {
            MonitorRow first = monitored.get(0);
            MonitorRow last = monitored.get(monitored.size() - 1);
            values.put("untrained.knn.top1", first.knnStudent());
            values.put("student.knn.top1", last.knnStudent());
            values.put("teacher.knn.top1", last.knnTeacher());
            values.put("feature.std", last.featureStd());
            values.put("feature.effective-rank", last.effectiveRank());
        }
        values.put(
                "images-per-second",
                open.total((steps - firstStep) * recipe.batchSize()).imagesPerSecond());
        values.put("data-wait-share", open.total(0).waitShare());
        values.put("wall-seconds", (System.nanoTime() - start) / NANOS);
        if (keepsStates) {
            values.put("state-seconds", stalled);
            values.put("wall-seconds.total", seconds());
        }
        values.values().removeIf(v -> !Double.isFinite(v));
        Map<String, Long> counts = new LinkedHashMap<>();
        counts.put("images", (long) job.train().size());
        counts.put("damaged", (long) damaged);
        counts.put("epochs", steps / trainer.stepsPerEpoch());
        counts.put("steps", steps);
        if (keepsStates) {
            counts.put("resumed-at-step", firstStep);
        }
        if (recipe.onDivergence().most() > 0) {
            counts.put("not-finite", (long) notFinite);
        }
        Manifest heldout = job.heldout();
        counts.put(Halving.HELD_OUT, heldout == null ? 0L : heldout.size());
        counts.put("collapsed", health.collapsed() ? 1L : 0L);
        counts.put("feature.dim", (long)
                trainer.method().student().graph("backbone").outputWidth());
        return new Metrics(
                Metrics.SCHEMA,
                "pretrain",
                job.cell(),
                outcome,
                message,
                values,
                counts,
                files.provenance(checkpointSha256));
    }

    @Override
    public void close() {
        try (monitor) {
            curve.close();
        }
    }
}
