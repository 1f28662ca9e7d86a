package viewfit.core.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrowingTableTest {
    /** A row of a curve in small. */
    public record Row(int epoch, long step, double loss) {}

    private static final CsvTable<Row> TABLE = CsvTable.of(Row.class, "row/1");

    @TempDir
    Path folder;

    private static List<Row> rows(List<Map<String, Double>> found) {
        return found.stream()
                .map(r -> new Row(r.get("epoch").intValue(), r.get("step").longValue(), r.get("loss")))
                .toList();
    }

    private static List<Row> some(int count) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(new Row(i / 10, i, i % 7 == 0 ? Double.NaN : 1.0 / (i + 1)));
        }
        return rows;
    }

    /** Cut at any byte it is as long as its whole lines, and no look at it fails. */
    @Test
    void aTableThatIsBeingWrittenHasItsWholeRows() throws IOException {
        List<Row> all = some(12);
        Path whole = folder.resolve("whole.csv");
        TABLE.write(whole, Map.of("provenance", "{\"device\": \"µ, # and, commas\"}"), all);
        byte[] bytes = Files.readAllBytes(whole);
        Path file = folder.resolve("curve.csv");
        int longest = 0;
        for (int length = 0; length <= bytes.length; length++) {
            Files.write(file, Arrays.copyOf(bytes, length));
            List<Row> found = rows(GrowingTable.last(file, 100));
            assertEquals(all.subList(0, found.size()), found, "cut to " + length);
            assertEquals(found.isEmpty() ? 0 : TABLE.read(file).rows().size(), found.size(), "cut to " + length);
            longest = Math.max(longest, found.size());
        }
        assertEquals(12, longest);
    }

    /** Of many rows those at the end, whatever place the look begins at. */
    @Test
    void ofALongTableOnlyTheEndIsLookedAt() throws IOException {
        Path file = folder.resolve("curve.csv");
        for (int count = 5000; count < 5010; count++) {
            List<Row> all = some(count);
            TABLE.write(file, Map.of(), all);
            assertTrue(Files.size(file) > 3 * (1 << 15));
            assertEquals(all.subList(count - 20, count), rows(GrowingTable.last(file, 20)));
            List<Row> most = rows(GrowingTable.last(file, 100_000));
            assertEquals(all.subList(count - most.size(), count), most);
            assertTrue(most.size() > 500, most.size() + " rows in 32 KiB");
        }
    }

    /** Rows of 32 bytes: a row that begins where the look begins is whole. */
    @Test
    void theRowAtTheEdgeOfTheLookIsThere() {
        List<Row> all = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            all.add(new Row(1000, 1_000_000 + i, 1.2345678901234567));
        }
        assertEquals(32, TABLE.format(all.get(0)).length());
        Path file = folder.resolve("curve.csv");
        TABLE.write(file, Map.of(), all);
        assertEquals(all.subList(2000 - 1024, 2000), rows(GrowingTable.last(file, 2000)));
    }

    @Test
    void whatIsNotThereHasNoRows() throws IOException {
        assertEquals(List.of(), GrowingTable.last(folder.resolve("nowhere.csv"), 5));
        assertEquals(List.of(), GrowingTable.last(folder, 5));
        Path other = folder.resolve("other.csv");
        Files.write(other, new byte[] {0, -1, '\n', 7, '\n', '"'});
        assertEquals(List.of(Map.of("\0\u00ff", Double.NaN)), GrowingTable.last(other, 5));
    }
}
