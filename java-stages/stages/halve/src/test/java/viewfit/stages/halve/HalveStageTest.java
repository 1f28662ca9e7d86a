package viewfit.stages.halve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.cli.ContractCheck;
import viewfit.cli.StageMain;
import viewfit.core.contract.ExitCode;
import viewfit.core.grid.CellRow;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.MonitorRow;
import viewfit.core.metrics.Outcome;
import viewfit.core.metrics.Provenance;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.Recipes;
import viewfit.core.select.HalvingRow;
import viewfit.core.table.CsvTable;

/** The stage as the workflow runs it. */
class HalveStageTest {
    private static final CsvTable<MonitorRow> MONITOR = CsvTable.of(MonitorRow.class, MonitorRow.SCHEMA);

    private static final Path RECIPES = Path.of(System.getProperty("viewfit.root"), "params/recipes");

    private int epochs;

    @TempDir
    Path dir;

    private final StringWriter err = new StringWriter();

    @BeforeEach
    void sweep() throws IOException {
        List<CellRow> cells = new ArrayList<>();
        for (String group : List.of("baseline", "ours")) {
            Path recipe = RECIPES.resolve("test-" + group + ".yml");
            PretrainRecipe read = Recipes.read(recipe, PretrainRecipe.class);
            epochs = read.epochs();
            for (long seed = 0; seed < 2; seed++) {
                String cell = group + "_s" + seed;
                cells.add(new CellRow(cell, group, group + ".yml", "", seed, Recipes.sha256(read)));
                Files.createDirectories(dir.resolve("grid/cells"));
                Files.copy(recipe, dir.resolve("grid/cells").resolve(cell + ".yml"));
            }
        }
        CellRow.TABLE.write(dir.resolve("grid/cells.csv"), Map.of(), cells);
        run("baseline_s0", Outcome.PAUSED, .25);
        run("baseline_s1", Outcome.PAUSED, .26);
        run("ours_s0", Outcome.PAUSED, .5);
        run("ours_s1", Outcome.DIVERGED, .9);
    }

    private void run(String cell, Outcome outcome, double score) throws IOException {
        Path folder = dir.resolve("runs").resolve(cell);
        new Metrics(
                        Metrics.SCHEMA,
                        "pretrain",
                        cell,
                        outcome,
                        "how it went",
                        Map.of(),
                        Map.of("epochs", 1L, "monitor.heldout-images", 8L),
                        new Provenance("", "", "", "", "", "", 0))
                .write(folder.resolve("metrics.json"));
        MONITOR.write(
                folder.resolve("monitor.csv"),
                Map.of(),
                List.of(new MonitorRow(0, 0, .1, .1, 0, 0, 0, 0), new MonitorRow(1, 9, score, .1, 0, 0, 0, 0)));
        Files.writeString(Files.createDirectories(folder.resolve("tensorboard")).resolve("events"), "events");
        Files.writeString(Files.createDirectories(folder.resolve("state")).resolve("curve.csv"), "rows");
    }

    private HalvingRow row(int rank, String group, String cells, int n, double mean, boolean on) {
        return new HalvingRow("dino", "mobilenet_v2", epochs, 1, rank, group, cells, n, mean, on);
    }

    private int stage(String keep) {
        return stage(keep, dir.resolve("runs"));
    }

    private int stage(String keep, Path runs) {
        return StageMain.execute(
                new HalveStage(),
                new PrintWriter(new StringWriter()),
                new PrintWriter(err),
                "--grid=" + dir.resolve("grid"),
                "--runs=" + runs,
                "--keep=" + keep,
                "--out=" + dir.resolve("out"));
    }

    @Test
    void keepsItsContract() {
        assertEquals(List.of(), ContractCheck.differences(new HalveStage()));
    }

    @Test
    void theBetterGoOnAndTheResultsOfTheOthersStay() throws IOException {
        assertEquals(0, stage("0.5"), err::toString);
        List<HalvingRow> rows =
                HalvingRow.TABLE.read(dir.resolve("out/halving.csv")).rows();
        assertEquals(
                List.of(
                        row(1, "ours", "ours_s0 ours_s1", 1, .5, true),
                        row(2, "baseline", "baseline_s0 baseline_s1", 2, .255, false)),
                rows);
        Path ended = dir.resolve("out/ended");
        try (Stream<Path> cells = Files.list(ended)) {
            assertEquals(
                    List.of("baseline_s0", "baseline_s1", "ours_s1"),
                    cells.map(cell -> cell.getFileName().toString()).sorted().toList());
        }
        assertEquals(
                Metrics.read(dir.resolve("runs/baseline_s1/metrics.json")),
                Metrics.read(ended.resolve("baseline_s1/metrics.json")));
        assertTrue(Files.exists(ended.resolve("ours_s1/monitor.csv")));
        assertEquals("events", Files.readString(ended.resolve("baseline_s0/tensorboard/events")));
        assertFalse(Files.exists(ended.resolve("baseline_s0/state")));
        assertTrue(
                err.toString()
                        .contains(
                                "after epoch 1 of 1, dino mobilenet_v2, rank 2: baseline, k-NN 0.255, mean of 2: stops"),
                err::toString);
    }

    /** A cell that failed for good left no run: its group has the others' word, and one without any is not ranked. */
    @Test
    void whatLeftNoRunHasNoSay() throws IOException {
        remove("baseline_s0");
        assertEquals(0, stage("0.5"), err::toString);
        HalvingRow stopped =
                HalvingRow.TABLE.read(dir.resolve("out/halving.csv")).rows().get(1);
        assertEquals(row(2, "baseline", "baseline_s1", 1, .26, false), stopped);
        assertFalse(Files.exists(dir.resolve("out/ended/baseline_s0")));
        remove("ours_s0");
        remove("ours_s1");
        assertEquals(0, stage("0.5"), err::toString);
        assertEquals(
                List.of(row(1, "baseline", "baseline_s1", 1, .26, true)),
                HalvingRow.TABLE.read(dir.resolve("out/halving.csv")).rows());
    }

    private void remove(String cell) throws IOException {
        try (Stream<Path> files = Files.walk(dir.resolve("runs").resolve(cell))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** A run into a folder of an earlier one leaves nothing of it. */
    @Test
    void whatEndedBeforeIsGone() throws IOException {
        assertEquals(0, stage("0.5"), err::toString);
        assertEquals(0, stage("1"), err::toString);
        assertFalse(Files.exists(dir.resolve("out/ended/baseline_s0")));
        assertTrue(Files.exists(dir.resolve("out/ended/ours_s1")));
    }

    @Test
    void theRecipeMustBeTheOneOfTheTable() throws IOException {
        Path recipe = dir.resolve("grid/cells/ours_s0.yml");
        Files.writeString(recipe, Files.readString(recipe).replaceFirst("(?m)^epochs: .*", "epochs: 77"));
        assertEquals(ExitCode.BAD_DATA.code(), stage("0.5"), err::toString);
        assertTrue(err.toString().contains("ours_s0.yml: found checksum "), err::toString);
    }

    @Test
    void badSharesAndFoldersAreRefused() {
        assertEquals(ExitCode.USAGE.code(), stage("0"));
        assertEquals(ExitCode.USAGE.code(), stage("1.5"));
        assertTrue(err.toString().contains("--keep: found 1.5: must be above 0 and at most 1"), err::toString);
        assertEquals(ExitCode.NO_INPUT.code(), stage("1", dir.resolve("nothing")));
    }
}
