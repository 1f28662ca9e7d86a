package viewfit.core.data;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import viewfit.core.table.CsvTable;

/**
 * A list of images.
 *
 * @param rows in byte-wise path order; kept as bytes ({@link ManifestRows})
 * @param header comment lines of the file, such as {@code provenance}
 */
public record Manifest(List<ManifestRow> rows, Map<String, String> header) {
    public static final String SCHEMA = "manifest/1";
    public static final CsvTable<ManifestRow> TABLE = CsvTable.of(ManifestRow.class, SCHEMA);

    public Manifest {
        rows = ManifestRows.of(rows);
        header = Collections.unmodifiableMap(new LinkedHashMap<>(header));
    }

    /** Reads and checks a manifest. */
    public static Manifest read(Path file) {
        ManifestRows.Builder rows = new ManifestRows.Builder();
        Map<String, String> header = TABLE.read(file, rows::add);
        return new Manifest(rows.build(), header);
    }

    /** Writes the manifest atomically. */
    public void write(Path file) {
        TABLE.write(file, header, rows);
    }

    /** Number of images. */
    public int size() {
        return rows.size();
    }

    /** Whether every image has a class. */
    public boolean labelled() {
        return rows.stream().allMatch(row -> row.label() >= 0);
    }
}
