package viewfit.core.select;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.grid.CellRow;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.MonitorRow;
import viewfit.core.metrics.Outcome;

/**
 * One rung of successive halving (Jamieson and Talwalkar, Non-stochastic Best Arm Identification, 2016): the groups of a sweep that
 * score best after some epochs go on, the others stop. Only groups of one method, one backbone and one length compete: another
 * network has another level, and of two lengths the shorter one is further in its schedule. References all go on. It ranks by the
 * k-NN of the monitor, which asks held-out images, and never sees another score.
 */
public final class Halving {
    /** Count of a pre-training: held-out images that its monitor may ask; without them training images ask each other. */
    public static final String HELD_OUT = "monitor.heldout-images";

    /** Share of the groups that goes on, where nobody says another one. */
    public static final double USUAL_SHARE = 0.5;

    private static final String EPOCHS = "epochs";

    private final Map<String, CellRow> cells = new LinkedHashMap<>();
    private final Function<CellRow, Training> trainings;
    private final Map<String, Run> runs = new TreeMap<>();

    /** A run of a cell up to here; NaN for one that diverged. */
    private record Run(Path file, long epochs, double score) {}

    /**
     * @param sweep all its cells
     * @param trainings that of a cell; asked for one of each group
     */
    public Halving(List<CellRow> sweep, Function<CellRow, Training> trainings) {
        this.trainings = trainings;
        sweep.forEach(cell -> cells.put(cell.cell(), cell));
    }

    /**
     * Adds a run that paused or diverged.
     *
     * @param file names the run in messages
     * @param monitor its rows
     * @throws StageFailure {@link ExitCode#BAD_DATA} if it is no run of this sweep, is there twice, ended well, paused after another
     *     epoch than those before, or has no score after it
     */
    public void add(Path file, Metrics metrics, List<MonitorRow> monitor) {
        String cell = metrics.cell();
        if (!metrics.stage().equals("pretrain") || !cells.containsKey(cell)) {
            throw bad(file + ": found stage " + metrics.stage() + ", cell '" + cell
                    + "': must be pretrain and one of the " + cells.size() + " cells of the sweep");
        }
        if (metrics.outcome() == Outcome.OK) {
            throw bad(file + ": found a run that has come to its end: must be paused, or diverged");
        }
        if (metrics.counts().getOrDefault(HELD_OUT, 0L) == 0) {
            throw bad(file
                    + ": found a run without held-out images: halving ranks by these alone: give pretrain --monitor");
        }
        long epochs = metrics.counts().getOrDefault(EPOCHS, 0L);
        boolean paused = metrics.outcome() == Outcome.PAUSED;
        Run run = new Run(file, epochs, paused ? score(file, epochs, monitor) : Double.NaN);
        runs.values().stream()
                .filter(other -> paused && Double.isFinite(other.score) && other.epochs != epochs)
                .findFirst()
                .ifPresent(other -> {
                    throw bad(file + ": found a run of " + epochs + " epochs, " + other.file + " has " + other.epochs
                            + ": all must have paused after the same epoch");
                });
        Run before = runs.put(cell, run);
        if (before != null) {
            throw bad(file + ": found a second run of cell " + cell + ", the first is " + before.file
                    + ": one is allowed");
        }
    }

    private static double score(Path file, long epochs, List<MonitorRow> monitor) {
        double score = monitor.stream()
                .filter(row -> row.epoch() == epochs)
                .mapToDouble(MonitorRow::knnStudent)
                .findFirst()
                .orElse(Double.NaN);
        if (!Double.isFinite(score)) {
            throw bad(file + ": found no k-NN of the monitor after epoch " + epochs
                    + ": must have one: labelled held-out images, and monitor.knn-every-epochs that divides the epoch");
        }
        return score;
    }

    /**
     * Decides. A group's score is the mean of its runs that did not diverge; equal ones rank as in the sweep.
     *
     * @param keep share of the competing groups that goes on, above 0 and at most 1; at least one does, and part of a group counts
     *     as one
     * @return those that compete side by side, best first; a group without a run that may go on stops
     * @throws StageFailure {@link ExitCode#BAD_DATA} if there is no run
     */
    public List<HalvingRow> decide(double keep) {
        if (runs.isEmpty()) {
            throw bad("--runs: found no run: at least one is needed to decide");
        }
        Map<String, List<String>> groups = new LinkedHashMap<>();
        cells.forEach((name, cell) -> {
            if (runs.containsKey(name)) {
                groups.computeIfAbsent(cell.group(), g -> new ArrayList<>()).add(name);
            }
        });
        Map<Training, List<HalvingRow>> rivals = new LinkedHashMap<>();
        groups.forEach((group, names) -> {
            Training training = trainings.apply(cell(names.get(0)));
            rivals.computeIfAbsent(training, t -> new ArrayList<>()).add(row(training, group, names));
        });
        List<HalvingRow> rows = new ArrayList<>();
        rivals.forEach((training, groupsOfOne) -> rows.addAll(ranked(training, groupsOfOne, keep)));
        return rows;
    }

    private static List<HalvingRow> ranked(Training training, List<HalvingRow> groups, double keep) {
        groups.sort(Comparator.comparingDouble((HalvingRow row) -> Double.isNaN(row.mean()) ? 1 : -row.mean()));
        int kept = kept(training, groups.size(), keep);
        List<HalvingRow> rows = new ArrayList<>();
        for (HalvingRow row : groups) {
            rows.add(row.placed(rows.size() + 1, rows.size() < kept && row.n() > 0));
        }
        return rows;
    }

    /**
     * How many of some groups go on.
     *
     * @param training what they have in common
     */
    public static int kept(Training training, int groups, double keep) {
        // A share such as .1 of 30 is a little more than 3 in binary.
        return training.reference() ? groups : Math.max(1, (int) Math.ceil(groups * keep - 1e-9));
    }

    private CellRow cell(String name) {
        CellRow cell = cells.get(name);
        if (cell == null) {
            throw new IllegalStateException(name + " is no cell of the sweep");
        }
        return cell;
    }

    private HalvingRow row(Training training, String group, List<String> names) {
        // From the smallest on: equal scores have equal means, whichever seed has which.
        double[] scores = names.stream()
                .mapToDouble(name -> run(name).score)
                .filter(Double::isFinite)
                .sorted()
                .toArray();
        double mean = Arrays.stream(scores).average().orElse(Double.NaN);
        long epoch = runs.values().stream().mapToLong(Run::epochs).max().orElse(0);
        return new HalvingRow(
                training.method(),
                training.backbone(),
                training.epochs(),
                (int) epoch,
                0,
                group,
                String.join(" ", names),
                scores.length,
                mean,
                false);
    }

    private Run run(String cell) {
        Run run = runs.get(cell);
        if (run == null) {
            throw new IllegalStateException(cell + " has no run");
        }
        return run;
    }

    /** Whether a run that was added may go on at all: it has not diverged. */
    public boolean mayGoOn(String cell) {
        return Double.isFinite(run(cell).score);
    }

    private static StageFailure bad(String message) {
        return new StageFailure(ExitCode.BAD_DATA, message);
    }
}
