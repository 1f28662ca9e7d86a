package viewfit.stages.grid;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.grid.Cell;
import viewfit.core.recipe.MonitorRecipe;
import viewfit.core.select.Halving;

/** Whether a sweep is thinned out on the way, what that asks of its recipes, and what it saves. */
final class HalvingOptions {
    private static final double PERCENT = 100;

    @Option(
            names = "--halve-at",
            split = ",",
            paramLabel = "EPOCH",
            description =
                    "Successive halving will stop cells after these epochs: check that all can be scored there, and"
                            + " with --plan say what is saved.")
    private @Nullable List<Integer> at;

    @Option(
            names = "--halve-keep",
            paramLabel = "SHARE",
            description =
                    "With --halve-at, share of the groups of cells of one method, backbone and number of epochs that goes on"
                            + " (default: 0.5).")
    private @Nullable Double keep;

    boolean asked() {
        return at != null;
    }

    /** Refuses what does not go together. */
    void check() {
        if (at == null) {
            if (keep != null) {
                throw usage("--halve-keep: found without epochs: needs --halve-at");
            }
            return;
        }
        int before = 0;
        for (int epoch : at) {
            if (epoch <= before) {
                throw usage("--halve-at: found " + at + ": must be epochs in ascending order, from 1 on");
            }
            before = epoch;
        }
        if (!(keep() > 0 && keep() <= 1)) {
            throw usage("--halve-keep: found " + keep + ": must be above 0 and at most 1");
        }
    }

    private double keep() {
        return keep == null ? Halving.USUAL_SHARE : keep;
    }

    /**
     * Every cell must still be training at these epochs, and be looked at by its monitor.
     *
     * @throws StageFailure {@link ExitCode#BAD_RECIPE} naming the first that does not
     */
    void check(List<Cell> cells) {
        for (Cell cell : cells) {
            for (int epoch : at == null ? List.<Integer>of() : at) {
                String where = cell.row().cell() + ": ";
                MonitorRecipe monitor = cell.recipe().monitor();
                int every = monitor.knnEveryEpochs();
                if (cell.recipe().epochs() <= epoch) {
                    throw bad(where + "epochs: found " + cell.recipe().epochs() + ": must be more than " + epoch
                            + ", which --halve-at stops cells after");
                }
                if (every == 0 || epoch % every != 0) {
                    throw bad(where + "monitor.knn-every-epochs: found " + every + ": must divide " + epoch
                            + ", which --halve-at ranks cells after");
                }
                if (monitor.knnImages() == 0) {
                    throw bad(where + "monitor.knn-images: found 0: must be above 0, --halve-at ranks cells by them");
                }
            }
        }
    }

    /** What a plan says of it, a line each; none without it. */
    List<String> told(Plan plan) {
        if (at == null) {
            return List.of();
        }
        Rungs rungs = new Rungs(at, keep());
        int groups = Rungs.groups(plan).values().stream().mapToInt(List::size).sum();
        List<Integer> going = rungs.going(plan);
        StringBuilder numbers = new StringBuilder();
        for (int i = 0; i < going.size(); i++) {
            numbers.append(numbers.isEmpty() ? "" : ", ")
                    .append(going.get(i))
                    .append(" after epoch ")
                    .append(at.get(i));
        }
        long low = Math.round(PERCENT * rungs.least(plan, Plan.Line::flops) / plan.flops());
        long high = Math.round(PERCENT * rungs.most(plan, Plan.Line::flops) / plan.flops());
        return List.of(
                String.format(
                        Locale.ROOT,
                        "With successive halving %d groups of cells begin, and there go on %s.",
                        groups,
                        numbers),
                "That takes " + (low == high ? "" : low + " to ") + high + " % of the FLOPs above"
                        + (low == high ? "." : ", by which groups these are."));
    }

    private static StageFailure usage(String message) {
        return new StageFailure(ExitCode.USAGE, message);
    }

    private static StageFailure bad(String message) {
        return new StageFailure(ExitCode.BAD_RECIPE, message);
    }
}
