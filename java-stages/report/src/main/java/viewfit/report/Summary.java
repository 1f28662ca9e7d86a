package viewfit.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import viewfit.report.chart.BarFigure.Run;
import viewfit.report.results.CellResult;
import viewfit.report.results.Results;
import viewfit.report.results.Scored;
import viewfit.report.values.MeanSd;

/** Picks the compared numbers out of the results: trained runs and the untrained network of the same seeds. */
public final class Summary {

    /** Accuracies the probe measures, as value keys without {@code heldout.} or {@code untrained.}. */
    public static final String LINEAR = "linear.top1";

    public static final String KNN = "knn.top1";

    /** Ends the key of a measure that counts the five likeliest classes. */
    public static final String TOP5 = ".top5";

    private static final String TRAINED_PREFIX = "heldout.";
    private static final String FLOOR_PREFIX = "untrained.";

    private Summary() {}

    /** Trained accuracy by seed of the runs that ended well. */
    public static List<Run> trained(Results results, String variant, String measure) {
        return probeRuns(results, variant, TRAINED_PREFIX + measure);
    }

    /** Accuracy of the untrained backbone with the same seeds, probed the same way. */
    public static List<Run> floor(Results results, String variant, String measure) {
        return probeRuns(results, variant, FLOOR_PREFIX + measure);
    }

    /**
     * As {@link #run}, or of the label fraction that a fine-tuning was done on: top-1 of {@code 1pct}, top-5 of
     * {@code 1pct.top5}.
     */
    public static Optional<Run> score(CellResult cell, String measure) {
        boolean top5 = measure.endsWith(TOP5);
        String fraction = top5 ? measure.substring(0, measure.length() - TOP5.length()) : measure;
        if (!cell.finetune().containsKey(fraction)) {
            return run(cell, measure);
        }
        List<Run> runs = new ArrayList<>();
        Scored scored = cell.scoredFinetune(fraction);
        if (scored != null) {
            add(runs, cell, scored, key(scored, "heldout", top5 ? "top5" : "top1"));
        }
        return runs.stream().findFirst();
    }

    /** Accuracy of one cell that ended well, by {@link #LINEAR} or its like; empty when it was not measured. */
    public static Optional<Run> run(CellResult cell, String measure) {
        List<Run> runs = new ArrayList<>();
        add(runs, cell, cell.scoredProbe(), TRAINED_PREFIX + measure);
        return runs.stream().findFirst();
    }

    private static List<Run> probeRuns(Results results, String variant, String key) {
        List<Run> runs = new ArrayList<>();
        for (CellResult cell : results.of(variant)) {
            add(runs, cell, cell.scoredProbe(), key);
        }
        return runs;
    }

    /** Top-1 after fine-tuning on a label fraction. */
    public static List<Run> finetuned(Results results, String variant, String fraction, String measure) {
        List<Run> runs = new ArrayList<>();
        for (CellResult cell : results.of(variant)) {
            Scored scored = cell.scoredFinetune(fraction);
            if (scored != null) {
                add(runs, cell, scored, key(scored, "heldout", measure));
            }
        }
        return runs;
    }

    /** Top-1 of the same fine-tuning started from the untrained network, where the stage measured it. */
    public static List<Run> finetuneFloor(Results results, String variant, String fraction, String measure) {
        List<Run> runs = new ArrayList<>();
        for (CellResult cell : results.of(variant)) {
            Scored scored = cell.scoredFinetune(fraction);
            if (scored != null) {
                add(runs, cell, scored, key(scored, "untrained", measure));
            }
        }
        return runs;
    }

    /** The key that starts and ends so; the middle ({@code finetune}, a fraction, nothing) is the stage's own. */
    private static String key(Scored scored, String prefix, String measure) {
        return scored.metrics().values().keySet().stream()
                .filter(k -> k.startsWith(prefix + ".") && k.endsWith("." + measure))
                .sorted()
                .findFirst()
                .orElse("");
    }

    private static void add(List<Run> runs, CellResult cell, @Nullable Scored scored, String key) {
        if (scored != null && Double.isFinite(scored.value(key))) {
            runs.add(new Run(cell.cell().id(), cell.cell().seed(), scored.value(key)));
        }
    }

    /** Mean and deviation over seeds. */
    public static MeanSd mean(List<Run> runs) {
        return MeanSd.of(runs.stream().map(Run::value).toList());
    }

    /** Differences a - b on the seeds both have, in order of a. */
    public static List<Double> paired(List<Run> a, List<Run> b) {
        List<Double> differences = new ArrayList<>();
        for (Run left : a) {
            for (Run right : b) {
                if (left.seed() == right.seed()) {
                    differences.add(left.value() - right.value());
                }
            }
        }
        return differences;
    }

    /** Why a variant has fewer runs than cells: "1 of 2 seeds", "1 diverged, 1 without result", "not scored". */
    public static String note(Results results, String variant, int measured) {
        List<CellResult> cells = results.of(variant);
        if (measured == cells.size()) {
            return "";
        }
        if (measured == 0) {
            List<String> reasons = new ArrayList<>();
            for (CellResult.Status status : CellResult.Status.values()) {
                long n = cells.stream().filter(c -> c.status() == status).count();
                if (n > 0 && status != CellResult.Status.OK) {
                    reasons.add(n + " " + status.words());
                }
            }
            return reasons.isEmpty() ? "not scored" : String.join(", ", reasons);
        }
        return measured + " of " + cells.size() + " seeds";
    }

    /** Accuracy of guessing among the classes the probe knew; NaN when no stage says how many. */
    public static double chance(Results results) {
        for (CellResult cell : results.cells()) {
            for (Scored scored : new @Nullable Scored[] {cell.probe(), cell.pretrain()}) {
                if (scored != null && scored.count("classes") > 0) {
                    return 1.0 / scored.count("classes");
                }
            }
        }
        if (results.split() != null) {
            var classes = results.split().path("classes");
            int n = classes.isContainerNode() ? classes.size() : classes.asInt();
            return n > 0 ? 1.0 / n : Double.NaN;
        }
        return Double.NaN;
    }
}
