package viewfit.core.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.contract.StageFailure;

class ShapesTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void countsInAnyOrderAndKeepsItThroughAFile() {
        Shapes.Counter counter = new Shapes.Counter();
        counter.add(500, 375);
        counter.add(375, 500);
        counter.add(500, 333);
        counter.add(500, 375);
        Shapes shapes = counter.shapes();
        assertEquals(
                List.of(new Shapes.Row(375, 500, 1), new Shapes.Row(500, 333, 1), new Shapes.Row(500, 375, 2)),
                shapes.rows());
        assertEquals(4, shapes.images());
        shapes.write(folder.resolve("shapes.csv"), Map.of("provenance", "{}"));
        assertEquals(shapes, Shapes.read(folder.resolve("shapes.csv")));
    }

    @Test
    void refusesASizeThatOccursTwiceOrIsNone() throws IOException {
        Path file = folder.resolve("shapes.csv");
        Files.writeString(file, "# schema: shapes/1\nwidth,height,images\n5,4,1\n5,4,2\n");
        StageFailure twice = assertThrows(StageFailure.class, () -> Shapes.read(file));
        assertEquals(file + ": found a picture size in two rows: must be one row per size", twice.getMessage());
        Files.writeString(file, "# schema: shapes/1\nwidth,height,images\n5,0,1\n");
        assertThrows(StageFailure.class, () -> Shapes.read(file));
    }
}
