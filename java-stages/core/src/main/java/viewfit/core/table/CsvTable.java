package viewfit.core.table;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.AtomicFiles;

/**
 * A CSV table whose columns are the components of record {@code R} in snake_case.
 *
 * <p>The file opens with comment lines {@code # key: value}, the first being {@code # schema: <name>}; then the column
 * line; then one line per row, UTF-8, line feeds. A last line without its line feed was being written when its process
 * ended and is not a row.
 *
 * @param <R> row type: components may be text, whole numbers, doubles or truth values
 */
public final class CsvTable<R extends Record> {
    static final CSVFormat FORMAT =
            CSVFormat.RFC4180.builder().setRecordSeparator('\n').build();

    private final String schema;
    private final RowCodec<R> codec;

    private CsvTable(Class<R> type, String schema) {
        this.schema = schema;
        this.codec = new RowCodec<>(type);
    }

    /** The table format for this row type and schema name. */
    public static <R extends Record> CsvTable<R> of(Class<R> type, String schema) {
        return new CsvTable<>(type, schema);
    }

    /** The comment lines and the rows of one file. */
    public record Content<R extends Record>(Map<String, String> header, List<R> rows) {
        public Content {
            header = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(header));
            rows = List.copyOf(rows);
        }
    }

    public String schema() {
        return schema;
    }

    /** Column names in order. */
    public List<String> columns() {
        return codec.columns();
    }

    /**
     * Writes the whole table atomically.
     *
     * @param header further comment lines, such as {@code provenance}; values are one line each
     */
    public void write(Path file, Map<String, String> header, List<R> rows) {
        StringBuilder text = new StringBuilder(head(header));
        for (R row : rows) {
            text.append(format(row));
        }
        AtomicFiles.writeString(file, text.toString());
    }

    /** Opens a new table that grows row by row; every row is on its way to the disk when the call returns. */
    public CsvAppender<R> appender(Path file, Map<String, String> header) {
        return new CsvAppender<>(this, file, head(header));
    }

    /**
     * Reads and checks a whole table.
     *
     * @throws StageFailure {@link ExitCode#NO_INPUT} or {@link ExitCode#BAD_DATA}, naming file and line
     */
    public Content<R> read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new StageFailure(ExitCode.NO_INPUT, file + ": does not exist: must be a " + schema + " table");
        }
        try {
            return parse(Files.readString(file, StandardCharsets.UTF_8), file.toString());
        } catch (IOException e) {
            throw new StageFailure(ExitCode.NO_INPUT, file + ": cannot be read: must be UTF-8 text", e);
        }
    }

    /** Parses the text of a table; {@code where} names it in messages. */
    public Content<R> parse(String text, String where) {
        String whole = text.substring(0, text.lastIndexOf('\n') + 1);
        Map<String, String> header = new LinkedHashMap<>();
        int offset = 0;
        int firstLine = 1;
        while (whole.startsWith("#", offset)) {
            int end = whole.indexOf('\n', offset);
            String line = whole.substring(offset + 1, end).strip();
            int colon = line.indexOf(':');
            if (colon > 0) {
                header.put(
                        line.substring(0, colon).strip(),
                        line.substring(colon + 1).strip());
            }
            offset = end + 1;
            firstLine++;
        }
        String found = header.getOrDefault("schema", "none");
        if (!found.equals(schema)) {
            throw bad(where + ":1", "schema " + found, "must be '# schema: " + schema + "'");
        }
        return new Content<>(header, rows(whole.substring(offset), where, firstLine));
    }

    private List<R> rows(String body, String where, int firstLine) {
        List<R> rows = new ArrayList<>();
        try (CSVParser parser = FORMAT.parse(new BufferedReader(new StringReader(body)))) {
            boolean columnsSeen = false;
            long line = firstLine;
            for (CSVRecord record : parser) {
                String place = where + ":" + line;
                if (columnsSeen) {
                    rows.add(codec.parse(record.toList(), place));
                } else if (!record.toList().equals(columns())) {
                    throw bad(place, "columns " + record.toList(), "must be " + columns());
                }
                columnsSeen = true;
                line = firstLine + parser.getCurrentLineNumber();
            }
            if (!columnsSeen) {
                throw bad(where + ":" + firstLine, "no column line", "must be " + columns());
            }
        } catch (IOException | java.io.UncheckedIOException e) {
            throw new StageFailure(ExitCode.BAD_DATA, where + ": broken quoting: must be CSV as in RFC 4180", e);
        }
        return rows;
    }

    private String head(Map<String, String> header) {
        StringBuilder text = new StringBuilder("# schema: " + schema + "\n");
        header.forEach((key, value) -> {
            if (key.equals("schema")) {
                return;
            }
            if ((key + value).indexOf('\n') >= 0 || key.indexOf(':') >= 0) {
                throw new IllegalArgumentException("header " + key + ": must be one line and a key without colon");
            }
            text.append("# ").append(key).append(": ").append(value).append('\n');
        });
        return text.append(FORMAT.format(columns().toArray())).append('\n').toString();
    }

    /** One row as its line, with the line feed. */
    public String format(R row) {
        return FORMAT.format(codec.format(row).toArray()) + "\n";
    }

    static StageFailure bad(String where, String found, String allowed) {
        return new StageFailure(ExitCode.BAD_DATA, where + ": found " + found + ": " + allowed);
    }
}
