package viewfit.ssl;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import viewfit.core.files.AtomicFiles;
import viewfit.core.metrics.CurveRow;
import viewfit.core.metrics.MonitorRow;
import viewfit.core.progress.WallClock;
import viewfit.formats.EventFile;
import viewfit.formats.EventRecord;

/**
 * Curve, monitor and contact sheet once more, as TensorBoard reads them; it does nothing for a run that was not asked for them.
 * Its content is made of the rows of the two tables alone, but for the hour it counts from: a run that goes on from a state
 * begins the file with the rows of that state, so that no step is missing or there twice. The file of each attempt has its own name,
 * by the hour at which it began, and replaces those before it: a TensorBoard that is at work goes on with what it has opened of a
 * name that it knows, and would never see the new file.
 *
 * <p>The time of an event is the time that training took up to it, by {@code images_per_second}, counted from such an hour that the
 * process began now: pauses between attempts, the monitor and checkpoints take none.
 */
final class EventLog implements AutoCloseable {
    /** Folder in the outputs of a run. */
    static final String FOLDER = "tensorboard";

    private static final String BEGIN = "events.out." + EventFile.MARK + ".";
    private static final String END = ".viewfit";
    private static final Pattern NAME = Pattern.compile(Pattern.quote(BEGIN) + "[0-9.]+" + Pattern.quote(END));
    private static final String STEP = "step";
    private static final String LOSS = "loss";

    private final @Nullable EventFile file;
    private final int batchSize;
    private double now;

    private EventLog(Path folder, Path sheet, int batchSize, List<CurveRow> curve, List<MonitorRow> monitor) {
        this.batchSize = batchSize;
        double began = WallClock.seconds();
        this.now = began - curve.stream().mapToDouble(this::seconds).sum();
        // To the millisecond, and as many digits for the next two hundred years: names are sorted as texts.
        String name = BEGIN + String.format(Locale.ROOT, "%.3f", began) + END;
        this.file = EventFile.open(folder.resolve(name), out -> begin(out, sheet, curve, monitor));
    }

    private EventLog() {
        this.file = null;
        this.batchSize = 0;
    }

    /**
     * Begins the file anew, if it is asked for.
     *
     * @param out folder of the outputs
     * @param sheet PNG file of the contact sheet
     * @param resumed state the run goes on from, or null
     */
    static EventLog of(boolean asked, Path out, Path sheet, int batchSize, @Nullable Resumed resumed) {
        if (!asked) {
            return new EventLog();
        }
        return new EventLog(
                out.resolve(FOLDER),
                sheet,
                batchSize,
                resumed == null ? List.of() : resumed.curve(),
                resumed == null ? List.of() : resumed.monitor());
    }

    /** Removes the files of earlier attempts from the outputs, if there are any. */
    static void remove(Path out) throws IOException {
        Path folder = out.resolve(FOLDER);
        if (!Files.isDirectory(folder)) {
            return;
        }
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(f -> NAME.matcher(AtomicFiles.name(f)).matches()).toList();
        }
        for (Path file : files) {
            Files.delete(file);
        }
        try {
            Files.delete(folder);
        } catch (DirectoryNotEmptyException others) {
            // What somebody else put there stays.
        }
    }

    private void begin(OutputStream out, Path sheet, List<CurveRow> curve, List<MonitorRow> monitor)
            throws IOException {
        out.write(EventRecord.version(now));
        out.write(EventRecord.image(now, 0, "views", Files.readAllBytes(sheet)));
        int next = 0;
        for (CurveRow row : curve) {
            // The line of an epoch comes before the step that is the first after it.
            while (next < monitor.size() && monitor.get(next).step() <= row.step()) {
                out.write(record(monitor.get(next++)));
            }
            out.write(record(row));
        }
        for (MonitorRow row : monitor.subList(next, monitor.size())) {
            out.write(record(row));
        }
    }

    /** A step. */
    void step(CurveRow row) {
        if (file != null) {
            file.append(record(row));
        }
    }

    /** A look of the monitor. */
    void measured(MonitorRow row) {
        if (file != null) {
            file.append(record(row));
        }
    }

    private byte[] record(CurveRow row) {
        now += seconds(row);
        return EventRecord.scalars(now, row.step(), scalars("curve/", RunRecord.CURVE.numbers(row)));
    }

    private byte[] record(MonitorRow row) {
        return EventRecord.scalars(now, row.step(), scalars("monitor/", RunRecord.MONITOR.numbers(row)));
    }

    private double seconds(CurveRow row) {
        return batchSize / row.imagesPerSecond();
    }

    /** What was measured; a loss that is not finite is there, since it is what a run ended with. */
    private static Map<String, Double> scalars(String prefix, Map<String, Double> numbers) {
        Map<String, Double> scalars = new LinkedHashMap<>();
        numbers.forEach((column, value) -> {
            if (!column.equals(STEP) && (!value.isNaN() || column.equals(LOSS))) {
                scalars.put(prefix + column, value);
            }
        });
        return scalars;
    }

    @Override
    public void close() {
        if (file != null) {
            file.close();
        }
    }
}
