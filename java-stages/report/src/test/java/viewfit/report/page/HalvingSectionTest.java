package viewfit.report.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.Outcome;
import viewfit.core.metrics.Provenance;
import viewfit.core.select.HalvingRow;
import viewfit.report.FakeSweep;
import viewfit.report.Summary;
import viewfit.report.results.CellResult;
import viewfit.report.results.ResultReader;
import viewfit.report.results.Results;

/** A sweep that was thinned out on the way: the cell that left nothing in the invented one was stopped early instead. */
class HalvingSectionTest {
    private static final String STOPPED = FakeSweep.cell(FakeSweep.HOT, 1);

    @TempDir
    Path folder;

    private Path cells;
    private Path inputs;

    @BeforeEach
    void sweep() throws IOException {
        FakeSweep sweep = new FakeSweep(folder);
        cells = sweep.write();
        inputs = sweep.inputs();
        Path run = inputs.resolve("pretrain").resolve(STOPPED);
        new Metrics(
                        Metrics.SCHEMA,
                        "pretrain",
                        STOPPED,
                        Outcome.PAUSED,
                        "paused after epoch 2 of 10",
                        Map.of(),
                        Map.of("epochs", 2L),
                        Provenance.ofCode("", 1))
                .write(run.resolve("metrics.json"));
        // A copy of the rows travels with a state, and may be cut short by whoever goes on from it.
        Files.writeString(
                Files.createDirectories(run.resolve("state")).resolve("curve.csv"), "# schema: curve/2\nepoch,st");
        decision("2.csv", row(4, 1, FakeSweep.OURS, .55, true));
        decision(
                "1.csv",
                row(2, 1, FakeSweep.OURS, .512, true),
                row(2, 2, FakeSweep.BASELINE, .503, true),
                row(2, 3, FakeSweep.HOT, Double.NaN, false));
    }

    private static HalvingRow row(int epoch, int rank, String group, double mean, boolean on) {
        int n = Double.isNaN(mean) ? 0 : 2;
        return new HalvingRow(
                "dino", "mobilenet_v2", 10, epoch, rank, group, group + "-s0 " + group + "-s1", n, mean, on);
    }

    private void decision(String name, HalvingRow... rows) {
        HalvingRow.TABLE.write(inputs.resolve("halving").resolve(name), Map.of(), List.of(rows));
    }

    @Test
    void rungsAreToldInTheirOrder() {
        String html = HalvingSection.html(ResultReader.read(cells, List.of(inputs)));
        int first = html.indexOf("After epoch 2: 2 of 3\u00A0groups went on");
        int second = html.indexOf("After epoch 4: 1 of 1\u00A0group went on");
        assertTrue(first > 0 && second > first, html);
        assertTrue(
                html.replaceAll("\\s*<[^>]+>\\s*", "|")
                        .replaceAll("\\|+", "|")
                        .contains("|2|dino-baseline|50.3|2|2|went on|"),
                html);
        assertTrue(
                html.replaceAll("\\s*<[^>]+>\\s*", "|").replaceAll("\\|+", "|").contains("|3|dino-hot|–|0|2|stopped|"),
                html);
    }

    /** Two networks, two tables with ranks of their own. */
    @Test
    void whatDoesNotCompeteStandsApart() {
        HalvingRow other = row(2, 1, FakeSweep.OURS, .7, true);
        decision(
                "1.csv",
                row(2, 1, FakeSweep.BASELINE, .503, true),
                row(2, 2, FakeSweep.HOT, Double.NaN, false),
                new HalvingRow(
                        "moco", "resnet18", 1, 2, 1, other.group(), other.cells(), other.n(), other.mean(), true));
        String html = HalvingSection.html(ResultReader.read(cells, List.of(inputs)))
                .replaceAll("\\s*<[^>]+>\\s*", "|")
                .replaceAll("\\|+", "|");
        int first = html.indexOf("|dino, mobilenet_v2, 10\u00A0epochs|rank|");
        int worse = html.indexOf("|2|dino-hot|");
        int second = html.indexOf("|moco, resnet18, 1\u00A0epoch|rank|");
        assertTrue(first > 0 && worse > first && second > worse, html);
    }

    @Test
    void aStoppedCellIsNoGap() {
        Results results = ResultReader.read(cells, List.of(inputs));
        CellResult stopped = results.cells().stream()
                .filter(cell -> cell.cell().id().equals(STOPPED))
                .findFirst()
                .orElseThrow();
        assertEquals(CellResult.Status.STOPPED, stopped.status());
        assertEquals("1 diverged, 1 stopped early", Summary.note(results, FakeSweep.HOT, 0));
        assertTrue(
                String.join(" ", Finding.sentences(results))
                        .contains("stopped early by successive halving: " + STOPPED),
                Finding.sentences(results)::toString);
        String table = CellsSection.cells(results);
        assertTrue(table.contains("stopped early</span><br>paused after epoch 2 of 10"), table);
    }

    /** It was lost on the way to a rung, and is neither stopped nor ranked. */
    @Test
    void aCellThatFailedInARungIsAGap() throws IOException {
        Files.delete(inputs.resolve("pretrain").resolve(STOPPED).resolve("metrics.json"));
        Files.writeString(
                inputs.resolve("failed.csv"),
                "pretrain," + STOPPED + ",to epoch 2,1,\"it broke\"\n",
                StandardOpenOption.APPEND);
        Results results = ResultReader.read(cells, List.of(inputs));
        String table = CellsSection.cells(results);
        assertTrue(table.contains("<br>pretrain to epoch 2 failed, exit code 1: it broke"), table);
        assertFalse(String.join(" ", Finding.sentences(results)).contains("stopped early"), table);
    }

    @Test
    void withoutHalvingThereIsNoSection() throws IOException {
        Files.delete(inputs.resolve("halving/1.csv"));
        Files.delete(inputs.resolve("halving/2.csv"));
        assertEquals("", HalvingSection.html(ResultReader.read(cells, List.of(inputs))));
    }
}
