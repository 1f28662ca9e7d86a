package viewfit.stages.select;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import viewfit.cli.OutputFormat;
import viewfit.cli.OutputFormats;
import viewfit.cli.Stage;
import viewfit.cli.StageMain;
import viewfit.core.contract.Contracts;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.grid.CellRow;
import viewfit.core.metrics.Metrics;
import viewfit.core.select.RankRow;
import viewfit.core.select.Selection;
import viewfit.core.select.Selector;
import viewfit.core.select.TestMetrics;
import viewfit.core.select.Training;

/** Chooses a recipe for each method and backbone by the held-out scores of its cells: what the test split may be opened for. */
public final class SelectStage extends Stage {
    private static final String METRICS = "metrics.json";
    private static final double PERCENT = 100;

    @Option(
            names = "--grid",
            required = true,
            paramLabel = "DIR",
            description = "The sweep, as grid wrote it: cells.csv and cells/.")
    private Path grid = Path.of("");

    @Option(
            names = "--probes",
            required = true,
            arity = "1..*",
            paramLabel = "DIR",
            description = "Folders with the metrics.json of a probe, or with such folders.")
    private List<Path> probes = new ArrayList<>();

    @Option(
            names = "--by",
            paramLabel = "NAME",
            description =
                    "Held-out accuracy to rank by, such as heldout.knn-k20.top1 (default: heldout.linear.top1, and heldout.knn.top1 where no cell has"
                            + " a linear probe).")
    private @Nullable String by;

    /** Makes the stage with its contract. */
    public SelectStage() {
        super(Contracts.SELECT, "bin/stage select --grid results/grid --probes results/probe --out selection");
    }

    /** Runs the stage as a process. */
    public static void main(String[] args) {
        StageMain.run(new SelectStage(), args);
    }

    @Override
    protected OutputFormats formats() {
        return super.formats()
                .with(Selection.SCHEMA, OutputFormat.of(Selection::read, path -> Selection.empty()
                        .write(path)))
                .with(RankRow.SCHEMA, OutputFormat.table(RankRow.TABLE));
    }

    @Override
    protected void run() throws IOException {
        List<CellRow> cells = CellRow.TABLE.read(grid.resolve("cells.csv")).rows();
        Selector selector = new Selector(cells, cell -> Training.read(grid, cell));
        for (Path file : metrics()) {
            selector.add(file, read(file));
        }
        Selection selection = selector.select(by);
        selection.write(out().resolve("selection.json"));
        RankRow.TABLE.write(
                out().resolve("selection.csv"),
                Map.of("provenance", selection.provenance().toJson()),
                RankRow.of(selection));
        summary(selection).forEach(this::say);
    }

    private static List<String> summary(Selection selection) {
        List<String> lines = new ArrayList<>();
        for (Selection.Choice choice : selection.choices()) {
            Selection.Candidate best = choice.candidates().get(0);
            lines.add(String.format(
                    Locale.ROOT,
                    "%s: %s: %.1f %% by %s, mean of %d, best of %d candidates",
                    choice.kind(),
                    best.group(),
                    PERCENT * best.values().getOrDefault(Selector.MEAN, Double.NaN),
                    selection.by(),
                    best.cells().size(),
                    choice.candidates().size()));
        }
        if (lines.isEmpty()) {
            lines.add("nothing is chosen");
        }
        long candidates = selection.counts().getOrDefault("cells", 0L)
                - selection.counts().getOrDefault("references", 0L);
        lines.add(selection.gaps().size() + " of " + candidates + " cells without labels have no score");
        return lines;
    }

    private List<Path> metrics() throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path given : probes) {
            if (!Files.isDirectory(given)) {
                throw new StageFailure(ExitCode.NO_INPUT, given + ": no such folder: must be a folder of stage probe");
            }
            try (Stream<Path> below = Files.list(given)) {
                Stream.concat(Stream.of(given), below)
                        .flatMap(folder -> Stream.of(METRICS, TestMetrics.FILE).map(folder::resolve))
                        .filter(Files::isRegularFile)
                        .sorted()
                        .forEach(files::add);
            }
        }
        if (files.isEmpty()) {
            throw new StageFailure(
                    ExitCode.NO_INPUT, probes + ": found no " + METRICS + ": must be folders of stage probe");
        }
        return files;
    }

    /** Scores of the test split are known by what they are, whatever the file is called. */
    private static Metrics read(Path file) {
        try {
            return Metrics.read(file);
        } catch (StageFailure e) {
            if (file.endsWith(TestMetrics.FILE) || isTest(file)) {
                throw new StageFailure(
                        ExitCode.BAD_DATA,
                        file + ": found scores of the test split: selection sees held-out scores alone",
                        e);
            }
            throw e;
        }
    }

    private static boolean isTest(Path file) {
        try {
            TestMetrics.read(file);
            return true;
        } catch (StageFailure e) {
            return false;
        }
    }
}
