package viewfit.core.select;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import viewfit.core.Code;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.grid.CellRow;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.Outcome;
import viewfit.core.metrics.Provenance;
import viewfit.core.select.Selection.Candidate;
import viewfit.core.select.Selection.Choice;
import viewfit.core.select.Selection.Gap;
import viewfit.core.select.Selection.Tested;

/**
 * Ranks the groups of a sweep by one held-out score of their probes, for each method and backbone by itself; it never sees
 * another score. What is trained with labels is a reference: it is not ranked and not tested.
 */
public final class Selector {
    /** Value of a candidate: mean of its scores. */
    public static final String MEAN = "mean";

    static final String DEVIATION = "deviation";
    static final String STANDARD_ERROR = "standard-error";

    /** Scores that can be ranked by: accuracies of the probe's classifiers, whose larger one is the better one. */
    public static final Pattern SCORE = Pattern.compile("heldout\\.(linear|knn|knn-k[1-9][0-9]*|fast)\\.top[15]");

    /** Count of a probe: the side its images were shrunk to when they were packed; 0 or absent where they were not. */
    public static final String SHORT_SIDE = "images.short-side";

    /** Fact of a probe: checksum of the manifest of the images it scored. */
    public static final String EVAL_MANIFEST = "eval.manifest-sha256";

    private static final List<String> PREFERRED = List.of("heldout.linear.top1", "heldout.knn.top1");
    private static final String RULE =
            "of each method and backbone the largest mean over its seeds with a score; of equal means the one"
                    + " with fewer epochs of pre-training, then the first by name";

    private final List<CellRow> cells;
    private final Set<String> names;
    private final Function<CellRow, Training> trainings;
    private final Map<String, Metrics> scores = new TreeMap<>();

    /** Those that say which held-out images they scored. */
    private final Map<String, Metrics> telling = new TreeMap<>();

    /** Groups of one method and backbone, each with its cells. */
    private record Kind(String method, String backbone, Map<String, List<CellRow>> groups) {}

    /**
     * @param cells the whole sweep
     * @param trainings that of a cell; asked once for each group
     */
    public Selector(List<CellRow> cells, Function<CellRow, Training> trainings) {
        this.cells = List.copyOf(cells);
        this.names = cells.stream().map(CellRow::cell).collect(Collectors.toSet());
        this.trainings = trainings;
    }

    /**
     * Adds what the probe of one cell said.
     *
     * @throws StageFailure {@link ExitCode#BAD_DATA} for scores of another stage, of the test split, of no cell of this
     *     sweep, a second time, or of another probe or other images than the scores before
     */
    public void add(Path file, Metrics metrics) {
        String where = file.toString();
        metrics.values().keySet().stream()
                .filter(name -> name.startsWith("test."))
                .findFirst()
                .ifPresent(name -> {
                    throw bad(where + ": values." + name
                            + ": found a score of the test split: selection sees held-out scores alone");
                });
        if (!metrics.stage().equals("probe")) {
            throw bad(where + ": found scores of stage " + metrics.stage() + ": must be those of probe");
        }
        if (!names.contains(metrics.cell())) {
            throw bad(where + ": found cell '" + metrics.cell() + "': must be one of the " + cells.size()
                    + " cells of the sweep");
        }
        requireSameSource(where, metrics, scores);
        requireSameSource(where, metrics, telling);
        if (!evalManifest(metrics).isEmpty()) {
            telling.put(metrics.cell(), metrics);
        }
        if (scores.put(metrics.cell(), metrics) != null) {
            throw bad(where + ": found a second probe of cell " + metrics.cell() + ": one is allowed");
        }
    }

    /** All that were added agree: the first of them, by name, stands for the others. */
    private static void requireSameSource(String where, Metrics metrics, Map<String, Metrics> added) {
        added.values().stream().findFirst().ifPresent(first -> requireSameSource(where, metrics, first));
    }

    private static void requireSameSource(String where, Metrics metrics, Metrics other) {
        Provenance mine = metrics.provenance();
        Provenance its = other.provenance();
        requireSame(where, "probe recipe", mine.recipeSha256(), other, its.recipeSha256());
        requireSame(where, "manifest of the training images", mine.manifestSha256(), other, its.manifestSha256());
        requireSame(where, "number of held-out images", images(metrics) + "", other, images(other) + "");
        requireSame(where, "short side of the images", shortSide(metrics) + "", other, shortSide(other) + "");
        // Probes of earlier versions do not say which held-out images they scored.
        if (!evalManifest(metrics).isEmpty() && !evalManifest(other).isEmpty()) {
            requireSame(where, "manifest of the held-out images", evalManifest(metrics), other, evalManifest(other));
        }
    }

