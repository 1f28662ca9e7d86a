package viewfit.core.data;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import viewfit.core.table.CsvTable;

/**
 * The images a stage has left out because they are damaged.
 *
 * @param rows one row per image, in byte-wise path order
 */
public record Quarantine(List<Row> rows) {
    public static final String SCHEMA = "quarantine/1";
    public static final String FILE = "quarantine.csv";
    private static final CsvTable<Row> TABLE = CsvTable.of(Row.class, SCHEMA);

    public Quarantine {
        rows = rows.stream()
                .sorted(Comparator.comparing(Row::path, ByteOrder.TEXT))
                .toList();
    }

    /**
     * One image.
     *
     * @param path relative to the image folder
     * @param reason word of a {@link Damage}
     * @param detail what was found
     * @param bytes size of the file; 0 if it is missing
     * @param sha256 checksum of the file; empty if it is missing or too long to be read
     */
    public record Row(String path, String reason, String detail, long bytes, String sha256) {
        public Row {
            Damage.of(reason);
        }
    }

    /** Reads {@code quarantine.csv}. */
    public static Quarantine read(Path file) {
        return new Quarantine(TABLE.read(file).rows());
    }

    /** Writes {@code quarantine.csv} atomically. */
    public void write(Path file, Map<String, String> header) {
        TABLE.write(file, header, rows);
    }
}
