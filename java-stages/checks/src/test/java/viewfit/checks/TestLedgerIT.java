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
        Path file = folder.resolve("selection.json");
        new Selection(
                        Selection.SCHEMA,
                        "heldout.knn.top1",
                        "",
                        List.of(new Selection.Choice("dino", "mobilenet_v2", "a", "", List.of())),
                        List.of(new Selection.Tested("a_s0", "a", Selection.CHOSEN, .5, network)),
                        List.of(),
                        Map.of(),
                        new Provenance(code, "", "", "", "", "", 0))
                .write(file);
        return file;
    }

    /** The cells that may be tested, then the table of gaps. */
    private String opened(Path selection) {
        return String.join(
                "\n",
                new Workflow(folder)
                        .groovy(
                                "[TestSplit.cells(Path.of(args[0]), Path.of(args[1])), Failures.table()].join(' ')",
                                selection,
                                folder.resolve("results/test")));
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
