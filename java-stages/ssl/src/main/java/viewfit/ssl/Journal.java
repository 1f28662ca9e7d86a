package viewfit.ssl;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.Hashes;
import viewfit.core.table.CsvAppender;
import viewfit.core.table.CsvTable;

/**
 * A table of a run that outlives its process: every row goes to the outputs at once, and from state to state to a second file
 * beside the states, since the next attempt may have another folder for its outputs. A state says how many rows belong
 * to it and what they were, times of the clock left out.
 *
 * @param <R> row type
 */
final class Journal<R extends Record> implements AutoCloseable {
    private final CsvTable<R> table;
    private final UnaryOperator<R> timeless;
    private final CsvAppender<R> out;
    private final MessageDigest digest = Hashes.digest();
    private long rows;

    /** Of the training thread: rows since the last mark. */
    private List<R> since = new ArrayList<>();

    /** Of whoever keeps states: the second file, its length that is known to be good, and what it still lacks. */
    private final @Nullable CsvAppender<R> kept;

    private final List<R> missing = new ArrayList<>();
    private long good;

    /** Rows up to a state, and those that came since the state before. */
    record Mark<R extends Record>(long rows, String sha256, List<R> added) {}

    /**
     * Begins both files, or puts them back to where a state was.
     *
     * @param kept second file, or null for none
     * @param timeless a row without what another run of the same would measure differently
     * @param earlier rows of the state
     */
    Journal(
            CsvTable<R> table,
            Path out,
            @Nullable Path kept,
            Map<String, String> header,
            UnaryOperator<R> timeless,
            List<R> earlier) {
        this.table = table;
        this.timeless = timeless;
        this.kept = kept == null ? null : table.appender(kept, header, earlier);
        this.good = this.kept == null ? 0 : this.kept.size();
        this.out = table.appender(out, header, earlier);
        earlier.forEach(this::count);
    }

    /**
     * The rows of a state from the second file.
     *
     * @throws StageFailure {@link ExitCode#BAD_DATA} or NO_INPUT if they are not all there as they were
     */
    static <R extends Record> List<R> read(
            CsvTable<R> table, Path kept, UnaryOperator<R> timeless, long rows, String sha256) {
        List<R> all = new ArrayList<>();
        table.read(kept, row -> {
            if (all.size() < rows) {
                all.add(row);
            }
        });
        String found = table.sha256(List.of(all.stream().map(timeless).toList()));
        if (all.size() < rows || !found.equals(sha256)) {
            throw new StageFailure(
                    ExitCode.BAD_DATA,
                    kept + ": found " + all.size() + " rows with sha256 " + found + ": must be " + rows + " with "
                            + sha256);
        }
        return all;
    }

    void append(R row) {
        out.append(row);
        count(row);
        if (kept != null) {
            since.add(row);
        }
    }

    private void count(R row) {
        digest.update(table.format(timeless.apply(row)).getBytes(StandardCharsets.UTF_8));
        rows++;
    }

    /** Closes what came since the last mark; every mark must be kept, in their order. */
    Mark<R> mark() {
        List<R> added = since;
        since = new ArrayList<>();
        try {
            MessageDigest now = (MessageDigest) digest.clone();
            return new Mark<>(rows, HexFormat.of().formatHex(now.digest()), added);
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("SHA-256 of every Java platform can be cloned", e);
        }
    }

    /**
     * Brings the second file to a mark and to the disk. After a failure the next call catches up.
     *
     * @throws StageFailure IO, for example when the disk is full
     */
    void keep(Mark<R> mark) {
        if (kept == null) {
            return;
        }
        missing.addAll(mark.added());
        kept.cut(good);
        missing.forEach(kept::append);
        kept.force();
        good = kept.size();
        missing.clear();
    }

    @Override
    public void close() {
        try (kept) {
            out.close();
        }
    }
}
