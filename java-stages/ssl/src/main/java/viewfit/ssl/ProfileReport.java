package viewfit.ssl;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import viewfit.core.metrics.ChromeTrace;
import viewfit.core.metrics.ProfileRow;
import viewfit.core.progress.ProgressLine;
import viewfit.core.table.CsvTable;
import viewfit.engine.OperatorProfile;
import viewfit.views.MultiCropLoader;

/** What a profile looks like: the lines of a table, a time line, and a few lines for people. */
final class ProfileReport {
    static final String TABLE = "profile.csv";
    static final String TRACE = "profile.json";

    private static final CsvTable<ProfileRow> ROWS = CsvTable.of(ProfileRow.class, ProfileRow.SCHEMA);
    private static final int OPERATORS = 15;
    private static final int SAID = 5;
    private static final double WORTH_SAYING = 0.01;
    private static final double NANOS_PER_MS = 1e6;
    private static final double MICROS_PER_MS = 1e3;

    private ProfileReport() {}

    /**
     * A profile of steps of the run that a loader feeds, written when they are done; null if none are asked for.
     *
     * @param asked steps to time
     * @param steps of the whole run
     */
    static @Nullable StepProfile ofSteps(
            long asked, long steps, MultiCropLoader loader, RunFiles files, ProgressLine progress) {
        return asked == 0
                ? null
                : new StepProfile(
                        StepProfile.Plan.of(asked, steps),
                        System::nanoTime,
                        loader::workNanos,
                        found -> tell(found, asked, files, progress));
    }

    /** Writes table and time line, and says the main lines. */
    private static void tell(StepProfile.Findings found, long asked, RunFiles files, ProgressLine progress) {
        List<ProfileRow> rows = rows(found);
        ROWS.write(files.file(TABLE), files.header(), rows);
        ChromeTrace.write(files.file(TRACE), files.provenance(""), tracks(found), found.timeline());
        lines(rows, found, asked).forEach(progress::say);
    }

    private static Map<Integer, String> tracks(StepProfile.Findings found) {
        Map<Integer, String> tracks = new TreeMap<>();
        found.operators().forEach(e -> tracks.put(e.thread(), "libtorch, thread " + e.thread()));
        tracks.put(StepProfile.TRAINER, "step");
        return tracks;
    }

    /** The table. */
    static List<ProfileRow> rows(StepProfile.Findings found) {
        List<ProfileRow> rows = new ArrayList<>();
        StepProfile.Sums timed = found.timed();
        double ms = timed.nanos() / NANOS_PER_MS / timed.steps();
        rows.add(new ProfileRow("step", "timed", 1, ms, 1));
        for (StepPhase phase : StepPhase.values()) {
            if (timed.calls(phase) > 0) {
                double phaseMs = timed.nanos(phase) / NANOS_PER_MS / timed.steps();
                double calls = (double) timed.calls(phase) / timed.steps();
                rows.add(new ProfileRow("phase", phase.word(), calls, phaseMs, phaseMs / ms));
            }
        }
        double viewsMs = found.viewsNanos() / NANOS_PER_MS / timed.steps();
        rows.add(new ProfileRow("beside", "views", 1, viewsMs, viewsMs / ms));
        if (found.traced().steps() > 0) {
            traced(found, rows);
        }
        return rows;
    }

    private static void traced(StepProfile.Findings found, List<ProfileRow> rows) {
        long steps = found.traced().steps();
        double ms = found.traced().nanos() / NANOS_PER_MS / steps;
        rows.add(new ProfileRow("step", "traced", 1, ms, 1));
        OperatorProfile profile = OperatorProfile.of(found.operators());
        profile.functions().forEach(total -> rows.add(row("function", total, steps, ms)));
        List<OperatorProfile.Total> operators = profile.operators();
        int shown = Math.min(OPERATORS, operators.size());
        operators.subList(0, shown).forEach(total -> rows.add(row("operator", total, steps, ms)));
        List<OperatorProfile.Total> rest = operators.subList(shown, operators.size());
        if (!rest.isEmpty()) {
            OperatorProfile.Total sum = new OperatorProfile.Total(
                    "others",
                    rest.stream().mapToLong(OperatorProfile.Total::calls).sum(),
                    rest.stream().mapToDouble(OperatorProfile.Total::micros).sum());
            rows.add(row("operator", sum, steps, ms));
        }
    }

    private static ProfileRow row(String part, OperatorProfile.Total total, long steps, double stepMs) {
        double ms = total.micros() / MICROS_PER_MS / steps;
        return new ProfileRow(part, total.name(), (double) total.calls() / steps, ms, ms / stepMs);
    }

    /** The phases, and the functions and operators that took longest, in words. */
    static List<String> lines(List<ProfileRow> rows, StepProfile.Findings found, long asked) {
        List<String> lines = new ArrayList<>();
        long timed = found.timed().steps();
        lines.add("profile: " + timed + " steps timed, then " + found.traced().steps() + " traced"
                + (timed < asked ? "; the run has no " + asked + " steps to time" : "") + "; all of it in " + TABLE
                + " and, as a time line for ui.perfetto.dev, " + TRACE);
        int operators = 0;
        for (ProfileRow row : rows) {
            operators += row.part().equals("operator") ? 1 : 0;
            boolean worth = row.share() >= WORTH_SAYING || row.part().equals("phase");
            if (worth && operators <= SAID) {
                lines.add(String.format(
                        Locale.ROOT,
                        "  %-8s  %-36s %7.1f calls %9.2f ms %6.1f %%",
                        row.part(),
                        row.name(),
                        row.callsPerStep(),
                        row.msPerStep(),
                        100 * row.share()));
            }
        }
        return lines;
    }
}
