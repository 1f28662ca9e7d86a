package viewfit.report.results;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
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

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SCHEMA = "# schema:";
    private static final String PROVENANCE = "# provenance:";

    public ResultTable {
        header = List.copyOf(header);
        rows = List.copyOf(rows);
    }

    /**
     * @throws StageFailure with {@link ExitCode#BAD_DATA} and the place if a row is longer or shorter than the header or
     *     the provenance is no JSON
     */
    public static ResultTable read(Path file) {
        return parse(file, text(file));
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

    private static StageFailure unreadable(Path file, IOException e) {
        return e instanceof CharacterCodingException
                ? new StageFailure(ExitCode.BAD_DATA, file + ": bytes that are not UTF-8: a text file is needed", e)
                : AtomicFiles.failure(file, e);
    }

    /** Parses the text of such a file; {@code file} names it in messages. */
    public static ResultTable parse(Path file, String text) {
        String schema = "";
        JsonNode provenance = MissingNode.getInstance();
        int start = 0;
        while (start < text.length() && text.charAt(start) == '#') {
            int end = text.indexOf('\n', start);
            end = end < 0 ? text.length() : end;
            String line = text.substring(start, end).strip();
            if (line.startsWith(SCHEMA)) {
                schema = line.substring(SCHEMA.length()).strip();
            } else if (line.startsWith(PROVENANCE)) {
                provenance = json(file, line.substring(PROVENANCE.length()));
            }
            start = Math.min(text.length(), end + 1);
        }
        String body = text.substring(start);
        if (schema.startsWith("curve/") || schema.startsWith("monitor/")) {
            // These grow row by row: a last line without its line feed was cut off by the end of its process.
            body = body.substring(0, body.lastIndexOf('\n') + 1);
        }
        return body(file, schema, provenance, body);
    }

    private static ResultTable body(Path file, String schema, JsonNode provenance, String text) {
        List<List<String>> rows = new ArrayList<>();
        try (CSVParser parser = CSVParser.parse(
                text, CSVFormat.RFC4180.builder().setIgnoreEmptyLines(true).build())) {
            for (CSVRecord record : parser) {
                rows.add(List.copyOf(record.toList()));
            }
        } catch (IOException | IllegalStateException | java.io.UncheckedIOException e) {
            throw new StageFailure(ExitCode.BAD_DATA, file + ": not a CSV file (" + e.getMessage() + ")", e);
        }
        if (rows.isEmpty()) {
            throw new StageFailure(ExitCode.BAD_DATA, file + ": no header line: a CSV with a header is needed");
        }
        List<String> header = rows.remove(0);
        for (int i = 0; i < rows.size(); i++) {
            if (rows.get(i).size() != header.size()) {
                throw new StageFailure(
                        ExitCode.BAD_DATA,
                        file + ": data row " + (i + 1) + ": " + rows.get(i).size() + " values: the header has "
                                + header.size());
            }
        }
        return new ResultTable(file, schema, provenance, header, rows);
    }

    private static JsonNode json(Path file, String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new StageFailure(
                    ExitCode.BAD_DATA, file + ": provenance line: " + e.getOriginalMessage() + ": JSON is needed", e);
        }
    }

    /** The schema line of a file, or empty; reads one line only, so that large tables of other kinds cost nothing. */
    static String schemaOf(Path file) {
        try (java.io.BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            String line = reader.readLine();
            return line != null && line.startsWith(SCHEMA)
                    ? line.substring(SCHEMA.length()).strip()
                    : "";
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    public boolean has(String column) {
        return header.contains(column);
    }

    /** A column as text. Asking for a column the table lacks is a {@link StageFailure} that lists those it has. */
    public List<String> text(String column) {
        int index = header.indexOf(column);
        if (index < 0) {
            throw new StageFailure(
                    ExitCode.BAD_DATA, file + ": no column " + column + ": found " + String.join(", ", header));
        }
        return rows.stream().map(row -> row.get(index)).toList();
    }

    /** A column as numbers; an empty cell is NaN. */
    public double[] numbers(String column) {
        List<String> text = text(column);
        double[] values = new double[text.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = number(column, i, text.get(i));
        }
        return values;
    }

    private double number(String column, int row, String text) {
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
