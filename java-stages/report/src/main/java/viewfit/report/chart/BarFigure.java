package viewfit.report.chart;

import java.util.ArrayList;
import java.util.List;
import viewfit.report.values.MeanSd;

/**
 * Accuracies by group and variant: a bar for the mean, a whisker of one standard deviation either side, a dot per seed,
 * and a grey line at the mean of the untrained network of the same seeds. All values are fractions in [0, 1].
 *
 * @param groups labels along the x axis, such as "linear probe"
 * @param variants one colour each, such as a recipe
 * @param bars one per group and variant; a bar without values is drawn as a gap with its note
 * @param chance accuracy of guessing, a dashed line; NaN for none
 */
public record BarFigure(
        String id,
        String title,
        String yLabel,
        List<String> groups,
        List<String> variants,
        List<Bar> bars,
        double chance)
        implements Figure {

    /** One run: its seed and its accuracy as a fraction. */
    public record Run(String cell, long seed, double value) {}

    /**
     * @param group index into groups
     * @param variant index into variants
     * @param trained runs that ended well
     * @param floor the untrained network of the same seeds; may be empty
     * @param note why there are fewer runs than asked for, such as "1 diverged"; empty when all are there
     */
    public record Bar(int group, int variant, List<Run> trained, List<Run> floor, String note) {
        public Bar {
            trained = List.copyOf(trained);
            floor = List.copyOf(floor);
        }

        public MeanSd trainedMean() {
            return MeanSd.of(trained.stream().map(Run::value).toList());
        }

        public MeanSd floorMean() {
            return MeanSd.of(floor.stream().map(Run::value).toList());
        }
    }

    public BarFigure {
        groups = List.copyOf(groups);
        variants = List.copyOf(variants);
        bars = List.copyOf(bars);
    }

    @Override
    public Drawing drawing() {
        return Pictures.of(BarChart.draw(this));
    }

    @Override
    public List<String> header() {
        return List.of("group", "variant", "network", "cell", "seed", "value");
    }

    @Override
    public List<List<String>> rows() {
        List<List<String>> rows = new ArrayList<>();
        for (Bar bar : bars) {
            addRuns(rows, bar, "trained", bar.trained());
            addRuns(rows, bar, "untrained", bar.floor());
        }
        if (!Double.isNaN(chance)) {
            rows.add(List.of("chance", "reference", "", "", "", Double.toString(chance)));
        }
        return rows;
    }

    private void addRuns(List<List<String>> rows, Bar bar, String network, List<Run> runs) {
        for (Run run : runs) {
            rows.add(List.of(
                    groups.get(bar.group()),
                    variants.get(bar.variant()),
                    network,
                    run.cell(),
                    Long.toString(run.seed()),
                    Double.toString(run.value())));
        }
    }
}
