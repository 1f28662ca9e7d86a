package viewfit.report.page;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.mapping;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import viewfit.core.select.Selection;
import viewfit.core.select.TestMetrics;
import viewfit.report.results.Results;
import viewfit.report.results.Selected;
import viewfit.report.values.MeanSd;
import viewfit.report.values.Text;

/** Which recipe the held-out scores chose of each method and backbone, among how many, and what it scores on the test split. */
final class SelectionSection {
    private static final Pattern SCORE =
            Pattern.compile("(?:heldout|test)\\.(linear|knn|fast)(?:-k(\\d+))?\\.top([15])");
    private static final Map<String, String> CLASSIFIERS =
            Map.of("linear", "linear", "knn", "k-NN", "fast", "fast probe");
    private static final List<String> TESTED = List.of("test.linear.top1", "test.linear.top5", "test.knn.top1");

    private SelectionSection() {}

    static String html(Results results, Outputs outputs) {
        Selected selected = results.selected();
        if (selected == null) {
            return "";
        }
        Html html = new Html().raw("<h2 id=\"selection\">Selection and test</h2>\n");
        warnings(results, selected).forEach(warning -> html.element("p", "class=\"note\"", warning));
        ranks(selected.selection(), html, outputs);
        tests(selected, html, outputs);
        selected.selection().gaps().stream()
                .collect(groupingBy(
                        Selection.Gap::reason, LinkedHashMap::new, mapping(Selection.Gap::cell, joining(", "))))
                .forEach((reason, cells) ->
                        html.element("p", "class=\"note\"", "Not ranked, " + reason + ": " + cells + "."));
        return html.toString();
    }

    /** Each choice and the test score of it; nothing when there was no selection. */
    static List<String> sentences(Results results) {
        Selected selected = results.selected();
        if (selected == null) {
            return List.of();
        }
        List<Selection.Choice> choices = selected.selection().choices();
        if (choices.isEmpty()) {
            return List.of("Nothing was selected: no cell that was trained without labels has a held-out score.");
        }
        return choices.stream()
                .map(choice -> sentence(selected, choice, choices.size() > 1))
                .toList();
    }

    private static String sentence(Selected selected, Selection.Choice choice, boolean several) {
        String by = selected.selection().by();
        Selection.Candidate best = choice.candidates().get(0);
        String text = (several ? choice.method() + " on " + choice.backbone() + ": chosen by " : "Chosen by ")
                + name(by)
                + " on held-out images, " + of(choice.candidates().size()) + ": " + best.group() + ", "
                + Text.percent(mean(best)) + " % (" + Text.plural(best.cells().size(), "seed") + ").";
        String test = test(selected, choice, testName(by, selected.tests(choice.chosen())));
        return test.isEmpty() ? text : text + " " + test;
    }

    private static String of(int candidates) {
        return candidates == 1 ? "the only candidate" : "the best of " + candidates + " candidates";
    }

    private static String test(Selected selected, Selection.Choice choice, String key) {
        List<TestMetrics> tests = selected.tests(choice.chosen()).stream()
                .filter(test -> test.values().containsKey(key))
                .toList();
        if (tests.isEmpty()) {
            return "";
        }
        MeanSd mean = MeanSd.of(tests.stream().map(t -> value(t, key)).toList());
        long images = tests.get(0).counts().getOrDefault("test.images", 0L);
        int wanted = selected.wanted(choice.chosen());
        String seeds = tests.size() < wanted
                ? " (" + tests.size() + " of " + Text.plural(wanted, "seed") + ")"
                : tests.size() == 1 ? "" : ", mean of them";
        return "On the test split, " + name(key) + ": " + Text.percent(mean.mean()) + " %" + seeds
                + "; the binomial standard error of one network on " + Text.plural(images, "image") + " is "
                + Text.percent(error(tests.get(0), key)) + " points.";
    }

    /** The score that was chosen by; k-NN's where the test has none, as of the fast probe, which leaves no classifier. */
    private static String testName(String by, List<TestMetrics> tests) {
        String same = by.replaceFirst("^heldout", "test");
        return tests.stream().anyMatch(test -> test.values().containsKey(same))
                ? same
                : same.replaceFirst("^test\\.[^.]+", "test.knn");
    }

    private static List<String> warnings(Results results, Selected selected) {
        List<String> warnings = new ArrayList<>();
        if (results.split() != null
                && results.split().path("counts").path("test").asLong(-1) == 0) {
            warnings.add("Warning: there is no test split. The held-out score of what was chosen by it is too high,"
                    + " the more so the more candidates there were.");
        } else if (selected.tests().isEmpty()) {
            warnings.add("Warning: the test split was not opened for this selection. The held-out score of what was"
                    + " chosen by it is too high, the more so the more candidates there were.");
        } else {
            untested(selected).ifPresent(warnings::add);
        }
        selected.others()
                .forEach(file -> warnings.add(
                        "Warning: " + results.source(file) + " is of another selection and is not shown."));
        return warnings;
    }

