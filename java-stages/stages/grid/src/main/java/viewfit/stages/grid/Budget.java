package viewfit.stages.grid;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.select.Halving;

/** Which rungs of successive halving keep a sweep within some hours: the usual ones, at halves of the shortest recipe. */
final class Budget {
    private static final int MOST_RUNGS = 3;

    private Budget() {}

    /**
     * What a plan says of it, a line each.
     *
     * @param hours that may be spent
     * @param unit of the hours of the plan
     */
    static List<String> told(Plan plan, double hours, String unit) {
        if (Double.isNaN(plan.hours())) {
            return List.of("No hours are known of all cells, so that nothing is known of a budget.");
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(row("the whole sweep", plan.hours(), hours));
        double least = plan.hours();
        for (List<Integer> epochs : choices(plan)) {
            double cost = new Rungs(epochs, Halving.USUAL_SHARE).most(plan, Plan.Line::hours);
            String at = String.join(",", epochs.stream().map(String::valueOf).toList());
            rows.add(row("--halve_at " + at, cost, hours));
            least = Math.min(least, cost);
        }
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT, "Within a budget of %s %s, whichever groups go on:", PlanText.hours(hours), unit));
        lines.addAll(PlanText.table(rows));
        if (least > hours) {
            lines.add("None of these fits: fewer cells, fewer epochs or a smaller --halve_keep do.");
        }
        return lines;
    }

    private static List<String> row(String choice, double cost, double hours) {
        return List.of(choice, PlanText.hours(cost), cost <= hours ? "fits" : "too much");
    }

    /** Epochs of one rung, two, three: a half, a quarter and an eighth, where all monitors look; none where one never does. */
    private static List<List<Integer>> choices(Plan plan) {
        int shortest = Integer.MAX_VALUE;
        long every = 1;
        for (Plan.Line line : plan.lines()) {
            PretrainRecipe recipe = line.cell().recipe();
            int looks = recipe.monitor().knnImages() == 0 ? 0 : recipe.monitor().knnEveryEpochs();
            if (looks == 0) {
                return List.of();
            }
            shortest = Math.min(shortest, recipe.epochs());
            every = every / gcd(every, looks) * looks;
        }
        List<List<Integer>> choices = new ArrayList<>();
        List<Integer> epochs = List.of();
        for (int rungs = 1; rungs <= MOST_RUNGS; rungs++) {
            int epoch = (int) ((shortest >> rungs) / every * every);
            if (epoch == 0 || (!epochs.isEmpty() && epoch >= epochs.get(0))) {
                break;
            }
            List<Integer> more = new ArrayList<>(List.of(epoch));
            more.addAll(epochs);
            epochs = more;
            choices.add(epochs);
        }
        return choices;
    }

    private static long gcd(long a, long b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
