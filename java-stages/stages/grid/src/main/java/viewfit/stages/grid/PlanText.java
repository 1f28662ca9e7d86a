package viewfit.stages.grid;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A plan for people: a line for each cell, the totals, and the rule they are reckoned by. */
final class PlanText {
    private PlanText() {}

    /**
     * All lines.
     *
     * @param grid names the grid
     * @param train images to train on
     */
    static List<String> of(Plan plan, String grid, int train, Speed speed) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(
                "cell", "recipe", "axes", "epochs", "images seen", "views", "FLOPs per image", "FLOPs", speed.unit()));
        for (Plan.Line line : plan.lines()) {
            rows.add(List.of(
                    line.cell().row().cell(),
                    line.cell().row().recipe(),
                    line.cell().row().axes().isEmpty() ? "-" : line.cell().row().axes(),
                    Integer.toString(line.cell().recipe().epochs()),
                    Long.toString(line.images()),
                    line.views(),
                    number(line.flopsPerImage()),
                    number(line.flops()),
                    hours(line.hours())));
        }
        rows.add(List.of(
                "total", "", "", "", Long.toString(plan.images()), "", "", number(plan.flops()), hours(plan.hours())));
        int cells = plan.lines().size();
        List<String> lines = new ArrayList<>();
        lines.add(cells + (cells == 1 ? " cell of " : " cells of ") + grid + ", " + train + " images to train on");
        lines.addAll(table(rows));
        lines.add(
                "FLOPs: 2 per multiply-accumulate of convolutions, linear layers, attention and queues, at the size of each view;"
                        + " a backward pass is 2 forward passes, and a teacher has none.");
        lines.add("Pre-training alone: probe, fine-tuning, export and the k-NN monitor come on top. "
                + sentence(speed.about()) + ".");
        List<String> unmeasured = speed.unmeasured(
                plan.lines().stream().map(line -> line.cell().recipe()).toList());
        if (!unmeasured.isEmpty()) {
            lines.add("No finished cell of " + String.join(", ", unmeasured) + ": no hours for these, and no total.");
        }
        return lines;
    }

    static List<String> table(List<List<String>> rows) {
        int[] widths = new int[rows.get(0).size()];
        for (List<String> row : rows) {
            for (int column = 0; column < widths.length; column++) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < widths.length; column++) {
                line.append(row.get(column))
                        .append(" ".repeat(widths[column] - row.get(column).length() + 2));
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4g", value);
    }

    static String hours(double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, value < 100 ? "%.2f" : "%.0f", value);
    }

    private static String sentence(String words) {
        return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
    }
}
