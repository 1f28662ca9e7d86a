package viewfit.report.watch;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import viewfit.core.progress.ProgressLine;
import viewfit.report.values.Text;

/** The table of a sweep, as text: what terminal and page both show. */
final class SweepColumns {
    /** Behind the name of the cell and its status all columns are numbers, but for the last. */
    static final List<String> NAMES =
            List.of("cell", "status", "epoch", "step", "loss", "k-NN", "images/s", "wait", "left", "quiet", "");

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);
    private static final double MILLIS = 1e3;

    /** From here on a speed is told without decimals. */
    private static final int FAST = 10;

    private SweepColumns() {}

    static List<String> of(CellState c) {
        return List.of(
                c.cell(),
                c.status().word(),
                of(c.epoch(), c.epochs()),
                of(c.step(), c.steps()),
                Text.decimals(c.loss(), 3),
                Text.percent(c.knn()),
                Text.decimals(c.imagesPerSecond(), c.imagesPerSecond() < FAST ? 1 : 0),
                Text.decimals(100 * c.waitShare(), 0),
                duration(c.secondsLeft()),
                duration(c.quiet()),
                c.note());
    }

    /** The hour where the program runs. */
    static String time(SweepState sweep) {
        return TIME.format(
                Instant.ofEpochMilli(Math.round(sweep.time() * MILLIS)).atZone(ZoneId.systemDefault()));
    }

    private static String of(long done, long all) {
        return done == 0 ? Text.NONE : all == 0 ? Long.toString(done) : done + "/" + all;
    }

    private static String duration(double seconds) {
        return Double.isFinite(seconds) ? ProgressLine.duration(Math.round(seconds)) : Text.NONE;
    }
}
