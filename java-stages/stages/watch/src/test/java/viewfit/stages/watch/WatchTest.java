package viewfit.stages.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.cli.StageMain;
import viewfit.core.grid.CellRow;

class WatchTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... more) {
        List<String> args = new ArrayList<>(List.of(
                "--outdir",
                folder.resolve("results").toString(),
                "--work",
                folder.resolve("work").toString()));
        args.addAll(List.of(more));
        return StageMain.execute(
                "watch",
                new Watch(),
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                args.toArray(String[]::new));
    }

    private void cells(String... names) {
        CellRow.TABLE.write(
                folder.resolve("results/grid/cells.csv"),
                Map.of(),
                List.of(names).stream()
                        .map(name -> new CellRow(name, name, "r.yml", "", 0, "0"))
                        .toList());
    }

    @Test
    void looksOnce() throws IOException {
        cells("ours_s0", "ours_s1");
        Path page = folder.resolve("watch.html");
        assertEquals(0, run("--once", "--html", page.toString()), err::toString);
        List<String> lines = out.toString().lines().toList();
        assertTrue(lines.get(0).endsWith("  2 cells: 2 waiting"), out.toString());
        assertEquals(5, lines.size(), out.toString());
        assertTrue(Files.readString(page).contains("ours_s1"));
        assertFalse(out.toString().contains("\u001b"), "no signs of a terminal");
    }

    @Test
    void onATerminalTheTableIsDrawnOverTheOneBefore() throws InterruptedException {
        cells("a", "b", "c");
        Thread watch = new Thread(() -> run("--redraw", "--rows", "1", "--every", "1"));
        watch.start();
        require("\u001b[J\u001b[?7h\u001b[H");
        watch.interrupt();
        watch.join(10_000);
        assertFalse(watch.isAlive());
        assertTrue(out.toString().startsWith("\u001b[H"), out.toString());
        assertTrue(out.toString().contains("and 2 waiting\u001b[K\n"), out.toString());
        assertTrue(out.toString().endsWith("\u001b[J\u001b[?7h"), out.toString());
    }

    /** Such as {@code watch | head}. */
    @Test
    void endsWhenNobodyReadsItsLines() {
        cells("a");
        OutputStream broken = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        // As standard output is, which keeps what goes wrong to itself.
        PrintStream closed = new PrintStream(broken, false, StandardCharsets.UTF_8);
        List<String> args = List.of("--outdir", folder.resolve("results").toString(), "--every", "86400");
        int code = assertTimeoutPreemptively(
                Duration.ofSeconds(60),
                () -> StageMain.execute(
                        "watch",
                        new Watch(),
                        new PrintWriter(closed, true, StandardCharsets.UTF_8),
                        new PrintWriter(err, true),
                        args.toArray(String[]::new)));
        assertEquals(0, code);
        assertEquals("", err.toString());
    }

    @Test
    void withoutCellsOnceIsOneLine() {
        assertEquals(66, run("--once"));
        assertEquals(1, err.toString().lines().count(), err.toString());
        assertTrue(err.toString().startsWith("watch: " + folder.resolve("results/grid/cells.csv")), err.toString());
    }

    /** It may be started first, and looks until it is ended. */
    @Test
    void waitsForTheGridAndLooksAgain() throws InterruptedException {
        Thread watch = new Thread(() -> run("--every", "1"));
        watch.start();
        require("waiting: " + folder.resolve("results/grid/cells.csv"));
        require("; a run that writes elsewhere is watched with its --outdir");
        cells("a");
        require("1 cell: 1 waiting");
        watch.interrupt();
        watch.join(10_000);
        assertFalse(watch.isAlive());
        assertEquals("", err.toString());
    }

    /** What must be said within half a minute. */
    private void require(String words) throws InterruptedException {
        for (int i = 0; i < 300 && !out.toString().contains(words); i++) {
            Thread.sleep(100);
        }
        assertTrue(out.toString().contains(words), out.toString());
    }

    @Test
    void wrongOptionsAreNamed() {
        assertEquals(64, run("--evry", "3"));
        assertTrue(
                err.toString()
                        .contains(
                                "unknown option '--evry', did you mean '--every'? (options: bin/viewfit watch --help)"),
                err.toString());
        assertEquals(64, run("--every", "0"));
        assertTrue(err.toString().contains("--every: found 0: must be in 1 .. 86400"), err.toString());
        assertEquals(64, run("--rows", "-1"));
    }

    @Test
    void aPageThatCannotBeWrittenIsOneLine() throws IOException {
        cells("a");
        Files.writeString(folder.resolve("file"), "");
        assertEquals(
                74, run("--once", "--html", folder.resolve("file/watch.html").toString()));
        assertEquals(1, err.toString().lines().count(), err.toString());
    }

    @Test
    void helpSaysWhatItDoes() {
        assertEquals(0, run("--help"), err::toString);
        for (String option : List.of("--outdir", "--work", "--checkpoints", "--once", "--every", "--rows", "--html")) {
            assertTrue(out.toString().contains(option), out.toString());
        }
    }
}
