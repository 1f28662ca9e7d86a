package viewfit.stages.grid;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
            description = "With --halve-at, share of the groups of cells that goes on (default: 0.5).")
    private @Nullable Double keep;

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
        Map<String, List<Plan.Line>> groups = new LinkedHashMap<>();
        plan.lines().forEach(line -> groups.computeIfAbsent(line.cell().row().group(), g -> new ArrayList<>())
                .add(line));
        // Which groups go on is not known: those that have most to do after the first rung, or those that have least.
        List<List<Plan.Line>> most = new ArrayList<>(groups.values());
        int first = at.get(0);
        most.sort(Comparator.comparingDouble(
                (List<Plan.Line> group) -> -flops(List.of(group), first, Integer.MAX_VALUE)));
        List<List<Plan.Line>> least = new ArrayList<>(most);
        Collections.reverse(least);
        StringBuilder numbers = new StringBuilder();
        int going = groups.size();
        for (int epoch : at) {
            going = Halving.kept(going, keep());
            numbers.append(numbers.isEmpty() ? "" : ", ")
                    .append(going)
                    .append(" after epoch ")
                    .append(epoch);
        }
        long low = Math.round(PERCENT * share(plan, least));
        long high = Math.round(PERCENT * share(plan, most));
        return List.of(
                String.format(
                        Locale.ROOT,
                        "With successive halving %d groups of cells begin, and there go on %s.",
                        groups.size(),
                        numbers),
                "That takes " + (low == high ? "" : low + " to ") + high + " % of the FLOPs above"
                        + (low == high ? "." : ", by which groups these are."));
    }

    /** Part of all operations that is done if groups go on in this order. */
    private double share(Plan plan, List<List<Plan.Line>> groups) {
        double done = 0;
        int going = groups.size();
        int before = 0;
        for (int epoch : at == null ? List.<Integer>of() : at) {
            done += flops(groups.subList(0, going), before, epoch);
            going = Halving.kept(going, keep());
            before = epoch;
        }
        return (done + flops(groups.subList(0, going), before, Integer.MAX_VALUE)) / plan.flops();
    }

    private static double flops(List<List<Plan.Line>> groups, int from, int to) {
        return groups.stream()
                .flatMap(List::stream)
                .mapToDouble(line -> {
                    int epochs = line.cell().recipe().epochs();
                    return line.flops() * (Math.min(to, epochs) - from) / epochs;
                })
                .sum();
    }

    private static StageFailure usage(String message) {
        return new StageFailure(ExitCode.USAGE, message);
    }

    private static StageFailure bad(String message) {
        return new StageFailure(ExitCode.BAD_RECIPE, message);
    }
}
