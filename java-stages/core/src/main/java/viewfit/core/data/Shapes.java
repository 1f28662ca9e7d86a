package viewfit.core.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.Hashes;
import viewfit.core.table.CsvTable;

/**
 * How often each picture size occurs in a data set: what pixel scales and local view sizes depend on (recipes, section A.4).
 *
 * @param rows one row per size, ordered by width, then height
 */
public record Shapes(List<Row> rows) {
    public static final String SCHEMA = "shapes/1";
    private static final CsvTable<Row> TABLE = CsvTable.of(Row.class, SCHEMA);

    public Shapes {
        rows = List.copyOf(rows);
    }

    /**
     * One line of the file.
     *
     * @param width in pixels
     * @param height in pixels
     * @param images pictures of this size
     */
    public record Row(int width, int height, long images) {
        public Row {
            if (width < 1 || height < 1 || images < 1) {
                throw new IllegalArgumentException(
                        width + "x" + height + ", " + images + " images, which must all be >= 1");
            }
        }
    }

    /** Counts sizes; safe for use by many threads, and the order of the calls plays no part. */
    public static final class Counter {
        private final Map<Long, Long> counts = new TreeMap<>();

        /** Counts one picture. */
        public synchronized void add(int width, int height) {
            counts.merge(((long) width << 32) | height, 1L, Long::sum);
        }

        /** What was counted so far. */
        public synchronized Shapes shapes() {
            return new Shapes(counts.entrySet().stream()
                    .map(e -> new Row((int) (e.getKey() >> 32), e.getKey().intValue(), e.getValue()))
                    .toList());
        }
    }

    /** Reads {@code shapes.csv}; each size may occur once. */
    public static Shapes read(Path file) {
        Shapes shapes = new Shapes(TABLE.read(file).rows());
        long sizes = shapes.rows.stream()
                .map(r -> ((long) r.width() << 32) | r.height())
                .distinct()
                .count();
        if (sizes != shapes.rows.size()) {
            throw new StageFailure(
                    ExitCode.BAD_DATA, file + ": found a picture size in two rows: must be one row per size");
        }
        return shapes;
    }

    /** Writes {@code shapes.csv} atomically. */
    public void write(Path file, Map<String, String> header) {
        TABLE.write(file, header, rows);
    }

    /** Checksum of the rows: who wrote the file plays no part. */
    public String sha256() {
        StringBuilder text = new StringBuilder();
        rows.forEach(row -> text.append(TABLE.format(row)));
        return Hashes.sha256(text.toString());
    }

    /** Number of pictures. */
    public long images() {
        return rows.stream().mapToLong(Row::images).sum();
    }
}
