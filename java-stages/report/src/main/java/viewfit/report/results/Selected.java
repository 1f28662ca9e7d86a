package viewfit.report.results;

import java.nio.file.Path;
import java.util.List;
import viewfit.core.files.Hashes;
import viewfit.core.select.Selection;
import viewfit.core.select.TestMetrics;

/**
 * The recipe that held-out scores chose, and what it scores on the test split.
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

    /** Sorts the test scores by whether they name this selection. */
    static Selected of(Path file, java.util.Map<Path, TestMetrics> scores) {
        String sha256 = Hashes.sha256(file);
        List<TestMetrics> mine = scores.values().stream()
                .filter(score -> score.selectionSha256().equals(sha256))
                .toList();
        List<Path> others = scores.entrySet().stream()
                .filter(score -> !score.getValue().selectionSha256().equals(sha256))
                .map(java.util.Map.Entry::getKey)
                .toList();
        return new Selected(Selection.read(file), mine, others);
    }

    /** The test scores of a role, in the order of the files. */
    public List<TestMetrics> tests(String role) {
        return tests.stream().filter(test -> test.role().equals(role)).toList();
    }
}
