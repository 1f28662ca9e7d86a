package viewfit.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Figures of one thing over the rounds of a run; ratios are made round by round, so that a slow moment hits both sides. */
final class Rounds {
    private final List<Double> figures = new ArrayList<>();

    void add(double figure) {
        figures.add(figure);
    }

    double median() {
        List<Double> sorted = new ArrayList<>(figures);
        Collections.sort(sorted);
        int n = sorted.size();
        return (sorted.get((n - 1) / 2) + sorted.get(n / 2)) / 2;
    }

    double smallest() {
        return Collections.min(figures);
    }

    double largest() {
        return Collections.max(figures);
    }

    /** How often this fits into the other, with the extremes of the rounds. */
    String ratio(Rounds other) {
        Rounds ratios = new Rounds();
        for (int i = 0; i < figures.size(); i++) {
            ratios.add(other.figures.get(i) / figures.get(i));
        }
        return String.format(
                Locale.ROOT, "%.2f x (%.2f to %.2f)", ratios.median(), ratios.smallest(), ratios.largest());
    }
}
