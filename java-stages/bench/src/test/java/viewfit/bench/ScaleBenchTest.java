package viewfit.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.grid.GridFile;

class ScaleBenchTest {
    @Test
    void readsTheTraceOfARun(@TempDir Path folder) throws IOException {
        Path trace = folder.resolve("trace.tsv");
        Files.writeString(
                trace,
                """
                task_id\tname\tstatus\trealtime\tpeak_rss
                1\tSPLIT\tCOMPLETED\t1m 2.5s\t3 MB
                2\tGRID\tCACHED\t980ms\t-
                3\tPROBE (a)\tCOMPLETED\t-\t-
                """);
        assertEquals(new ScaleBench.Tasks(3, 1, 63.48), ScaleBench.Tasks.of(trace));
    }

    @Test
    void theGridIsOneThatIsRead() {
        assertEquals(3, GridFile.parse(ScaleBench.grid(3), "grid").seeds().size());
    }

    @Test
    void manyCellsAreSeedsAndValues() {
        var grid = GridFile.parse(PageBench.grid(12), "grid");
        assertEquals(4, grid.seeds().size());
        assertEquals(3, grid.axes().get("optimizer.lr").size());
    }

    @Test
    void durationsAreThoseOfNextflow() {
        assertEquals(0.98, ScaleBench.duration("980ms"));
        assertEquals(90_061, ScaleBench.duration("1d 1h 1m 1s"));
        assertEquals(0, ScaleBench.duration("-"));
    }
}
