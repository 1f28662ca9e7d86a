package viewfit.report.watch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import viewfit.core.data.SplitReport;
import viewfit.core.grid.CellRow;
import viewfit.core.metrics.CurveRow;
import viewfit.core.metrics.Json;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.MonitorRow;
import viewfit.core.metrics.Outcome;
import viewfit.core.metrics.Provenance;
import viewfit.core.table.CsvTable;

/** The files that a run of the pipeline leaves on its way, with the times they were written at. */
final class FakeRun {
    static final CsvTable<CurveRow> CURVE = CsvTable.of(CurveRow.class, CurveRow.SCHEMA);
    static final CsvTable<MonitorRow> MONITOR = CsvTable.of(MonitorRow.class, MonitorRow.SCHEMA);

    /** Of the recipe of every cell: two epochs of three steps of 16 images. */
    static final int EPOCHS = 2;

    static final int STEPS_PER_EPOCH = 3;
    static final int BATCH = 16;

    /** Checksum of the recipe of every cell. */
    static final String RECIPE = "0123abcd".repeat(8);

    final Path results;
    final Path work;
    final Path checkpoints;
    private int folders;

    FakeRun(Path folder, String... cells) {
        results = folder.resolve("results");
        work = folder.resolve("work");
        checkpoints = work.resolve("checkpoints");
        List<CellRow> rows = new ArrayList<>();
        for (String cell : cells) {
            rows.add(new CellRow(cell, cell, "r.yml", "", 0, RECIPE));
            recipe(results.resolve("grid/cells").resolve(cell + ".yml"));
        }
        CellRow.TABLE.write(results.resolve("grid/cells.csv"), Map.of(), rows);
        // One image is left over.
        Json.write(
                results.resolve("split/split.json"),
                new SplitReport(
                        SplitReport.SCHEMA,
                        1,
                        "rule",
                        Map.of("train", (long) STEPS_PER_EPOCH * BATCH + 1),
                        Map.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        "",
                        Provenance.ofCode("", 0)));
    }

    private static void recipe(Path file) {
        Path example = Path.of(System.getProperty("viewfit.root"), "params", "recipes", "test-ours.yml");
        try {
            String text = Files.readString(example)
                    .replaceFirst("(?m)^epochs: .*$", "epochs: " + EPOCHS)
                    .replaceFirst("(?m)^batch-size: .*$", "batch-size: " + BATCH);
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    SweepReader reader() {
        return new SweepReader(results, work, checkpoints);
    }

    /** A task that was handed over; its folder. */
    Path attempt(String name, double made) {
        Path folder = work.resolve(String.format("%02x", folders)).resolve("f".repeat(30) + folders++);
        text(
                folder.resolve(".command.run"),
                "#!/bin/bash\n#SBATCH -J x\n### ---\n### name: '" + name + "'\n### ...\n",
                made);
        return folder;
    }

    /** The same, begun. */
    Path begun(String name, double made) {
        Path folder = attempt(name, made);
        text(folder.resolve(".command.begin"), "", made);
        return folder;
    }

    /** The same, ended; with what it said. */
    Path ended(String name, double made, int exit, String said) {
        Path folder = begun(name, made);
        text(folder.resolve(".command.err"), said, made);
        text(folder.resolve(".exitcode"), Integer.toString(exit), made);
        return folder;
    }

    /** Curve and monitor after so many steps, one image a second per step done so far, a quarter of it waiting. */
    static void curve(Path out, int steps, double written) {
        curve(out, RECIPE, steps, written);
    }

    /** The same of another recipe. */
    static void curve(Path out, String recipe, int steps, double written) {
        List<CurveRow> rows = new ArrayList<>();
        for (int step = 0; step < steps; step++) {
            rows.add(row(step / STEPS_PER_EPOCH, step, 8 - step / 10.0, step + 1));
        }
        CURVE.write(
                out.resolve("curve.csv"),
                Map.of("provenance", provenance(recipe).toJson()),
                rows);
        time(out.resolve("curve.csv"), written);
        double n = Double.NaN;
        MONITOR.write(
                out.resolve("monitor.csv"),
                Map.of(),
                List.of(new MonitorRow(0, 0, .25, n, n, n, n, n), new MonitorRow(1, 3, .375, n, n, n, n, n)));
    }

    static CurveRow row(int epoch, long step, double loss, double imagesPerSecond) {
        double n = Double.NaN;
        return new CurveRow(
                epoch, step, loss, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, imagesPerSecond, .25);
    }

    private static Provenance provenance(String recipe) {
        return new Provenance("0.1.0", recipe, "", "", "", "", 0);
    }

    static void metrics(Path out, String cell, Outcome outcome, String message, double written) {
        metrics(out, RECIPE, cell, outcome, message, written);
    }

    static void metrics(Path out, String recipe, String cell, Outcome outcome, String message, double written) {
        new Metrics(
                        Metrics.SCHEMA,
                        "pretrain",
                        cell,
                        outcome,
                        message,
                        Map.of("images-per-second", 123.4, "data-wait-share", .015),
                        Map.of(),
                        provenance(recipe))
                .write(out.resolve("metrics.json"));
        time(out.resolve("metrics.json"), written);
    }

    static void text(Path file, String text, double written) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        time(file, written);
    }

    private static void time(Path file, double seconds) {
        try {
            Files.setLastModifiedTime(file, FileTime.fromMillis(Math.round(1000 * seconds)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
