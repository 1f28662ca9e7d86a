package viewfit.core.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.table.CsvTable;

/** Class index to folder name, in byte-wise order of the names. */
public record Classes(List<String> names) {
    public static final String SCHEMA = "classes/1";
    private static final CsvTable<Row> TABLE = CsvTable.of(Row.class, SCHEMA);

    public Classes {
        names = List.copyOf(names);
    }

    /** One line of the file. */
    public record Row(int label, String name) {}

    /** Reads {@code classes.csv}; labels must count 0, 1, 2 ... */
    public static Classes read(Path file) {
        List<String> names = new ArrayList<>();
        for (Row row : TABLE.read(file).rows()) {
            if (row.label() != names.size()) {
                throw new StageFailure(
                        ExitCode.BAD_DATA, file + ": found label " + row.label() + ": must be " + names.size());
            }
            names.add(row.name());
        }
        return new Classes(names);
    }

    /** Writes {@code classes.csv} atomically. */
    public void write(Path file, Map<String, String> header) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            rows.add(new Row(i, names.get(i)));
        }
        TABLE.write(file, header, rows);
    }

    /** Number of classes. */
    public int count() {
        return names.size();
    }
}
