package viewfit.report.results;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import viewfit.core.select.Selection;
import viewfit.core.select.TestMetrics;

/**
 * The recipes that held-out scores chose, and what they score on the test split.
 *
 * @param selection what select said
 * @param tests test scores that are of this selection
 * @param others files of test scores that are of another one
 */
public record Selected(Selection selection, List<TestMetrics> tests, List<Path> others) {
    public Selected {
        tests = List.copyOf(tests);
        others = List.copyOf(others);
    }

    /** Sorts the test scores by whether they name this choice. */
    static Selected of(Path file, Map<Path, TestMetrics> scores) {
        Selection selection = Selection.read(file);
        String sha256 = selection.choiceSha256();
        List<TestMetrics> mine = scores.values().stream()
                .filter(score -> score.choiceSha256().equals(sha256))
                .toList();
        List<Path> others = scores.entrySet().stream()
                .filter(score -> !score.getValue().choiceSha256().equals(sha256))
                .map(Map.Entry::getKey)
                .toList();
        return new Selected(selection, mine, others);
    }

    /** Whether a file lies beside test scores of another selection. */
    public boolean isOfAnother(Path file) {
        return others.stream().anyMatch(other -> Objects.equals(other.getParent(), file.getParent()));
    }

    /** Number of networks of a group that may be tested. */
    public int wanted(String group) {
        return Math.toIntExact(selection.tested().stream()
                .filter(tested -> tested.group().equals(group))
                .count());
    }

    /** The test scores of a group, in the order of the files. */
    public List<TestMetrics> tests(String group) {
        return tests.stream().filter(test -> test.group().equals(group)).toList();
    }

    /** Whether two cells are tested for the same choice: what was chosen and its baseline, no others. */
    public boolean together(String cell, String other) {
        return choiceOf(cell)
                .flatMap(choice -> choiceOf(other).filter(choice::equals))
                .isPresent();
    }

    private Optional<Selection.Choice> choiceOf(String cell) {
        return selection.tested().stream()
                .filter(tested -> tested.cell().equals(cell))
                .findFirst()
                .map(selection::choiceOf);
    }
}