    private static Optional<String> untested(Selected selected) {
        int done = 0;
        int wanted = 0;
        for (Selection.Choice choice : selected.selection().choices()) {
            done += selected.tests(choice.chosen()).size();
            wanted += selected.wanted(choice.chosen());
        }
        return done >= wanted
                ? Optional.empty()
                : Optional.of("Warning: networks that were chosen and have a score on the test split: " + done + " of "
                        + wanted + ".");
    }

    private static void ranks(Selection selection, Html html, Outputs outputs) {
        List<List<String>> rows = new ArrayList<>();
        List<List<String>> numbers = new ArrayList<>();
        boolean several = selection.choices().size() > 1;
        for (Selection.Choice choice : selection.choices()) {
            for (Selection.Candidate c : choice.candidates()) {
                double error = c.values().getOrDefault("standard-error", Double.NaN);
                double deviation = c.values().getOrDefault("deviation", Double.NaN);
                List<String> row = new ArrayList<>(List.of(Html.escape(c.group())));
                if (several) {
                    row.addAll(List.of(Html.escape(choice.method()), Html.escape(choice.backbone())));
                }
                row.addAll(List.of(
                        Long.toString(c.rank()),
                        Text.percent(mean(c)),
                        Text.percent(deviation),
                        Text.percent(error),
                        Integer.toString(c.cells().size())));
                rows.add(row);
                numbers.add(List.of(
                        choice.method(),
                        choice.backbone(),
                        Long.toString(c.rank()),
                        c.group(),
                        selection.by(),
                        Double.toString(mean(c)),
                        Text.exact(deviation),
                        Text.exact(error),
                        Integer.toString(c.cells().size())));
            }
        }
        if (rows.isEmpty()) {
            return;
        }
        outputs.table(
                "selection",
                List.of("method", "backbone", "rank", "group", "by", "mean", "deviation", "standard_error", "n"),
                numbers);
        List<String> header = new ArrayList<>(List.of("recipe"));
        if (several) {
            header.addAll(List.of("method", "backbone"));
        }
        header.addAll(List.of(
                "rank",
                Html.escape("held-out, " + name(selection.by())).replace('-', '\u2011'),
                "deviation",
                "standard error",
                "seeds"));
        html.raw(new Html().table("numbers", header, rows).toString());
        html.raw("<p class=\"note\">In percent, over seeds: " + Html.escape(selection.rule())
                + ". <span class=\"source\"><a href=\"tables/selection.csv\">data</a></span></p>\n");
    }

    private static void tests(Selected selected, Html html, Outputs outputs) {
        if (selected.tests().isEmpty()) {
            return;
        }
        Map<String, Double> heldout = new TreeMap<>();
        selected.selection().tested().forEach(tested -> heldout.put(tested.cell(), tested.heldout()));
        List<List<String>> rows = new ArrayList<>();
        List<List<String>> numbers = new ArrayList<>();
        List<String> keys = new ArrayList<>(TESTED);
        String own = testName(selected.selection().by(), selected.tests());
        if (!keys.contains(own)) {
            keys.add(own);
        }
        for (TestMetrics test : selected.tests()) {
            List<String> row = new ArrayList<>(List.of(
                    Html.escape(test.cell()),
                    Html.escape(test.role()),
                    Text.percent(heldout.getOrDefault(test.cell(), Double.NaN))));
            for (String key : keys) {
                double value = value(test, key);
                row.add(Text.percent(value)
                        + (Double.isFinite(value) ? "\u00A0\u00B1\u00A0" + Text.percent(error(test, key)) : ""));
                numbers.add(List.of(
                        test.cell(),
                        test.role(),
                        key,
                        Text.exact(value),
                        Text.exact(error(test, key)),
                        test.choiceSha256()));
            }
            rows.add(row);
        }
        outputs.table("test", List.of("cell", "role", "key", "value", "standard_error", "choice_sha256"), numbers);
        List<String> header = new ArrayList<>(List.of(
                "cell",
                "role",
                "held\u2011out, " + Html.escape(name(selected.selection().by())).replace('-', '\u2011')));
        keys.forEach(key -> header.add(Html.escape("test, " + name(key)).replace('-', '\u2011')));
        html.raw(new Html().table("numbers", header, rows).toString());
        html.raw(
                "<p class=\"note\">In percent, on the test split, with the binomial standard error \u221A(p(1 \u2212 p)/n)."
                        + " Its images were opened once, after the choice, with the classifiers that the probe had trained."
                        + " <span class=\"source\"><a href=\"tables/test.csv\">data</a></span></p>\n");
    }

    private static String name(String by) {
        Matcher score = SCORE.matcher(by);
        if (!score.matches()) {
            return by.replaceFirst("^heldout\\.", "");
        }
        String classifier = CLASSIFIERS.get(String.valueOf(score.group(1)));
        return classifier + " top-" + score.group(3)
                + (score.group(2) == null ? "" : " (k\u00A0=\u00A0" + score.group(2) + ")");
    }

    private static double mean(Selection.Candidate candidate) {
        return candidate.values().getOrDefault("mean", Double.NaN);
    }

    private static double value(TestMetrics test, String key) {
        @Nullable Double value = test.values().get(key);
        return value == null ? Double.NaN : value;
    }

    private static double error(TestMetrics test, String key) {
        return value(test, key + ".standard-error");
    }
}
