package viewfit.report.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.Prediction;
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

    private String choice() {
        return Selection.read(inputs.resolve("select/selection.json")).choiceSha256();
    }

    private static void selection(Path file, double heldout) {
        selection(file, "heldout.linear.top1", heldout);
    }

    private static void selection(Path file, String by, double heldout, Selection.Tested... more) {
        List<Selection.Tested> all =
                new ArrayList<>(List.of(new Selection.Tested(CELL, FakeSweep.OURS, Selection.CHOSEN, heldout, "net")));
        all.addAll(List.of(more));
        Selection.Choice dino = new Selection.Choice(
                "dino",
                "mobilenet_v2",
                FakeSweep.OURS,
                FakeSweep.BASELINE,
                List.of(
                        candidate(1, FakeSweep.OURS, Map.of("mean", heldout)),
                        candidate(
                                2, FakeSweep.BASELINE, Map.of("mean", .6, "deviation", .02, "standard-error", .0141))));
        List<Selection.Choice> choices = new ArrayList<>(List.of(dino));
        if (Stream.of(more).anyMatch(tested -> tested.group().equals(FakeSweep.HOT))) {
            choices.add(new Selection.Choice(
                    "dino", "resnet18", FakeSweep.HOT, "", List.of(candidate(1, FakeSweep.HOT, Map.of("mean", .25)))));
        }
        new Selection(
                        Selection.SCHEMA,
                        by,
                        "the <largest> mean",
                        choices,
                        all,
                        Stream.of("dino-hot-s1", "dino-hot-s2")
                                .map(cell -> new Selection.Gap(cell, FakeSweep.HOT, "no probe result"))
                                .toList(),
                        Map.of(),
                        Provenance.ofCode("", 0))
                .write(file);
    }

    private static Selection.Candidate candidate(long rank, String group, Map<String, Double> values) {
        return new Selection.Candidate(rank, group, group + ".yml", List.of(group + "-s0"), 10, values);
    }

    private void tested(String choiceSha256) {
        tested(
                FakeSweep.OURS,
                Selection.CHOSEN,
                choiceSha256,
                Map.of("test.linear.top1", .5, "test.linear.top1.standard-error", .05));
    }

    private void tested(String group, String role, String choiceSha256, Map<String, Double> values) {
        String cell = FakeSweep.cell(group, 0);
        new TestMetrics(
                        TestMetrics.SCHEMA,
                        cell,
                        group,
                        role,
                        choiceSha256,
                        "",
                        values,
                        Map.of("test.images", 100L),
                        Provenance.ofCode("", 0))
                .write(inputs.resolve("test/" + cell + "/test-metrics.json"));
    }

    private String page() throws IOException {
        Path out = folder.resolve("out");
        ReportWriter.write(ResultReader.read(cells, List.of(inputs)), "title", out);
        return Files.readString(out.resolve("report.html"));
    }

    @Test
    void showsTheChoiceItsTestScoreAndHowManyWereLookedAt() throws IOException {
        tested(choice());
        String page = page();
        assertTrue(
                page.contains("Chosen by linear top-1 on held-out images, the best of 2 candidates: dino-ours, 63.4 %"
                        + " (1\u00A0seed). On the test split, linear top-1: 50.0 %; the binomial standard error of one network on"
                        + " 100\u00A0images is 5.0 points."));
        assertTrue(page.contains(
                "<th scope=\"row\">" + CELL + "</th><td>chosen</td><td>63.4</td><td>50.0\u00A0\u00B1\u00A05.0</td>"));
        assertTrue(page.contains("the &lt;largest&gt; mean"));
        assertTrue(page.contains("Not ranked, no probe result: dino-hot-s1, dino-hot-s2."));
        assertFalse(page.contains("Warning: "));
        assertEquals(
                3,
                Files.readAllLines(folder.resolve("out/tables/selection.csv")).stream()
                        .filter(line -> !line.startsWith("#"))
                        .count());
    }

    private String chosenBy(String by) throws IOException {
        selection(inputs.resolve("select/selection.json"), by, .634);
        Map<String, Double> values =
                Map.of("test.linear.top1", .1, "test.knn.top1", .2, "test.knn-k20.top1", .3, "test.linear.top5", .4);
        tested(FakeSweep.OURS, Selection.CHOSEN, choice(), values);
        return page();
    }

    /** The number behind the choice is of the same measure, or says which other one it is. */
    @Test
    void theTestScoreIsOfTheMeasureThatChose() throws IOException {
        String page = chosenBy("heldout.knn-k20.top1");
        assertTrue(page.contains("Chosen by k-NN top-1 (k\u00A0=\u00A020) on held-out images"), page);
        assertTrue(page.contains("On the test split, k-NN top-1 (k\u00A0=\u00A020): 30.0 %"), page);
        page = chosenBy("heldout.linear.top5");
        assertTrue(page.contains("On the test split, linear top-5: 40.0 %"), page);
        page = chosenBy("heldout.fast.top1");
        assertTrue(page.contains("Chosen by fast probe top-1 on held-out images"), page);
        assertTrue(page.contains("On the test split, k-NN top-1: 20.0 %"), page);
    }

    @Test
    void warnsWhereWhatWasChosenIsNotTested() throws IOException {
        tested(FakeSweep.BASELINE, Selection.BASELINE, choice(), Map.of("test.linear.top1", .4));
        String page = page();
        assertTrue(
                page.contains("Warning: networks that were chosen and have a score on the test split: 0 of 1."), page);
        assertFalse(page.contains("On the test split, linear"));
        selection(
                inputs.resolve("select/selection.json"),
                "heldout.linear.top1",
                .634,
                new Selection.Tested(FakeSweep.cell(FakeSweep.OURS, 1), FakeSweep.OURS, Selection.CHOSEN, .6, "net1"));
        tested(choice());
        page = page();
        assertTrue(
                page.contains("Warning: networks that were chosen and have a score on the test split: 1 of 2."), page);
        assertTrue(page.contains("On the test split, linear top-1: 50.0 % (1 of 2\u00A0seeds);"), page);
    }

    private static Selection.Tested network(String group, String role) {
        return new Selection.Tested(FakeSweep.cell(group, 0), group, role, .25, "net1");
    }

    /** The chosen one and its baseline on the same test images, nothing of another backbone or of an earlier choice. */
    @Test
    void theChosenIsTestedAgainstTheBaselineOnTheTestSplit() throws IOException {
        selection(
                inputs.resolve("select/selection.json"),
                "heldout.linear.top1",
                .634,
                network(FakeSweep.BASELINE, Selection.BASELINE),
                network(FakeSweep.HOT, Selection.CHOSEN));
        for (String group : List.of(FakeSweep.OURS, FakeSweep.BASELINE, FakeSweep.HOT)) {
            String cell = FakeSweep.cell(group, 0);
            Prediction.TABLE.write(
                    inputs.resolve("test/" + cell + "/predictions-test.csv"),
                    Map.of("part", "test"),
                    Prediction.TABLE
                            .read(inputs.resolve("probe/" + CELL + "/predictions.csv"))
                            .rows());
            tested(
                    group,
                    group.equals(FakeSweep.BASELINE) ? Selection.BASELINE : Selection.CHOSEN,
                    choice(),
                    Map.of("test.linear.top1", .5));
        }
        assertTrue(page().contains("<td>linear probe, test split</td>"));
        String row = "test,dino-ours,dino-baseline,0,500,";
        Path table = folder.resolve("out/tables/paired-tests.csv");
        assertEquals(
                List.of(row),
                Files.readAllLines(table).stream()
                        .filter(line -> line.startsWith("test,"))
                        .map(line -> line.substring(0, row.length()))
                        .toList());
        tested("of another");
        page();
        assertTrue(Files.readAllLines(table).stream().noneMatch(line -> line.startsWith("test,")));
    }

    /** Each kind has its sentence, its ranks and its warning; one kind is not tested against another. */
    @Test
    void methodsAndBackbonesAreToldApart() throws IOException {
        selection(
                inputs.resolve("select/selection.json"),
                "heldout.linear.top1",
                .634,
                network(FakeSweep.HOT, Selection.CHOSEN));
        tested(choice());
        String page = page();
        assertTrue(
                page.contains(
                        "dino on mobilenet_v2: chosen by linear top-1 on held-out images, the best of 2 candidates:"
                                + " dino-ours, 63.4 % (1\u00A0seed). On the test split, linear top-1: 50.0 %;"),
                page);
        assertTrue(
                page.contains("dino on resnet18: chosen by linear top-1 on held-out images, the only candidate: "
                        + FakeSweep.HOT + ", 25.0 % (1\u00A0seed).</p>"),
                page);
        assertTrue(
                page.contains("Warning: networks that were chosen and have a score on the test split: 1 of 2."), page);
        assertTrue(
                page.contains("<th scope=\"row\">" + FakeSweep.HOT + "</th><td>dino</td><td>resnet18</td><td>1</td>"),
                page);
        List<String> rows = Files.readAllLines(folder.resolve("out/tables/selection.csv"));
        assertTrue(rows.get(rows.size() - 1).startsWith("dino,resnet18,1," + FakeSweep.HOT + ","), rows.toString());
    }

    @Test
    void testScoresOfAnotherSelectionAreNotShown() throws IOException {
        tested("of another");
        String page = page();
        assertTrue(page.contains("test-metrics.json is of another selection and is not shown."));
        assertTrue(page.contains("Warning: the test split was not opened for this selection."));
        assertFalse(page.contains("On the test split, "));
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
