package viewfit.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import viewfit.core.table.CsvTable;

/** How one schema is read back after writing, and the smallest content that is valid under it. */
public interface OutputFormat {
    /** Reads the file or folder and throws if it is not what its schema says. */
    void verify(Path path) throws IOException;

    /** Writes the smallest valid content. */
    void writeStub(Path path) throws IOException;

    /** A step that may fail with an I/O error. */
    @FunctionalInterface
    interface Action {
        void on(Path path) throws IOException;
    }

    /** A format made of its two actions. */
    static OutputFormat of(Action verify, Action stub) {
        return new OutputFormat() {
            @Override
            public void verify(Path path) throws IOException {
                verify.on(path);
            }

            @Override
            public void writeStub(Path path) throws IOException {
                stub.on(path);
            }
        };
    }

    /** A table: read back whole; without rows as a stub. */
    static <R extends Record> OutputFormat table(CsvTable<R> table) {
        return of(table::read, path -> table.write(path, Map.of(), List.of()));
    }
}
