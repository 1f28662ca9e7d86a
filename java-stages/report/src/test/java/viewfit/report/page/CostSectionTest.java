package viewfit.report.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.Outcome;
import viewfit.core.metrics.Provenance;
import viewfit.report.results.ResultReader;
import viewfit.report.results.ResultTable;

/** Hours are wall time by what the run had. */
class CostSectionTest {
    @TempDir
    Path folder;

    private void run(String cell, String device, double seconds, long resumedAt) throws IOException {
        run(cell, device, Map.of("wall-seconds", seconds), resumedAt);
    }

    private void run(String cell, String device, Map<String, Double> seconds, long resumedAt) throws IOException {
        Map<String, Double> values = new TreeMap<>(Map.of("images-per-second", 100.0, "data-wait-share", 0.25));
        values.putAll(seconds);
        new Metrics(
                        Metrics.SCHEMA,
                        "pretrain",
                        cell,
                        Outcome.OK,
                        "",
                        values,
                        Map.of("steps", 50L, "resumed-at-step", resumedAt),
                        new Provenance("", "", "", "", "", device, 0))
                .write(folder.resolve("in/" + cell + "/metrics.json"));
        Files.writeString(
                folder.resolve("in/" + cell + "/" + cell + ".yml"), "schema: pretrain/1\nname: a\nbatch-size: 64\n");
    }

    private String html(String command) {
        return CostSection.html(
                ResultReader.read(null, List.of(folder.resolve("in"))), command, new Outputs(folder.resolve("out")));
    }

    @Test
    void coreHoursAndGpuHoursAreCountedApart() throws IOException {
        run("a", "cpu, 2 threads", 5400, 0);
        run("b", "cpu, 1 thread", 1800, 0);
        run("c", "gpu0", 7200, 0);
        String html = html("");
        assertTrue(
                html.contains("Pre-training of 3\u00A0cells took 3.50 core-hours and 2.00 GPU-hours; probes and"
                        + " fine-tuning are not counted."),
                html);
        assertTrue(
                html.contains("<td>cpu, 2 threads</td><td>1\u00A0h\u00A030\u00A0min</td><td>3.00\u00A0core-hours</td>"
                        + "<td>3\u202F200</td><td>100</td><td>25.0</td>"),
                html);
        ResultTable csv = ResultTable.read(folder.resolve("out/tables/cost.csv"));
        assertEquals(List.of("core-hours", "core-hours", "GPU-hours"), csv.text("unit"));
        assertEquals(3.0, csv.numbers("hours")[0]);
        assertEquals(List.of("3200", "3200", "3200"), csv.text("images_seen"));
        assertFalse(html.contains("<pre"), "nobody said how it was started");
    }

    @Test
    void ofAnInterruptedRunTheTimeIsALowerBound() throws IOException {
        run("a", "cpu, 2 threads", 3600, 7);
        String html = html("");
        assertTrue(html.contains("took at least 2.00 core-hours"), html);
        assertTrue(html.contains("<td>\u2265\u00A01\u00A0h\u00A000\u00A0min</td>"), html);
    }

    /** Of a run in parts, as by halving, every part counts. */
    @Test
    void thePartsOfARunAreItsTime() throws IOException {
        run("a", "cpu, 2 threads", Map.of("wall-seconds", 600.0, "wall-seconds.total", 7200.0), 7);
        String html = html("");
        assertTrue(html.contains("took at least 4.00 core-hours"), html);
        assertTrue(html.contains("of a run in parts (\u2265), without what each did after its last state"), html);
    }

    /** A cell that left nothing may have cost much. */
    @Test
    void aCellWithoutATimeMakesTheSumALowerBound() throws IOException {
        run("a", "cpu, 2 threads", 3600, 0);
        Files.writeString(
                folder.resolve("in/cells.csv"),
                "# schema: cells/1\ncell,group,recipe,axes,seed,sha256\na,a,a.yml,,0,\nb,b,b.yml,,0,\n");
        String html = html("");
        assertTrue(
                html.contains(
                        "Pre-training of 1\u00A0cell took at least 2.00 core-hours; probes and fine-tuning are not"
                                + " counted, nor is what went into cells without a time: b."),
                html);
    }

    @Test
    void theCommandIsOnThePageAsItWasTyped() throws IOException {
        run("a", "cpu, 2 threads", 3600, 0);
        assertTrue(html("bin/viewfit run main.nf --input 'a & <b>'")
                .contains("<code>bin/viewfit run main.nf --input &#39;a &amp; &lt;b&gt;&#39;</code>"));
    }

    @Test
    void timesAreShort() {
        assertEquals("12\u00A0s", CostSection.time(12.3));
        assertEquals("2\u00A0min\u00A005\u00A0s", CostSection.time(125));
        assertEquals("27\u00A0h\u00A000\u00A0min", CostSection.time(97_200));
    }
}
