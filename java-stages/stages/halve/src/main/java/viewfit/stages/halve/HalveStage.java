package viewfit.stages.halve;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine.Option;
import viewfit.cli.OutputFormat;
import viewfit.cli.OutputFormats;
import viewfit.cli.Stage;
import viewfit.cli.StageMain;
import viewfit.core.contract.Contracts;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.AtomicFiles;
import viewfit.core.grid.CellRow;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.MonitorRow;
import viewfit.core.metrics.Provenance;
import viewfit.core.select.Halving;
import viewfit.core.select.HalvingRow;
import viewfit.core.select.Training;
import viewfit.core.table.CsvTable;

/** A rung of successive halving: which cells of a sweep go on after some epochs, and what stays of the others. */
public final class HalveStage extends Stage {
    private static final CsvTable<MonitorRow> MONITOR = CsvTable.of(MonitorRow.class, MonitorRow.SCHEMA);
    private static final String ENDED = "ended";
    private static final String METRICS = "metrics.json";

    @Option(
            names = "--grid",
            required = true,
            paramLabel = "DIR",
            description = "The sweep, as grid wrote it: cells.csv and cells/.")
    private Path grid = Path.of("");

    @Option(
            names = "--runs",
            required = true,
            paramLabel = "DIR",
            description =
                    "Folder of the runs, one folder for each cell that is still training: pretrain wrote them with"
                            + " --until-epoch.")
    private Path runs = Path.of("");

    @Option(
            names = "--keep",
            paramLabel = "SHARE",
            description =
                    "Share of the groups of one method, backbone and number of epochs that goes on, above 0 and at most 1; at"
                            + " least one does (default: 0.5).")
    private double keep = Halving.USUAL_SHARE;

    /** Makes the stage with its contract. */
    public HalveStage() {
        super(Contracts.HALVE, "bin/stage halve --grid grid --runs rung-1 --keep 0.5 --out halve");
    }

    /** Runs the stage as a process. */
    public static void main(String[] args) {
        StageMain.run(new HalveStage(), args);
    }

    @Override
    protected OutputFormats formats() {
        return super.formats()
                .with(HalvingRow.SCHEMA, OutputFormat.table(HalvingRow.TABLE))
                .with("runs", OutputFormat.of(folder -> folders(folder), Files::createDirectories));
    }

    @Override
    protected void checkOptions() {
        if (!(keep > 0 && keep <= 1)) {
            throw new StageFailure(ExitCode.USAGE, "--keep: found " + keep + ": must be above 0 and at most 1");
        }
    }

    @Override
    protected void run() throws IOException {
        List<CellRow> sweep = CellRow.TABLE.read(grid.resolve("cells.csv")).rows();
        Halving halving = new Halving(sweep, cell -> Training.read(grid, cell));
        if (!Files.isDirectory(runs)) {
            throw new StageFailure(ExitCode.NO_INPUT, runs + ": no such folder: must be a folder of runs");
        }
        Map<String, Path> byCell = new LinkedHashMap<>();
        for (Path run : folders(runs)) {
            Metrics metrics = Metrics.read(run.resolve(METRICS));
            Path monitor = run.resolve("monitor.csv");
            List<MonitorRow> rows =
                    Files.exists(monitor) ? MONITOR.read(monitor).rows() : List.of();
            halving.add(run, metrics, rows);
            byCell.put(metrics.cell(), run);
        }
        List<HalvingRow> rows = halving.decide(keep);
        removeEarlier(out().resolve(ENDED));
        for (HalvingRow row : rows) {
            for (String cell : row.cells().split(" ")) {
                Path run = byCell.get(cell);
                if (run != null && (!row.goesOn() || !halving.mayGoOn(cell))) {
                    copyResults(run, out().resolve(ENDED).resolve(cell));
                }
            }
        }
        HalvingRow.TABLE.write(
                out().resolve("halving.csv"),
                Map.of("provenance", Provenance.ofCode("", 0).toJson()),
                rows);
        rows.forEach(row -> say(line(row)));
    }

    private static String line(HalvingRow row) {
        return String.format(
                Locale.ROOT,
                "after epoch %d of %d, %s %s, rank %d: %s, k-NN %.3f, mean of %d: %s",
                row.epoch(),
                row.epochs(),
                row.method(),
                row.backbone(),
                row.rank(),
                row.group(),
                row.mean(),
                row.n(),
                row.goesOn() ? "goes on" : "stops");
    }

    private static List<Path> folders(Path folder) throws IOException {
        try (Stream<Path> below = Files.list(folder)) {
            return below.filter(Files::isDirectory).sorted().toList();
        }
    }

    /** Results of a run into the same folder are none of this one's; other files there are not ours to remove. */
    private static void removeEarlier(Path ended) throws IOException {
        Files.createDirectories(ended);
        for (Path cell : folders(ended)) {
            if (Files.exists(cell.resolve(METRICS))) {
                try (Stream<Path> below = Files.walk(cell)) {
                    for (Path file : below.sorted(Comparator.reverseOrder()).toList()) {
                        Files.delete(file);
                    }
                }
            }
        }
    }

    /** The files of a run; the state that nobody goes on from, and checkpoints on the way, stay behind. */
    private static void copyResults(Path run, Path to) throws IOException {
        try (Stream<Path> below = Files.walk(run, FileVisitOption.FOLLOW_LINKS)) {
            for (Path file : below.filter(Files::isRegularFile).toList()) {
                Path name = run.relativize(file);
                if (!name.startsWith("state") && !name.startsWith("checkpoints")) {
                    AtomicFiles.write(to.resolve(name), out -> Files.copy(file, out));
                }
            }
        }
    }
}
