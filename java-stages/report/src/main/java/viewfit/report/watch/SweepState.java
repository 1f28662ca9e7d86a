package viewfit.report.watch;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A sweep at one moment.
 *
 * @param results folder of the results, for the heading
 * @param time seconds since 1970
 * @param cells in the order of the grid
 * @param stages the other stages
 */
public record SweepState(String results, double time, List<CellState> cells, List<StageState> stages) {
    /** What most looks are for: those that run first, and those that ended well last. */
    private static final Comparator<CellState> BY_STATUS = Comparator.comparing(CellState::status);

    /**
     * The tasks of one stage, the last attempt of each.
     *
     * @param stage its name
     */
    public record StageState(String stage, long waiting, long running, long done, long failed) {}

    public SweepState {
        cells = cells.stream().sorted(BY_STATUS).toList();
        stages = List.copyOf(stages);
    }

    /** {@code 12 cells: 3 running, 1 failed, 5 waiting, 3 done}. */
    String counts() {
        return cells.size() + (cells.size() == 1 ? " cell: " : " cells: ") + counts(cells);
    }

    /** How many of these cells stand how. */
    static String counts(List<CellState> cells) {
        return Arrays.stream(CellState.Status.values())
                .map(status ->
                        count(cells.stream().filter(c -> c.status() == status).count(), status.word()))
                .filter(words -> !words.isEmpty())
                .collect(Collectors.joining(", "));
    }

    /** {@code probe 3 done, 1 running; finetune 2 done}; empty where no other stage has begun. */
    String stageLine() {
        return stages.stream()
                .map(s -> s.stage() + " "
                        + List.of(
                                        count(s.running(), "running"),
                                        count(s.failed(), "failed"),
                                        count(s.waiting(), "waiting"),
                                        count(s.done(), "done"))
                                .stream()
                                .filter(words -> !words.isEmpty())
                                .collect(Collectors.joining(", ")))
                .collect(Collectors.joining("; "));
    }

    private static String count(long n, String word) {
        return n == 0 ? "" : n + " " + word;
    }
}
