package viewfit.report.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import viewfit.core.metrics.McNemar;
import viewfit.report.Pairs;
import viewfit.report.Pairs.Pair;
import viewfit.report.results.Answers;
import viewfit.report.results.CellResult;
import viewfit.report.results.Results;
import viewfit.report.results.Scored;
import viewfit.report.results.Selected;
import viewfit.report.values.Text;

/** Each cell's accuracies with their standard errors, and recipes of the same seed tested against each other image by image. */
final class ComparisonSection {
    private static final Map<String, String> MEASURES = Map.of(
            "linear", "linear probe", "fast", "fast probe", "knn", "k-NN", Answers.TEST, "linear probe, test split");

    private ComparisonSection() {}

    static String html(Results results, Outputs outputs) {
        String scores = scores(results);
        String tests = tests(results, outputs);
        return scores.isEmpty() && tests.isEmpty() ? "" : "<h2 id=\"comparison\">Statistics</h2>\n" + scores + tests;
    }

    private static String scores(Results results) {
        List<String> keys = new ArrayList<>();
        List<String> header = new ArrayList<>(List.of("cell"));
        for (String[] measure : new String[][] {
            {"linear.top1", "linear top-1"},
            {"linear.top5", "linear top-5"},
            {"knn.top1", "k-NN top-1"},
            {"fast.top1", "fast probe top-1"}
        }) {
            String key = "heldout." + measure[0];
            if (results.cells().stream().anyMatch(c -> c.scoredProbe() != null && has(c.scoredProbe(), key))) {
                keys.add(key);
                header.add(Html.escape(measure[1]).replace('-', '\u2011'));
            }
        }
        List<List<String>> rows = new ArrayList<>();
        for (CellResult cell : results.cells()) {
            Scored probe = cell.scoredProbe();
            if (probe != null) {
                List<String> row =
                        new ArrayList<>(List.of(Html.escape(cell.cell().id())));
                keys.forEach(key -> row.add(score(probe, key)));
                rows.add(row);
            }
        }
        return keys.isEmpty()
                ? ""
                : new Html().table("numbers", header, rows)
                        + "<p class=\"note\">In percent, on held-out images, with the binomial standard error"
                        + " \u221A(p(1 \u2212 p)/n): how far another set of as many images would move the number."
                        + fastNote(keys) + "</p>\n";
    }

    private static String fastNote(List<String> keys) {
        return keys.contains("heldout.fast.top1")
                ? " The fast probe fits on centre crops, at a learning rate that a fifth of the training images chooses:"
                        + " it is for orientation, not the paper's protocol."
                : "";
    }

    private static boolean has(Scored scored, String key) {
        return Double.isFinite(scored.value(key));
    }

    private static String score(Scored scored, String key) {
        double p = scored.value(key);
        long n = scored.count("heldout.images");
        return !Double.isFinite(p) || n < 1
                ? Text.percent(p)
                : Text.percent(p) + "\u00A0\u00B1\u00A0" + Text.percent(Math.sqrt(p * (1 - p) / n));
    }

    /** One paired test. */
    private record Test(String measure, String first, String second, long seed, McNemar result) {}

    private static String tests(Results results, Outputs outputs) {
        List<Test> tests = new ArrayList<>();
        List<String> apart = new ArrayList<>();
        List<Pair> compared = Pairs.of(results);
        for (String measure : measures(results)) {
            // Any recipe may be the chosen one, and only its baseline was tested beside it.
            List<Pair> pairs = measure.equals(Answers.TEST) ? Pairs.all(results) : compared;
            pairs.forEach(pair -> add(results, measure, pair.against(), pair.recipe(), tests, apart));
        }
        if (tests.isEmpty()) {
            return apart.isEmpty() ? "" : note(apart);
        }
        String rule = Pairs.rule(results);
        double[] holm = holm(tests);
        List<List<String>> rows = new ArrayList<>();
        List<List<String>> numbers = new ArrayList<>();
        for (int i = 0; i < tests.size(); i++) {
            Test test = tests.get(i);
            McNemar result = test.result();
            rows.add(List.of(
                    Html.escape(test.second() + " against " + test.first()),
                    Html.escape(name(test.measure())),
                    Long.toString(test.seed()),
                    Text.points(result.difference()) + "\u00A0\u00B1\u00A0" + Text.percent(result.standardError()),
                    Text.count(result.firstOnly()),
                    Text.count(result.secondOnly()),
                    p(result.p()),
                    p(holm[i])));
            numbers.add(List.of(
                    test.measure(),
                    test.second(),
                    test.first(),
                    Long.toString(test.seed()),
                    Long.toString(result.images()),
                    Long.toString(result.firstOnly()),
                    Long.toString(result.secondOnly()),
                    Double.toString(result.difference()),
                    Double.toString(result.standardError()),
                    Double.toString(result.p()),
                    Double.toString(holm[i])));
        }
        outputs.table(
                "paired-tests",
                List.of(
                        "measure",
                        "recipe",
                        "against",
                        "seed",
                        "images",
                        "only_recipe_right",
                        "only_against_right",
                        "difference",
                        "standard_error",
                        "p",
                        "p_holm"),
                numbers);
        return "<h3>The same images, recipe against recipe</h3>\n"
                + new Html()
                        .table(
                                "numbers",
                                List.of(
                                        "recipes",
                                        "by",
                                        "seed",
                                        "difference, points",
                                        "only the first right",
                                        "only the other right",
                                        "p",
                                        "p, Holm"),
                                rows)
                + "<p class=\"note\">McNemar's test with exact binomial p values: do two trained networks differ on images like"
                + " these? Another seed is another network: what seeds change is the deviation in the table of scores. Holm's p"
                + " allows for all rows of the same measure."
                + Html.escape(rule.isEmpty() ? "" : " " + rule)
                + " <span class=\"source\"><a href=\"tables/paired-tests.csv\">data</a></span></p>\n"
                + (apart.isEmpty() ? "" : note(apart));
    }

