package viewfit.report.results;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.AtomicFiles;

/**
 * A CSV result by column name. The report reads by name, not by record, so that a stage may add columns without
 * breaking old reports or new ones.
 *
 * @param file where it was read
 * @param schema from the line {@code # schema: NAME}; empty when absent
 * @param provenance from the line {@code # provenance: {json}}; a missing node when absent
 * @param header column names
 * @param rows cells as text, each as long as the header
 */
public record ResultTable(Path file, String schema, JsonNode provenance, List<String> header, List<List<String>> rows) {

    public ResultTable {
        header = List.copyOf(header);
        rows = List.copyOf(rows);
    }

    /**
     * @throws StageFailure with {@link ExitCode#BAD_DATA} and the place if a row is longer or shorter than the header or
     *     the provenance is no JSON
     */
    public static ResultTable read(Path file) {
        List<List<String>> rows = new ArrayList<>();
        return of(file, CsvRows.read(file, row -> rows.add(List.copyOf(row.toList()))), rows);
    }

    /** Parses the text of such a file; {@code file} names it in messages. */
    public static ResultTable parse(Path file, String text) {
        List<List<String>> rows = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(new StringReader(text))) {
            return of(file, CsvRows.parse(file, lines, row -> rows.add(List.copyOf(row.toList()))), rows);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static ResultTable of(Path file, CsvRows.Head head, List<List<String>> rows) {
        return new ResultTable(file, head.schema(), head.provenance(), head.columns(), rows);
    }

    /**
     * The text of a result file.
     *
     * @throws StageFailure with {@link ExitCode#BAD_DATA} if it is none; IO
     */
    static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /** As a failure: no text at all, or not to be read. */
    static StageFailure unreadable(Path file, IOException e) {
        return e instanceof CharacterCodingException
                ? new StageFailure(ExitCode.BAD_DATA, file + ": bytes that are not UTF-8: a text file is needed", e)
                : AtomicFiles.failure(file, e);
    }

    /** The schema line of a file, or empty; reads one line only, so that large tables of other kinds cost nothing. */
    static String schemaOf(Path file) {
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            String line = reader.readLine();
            return line == null ? "" : CsvRows.schemaOf(line);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    public boolean has(String column) {
        return header.contains(column);
    }

    /** A column as text. Asking for a column the table lacks is a {@link StageFailure} that lists those it has. */
    public List<String> text(String column) {
        require(file, header, column);
        int index = header.indexOf(column);
        return rows.stream().map(row -> row.get(index)).toList();
    }

    /** Fails if a column is not there. */
    static void require(Path file, List<String> header, String column) {
        if (!header.contains(column)) {
            throw new StageFailure(
                    ExitCode.BAD_DATA, file + ": no column " + column + ": found " + String.join(", ", header));
        }
    }

    /** A column as numbers; an empty cell is NaN. */
    public double[] numbers(String column) {
        List<String> text = text(column);
        double[] values = new double[text.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = number(file, column, i, text.get(i));
        }
        return values;
    }

    /** A cell as a number; empty is NaN. */
    static double number(Path file, String column, long row, String text) {
        if (text.isEmpty()) {
            return Double.NaN;
        }
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new StageFailure(
                    ExitCode.BAD_DATA,
                    file + ": data row " + (row + 1) + ", column " + column + ": \"" + text + "\": a number is needed",
                    e);
        }
    }
}