    private static void requireSame(String where, String what, String mine, Metrics other, String its) {
        if (!mine.equals(its)) {
            throw bad(where + ": " + what + ": found " + mine + ": must be that of cell " + other.cell() + ", " + its
                    + ": all cells must be scored by one probe on the same images");
        }
    }

    private static String evalManifest(Metrics metrics) {
        return metrics.facts().getOrDefault(EVAL_MANIFEST, "");
    }

    private static long shortSide(Metrics metrics) {
        return metrics.counts().getOrDefault(SHORT_SIDE, 0L);
    }

    private static long images(Metrics metrics) {
        return metrics.counts().getOrDefault("heldout.images", 0L);
    }

    /**
     * Ranks what was added.
     *
     * @param asked score to rank by; null takes the linear probe's, or k-NN's where no cell has a linear probe
     * @return without a choice if no cell has the score
     * @throws StageFailure {@link ExitCode#USAGE} for a score that is no held-out accuracy, {@link ExitCode#BAD_DATA} if no
     *     cell has the score that was asked for or nothing was added
     */
    public Selection select(@Nullable String asked) {
        if (scores.isEmpty()) {
            throw bad("probe: found no scores: at least one probe is needed to select");
        }
        String by = asked == null ? preferred() : asked;
        if (!SCORE.matcher(by).matches()) {
            throw new StageFailure(
                    ExitCode.USAGE,
                    "--by: found " + by + ": must be a held-out accuracy, such as heldout.linear.top1 or"
                            + " heldout.knn-k20.top5");
        }
        Map<String, List<CellRow>> groups = new LinkedHashMap<>();
        cells.forEach(cell ->
                groups.computeIfAbsent(cell.group(), g -> new ArrayList<>()).add(cell));
        Map<String, Long> epochs = new HashMap<>();
        List<Choice> choices = new ArrayList<>();
        List<Tested> tested = new ArrayList<>();
        List<Gap> gaps = new ArrayList<>();
        long references = cells.size();
        for (Kind kind : kinds(groups, epochs)) {
            List<CellRow> asCandidates =
                    kind.groups().values().stream().flatMap(List::stream).toList();
            references -= asCandidates.size();
            asCandidates.stream()
                    .filter(cell -> !Double.isFinite(score(cell, by)))
                    .forEach(cell -> gaps.add(new Gap(cell.cell(), cell.group(), reason(cell, by))));
            List<Candidate> ranked = ranked(kind.groups(), epochs, by);
            if (!ranked.isEmpty()) {
                String chosen = ranked.get(0).group();
                String baseline = baseline(kind.groups(), chosen);
                choices.add(new Choice(kind.method(), kind.backbone(), chosen, baseline, ranked));
                tested.addAll(tested(groups, chosen, Selection.CHOSEN, by));
                if (!baseline.equals(chosen)) {
                    tested.addAll(tested(groups, baseline, Selection.BASELINE, by));
                }
            }
        }
        if (choices.isEmpty() && asked != null) {
            throw bad("--by: found no cell with " + by + " that is trained without labels: at least one must have it");
        }
        Metrics any = scores.values().iterator().next();
        Map<String, Long> counts = Map.of(
                "groups",
                (long) groups.size(),
                "cells",
                (long) cells.size(),
                "references",
                references,
                "candidates",
                choices.stream().mapToLong(choice -> choice.candidates().size()).sum(),
                "scored",
                cells.size() - references - gaps.size(),
                "heldout.images",
                images(any),
                SHORT_SIDE,
                shortSide(any));
        Provenance of = any.provenance();
        return new Selection(
                Selection.SCHEMA,
                by,
                RULE,
                choices,
                tested,
                gaps,
                counts,
                new Provenance(Code.version(), of.recipeSha256(), of.manifestSha256(), "", "", "", of.seed()));
    }

    /** Those that are trained without labels, in the order of the sweep. */
    private Collection<Kind> kinds(Map<String, List<CellRow>> groups, Map<String, Long> epochs) {
        Map<List<String>, Kind> kinds = new LinkedHashMap<>();
        groups.forEach((group, rows) -> {
            Training training = trainings.apply(rows.get(0));
            epochs.put(group, (long) training.epochs());
            if (!training.reference()) {
                kinds.computeIfAbsent(
                                List.of(training.method(), training.backbone()),
                                kind -> new Kind(training.method(), training.backbone(), new LinkedHashMap<>()))
                        .groups()
                        .put(group, rows);
            }
        });
        return kinds.values();
    }

