package viewfit.core.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.Hashes;

class CsvTableTest {
    /** A row of every type. */
    public record Row(String someName, int count, long step, double lossValue, boolean done) {
        public Row {
            if (count < 0) {
                throw new IllegalArgumentException("count " + count + ", which must be >= 0");
            }
        }
    }

    private static final CsvTable<Row> TABLE = CsvTable.of(Row.class, "row/1");
    private static final String HEAD = "# schema: row/1\nsome_name,count,step,loss_value,done\n";

    @TempDir
    Path dir;

    private static String failure(String text) {
        StageFailure e = assertThrows(StageFailure.class, () -> TABLE.parse(text, "t.csv"));
        assertEquals(ExitCode.BAD_DATA, e.exitCode());
        return String.valueOf(e.getMessage());
    }

    @Test
    void readsBackWhatItWrote() throws IOException {
        List<Row> rows = List.of(
                new Row("plain", 1, 1L << 40, 0.1, true),
                new Row("comma, \"quote\" and\nline feed", 0, -1, -1e-300, false),
                new Row("", 2, 0, Double.NaN, false),
                new Row("# no comment", 3, 0, Double.NEGATIVE_INFINITY, false));
        Path file = dir.resolve("t.csv");
        TABLE.write(file, Map.of("provenance", "{\"code\":\"x: y\"}"), rows);
        CsvTable.Content<Row> content = TABLE.read(file);
        assertEquals(rows, content.rows());
        assertEquals("{\"code\":\"x: y\"}", content.header().get("provenance"));
        assertEquals("row/1", content.header().get("schema"));
        assertEquals("# schema: row/1", Files.readAllLines(file).get(0));
    }

    @Test
    void namesLineAndExpectation() {
        assertEquals(
                "t.csv:1: found schema none: must be '# schema: row/1'",
                failure("some_name,count,step,loss_value,done\n"));
        assertEquals(
                "t.csv:2: found columns [a, b]: must be [some_name, count, step, loss_value, done]",
                failure("# schema: row/1\na,b\n"));
        assertEquals(
                "t.csv:4: count: found 'x': must be a whole number", failure(HEAD + "a,1,1,1,true\na,x,1,1,true\n"));
        assertEquals("t.csv:3: loss_value: found '1,5': must be a number", failure(HEAD + "a,1,1,\"1,5\",true\n"));
        assertEquals("t.csv:3: done: found 'yes': must be a boolean", failure(HEAD + "a,1,1,1,yes\n"));
        assertEquals(
                "t.csv:3: found count -1, which must be >= 0: must be a valid row", failure(HEAD + "a,-1,1,1,true\n"));
        assertEquals(
                "t.csv:3: found 2 fields: must be 5: [some_name, count, step, loss_value, done]",
                failure(HEAD + "a,1\n"));
        assertEquals("t.csv:2: found no column line: must be " + TABLE.columns(), failure("# schema: row/1\n"));
    }

    @Test
    void linesAreCountedWithSeveralCommentLines() {
        String text = "# schema: row/1\n# a: 1\n# plain words\n# b: 2\n" + HEAD.substring(HEAD.indexOf('\n') + 1);
        assertEquals("t.csv:6: count: found 'x': must be a whole number", failure(text + "a,x,1,1,true\n"));
    }

    @Test
    void aTornLastLineIsNotARow() {
        assertEquals(
                1, TABLE.parse(HEAD + "a,1,1,1,true\nb,1,1,0.", "t.csv").rows().size());
    }

    /** Files are read in pieces: a line may be longer than one, and the torn one at the end too. */
    @Test
    void longLinesAndATornOneAreReadFromAFile() throws IOException {
        String longName = "x".repeat(40_000) + "é\r\n" + "y".repeat(40_000);
        Path file = dir.resolve("t.csv");
        List<Row> rows = List.of(new Row("a", 1, 1, 1, true), new Row(longName, 2, 2, 2, false));
        TABLE.write(file, Map.of("long", "z".repeat(50_000)), rows);
        Files.writeString(file, "b,1,1,1,true" + "z".repeat(50_000), StandardOpenOption.APPEND);
        CsvTable.Content<Row> content = TABLE.read(file);
        assertEquals(rows, content.rows());
        assertEquals(content, TABLE.parse(Files.readString(file), "t.csv"));
        assertEquals("z".repeat(50_000), content.header().get("long"));
    }

    @Test
    void whatIsNoTextOrNoCsvIsTold() throws IOException {
        Path file = dir.resolve("t.csv");
        Files.write(file, (HEAD + "\u00e9,1,1,1,true\n").getBytes(StandardCharsets.ISO_8859_1));
        StageFailure e = assertThrows(StageFailure.class, () -> TABLE.read(file));
        assertEquals(ExitCode.BAD_DATA, e.exitCode());
        assertEquals(file + ": found bytes that are no text: must be UTF-8", e.getMessage());
        assertEquals("t.csv: broken quoting: must be CSV as in RFC 4180", failure(HEAD + "\"a\"b,1,1,1,true\n"));
    }

    @Test
    void theChecksumIsThatOfTheLines() {
        List<Row> rows = List.of(new Row("a", 1, 1, 1, true), new Row("é", 2, 2, 2, false));
        assertEquals(
                Hashes.sha256(TABLE.format(rows.get(0)) + TABLE.format(rows.get(1))),
                TABLE.sha256(List.of(rows.subList(0, 1), List.of(), rows.subList(1, 2))));
    }

    @Test
    void anAppendedTableIsValidAfterEveryRow() {
        Path file = dir.resolve("curve.csv");
        try (CsvAppender<Row> appender = TABLE.appender(file, Map.of("provenance", "{}"))) {
            for (int i = 0; i < 5; i++) {
                assertEquals(i, TABLE.read(file).rows().size());
                appender.append(new Row("r", i, i, i, true));
            }
        }
        assertEquals(5, TABLE.read(file).rows().size());
    }

    @Test
    void aMissingFileIsNoInput() {
        StageFailure e = assertThrows(StageFailure.class, () -> TABLE.read(dir.resolve("nowhere.csv")));
        assertEquals(ExitCode.NO_INPUT, e.exitCode());
    }
}
