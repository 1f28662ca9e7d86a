package viewfit.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.metrics.CurveRow;
import viewfit.core.table.CsvTable;
import viewfit.report.page.ReportWriter;
import viewfit.report.results.ResultReader;
import viewfit.report.results.ResultTable;
import viewfit.report.values.Text;

/** A figure of the paper: nine cells of 200 epochs of ImageNet. */
@Timeout(120)
class LongCurvesTest {
    private static final int CELLS = 9;
    private static final int STEPS = 200 * 1202;

    @TempDir
    private Path folder;

    /** An eighth of what the report's task has: none of it may grow with the steps. */
    @Test
    void aReportOfLongCurvesNeedsLittleMemory() throws Exception {
        StringBuilder cells = new StringBuilder("# schema: cells/1\ncell,group,recipe,axes,seed,sha256\n");
        Path curve = curve();
        for (int c = 0; c < CELLS; c++) {
            cells.append("c").append(c).append(",g,c").append(c).append(".yml,,0,\n");
            Path cell = folder.resolve("in/pretrain/c" + c);
            Files.createDirectories(cell);
            Files.createLink(cell.resolve("curve.csv"), curve);
        }
        Files.writeString(folder.resolve("in/cells.csv"), cells);

        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-Djava.awt.headless=true",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                LongCurvesTest.class.getName(),
                folder.resolve("in").toString(),
                folder.resolve("out").toString());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        assertEquals("", said);
        assertEquals(0, process.exitValue());
        ResultTable loss = ResultTable.read(folder.resolve("out/tables/loss.csv"));
        assertEquals(CELLS * 240, loss.rows().size());
        assertTrue(
                Files.readString(folder.resolve("out/report.html")).contains(Text.count(STEPS - 1)), "the last step");
    }

    /** Each value is as short as it may be, for the file to be quick to write. */
    private Path curve() throws IOException {
        List<String> columns = CsvTable.of(CurveRow.class, CurveRow.SCHEMA).columns();
        Path file = folder.resolve("curve.csv");
        try (BufferedWriter text = Files.newBufferedWriter(file)) {
            text.write("# schema: " + CurveRow.SCHEMA + "\n" + String.join(",", columns) + "\n");
            String rest = ",5".repeat(columns.size() - 2) + "\n";
            for (int step = 0; step < STEPS; step++) {
                text.write(step / 1202 + "," + step + rest);
            }
        }
        return file;
    }

    /** The report in a process of its own: folder of the inputs, folder to write to. */
    public static void main(String[] args) {
        ReportWriter.write(ResultReader.read(null, List.of(Path.of(args[0]))), "Report", Path.of(args[1]));
    }
}
