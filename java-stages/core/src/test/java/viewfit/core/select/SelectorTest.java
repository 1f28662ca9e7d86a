package viewfit.core.select;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.grid.CellRow;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.Outcome;
import viewfit.core.metrics.Provenance;

/** Who is first, by what, and what is refused. */
class SelectorTest {
    private static final String LINEAR = "heldout.linear.top1";
    private static final String KNN = "heldout.knn.top1";
    private static final Path FILE = Path.of("metrics.json");

    @TempDir
    Path dir;

    private static CellRow cell(String group, long seed) {
        return new CellRow(group + "_s" + seed, group, group + ".yml", "", seed, "");
    }

    private static List<CellRow> sweep(String... groups) {
        List<CellRow> cells = new ArrayList<>();
        for (String group : groups) {
            cells.add(cell(group, 0));
            cells.add(cell(group, 1));
        }
        return cells;
    }

    private static Metrics probe(String cell, Outcome outcome, String recipe, Map<String, Double> values) {
        return new Metrics(
                Metrics.SCHEMA,
                "probe",
                cell,
                outcome,
                "message",
                values,
                Map.of("heldout.images", 50L),
                new Provenance("", recipe, "train", "net-" + cell, "", "", 0));
    }

    private static void add(Selector selector, String cell, double linear) {
        selector.add(FILE, probe(cell, Outcome.OK, "probe", Map.of(LINEAR, linear, KNN, 1 - linear)));
    }

    private static StageFailure refused(Runnable action) {
        return assertThrows(StageFailure.class, action::run);
    }

    @Test
    void ranksByTheMeanOverSeeds() {
        Selector selector = new Selector(sweep("baseline", "a", "b"), cell -> 10);
        add(selector, "baseline_s0", .1);
        add(selector, "baseline_s1", .2);
        add(selector, "a_s0", .9);
        add(selector, "a_s1", .1);
        add(selector, "b_s0", .6);
        add(selector, "b_s1", .64);
        Selection selection = selector.select(null, null);
        assertEquals(LINEAR, selection.by());
        assertEquals("b", selection.chosen());
        assertEquals(
                List.of("b", "a", "baseline"),
                selection.candidates().stream().map(Selection.Candidate::group).toList());
        RankRow first = RankRow.of(selection).get(0);
        assertEquals(.62, first.mean(), 1e-12);
        assertEquals(.04 / Math.sqrt(2), first.deviation(), 1e-12);
        assertEquals(.02, first.standardError(), 1e-12);
        assertEquals(
                List.of("b_s0 chosen", "b_s1 chosen", "baseline_s0 baseline", "baseline_s1 baseline"),
                selection.tested().stream().map(t -> t.cell() + " " + t.role()).toList());
        assertEquals("net-b_s1", selection.tested().get(1).checkpointSha256());
        assertEquals("b", selector.select(LINEAR, null).chosen());
        assertEquals("baseline", selector.select(KNN, null).chosen());
        assertEquals(2, selector.select(KNN, null).tested().size(), "a chosen baseline is tested once");
        assertEquals("a", selector.select(null, "a").baseline());
    }

    @Test
    void equalMeansGoToTheShorterTrainingThenToTheName() {
        Selector selector =
                new Selector(sweep("c", "b", "a"), cell -> cell.group().equals("c") ? 5 : 10);
        for (String group : List.of("c", "b", "a")) {
            add(selector, group + "_s0", .5);
        }
        assertEquals(
                List.of("c", "a", "b"),
                selector.select(null, null).candidates().stream()
                        .map(Selection.Candidate::group)
                        .toList());
    }

    @Test
    void whatIsMissingIsNamed() {
        Selector selector = new Selector(sweep("a", "b"), cell -> 1);
        add(selector, "a_s0", .5);
        selector.add(FILE, probe("b_s0", Outcome.DIVERGED, "probe", Map.of()));
        selector.add(FILE, probe("b_s1", Outcome.OK, "probe", Map.of(KNN, .9)));
        Selection selection = selector.select(null, null);
        assertEquals("a", selection.chosen());
        assertEquals(
                List.of("a_s1: no probe result", "b_s0: probe message", "b_s1: no " + LINEAR),
                selection.gaps().stream().map(g -> g.cell() + ": " + g.reason()).toList());
        assertEquals(Map.of("mean", .5), selection.candidates().get(0).values());
        assertEquals(1L, selection.counts().get("scored"));
    }

