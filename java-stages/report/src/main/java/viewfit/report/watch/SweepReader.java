package viewfit.report.watch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.AtomicFiles;
import viewfit.core.grid.CellRow;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.Outcome;

/**
 * Looks at a sweep: the table of its cells and what was published in the folder of results, the tasks in the work folder, the
 * curves of unfinished runs in their tasks' folders or beside their states. It only reads, and what is half there is taken for
 * not there yet.
 */
public final class SweepReader {
    private static final String TRAINING = "PRETRAIN";
    private static final Pattern STATES = Pattern.compile("(.+)-[0-9a-f]{16}");
    private static final int NOTE_CHARS = 160;

    private final Path results;
    private final Path checkpoints;
    private final WorkFolder work;
    private final RunLength lengths;
    private final Origins origins = new Origins();
    /** Runs that have ended, by the folder of their outputs: they are read again only if one of these files is another. */
    private final Map<Path, Ended> known = new HashMap<>();

    /** As it was read from these files: publishing copies one after the other, the metrics before the curve or behind it. */
    private record Ended(List<Stamp> files, Metrics metrics, CurveEnd curve) {}

    /**
     * @param results folder of the results
     * @param work work folder of Nextflow
     * @param checkpoints folder of the states of unfinished runs
     */
    public SweepReader(Path results, Path work, Path checkpoints) {
        this.results = results;
        this.checkpoints = checkpoints;
        this.work = new WorkFolder(work);
        this.lengths = new RunLength(results);
    }

    /**
     * How the sweep stands.
     *
     * @param now seconds since 1970
     * @throws StageFailure {@link ExitCode#NO_INPUT} or BAD_DATA while there is no table of cells
     */
    public SweepState read(double now) {
        List<CellRow> cells =
                CellRow.TABLE.read(results.resolve("grid").resolve("cells.csv")).rows();
        Map<String, String> recipes = new HashMap<>();
        cells.forEach(row -> recipes.put(row.cell(), row.sha256()));
        Map<String, Map<String, Attempt>> latest = latest(recipes);
        Map<String, Attempt> trainings = latest.getOrDefault(TRAINING, Map.of());
        Map<String, Path> states = states(recipes);
        List<CellState> found = new ArrayList<>();
        for (CellRow row : cells) {
            found.add(cell(row, trainings.get(row.cell()), states.get(row.cell()), now));
        }
        List<SweepState.StageState> stages = new ArrayList<>();
        latest.forEach((process, attempts) -> {
            if (!process.equals(TRAINING)) {
                stages.add(stage(process, List.copyOf(attempts.values())));
            }
        });
        return new SweepState(results.toString(), now, found, stages);
    }

    /**
     * The last attempt of each task, by process and tag. A training whose curve is of another recipe is of another run, of which
     * the work folder may have any number.
     *
     * @param recipes checksum of the recipe of each cell
     */
    private Map<String, Map<String, Attempt>> latest(Map<String, String> recipes) {
        Map<String, Map<String, Attempt>> latest = new TreeMap<>();
        for (Attempt attempt : work.scan()) {
            String wanted = attempt.process().equals(TRAINING) ? recipes.get(attempt.tag()) : null;
            if (wanted != null && Origins.differs(origins.of(attempt.folder().resolve(attempt.tag())), wanted)) {
                continue;
            }
            latest.computeIfAbsent(attempt.process(), p -> new HashMap<>())
                    .merge(attempt.tag(), attempt, (a, b) -> a.made() > b.made() ? a : b);
        }
        return latest;
    }

    /** The folder of states that each cell last wrote to with the recipe it has now. */
    private Map<String, Path> states(Map<String, String> recipes) {
        Map<String, Path> newest = new HashMap<>();
        for (Path folder : WorkFolder.list(checkpoints, "*-*")) {
            Matcher name = STATES.matcher(AtomicFiles.name(folder));
            if (name.matches() && origins.of(folder).equals(recipes.get(name.group(1)))) {
                newest.merge(name.group(1), folder, (a, b) -> written(a) > written(b) ? a : b);
            }
        }
        return newest;
    }

    private static double written(Path folder) {
        return WorkFolder.modified(folder.resolve("curve.csv"));
    }

    private static SweepState.StageState stage(String process, List<Attempt> attempts) {
        return new SweepState.StageState(
                process.toLowerCase(Locale.ROOT).replace('_', '-'),
                attempts.stream().filter(a -> !a.ended() && !a.begun()).count(),
                attempts.stream().filter(a -> !a.ended() && a.begun()).count(),
                attempts.stream().filter(a -> a.exit() == 0).count(),
                attempts.stream().filter(a -> a.ended() && a.exit() != 0).count());
    }

