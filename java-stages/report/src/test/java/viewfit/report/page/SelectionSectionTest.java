package viewfit.report.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.Hashes;
import viewfit.core.metrics.Provenance;
import viewfit.core.select.Selection;
import viewfit.core.select.TestMetrics;
import viewfit.report.FakeSweep;
import viewfit.report.results.ResultReader;

/** What the page says of the choice, and when it warns. */
class SelectionSectionTest {
    private static final String CELL = FakeSweep.cell(FakeSweep.OURS, 0);

    @TempDir
    Path folder;

    private Path inputs;
    private Path cells;

    @BeforeEach
    void sweep() {
        FakeSweep sweep = new FakeSweep(folder);
        cells = sweep.write();
        inputs = sweep.inputs();
        selection(inputs.resolve("select/selection.json"), 0.634);
    }

    private static void selection(Path file, double heldout) {
        new Selection(
                        Selection.SCHEMA,
                        "heldout.linear.top1",
                        FakeSweep.OURS,
                        FakeSweep.BASELINE,
                        "the <largest> mean",
                        List.of(
                                candidate(1, FakeSweep.OURS, Map.of("mean", heldout)),
                                candidate(
                                        2,
                                        FakeSweep.BASELINE,
                                        Map.of("mean", .6, "deviation", .02, "standard-error", .0141))),
                        List.of(new Selection.Tested(CELL, FakeSweep.OURS, Selection.CHOSEN, heldout, "net")),
                        List.of(new Selection.Gap("dino-hot-s1", FakeSweep.HOT, "no probe result")),
                        Map.of(),
                        Provenance.ofCode("", 0))
                .write(file);
    }

    private static Selection.Candidate candidate(long rank, String group, Map<String, Double> values) {
        return new Selection.Candidate(rank, group, group + ".yml", List.of(group + "-s0"), 10, values);
    }

    private void tested(String selectionSha256) {
        new TestMetrics(
                        TestMetrics.SCHEMA,
                        CELL,
                        FakeSweep.OURS,
                        Selection.CHOSEN,
                        selectionSha256,
                        "",
                        Map.of("test.linear.top1", .5, "test.linear.top1.standard-error", .05),
                        Map.of("test.images", 100L),
                        Provenance.ofCode("", 0))
                .write(inputs.resolve("test/" + CELL + "/test-metrics.json"));
    }

    private String page() throws IOException {
        Path out = folder.resolve("out");
        ReportWriter.write(ResultReader.read(cells, List.of(inputs)), "title", out);
        return Files.readString(out.resolve("report.html"));
    }

    @Test
    void showsTheChoiceItsTestScoreAndHowManyWereLookedAt() throws IOException {
        tested(Hashes.sha256(inputs.resolve("select/selection.json")));
        String page = page();
        assertTrue(
                page.contains("Chosen by linear top-1 on held-out images, the best of 2 candidates: dino-ours, 63.4 %"
                        + " (1\u00A0seed). On the test split: 50.0 %; the binomial standard error of one network on"
                        + " 100\u00A0images is 5.0 points."));
        assertTrue(page.contains(
                "<th scope=\"row\">" + CELL + "</th><td>chosen</td><td>63.4</td><td>50.0\u00A0\u00B1\u00A05.0</td>"));
        assertTrue(page.contains("the &lt;largest&gt; mean"));
        assertTrue(page.contains("Not ranked: dino-hot-s1: no probe result."));
        assertFalse(page.contains("Warning: "));
        assertEquals(
                3,
                Files.readAllLines(folder.resolve("out/tables/selection.csv")).stream()
                        .filter(line -> !line.startsWith("#"))
                        .count());
    }

    @Test
    void testScoresOfAnotherSelectionAreNotShown() throws IOException {
        tested("of another");
        String page = page();
        assertTrue(page.contains("test-metrics.json is of another selection and is not shown."));
        assertTrue(page.contains("Warning: the test split was not opened for this selection."));
        assertFalse(page.contains("On the test split"));
    }

    @Test
    void warnsWithoutATestSplit() throws IOException {
        Path split = inputs.resolve("split/split.json");
        Files.writeString(split, "{\"schema\": \"split/1\", \"counts\": {\"test\": 0}}");
        assertTrue(page().contains("Warning: there is no test split."));
    }

    @Test
    void oneSelectionIsAllowed() {
        selection(inputs.resolve("select/selection2.json"), .1);
        assertThrows(StageFailure.class, () -> ResultReader.read(cells, List.of(inputs)));
    }
}
