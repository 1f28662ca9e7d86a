package viewfit.report.page;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import viewfit.report.Pairs;
import viewfit.report.Pairs.Pair;
import viewfit.report.Summary;
import viewfit.report.chart.BarFigure.Run;
import viewfit.report.results.CellResult;
import viewfit.report.results.Results;
import viewfit.report.results.Show;
import viewfit.report.values.MeanSd;
import viewfit.report.values.Text;

/**
 * What the numbers say, in sentences with their n. Careful on purpose: a gain is stated against the untrained network of
 * the same seeds, recipes are compared on seeds both have, and few seeds are called few.
 */
final class Finding {

    /** Below this many seeds a difference is an indication at best. */
    private static final int FEW = 5;

    /** Of more recipes than this the best and the last are named. */
    private static final int MOST_NAMED = 4;

    private Finding() {}

    /** Plain sentences, one paragraph each. */
    static List<String> sentences(Results results) {
        List<String> sentences = new ArrayList<>();
        String linear = scores(results, Summary.LINEAR);
        String neighbours = linear.isEmpty() ? scores(results, Summary.KNN) : "";
        sentences.add(
                !linear.isEmpty()
                        ? "Linear probe on held-out images: " + linear + "."
                        : !neighbours.isEmpty()
                                ? "k-NN on held-out images, without a linear probe: " + neighbours + "."
                                : "No run has a score on held-out images yet; the page shows the training only.");
        sentences.addAll(notAboveFloor(results));
        for (Pair pair : compared(results)) {
            String comparison = comparison(results, pair.recipe(), pair.against());
            if (!comparison.isEmpty()) {
                sentences.add(comparison);
            }
        }
        List<String> collapsed = results.cells().stream()
                .filter(CellResult::collapsed)
                .map(c -> c.cell().id())
                .toList();
        if (!collapsed.isEmpty()) {
            sentences.add("Collapsed during training, by their own monitors: " + String.join(", ", collapsed) + ".");
        }
        sentences.addAll(SelectionSection.sentences(results));
        String absent = absent(results);
        if (!absent.isEmpty()) {
            sentences.add(absent);
        }
        String strangers = strangers(results);
        if (!strangers.isEmpty()) {
            sentences.add(strangers);
        }
        return sentences;
    }

    /** Folders of another run; of many the first ones. */
    private static String strangers(Results results) {
        int more = results.strangers().size() - MOST_NAMED;
        String named = results.strangers().entrySet().stream()
                .limit(MOST_NAMED)
                .map(left -> results.source(left.getKey()) + " (" + left.getValue() + ")")
                .collect(Collectors.joining(", "));
        return named.isEmpty()
                ? ""
                : "Left out, as another run left it here: " + named
                        + (more > 0 ? " and " + Text.plural(more, "more place") : "") + ".";
    }

    private static String scores(Results results, String measure) {
        List<String> parts = new ArrayList<>();
        List<String> named = worthNaming(results, measure);
        for (String variant : named) {
            List<Run> runs = Summary.trained(results, variant, measure);
            List<Run> floor = Summary.floor(results, variant, measure);
            String part = variant + " reaches " + Text.percent(Summary.mean(runs)) + " % top-1 ("
                    + Text.plural(runs.size(), "seed") + ")";
            MeanSd gain = MeanSd.of(Summary.paired(runs, floor));
            if (gain.isMeasured()) {
                part += ", " + Text.percent(Math.abs(gain.mean())) + " points "
                        + (gain.mean() < 0 ? "below" : "above") + " the same network untrained ("
                        + Text.percent(Summary.mean(floor)) + " %)";
            }
            parts.add(part);
        }
        long scored = results.variants().stream()
                .filter(v -> !Summary.trained(results, v, measure).isEmpty())
                .count();
        return (scored > named.size() ? "best and last of " + scored + " recipes: " : "") + String.join("; ", parts);
    }

    /** Recipes with a score, all of them if they are few, else the best and the last. */
    private static List<String> worthNaming(Results results, String measure) {
        List<String> scored = results.variants().stream()
                .filter(v -> !Summary.trained(results, v, measure).isEmpty())
                .toList();
        if (scored.size() <= MOST_NAMED) {
            return scored;
        }
        List<String> ranked = new ArrayList<>(scored);
        ranked.sort(Comparator.comparingDouble(
                v -> -Summary.mean(Summary.trained(results, v, measure)).mean()));
        return List.of(ranked.get(0), ranked.get(ranked.size() - 1));
    }

    private static List<String> notAboveFloor(Results results) {
        List<String> warnings = new ArrayList<>();
        for (String variant : results.variants()) {
            for (String[] measure : new String[][] {{Summary.LINEAR, "linear probe"}, {Summary.KNN, "k-NN"}}) {
                MeanSd gain = MeanSd.of(Summary.paired(
                        Summary.trained(results, variant, measure[0]), Summary.floor(results, variant, measure[0])));
                if (gain.isMeasured() && gain.mean() <= 0) {
                    warnings.add("By " + measure[1] + ", " + variant
                            + " is not above its untrained network: by this measure the training added nothing.");
                }
            }
        }
        return warnings;
    }

    /** The only two there are, or the rows of the sweep's first table with their baselines, if they are few. */
    private static List<Pair> compared(Results results) {
        List<String> scored = results.variants().stream()
                .filter(v -> !Summary.trained(results, v, Summary.LINEAR).isEmpty())
                .toList();
        if (scored.size() == 2) {
            return List.of(new Pair(scored.get(1), scored.get(0)));
        }
        List<Pair> rows = results.shows().stream()
                .filter(Show::table)
                .findFirst()
                .map(show -> Pairs.rows(results, show))
                .orElse(List.of());
        return rows.size() <= MOST_NAMED ? rows : List.of();
    }

    private static String comparison(Results results, String a, String b) {
        List<Double> differences = Summary.paired(
                Summary.trained(results, a, Summary.LINEAR), Summary.trained(results, b, Summary.LINEAR));
        MeanSd d = MeanSd.of(differences);
        if (!d.isMeasured()) {
            return "";
        }
        String text = "On the " + (d.n() == 1 ? "one seed" : d.n() + " seeds") + " both have, " + a + " minus " + b
                + " is " + Text.points(d.mean()) + " points of linear top-1";
        text += d.hasSpread() ? " (standard deviation of the difference " + Text.percent(d.sd()) + ")." : ".";
        if (d.n() < FEW) {
            text += " With " + Text.plural(d.n(), "seed") + " this is an indication, not a test.";
        }
        return text;
    }

    private static String absent(Results results) {
        List<String> diverged = ids(results, CellResult.Status.DIVERGED);
        List<String> stopped = ids(results, CellResult.Status.STOPPED);
        List<String> missing = ids(results, CellResult.Status.MISSING);
        List<String> parts = new ArrayList<>();
        if (!diverged.isEmpty()) {
            parts.add("diverged: " + String.join(", ", diverged));
        }
        if (!stopped.isEmpty()) {
            parts.add("stopped early by successive halving: " + String.join(", ", stopped));
        }
        if (!missing.isEmpty()) {
            parts.add("without any result: " + String.join(", ", missing));
        }
        return parts.isEmpty() ? "" : "Not in the means: " + String.join("; ", parts) + ".";
    }

    private static List<String> ids(Results results, CellResult.Status status) {
        return results.cells().stream()
                .filter(c -> c.status() == status)
                .map(c -> c.cell().id())
                .toList();
    }
}
