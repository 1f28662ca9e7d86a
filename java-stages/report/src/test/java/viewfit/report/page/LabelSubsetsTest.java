package viewfit.report.page;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.report.FakeSweep;
import viewfit.report.results.ResultReader;

/** Which labels the fine-tunings saw is on the page, where the split says it. */
class LabelSubsetsTest {
    @TempDir
    Path folder;

    @Test
    void namesThePublishedListAndTheChecksumOfAGivenOne() throws IOException {
        FakeSweep sweep = new FakeSweep(folder);
        Path cells = sweep.write();
        assertFalse(page(cells, sweep).contains("Label subsets:"));
        Files.writeString(
                sweep.inputs().resolve("split/split.json"),
                """
                {"schema": "split/1", "counts": {"test": 3}, "labels": [
                  {"file": "labels-1pct", "kind": "SimCLR 1 %", "sha256": "ab12", "used": 12300, "fewest": 10, "most": 13},
                  {"file": "labels-10pct", "kind": "drawn", "sha256": "", "used": 20, "fewest": 2, "most": 2}]}
                """);
        String page = page(cells, sweep);
        assertTrue(
                page.contains("Label subsets: labels-1pct: SimCLR 1 %, 12300\u00A0images, 10 to 13 a class, list with"
                        + " sha256 ab12; labels-10pct: drawn, 20\u00A0images, 2 to 2 a class."),
                page);
    }

    private String page(Path cells, FakeSweep sweep) throws IOException {
        Path out = folder.resolve("out");
        ReportWriter.write(ResultReader.read(cells, List.of(sweep.inputs())), "title", out);
        return Files.readString(out.resolve("report.html"));
    }
}
