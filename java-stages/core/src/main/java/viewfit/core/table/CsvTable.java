package viewfit.core.table;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.AtomicFiles;
import viewfit.core.files.Hashes;

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
        String head = head(header);
        AtomicFiles.write(file, out -> {
            out.write(head.getBytes(StandardCharsets.UTF_8));
            for (R row : rows) {
                out.write(format(row).getBytes(StandardCharsets.UTF_8));
            }
        });
    }

    /**
     * Checksum of the rows' lines: comment lines play no part.
     *
     * @param parts rows, one list after the other
     */
    public String sha256(List<List<R>> parts) {
        MessageDigest digest = Hashes.digest();
        parts.forEach(rows -> rows.forEach(row -> digest.update(format(row).getBytes(StandardCharsets.UTF_8))));
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Opens a new table that grows row by row; every row is on its way to the disk when the call returns. */
    public CsvAppender<R> appender(Path file, Map<String, String> header) {
        return appender(file, header, List.of());
    }

    /** As {@link #appender(Path, Map)}, with rows that it begins with; an older file is replaced at once. */
    public CsvAppender<R> appender(Path file, Map<String, String> header, List<R> first) {
        write(file, header, first);
        return new CsvAppender<>(this, file);
    }

    /**
     * Reads and checks a whole table.
     *
     * @throws StageFailure {@link ExitCode#NO_INPUT} or {@link ExitCode#BAD_DATA}, naming file and line
     */
    public Content<R> read(Path file) {
        List<R> rows = new ArrayList<>();
        Map<String, String> header = read(file, rows::add);
        return new Content<>(header, rows);
    }

    /**
     * Reads and checks a table row by row; none of it is kept here.
     *
     * @param each receives the rows in their order
     * @return the comment lines
     * @throws StageFailure as {@link #read(Path)}
     */
    public Map<String, String> read(Path file, Consumer<R> each) {
        if (!Files.isRegularFile(file)) {
            throw new StageFailure(ExitCode.NO_INPUT, file + ": does not exist: must be a " + schema + " table");
        }
        try (BufferedReader text = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            return parse(text, file.toString(), each);
        } catch (IOException e) {
            throw e instanceof CharacterCodingException
                    ? new StageFailure(ExitCode.BAD_DATA, file + ": found bytes that are no text: must be UTF-8", e)
                    : new StageFailure(ExitCode.IO, file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** Parses the text of a table; {@code where} names it in messages. */
    public Content<R> parse(String text, String where) {
        List<R> rows = new ArrayList<>();
        try {
            return new Content<>(parse(new StringReader(text), where, rows::add), rows);
        } catch (IOException e) {
            throw new IllegalStateException("a text can be read", e);
        }
    }

    /** Parses what a reader gives; throws its exceptions. */
    private Map<String, String> parse(Reader text, String where, Consumer<R> each) throws IOException {
        WholeLines lines = new WholeLines(text);
        Map<String, String> header = new LinkedHashMap<>();
        int firstLine = 1;
        while (lines.next('#')) {
            String line = String.valueOf(lines.line()).substring(1).strip();
            int colon = line.indexOf(':');
            if (colon > 0) {
                header.put(
                        line.substring(0, colon).strip(),
                        line.substring(colon + 1).strip());
            }
            firstLine++;
        }
        String found = header.getOrDefault("schema", "none");
        if (!found.equals(schema)) {
            throw bad(where + ":1", "schema " + found, "must be '# schema: " + schema + "'");
        }
        rows(lines, where, firstLine, each);
        return header;
    }

    private void rows(WholeLines body, String where, int firstLine, Consumer<R> each) throws IOException {
        try (CSVParser parser = FORMAT.parse(body)) {
            boolean columnsSeen = false;
            long line = firstLine;
            for (CSVRecord record : parser) {
                String place = where + ":" + line;
                if (columnsSeen) {
                    each.accept(codec.parse(record.toList(), place));
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
            IOException unread = body.trouble();
            if (unread != null) {
                throw unread;
            }
            throw new StageFailure(ExitCode.BAD_DATA, where + ": broken quoting: must be CSV as in RFC 4180", e);
        }
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

    /** The numbers of a row by column, in the order of the columns; text and truth values are left out. */
    public Map<String, Double> numbers(R row) {
        return codec.numbers(row);
    }

    static StageFailure bad(String where, String found, String allowed) {
        return new StageFailure(ExitCode.BAD_DATA, where + ": found " + found + ": " + allowed);
    }
}