    @Test
    void withoutALinearProbeNeighboursCount() {
        Selector selector = new Selector(sweep("a"), cell -> 1);
        selector.add(FILE, probe("a_s0", Outcome.OK, "probe", Map.of(KNN, .9)));
        assertEquals(KNN, selector.select(null, null).by());
        StageFailure failure = refused(() -> selector.select(LINEAR, null));
        assertEquals(ExitCode.BAD_DATA, failure.exitCode());
        Selector diverged = new Selector(sweep("a"), cell -> 1);
        diverged.add(FILE, probe("a_s0", Outcome.DIVERGED, "probe", Map.of()));
        assertEquals("", diverged.select(null, null).chosen());
    }

    @Test
    void seesHeldOutScoresOfOneProbeAlone() {
        Selector selector = new Selector(sweep("a"), cell -> 1);
        add(selector, "a_s0", .5);
        for (Metrics metrics : List.of(
                probe("a_s1", Outcome.OK, "probe", Map.of(LINEAR, .5, "test.linear.top1", .5)),
                probe("a_s1", Outcome.OK, "another", Map.of(LINEAR, .5)),
                probe("a_s0", Outcome.OK, "probe", Map.of(LINEAR, .5)),
                probe("x_s0", Outcome.OK, "probe", Map.of(LINEAR, .5)))) {
            assertEquals(
                    ExitCode.BAD_DATA,
                    refused(() -> selector.add(FILE, metrics)).exitCode());
        }
        assertEquals(
                ExitCode.USAGE,
                refused(() -> selector.select("test.linear.top1", null)).exitCode());
        assertEquals(
                ExitCode.USAGE,
                refused(() -> selector.select("untrained.knn.top1", null)).exitCode());
        assertEquals(ExitCode.USAGE, refused(() -> selector.select(null, "x")).exitCode());
    }

    private Path selection() {
        Selector selector = new Selector(sweep("a", "b"), cell -> 1);
        add(selector, "a_s0", .5);
        add(selector, "b_s0", .6);
        Path file = dir.resolve("selection.json");
        selector.select(null, null).write(file);
        return file;
    }

    @Test
    void aPermitIsForTheSelectedNetworkAndProbe() {
        Path file = selection();
        assertEquals(
                "b", TestPermit.of(file, "b_s0", "net-b_s0", "probe").tested().group());
        assertTrue(String.valueOf(refused(() -> TestPermit.of(file, "a_s0", "net-a_s0", "probe"))
                        .getMessage())
                .contains("must be one of [b_s0]"));
        assertEquals(
                ExitCode.BAD_DATA,
                refused(() -> TestPermit.of(file, "b_s0", "net-a_s0", "probe")).exitCode());
        assertEquals(
                ExitCode.BAD_RECIPE,
                refused(() -> TestPermit.of(file, "b_s0", "net-b_s0", "another"))
                        .exitCode());
        assertEquals(
                ExitCode.NO_INPUT,
                refused(() -> TestPermit.of(dir.resolve("none.json"), "b_s0", "net-b_s0", "probe"))
                        .exitCode());
    }

    @Test
    void theSplitIsOpenedForOneSelectionInAFolder() throws Exception {
        Path file = selection();
        TestPermit permit = TestPermit.of(file, "b_s0", "net-b_s0", "probe");
        TestLedger.open(dir, permit);
        String first = Files.readString(dir.resolve("test-opened.json"));
        TestLedger.open(dir, permit);
        assertEquals(first, Files.readString(dir.resolve("test-opened.json")));
        Selector other = new Selector(sweep("a", "b"), cell -> 1);
        add(other, "b_s0", .7);
        other.select(null, null).write(file);
        TestPermit second = TestPermit.of(file, "b_s0", "net-b_s0", "probe");
        assertEquals(
                ExitCode.BAD_DATA, refused(() -> TestLedger.open(dir, second)).exitCode());
        TestLedger.open(Files.createDirectory(dir.resolve("elsewhere")), second);
    }
}
