package viewfit.stages.watch;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import viewfit.cli.StageMain;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.progress.WallClock;
import viewfit.report.watch.SweepPage;
import viewfit.report.watch.SweepReader;
import viewfit.report.watch.SweepState;
import viewfit.report.watch.SweepText;

/**
 * {@code bin/viewfit watch}: a table of the cells of a sweep, again and again until it is interrupted. It reads what the tasks
 * leave on their way and writes nothing but its page.
 */
@Command(
        name = "watch",
        description = "How far the cells of a sweep are: those that wait, run and have ended, by the files of the run.",
        sortOptions = false,
        footer = {
            "",
            "left is the time of the steps that are left, to the end or to the next rung of halving, at the speed of the last ones; quiet, how long ago a step was last written.",
            "",
            "Exit codes: 0 with --once; 64 wrong command line; 65, 66 with --once, no table of cells; 74 the page cannot be written;",
            "until it is interrupted otherwise, with 130, or until nobody reads its lines, with 0."
        })
public final class Watch implements Callable<Integer> {
    private static final int MOST_SECONDS = 86_400;

    /** To the upper left corner; to the end of a line, and of the screen. */
    private static final String HOME = "\u001b[H";

    /** Long lines are cut at the edge of the screen while a table is drawn. */
    private static final String CUT = "\u001b[?7l";

    private static final String WRAP = "\u001b[?7h";
    private static final String REST_OF_LINE = "\u001b[K";
    private static final String REST_OF_SCREEN = "\u001b[J";
    private static final long MILLIS = 1000;

    @Option(names = "--outdir", paramLabel = "DIR", description = "Folder of the results (default: ${DEFAULT-VALUE}).")
    private Path outdir = Path.of("results");

    @Option(names = "--work", paramLabel = "DIR", description = "Work folder of the run (default: ${DEFAULT-VALUE}).")
    private Path work = Path.of("work");

    @Option(
            names = "--checkpoints",
            paramLabel = "DIR",
            description = "Folder of the states of unfinished runs (default: checkpoints in the work folder).")
    private @Nullable Path checkpoints;

    @Option(names = "--once", description = "Look once and end.")
    private boolean once;

    @Option(
            names = "--every",
            paramLabel = "SECONDS",
            description = "Time between two looks (default: ${DEFAULT-VALUE}).")
    private int every = 30;

    @Option(
            names = "--rows",
            paramLabel = "N",
            description = "Cells at most in the table, those that run first; 0 means all (default: ${DEFAULT-VALUE}).")
    private int rows;

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "Write the whole table as a page too, which a browser loads again by itself.")
    private @Nullable Path html;

    @Option(
            names = "--redraw",
            description =
                    "Draw each table over the one before, for a terminal; bin/viewfit adds it where there is one.")
    private boolean redraw;

    @Spec
    private @Nullable CommandSpec spec;

    public static void main(String[] args) {
        StageMain.runProgram("watch", new Watch(), args);
    }

    @Override
    public Integer call() {
        if (every < 1 || every > MOST_SECONDS) {
            throw new StageFailure(ExitCode.USAGE, "--every: found " + every + ": must be in 1 .. " + MOST_SECONDS);
        }
        if (rows < 0) {
            throw new StageFailure(ExitCode.USAGE, "--rows: found " + rows + ": must be 0 (all) or more");
        }
        SweepReader reader =
                new SweepReader(outdir, work, checkpoints == null ? work.resolve("checkpoints") : checkpoints);
        if (once) {
            tell(look(reader));
            return ExitCode.OK.code();
        }
        boolean heard = true;
        while (heard && !Thread.currentThread().isInterrupted()) {
            try {
                heard = tell(look(reader));
            } catch (StageFailure e) {
                if (e.exitCode() != ExitCode.NO_INPUT && e.exitCode() != ExitCode.BAD_DATA) {
                    throw e;
                }
                // Before the grid is there, or while it is being copied to the results.
                heard = tell(List.of(
                        "waiting: " + e.getMessage() + "; a run that writes elsewhere is watched with its --outdir"));
            }
            if (heard) {
                sleep();
            }
        }
        return ExitCode.OK.code();
    }

    private void sleep() {
        try {
            Thread.sleep(every * MILLIS);
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }

    private List<String> look(SweepReader reader) {
        SweepState sweep = reader.read(WallClock.seconds());
        if (html != null) {
            SweepPage.write(html, sweep, every);
        }
        return SweepText.lines(sweep, rows);
    }

    /** Whether they could be written: a closed pipe is no error, as with {@code watch | head}, but the end. */
    private boolean tell(List<String> lines) {
        if (spec == null) {
            throw new IllegalStateException("a command of picocli knows its own description");
        }
        PrintWriter out = spec.commandLine().getOut();
        if (redraw) {
            out.print(HOME + CUT);
            lines.forEach(line -> out.print(line + REST_OF_LINE + "\n"));
            out.print(REST_OF_SCREEN + WRAP);
        } else {
            lines.forEach(out::println);
            if (!once) {
                out.println();
            }
        }
        return !out.checkError();
    }
}
