package viewfit.core.data;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.select.TestPermit;
import viewfit.core.table.CsvTable;

/**
 * A list of images. That of the test split says so in its header, and is opened with a {@link TestPermit} alone.
 *
 * @param rows in byte-wise path order; kept as bytes ({@link ManifestRows})
 * @param header comment lines of the file, such as {@code provenance}
 */
public record Manifest(List<ManifestRow> rows, Map<String, String> header) {
    public static final String SCHEMA = "manifest/1";
    static final CsvTable<ManifestRow> TABLE = CsvTable.of(ManifestRow.class, SCHEMA);

    private static final String PART = "part";
    private static final String TEST = "test";
    private static final String NAME = "test.csv";

    public Manifest {
        rows = ManifestRows.of(rows);
        header = Collections.unmodifiableMap(new LinkedHashMap<>(header));
    }

    /**
     * Reads and checks a manifest.
     *
     * @throws StageFailure {@link ExitCode#BAD_DATA} if it is that of the test split, or has its name: splits of earlier
     *     versions did not mark it
     */
    public static Manifest read(Path file) {
        Manifest manifest = parse(file);
        if (manifest.isTest()) {
            throw new StageFailure(
                    ExitCode.BAD_DATA,
                    file
                            + ": found the test split: must be another part of the split; stage test alone opens it, for what"
                            + " select chose");
        }
        if (file.endsWith(NAME)) {
            throw new StageFailure(
                    ExitCode.BAD_DATA,
                    file
                            + ": found the name of the test split: must be another part of the split, or have another name");
        }
        return manifest;
    }

    /** Checks a manifest of any part, and gives nothing of it away. */
    public static void check(Path file) {
        parse(file);
    }

    /**
     * Reads and checks the manifest of the test split.
     *
     * @param permit the selection that is to be tested; having one is the condition
     * @throws StageFailure {@link ExitCode#BAD_DATA} if it is another part
     */
    public static Manifest readTest(Path file, TestPermit permit) {
        Manifest manifest = parse(file);
        if (!manifest.isTest()) {
            throw new StageFailure(
                    ExitCode.BAD_DATA,
                    file + ": found no line '# " + PART + ": " + TEST
                            + "': must be the test.csv that split wrote, to test "
                            + permit.tested().cell());
        }
        return manifest;
    }

    private static Manifest parse(Path file) {
        ManifestRows.Builder rows = new ManifestRows.Builder();
        Map<String, String> header = TABLE.read(file, rows::add);
        String part = header.get(PART);
        if (part != null && !part.equals(TEST)) {
            throw new StageFailure(
                    ExitCode.BAD_DATA,
                    file + ": found the line '# " + PART + ": " + part + "': must be '# " + PART + ": " + TEST
                            + "', or no such line");
        }
        return new Manifest(rows.build(), header);
    }

    /** The test split: these images, and the line that keeps them closed. */
    public static Manifest ofTest(List<ManifestRow> rows, Map<String, String> header) {
        Map<String, String> marked = new LinkedHashMap<>();
        marked.put(PART, TEST);
        marked.putAll(header);
        return new Manifest(rows, marked);
    }

    private boolean isTest() {
        return TEST.equals(header.get(PART));
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