    private CellState cell(CellRow row, @Nullable Attempt attempt, @Nullable Path states, double now) {
        String cell = row.cell();
        Path published = results.resolve("pretrain").resolve(cell);
        Path metrics = published.resolve("metrics.json");
        // A task that was made after the results were published is another run of the cell.
        if (attempt == null || attempt.made() <= WorkFolder.modified(metrics)) {
            CellState ended = ended(row, published);
            if (ended != null) {
                // What has paused is published by the rung that lets others go on, and not before.
                return ended.status() == CellState.Status.PAUSED ? ended.with(CellState.Status.STOPPED) : ended;
            }
        }
        if (attempt == null) {
            return CellState.of(cell, CellState.Status.WAITING, "");
        }
        Path out = attempt.folder().resolve(cell);
        if (attempt.exit() == 0) {
            CellState ended = ended(row, out);
            return ended == null ? CellState.of(cell, CellState.Status.DONE, "") : ended;
        }
        return underWay(cell, attempt, Files.exists(out.resolve("curve.csv")) || states == null ? out : states, now);
    }

    /** A run that wrote its metrics; null if they are not there, not whole, or of another recipe. */
    private @Nullable CellState ended(CellRow row, Path out) {
        List<Stamp> files = Stamp.of(out, "metrics.json", "curve.csv", "monitor.csv");
        Ended ended = known.get(out);
        if (ended == null || !ended.files().equals(files)) {
            try {
                ended = new Ended(files, Metrics.read(out.resolve("metrics.json")), CurveEnd.in(out));
            } catch (StageFailure notYet) {
                return null;
            }
            known.put(out, ended);
        }
        boolean another = Origins.differs(ended.metrics().provenance().recipeSha256(), row.sha256());
        return another ? null : ended(row.cell(), ended.metrics(), ended.curve());
    }

    private CellState ended(String cell, Metrics metrics, CurveEnd end) {
        boolean good = metrics.outcome() == Outcome.OK;
        RunLength.Length length = lengths.of(cell);
        return new CellState(
                cell,
                switch (metrics.outcome()) {
                    case OK -> CellState.Status.DONE;
                    case PAUSED -> CellState.Status.PAUSED;
                    case DIVERGED -> CellState.Status.DIVERGED;
                },
                end.epoch(),
                length.epochs(),
                end.steps(),
                length.steps(),
                end.loss(),
                end.knn(),
                metrics.values().getOrDefault("images-per-second", Double.NaN),
                metrics.values().getOrDefault("data-wait-share", Double.NaN),
                Double.NaN,
                Double.NaN,
                good ? "" : line(metrics.message()));
    }

    private CellState underWay(String cell, Attempt attempt, Path curve, double now) {
        CurveEnd end = CurveEnd.in(curve);
        RunLength.Length length = lengths.of(cell);
        CellState.Status status = attempt.ended()
                ? attempt.exit() == ExitCode.DIVERGED.code() ? CellState.Status.DIVERGED : CellState.Status.FAILED
                : attempt.begun() ? CellState.Status.RUNNING : CellState.Status.WAITING;
        boolean running = status == CellState.Status.RUNNING;
        long last = length.steps(attempt.until());
        double left = Math.max(0, last - end.steps()) * length.batchSize() / end.imagesPerSecond();
        return new CellState(
                cell,
                status,
                end.epoch(),
                length.epochs(),
                end.steps(),
                length.steps(),
                end.loss(),
                end.knn(),
                end.imagesPerSecond(),
                end.waitShare(),
                running && length.steps() > 0 ? left : Double.NaN,
                running && end.written() > 0 ? Math.max(0, now - end.written()) : Double.NaN,
                attempt.ended()
                        ? "exit " + attempt.exit() + said(attempt)
                        : last < length.steps() ? "to epoch " + attempt.until() : "");
    }

    /** The last line that an attempt said. */
    private static String said(Attempt attempt) {
        try {
            List<String> lines = Files.readAllLines(attempt.folder().resolve(".command.err"));
            return lines.stream()
                    .filter(line -> !line.isBlank())
                    .reduce((a, b) -> b)
                    .map(last -> ": " + line(last))
                    .orElse("");
        } catch (IOException nothing) {
            return "";
        }
    }

    private static String line(String text) {
        String line = text.replaceAll("[\\p{Cntrl}]+", " ").strip();
        return line.length() > NOTE_CHARS ? line.substring(0, NOTE_CHARS - 1) + "…" : line;
    }
}
