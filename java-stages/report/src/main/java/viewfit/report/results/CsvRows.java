package viewfit.report.results;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.table.WholeLines;

/** Reads CSV results row by row and keeps none. */
final class CsvRows {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final CSVFormat FORMAT =
            CSVFormat.RFC4180.builder().setIgnoreEmptyLines(true).build();
    private static final String SCHEMA = "# schema:";
    private static final String PROVENANCE = "# provenance:";

    private CsvRows() {}

    /**
     * What stands above the rows.
     *
     * @param schema from the line {@code # schema: NAME}; empty when absent
     * @param provenance from the line {@code # provenance: {json}}; a missing node when absent
     * @param columns their names
     */
    record Head(String schema, JsonNode provenance, List<String> columns) {}

    /**
     * Reads a file.
     *
     * @param each receives the rows in their order, each as long as the header
     * @throws StageFailure with {@link ExitCode#BAD_DATA} and the place if a row is longer or shorter than the header or the
     *     provenance is no JSON; IO
     */
    static Head read(Path file, Consumer<CSVRecord> each) {
        try (BufferedReader text = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            return parse(file, text, each);
        } catch (IOException e) {
            throw ResultTable.unreadable(file, e);
        }
    }

    /** Reads the text of such a file; {@code file} names it in messages. */
    static Head parse(Path file, BufferedReader text, Consumer<CSVRecord> each) throws IOException {
        String schema = "";
        JsonNode provenance = MissingNode.getInstance();
        while (isComment(text)) {
            String line = Objects.requireNonNull(text.readLine()).strip();
            if (line.startsWith(SCHEMA)) {
                schema = schemaOf(line);
            } else if (line.startsWith(PROVENANCE)) {
                provenance = json(file, line.substring(PROVENANCE.length()));
            }
        }
        // These grow row by row: a last line without its line feed was cut off by the end of its process.
        boolean grows = schema.startsWith("curve/") || schema.startsWith("monitor/");
        return new Head(schema, provenance, rows(file, grows ? new WholeLines(text) : text, each));
    }

    private static boolean isComment(BufferedReader text) throws IOException {
        text.mark(1);
        boolean comment = text.read() == '#';
        text.reset();
        return comment;
    }

    /** The schema that a first line names, or empty. */
    static String schemaOf(String line) {
        return line.startsWith(SCHEMA) ? line.substring(SCHEMA.length()).strip() : "";
    }

    private static JsonNode json(Path file, String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new StageFailure(
                    ExitCode.BAD_DATA, file + ": provenance line: " + e.getOriginalMessage() + ": JSON is needed", e);
        }
    }

    /** Returns the column names. */
    private static List<String> rows(Path file, Reader body, Consumer<CSVRecord> each) throws IOException {
        List<String> columns = List.of();
        try (CSVParser parser = FORMAT.parse(body)) {
            for (CSVRecord row : parser) {
                if (columns.isEmpty()) {
                    columns = List.copyOf(row.toList());
                } else if (row.size() == columns.size()) {
                    each.accept(row);
                } else {
                    throw new StageFailure(
                            ExitCode.BAD_DATA,
                            file + ": data row " + (row.getRecordNumber() - 1) + ": " + row.size()
                                    + " values: the header has " + columns.size());
                }
            }
        } catch (UncheckedIOException e) {
            if (e.getCause() instanceof CSVException broken) {
                throw new StageFailure(
                        ExitCode.BAD_DATA, file + ": not a CSV file (" + broken.getMessage() + ")", broken);
            }
            throw e.getCause();
        }
        if (columns.isEmpty()) {
            throw new StageFailure(ExitCode.BAD_DATA, file + ": no header line: a CSV with a header is needed");
        }
        return columns;
    }
}
