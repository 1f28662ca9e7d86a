package viewfit.report.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.report.watch.CellState.Status;

/** The table on the terminal and on the page. */
class SweepTextTest {
    private static final CellState RUNNING =
            new CellState("ours_s0", Status.RUNNING, 3, 100, 1200, 5004, 7.2134, .4212, 412.3, .012, 8040, 3.2, "");

    private static final CellState SLOW =
            new CellState("vit_s0", Status.RUNNING, 1, 0, 7, 0, 8, Double.NaN, 2.04, 0, Double.NaN, 75, "");

    private static final CellState FAILED = CellState.of("a<b>", Status.FAILED, "exit 137: killed & gone");

    private static SweepState sweep(CellState... cells) {
        return new SweepState("results", 0, List.of(cells), List.of(new SweepState.StageState("probe", 0, 1, 2, 0)));
    }

    @Test
    void isAlignedAndInTheOrderOfInterest() {
        List<String> lines = SweepText.lines(sweep(CellState.of("z", Status.WAITING, ""), FAILED, RUNNING, SLOW), 0);
        assertTrue(lines.get(0).startsWith("results  19"), lines.get(0));
        assertTrue(lines.get(0).endsWith("  4 cells: 2 running, 1 failed, 1 waiting"), lines.get(0));
        assertEquals(
                List.of(
                        "",
                        "cell     status   epoch       step   loss  k-NN  images/s  wait   left  quiet",
                        "ours_s0  running  3/100  1200/5004  7.213  42.1       412     1  2h14m     3s",
                        "vit_s0   running      1          7  8.000     –       2.0     0      –  1m15s",
                        "a<b>     failed       –          –      –     –         –     –      –      –  exit 137: killed & gone",
                        "z        waiting      –          –      –     –         –     –      –      –",
                        "",
                        "probe 1 running, 2 done"),
                lines.subList(1, lines.size()));
    }

    @Test
    void whatDoesNotFitIsCounted() {
        List<String> lines = SweepText.lines(sweep(CellState.of("z", Status.WAITING, ""), FAILED, RUNNING, SLOW), 1);
        assertTrue(lines.get(3).startsWith("ours_s0"), lines.toString());
        assertEquals("and 1 running, 1 failed, 1 waiting", lines.get(4));
    }

    @Test
    void thePageLoadsItselfAgain(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("watch.html");
        SweepPage.write(file, sweep(RUNNING, FAILED), 45);
        String page = Files.readString(file);
        assertTrue(page.startsWith("<!doctype html>"), page);
        assertTrue(
                page.contains("<meta name=\"viewport\" content=\"width=device-width"),
                "phones are as wide as they are");
        assertTrue(page.contains("<meta http-equiv=\"refresh\" content=\"45\">"), page);
        assertTrue(page.contains("<th scope=\"row\">a&lt;b&gt;</th>"), page);
        assertTrue(page.contains("<td>exit 137: killed &amp; gone</td>"), page);
        assertTrue(page.contains("<td>1200/5004</td>"), page);
        assertTrue(page.endsWith("</html>\n"), page);
        assertFalse(page.contains("<script"), page);
        assertFalse(page.contains("http://") || page.contains("https://"), "nothing is fetched");

        SweepState betweenTasks = new SweepState("results", 0, List.of(FAILED), List.of());
        assertTrue(SweepPage.page(betweenTasks, 45).contains("content=\"45\""), "the next task may begin");
    }
}
