package viewfit.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.metrics.Json;
import viewfit.core.metrics.Provenance;
import viewfit.core.select.Selection;
import viewfit.core.select.TestLedger;

/** What the pipeline notes of an opened test split, and what it does where it was opened before. */
class TestLedgerIT {
    @TempDir
    Path folder;

    private Path selection(String code, String network) {
        return selection(code, network, List.of());
    }

    private Path selection(String code, String network, List<Selection.Gap> gaps) {
        Path file = folder.resolve("selection.json");
        new Selection(
                        Selection.SCHEMA,
                        "heldout.knn.top1",
                        "",
                        List.of(new Selection.Choice("dino", "mobilenet_v2", "a", "", List.of())),
                        List.of(new Selection.Tested("a_s0", "a", Selection.CHOSEN, .5, network)),
                        gaps,
                        Map.of(),
                        new Provenance(code, "", "", "", "", "", 0))
                .write(file);
        return file;
    }

    /** The cells that may be tested, then the table of gaps. */
    private String opened(Path selection) {
        return opened("", selection);
    }

    /** @param first expressions that are worked out before, each with a comma behind it */
    private String opened(String first, Path selection) {
        String expression = "[" + first + "TestSplit.cells(Path.of(args[0]), Path.of(args[1])), Failures.table()]"
                + ".takeRight(2).join(' ')";
        return String.join("\n", new Workflow(folder).groovy(expression, selection, folder.resolve("results/test")));
    }

    @Test
    void theSameChoiceOfOtherCodeIsTested() throws IOException {
        String first = opened(selection("1", "net"));
        assertTrue(first.startsWith("[a_s0]"), first);
        Path ledger = folder.resolve("results/test/test-opened.json");
        assertEquals(
                Selection.read(folder.resolve("selection.json")).choiceSha256(),
                Json.read(ledger, TestLedger.class).choiceSha256());
        assertFalse(Files.exists(ledger.resolveSibling("test-opened.json.tmp")));
        assertTrue(opened(selection("2", "net")).startsWith("[a_s0]"));
        String other = opened(selection("2", "another"));
        assertTrue(other.startsWith("[] "), other);
        assertTrue(other.contains("test,a_s0,,65,\"test-opened.json: the test split was opened for another"), other);
    }

    /** A candidate that failed may fare better with -resume, and be the choice: till then the split is kept for it. */
    @Test
    void whileCandidatesAreLostTheSplitStaysClosed() throws IOException {
        Path lacking = selection("1", "net", List.of(new Selection.Gap("b_s0", "b", "no probe result")));
        Path ledger = folder.resolve("results/test/test-opened.json");
        for (String process : List.of("PRETRAIN", "HALVING:RUNG_1:PRETRAIN_PART", "PROBE")) {
            String said = opened("Failures.gap('" + process + "', 'b_s0', '', 1, 'it broke'), ", lacking);
            assertTrue(said.startsWith("[] "), said);
            assertTrue(said.contains("test,a_s0,,75,\"the test split stays closed: no score yet of b_s0\""), said);
            assertFalse(Files.exists(ledger));
        }
        // Nothing is to come of one that diverged, and one whose fine-tuning failed has its score.
        String said = opened("Failures.gap('FINETUNE', 'b_s0', '1pct', 1, 'it broke'), ", lacking);
        assertTrue(said.startsWith("[a_s0] "), said);
        // Opened once for a choice, it stays so.
        said = opened("Failures.gap('PROBE', 'b_s0', '', 1, 'it broke'), ", lacking);
        assertTrue(said.startsWith("[a_s0] "), said);
    }

    @Test
    void aLedgerThatSaysNothingIsAGapOfOneLine() throws IOException {
        Path ledger = folder.resolve("results/test/test-opened.json");
        Files.createDirectories(ledger.getParent());
        for (String text : List.of("", "{\"schema\": \"test-op", "[]", "{}")) {
            Files.writeString(ledger, text);
            String said = opened(selection("1", "net"));
            assertTrue(said.startsWith("[] "), said);
            assertTrue(said.contains("test,a_s0,,65,\"test-opened.json: found no choice-sha256 in it: must say"), said);
        }
    }
}