    /**
     * The group called baseline, or else of a recipe whose file is: of several the one that has most values on the axes in
     * common with the chosen one, and of those the first. It does not depend on which of them have a score.
     */
    private static String baseline(Map<String, List<CellRow>> groups, String chosen) {
        if (groups.containsKey(Selection.BASELINE)) {
            return Selection.BASELINE;
        }
        Set<String> point = point(groups, chosen);
        String best = "";
        long most = -1;
        for (Map.Entry<String, List<CellRow>> group : groups.entrySet()) {
            if (group.getValue().get(0).recipe().contains(Selection.BASELINE)) {
                long common = point(groups, group.getKey()).stream()
                        .filter(point::contains)
                        .count();
                best = common > most ? group.getKey() : best;
                most = Math.max(most, common);
            }
        }
        return best;
    }

    private static Set<String> point(Map<String, List<CellRow>> groups, String group) {
        return groups.getOrDefault(group, List.of()).stream()
                .flatMap(cell -> Stream.of(cell.axes().split(";")))
                .collect(Collectors.toSet());
    }

    private String preferred() {
        return PREFERRED.stream()
                .filter(name ->
                        scores.values().stream().anyMatch(m -> m.values().containsKey(name)))
                .findFirst()
                .orElse(PREFERRED.get(0));
    }

    private List<Candidate> ranked(Map<String, List<CellRow>> groups, Map<String, Long> epochs, String by) {
        List<Candidate> all = new ArrayList<>();
        groups.forEach((group, rows) -> {
            List<CellRow> scored = scored(rows, by);
            if (!scored.isEmpty()) {
                CellRow first = scored.get(0);
                double[] values =
                        scored.stream().mapToDouble(cell -> score(cell, by)).toArray();
                List<String> names = scored.stream().map(CellRow::cell).toList();
                all.add(new Candidate(
                        0, group, first.recipe(), names, epochs.getOrDefault(group, 0L), statistics(values)));
            }
        });
        all.sort(Comparator.comparingDouble((Candidate c) -> -c.values().getOrDefault(MEAN, Double.NaN))
                .thenComparingLong(Candidate::epochs)
                .thenComparing(Candidate::group));
        List<Candidate> ranked = new ArrayList<>();
        for (Candidate c : all) {
            ranked.add(new Candidate(ranked.size() + 1L, c.group(), c.recipe(), c.cells(), c.epochs(), c.values()));
        }
        return ranked;
    }

    /** By seed, not by the order of the sweep's lines. */
    private List<CellRow> scored(List<CellRow> rows, String by) {
        return rows.stream()
                .filter(cell -> Double.isFinite(score(cell, by)))
                .sorted(Comparator.comparingLong(CellRow::seed))
                .toList();
    }

    /** Summed from the smallest on: equal scores have equal means, whichever seed has which. */
    private static Map<String, Double> statistics(double[] scores) {
        double[] values = scores.clone();
        Arrays.sort(values);
        int n = values.length;
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        double mean = sum / n;
        Map<String, Double> statistics = new TreeMap<>();
        statistics.put(MEAN, mean);
        if (n > 1) {
            double squares = 0;
            for (double value : values) {
                squares += (value - mean) * (value - mean);
            }
            double deviation = Math.sqrt(squares / (n - 1));
            statistics.put(DEVIATION, deviation);
            statistics.put(STANDARD_ERROR, deviation / Math.sqrt(n));
        }
        return statistics;
    }

    private List<Tested> tested(Map<String, List<CellRow>> groups, String group, String role, String by) {
        return scored(groups.getOrDefault(group, List.of()), by).stream()
                .map(cell -> new Tested(
                        cell.cell(),
                        group,
                        role,
                        score(cell, by),
                        metrics(cell).provenance().checkpointSha256()))
                .toList();
    }

    private Metrics metrics(CellRow cell) {
        Metrics metrics = scores.get(cell.cell());
        if (metrics == null) {
            throw new IllegalStateException(cell.cell() + " has no score");
        }
        return metrics;
    }

    private double score(CellRow cell, String by) {
        Metrics metrics = scores.get(cell.cell());
        return metrics == null || metrics.outcome() != Outcome.OK
                ? Double.NaN
                : metrics.values().getOrDefault(by, Double.NaN);
    }

    private String reason(CellRow cell, String by) {
        Metrics metrics = scores.get(cell.cell());
        if (metrics == null) {
            return "no probe result";
        }
        return metrics.outcome() == Outcome.OK ? "no " + by : "probe " + metrics.message();
    }

    private static StageFailure bad(String message) {
        return new StageFailure(ExitCode.BAD_DATA, message);
    }
}
