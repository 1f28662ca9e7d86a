package viewfit.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.grid.GridFile;
import viewfit.report.results.Results;
import viewfit.report.results.Show;

/** What the grids that come along show: each mean of it is over seeds and nothing else. */
class ShippedShowsTest {
    private static final Path GRIDS = Path.of(System.getProperty("viewfit.root"), "params/grids");

    private static List<Path> grids() throws IOException {
        try (Stream<Path> files = Files.walk(GRIDS)) {
            return files.filter(file -> file.toString().endsWith(".yml"))
                    .map(GRIDS::relativize)
                    .sorted()
                    .toList();
        }
    }

    @Test
    void noRowAndNoPointMixesVariants(@TempDir Path folder) throws IOException {
        List<String> mixed = new ArrayList<>();
        int shows = 0;
        for (Path grid : grids()) {
            if (GridFile.read(GRIDS.resolve(grid)).shows().isEmpty()) {
                continue;
            }
            Path place = folder.resolve(grid.toString().replaceAll("\\W", "-"));
            Results results = GridResults.file(grid.toString(), place);
            for (Show show : results.shows()) {
                shows++;
                if (Sweeps.mixed(results, show)) {
                    mixed.add(grid + ": " + show.id());
                }
            }
        }
        assertEquals(List.of(), mixed);
        assertTrue(shows >= 30, shows + " shows");
    }
}