    /** Adjusted within each measure: a second look at the same recipes by another probe takes nothing from the first. */
    private static double[] holm(List<Test> tests) {
        double[] all = new double[tests.size()];
        for (String measure : tests.stream().map(Test::measure).distinct().toList()) {
            int[] rows = IntStream.range(0, all.length)
                    .filter(i -> tests.get(i).measure().equals(measure))
                    .toArray();
            double[] adjusted = McNemar.holm(IntStream.of(rows)
                    .mapToDouble(i -> tests.get(i).result().p())
                    .toArray());
            for (int i = 0; i < rows.length; i++) {
                all[rows[i]] = adjusted[i];
            }
        }
        return all;
    }

    private static String note(List<String> apart) {
        return "<p class=\"note\">Not scored on the same images by the same recipe, and not compared: "
                + Html.escape(String.join("; ", apart)) + ".</p>\n";
    }

    private static void add(
            Results results, String measure, String first, String second, List<Test> tests, List<String> apart) {
        for (CellResult a : results.of(first)) {
            for (CellResult b : results.of(second)) {
                Answers its = a.answers().get(measure);
                Answers mine = b.answers().get(measure);
                boolean scored = scored(a, measure) && scored(b, measure);
                if (measure.equals(Answers.TEST)) {
                    scored = tested(results, its) && tested(results, mine) && together(results, a, b);
                }
                if (!scored || a.cell().seed() != b.cell().seed() || its == null || mine == null) {
                    continue;
                }
                if (mine.comparable(its)) {
                    tests.add(new Test(measure, first, second, a.cell().seed(), mine.against(its)));
                } else {
                    apart.add(b.cell().id() + " and " + a.cell().id());
                }
            }
        }
    }

    /** The answers of the selection that the page shows; those of another one may lie around. */
    private static boolean tested(Results results, @Nullable Answers answers) {
        Selected selected = results.selected();
        return selected != null && answers != null && !selected.isOfAnother(answers.file());
    }

    /** What was chosen against its baseline is what the split was opened for, and not one method against another. */
    private static boolean together(Results results, CellResult a, CellResult b) {
        Selected selected = results.selected();
        return selected != null && selected.together(a.cell().id(), b.cell().id());
    }

    /** Both probes and k-NN, then fine-tuning on each label fraction, then the test split. */
    private static List<String> measures(Results results) {
        List<String> measures = new ArrayList<>(List.of("linear", "fast", "knn"));
        results.fractions().forEach(fraction -> measures.add(Answers.FINETUNE + fraction));
        measures.add(Answers.TEST);
        return measures;
    }

    private static String name(String measure) {
        return measure.startsWith(Answers.FINETUNE)
                ? "fine-tuning, " + Text.fraction(measure.substring(Answers.FINETUNE.length()))
                : MEASURES.getOrDefault(measure, measure);
    }

    private static boolean scored(CellResult cell, String measure) {
        return measure.startsWith(Answers.FINETUNE)
                ? cell.scoredFinetune(measure.substring(Answers.FINETUNE.length())) != null
                : cell.scoredProbe() != null;
    }

    /** Three decimals, or the power of ten of a small one. */
    static String p(double p) {
        return p >= 0.001 ? Text.decimals(p, 3) : p == 0 ? "0" : String.format(Locale.ROOT, "%.1e", p);
    }
}
