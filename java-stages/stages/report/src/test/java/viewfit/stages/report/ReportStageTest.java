package viewfit.stages.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.cli.StageMain;
import viewfit.core.contract.ExitCode;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.Outcome;
import viewfit.core.metrics.Provenance;

class ReportStageTest {
    @TempDir
    Path folder;

    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        return StageMain.execute(
                new ReportStage(), new PrintWriter(new StringWriter()), new PrintWriter(err, true), args);
    }

    @Test
    void oneMetricsFileIsEnoughForAPage() throws Exception {
        new Metrics(
                        Metrics.SCHEMA,
                        "probe",
                        "only",
                        Outcome.OK,
                        "",
                        Map.of("heldout.linear.top1", 0.5),
                        Map.of(),
                        new Provenance("", "", "", "", "", "", 0))
                .write(folder.resolve("in/metrics.json"));
        Path out = folder.resolve("out");
        assertEquals(
                0,
                run(
                        "--inputs",
                        folder.resolve("in").toString(),
                        "--out",
                        out.toString(),
                        "--title",
                        "T & T",
                        "--command",
                        "run --x 1"),
                err::toString);
        assertTrue(Files.readString(out.resolve("report.html")).contains("<h1>T &amp; T</h1>"));
        assertTrue(Files.readString(out.resolve("report.html")).contains("<code>run --x 1</code>"));
        assertTrue(Files.size(out.resolve("figures/accuracy.png")) > 1000);
        assertTrue(Files.size(out.resolve("figures/accuracy.svg")) > 1000);
        assertTrue(Files.exists(out.resolve("tables/metrics.csv")));
    }

    @Test
    void aMissingFolderIsOneLineAndLeavesNothing() {
        Path out = folder.resolve("out");
        int code = run("--inputs", folder.resolve("nowhere").toString(), "--out", out.toString());
        assertEquals(ExitCode.NO_INPUT.code(), code);
        assertEquals(1, err.toString().lines().count(), err.toString());
        assertTrue(err.toString().contains("nowhere: no such folder"), err.toString());
        assertFalse(Files.exists(out));
    }

    @Test
    void stubKeepsTheContract() {
        assertEquals(0, run("--stub", "--out", folder.resolve("stub").toString()), err::toString);
        assertTrue(Files.isDirectory(folder.resolve("stub/figures")));
    }
}
