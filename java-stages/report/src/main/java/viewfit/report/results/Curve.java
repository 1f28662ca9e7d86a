package viewfit.report.results;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;

/**
 * The curve of a run as far as a page shows it: of each column the means over equal runs of rows, the mean of all and the last
 * number. The file is read twice, for the number of rows says how many make a mean; rows are not kept, so that a million steps
 * take as much memory as a thousand.
 */
public final class Curve {
    /** A curve of more rows is drawn as this many means over equal runs of rows: more would not fit the pixels. */
    private static final int MOST_POINTS = 240;

    private final Path file;
    private final CsvRows.Head head;
    private final long rows;
    private final List<Column> columns = new ArrayList<>();

    /** Which row is next, and in which run of rows it is. */
    private long row;

    private int run;

    /** What is kept of a column. */
    private static final class Column {
        private final double[] sums;
        private final long[] finite;
        private double sum;
        private double last = Double.NaN;
        private @Nullable StageFailure failure;

        private Column(int runs) {
            sums = new double[runs];
            finite = new long[runs];
        }

        private void add(int run, double value) {
            last = value;
            if (Double.isFinite(value)) {
                sums[run] += value;
                finite[run]++;
                sum += value;
            }
        }
    }

    private Curve(Path file, CsvRows.Head head, long rows) {
        this.file = file;
        this.head = head;
        this.rows = rows;
        head.columns().forEach(name -> columns.add(new Column(points())));
    }

    /**
     * @throws StageFailure with {@link ExitCode#BAD_DATA} and the place if a row is longer or shorter than the header or the
     *     provenance is no JSON
     */
    static Curve read(Path file) {
        long[] rows = {0};
        CsvRows.Head head = CsvRows.read(file, each -> rows[0]++);
        Curve curve = new Curve(file, head, rows[0]);
        CsvRows.read(file, curve::add);
        return curve;
    }

    private void add(CSVRecord values) {
        if (row == rows) {
            return; // written since the rows were counted
        }
        while ((run + 1) * rows / points() <= row) {
            run++;
        }
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            if (column.failure != null) {
                continue;
            }
            try {
                column.add(run, ResultTable.number(file, head.columns().get(i), row, values.get(i)));
            } catch (StageFailure e) {
                column.failure = e; // of no interest to a page that does without the column
            }
        }
        row++;
    }

    /** Where it was read. */
    Path file() {
        return file;
    }

    /** Who made it; a missing node when the file does not say. */
    JsonNode provenance() {
        return head.provenance();
    }

    /** How many rows the file has. */
    public long rows() {
        return rows;
    }

    /** How many means there are of each column: one for each row when these are few. */
    private int points() {
        return (int) Math.min(MOST_POINTS, rows);
    }

    public boolean has(String column) {
        return head.columns().contains(column);
    }

    /** Means of the finite values over equal runs of rows, NaN where a run has none; the values themselves when they are few. */
    public double[] means(String name) {
        Column column = column(name);
        double[] means = new double[points()];
        for (int i = 0; i < means.length; i++) {
            means[i] = column.finite[i] == 0 ? Double.NaN : column.sums[i] / column.finite[i];
        }
        return means;
    }

    /** Mean of all finite values; NaN without any. */
    public double mean(String name) {
        Column column = column(name);
        long finite = 0;
        for (long of : column.finite) {
            finite += of;
        }
        return finite == 0 ? Double.NaN : column.sum / finite;
    }

    /** The value of the last row; NaN if it is empty or there is no row. */
    public double last(String name) {
        return column(name).last;
    }

    /** Asking for a column that is not there or is no numbers is a {@link StageFailure} that says so. */
    private Column column(String name) {
        ResultTable.require(file, head.columns(), name);
        Column column = columns.get(head.columns().indexOf(name));
        if (column.failure != null) {
            throw column.failure;
        }
        return column;
    }
}
