package viewfit.report.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.metrics.Outcome;
import viewfit.report.watch.CellState.Status;

/** How a sweep stands, by its files. */
class SweepReaderTest {
    private static final double NOW = 1_000_000;

    @TempDir
    Path folder;

    private static CellState only(SweepReader reader) {
        return reader.read(NOW).cells().get(0);
    }

    @Test
    void aCellWaitsRunsAndEnds() {
        FakeRun run = new FakeRun(folder, "a");
        SweepReader reader = run.reader();
        assertEquals(CellState.of("a", Status.WAITING, ""), only(reader));

        Path task = run.attempt("PRETRAIN (a)", NOW - 60);
        CellState queued = only(reader);
        assertEquals(Status.WAITING, queued.status());
        assertEquals(6, queued.steps());
        assertEquals(0, queued.step());

        FakeRun.text(task.resolve(".command.begin"), "", NOW - 50);
        assertEquals(Status.RUNNING, only(reader).status());
        assertTrue(Double.isNaN(only(reader).loss()));

        FakeRun.curve(task.resolve("a"), 4, NOW - 7);
        CellState running = only(reader);
        // Steps at 1, 2, 3 and 4 images a second: 4 / (1 + 1/2 + 1/3 + 1/4) of them together, two steps of 16 are left.
        double speed = 4 / (1 + 1 / 2.0 + 1 / 3.0 + 1 / 4.0);
        assertEquals(speed, running.imagesPerSecond(), 1e-12);
        assertEquals(32 / speed, running.secondsLeft(), 1e-9);
        assertEquals(
                new CellState(
                        "a",
                        Status.RUNNING,
                        2,
                        2,
                        4,
                        6,
                        7.7,
                        .375,
                        running.imagesPerSecond(),
                        .25,
                        running.secondsLeft(),
                        7,
                        ""),
                running);

        FakeRun.curve(task.resolve("a"), 6, NOW - 1);
        FakeRun.metrics(task.resolve("a"), "a", Outcome.OK, "", NOW - 1);
        FakeRun.text(task.resolve(".exitcode"), "0", NOW - 1);
        CellState done = only(reader);
        assertEquals(Status.DONE, done.status());
        assertEquals(6, done.step());
        assertEquals(123.4, done.imagesPerSecond());
        assertTrue(Double.isNaN(done.secondsLeft()) && Double.isNaN(done.quiet()));
    }

    @Test
    void whatFailedSaysWhy() {
        FakeRun run = new FakeRun(folder, "a", "b", "c");
        Path a = run.ended("PRETRAIN (a)", NOW - 60, 137, "one\nlast\twords\n\n");
        FakeRun.curve(a.resolve("a"), 2, NOW - 40);
        run.ended("PRETRAIN (b)", NOW - 60, 76, "pretrain: step 3: found loss NaN\n");
        Path c = run.ended("PRETRAIN (c)", NOW - 60, 0, "");
        FakeRun.metrics(c.resolve("c"), "c", Outcome.DIVERGED, "step 9: found loss Infinity", NOW - 2);
        SweepState sweep = run.reader().read(NOW);
        assertEquals(
                List.of(
                        "a failed exit 137: last words",
                        "b diverged exit 76: pretrain: step 3: found loss NaN",
                        "c diverged step 9: found loss Infinity"),
                sweep.cells().stream()
                        .map(s -> s.cell() + " " + s.status().word() + " " + s.note())
                        .toList());
        assertEquals(2, sweep.cells().get(0).step());
        assertEquals("3 cells: 1 failed, 2 diverged", sweep.counts());
    }

    /** After a failure the next attempt counts; an earlier one's results do not hide a new run of the same cell. */
    @Test
    void theLastAttemptCounts() {
        FakeRun run = new FakeRun(folder, "a", "b");
        run.ended("PRETRAIN (a)", NOW - 90, 75, "SIGTERM");
        FakeRun.curve(run.begun("PRETRAIN (a)", NOW - 50).resolve("a"), 3, NOW - 1);
        run.ended("PRETRAIN (a)", NOW - 95, 137, "");
        FakeRun.metrics(run.results.resolve("pretrain/b"), "b", Outcome.OK, "", NOW - 100);
        run.begun("PRETRAIN (b)", NOW - 50);
        SweepState sweep = run.reader().read(NOW);
        assertEquals("2 cells: 2 running", sweep.counts());
        assertEquals(3, sweep.cells().get(0).step());
    }

    /** Between two rungs of halving a cell waits; the next part of its training is a task of another name. */
    @Test
    void partsOfATrainingAreItsAttempts() {
        FakeRun run = new FakeRun(folder, "a", "b");
        for (String cell : List.of("a", "b")) {
            Path part = run.ended("HALVING:RUNG_1:PRETRAIN_PART (" + cell + ")", NOW - 90, 0, "");
            FakeRun.metrics(part.resolve(cell), cell, Outcome.PAUSED, "paused after epoch 1 of 2", NOW - 80);
        }
        SweepReader reader = run.reader();
        assertEquals("2 cells: 2 paused", reader.read(NOW).counts());
        run.ended("HALVING:RUNG_1:HALVE", NOW - 70, 0, "");
        // The rung publishes what it stops, so that it is known from what the report knows it from.
        FakeRun.curve(run.results.resolve("pretrain/a"), 3, NOW - 69);
        FakeRun.metrics(run.results.resolve("pretrain/a"), "a", Outcome.PAUSED, "paused after epoch 1 of 2", NOW - 69);
        assertEquals("2 cells: 1 paused, 1 stopped", reader.read(NOW).counts());
        run.begun("PRETRAIN (b)", NOW - 60);
        SweepState sweep = reader.read(NOW);
        assertEquals("2 cells: 1 running, 1 stopped", sweep.counts());
        CellState stopped = sweep.cells().get(1);
        assertEquals("a paused after epoch 1 of 2", stopped.cell() + " " + stopped.note());
        assertEquals(3, stopped.step());
        assertEquals(
                List.of("halve"),
                sweep.stages().stream().map(SweepState.StageState::stage).toList());
    }

    /** It is as far as the cell is, and has as much left as there is to the rung; the last part goes to the end. */
    @Test
    void aPartHasLeftWhatIsToItsPause() {
        FakeRun run = new FakeRun(folder, "a", "b");
        Path part = run.begun("HALVING:RUNG_1:PRETRAIN_PART (a)", NOW - 90);
        Path last = run.begun("PRETRAIN (b)", NOW - 90);
        String command = "stage pretrain --cell 'x' --from-state before --until-epoch %d --threads 1 \\\n";
        FakeRun.text(part.resolve(".command.sh"), command.formatted(1), NOW - 90);
        FakeRun.curve(part.resolve("a"), 2, NOW - 5);
        FakeRun.curve(last.resolve("b"), 2, NOW - 5);
        List<CellState> cells = run.reader().read(NOW).cells();
        double speed = 2 / (1 + 1 / 2.0);
        assertEquals(16 / speed, cells.get(0).secondsLeft(), 1e-9);
        assertEquals(
                "2/6 to epoch 1",
                cells.get(0).step() + "/" + cells.get(0).steps() + " "
                        + cells.get(0).note());
        assertEquals(4 * 16 / speed, cells.get(1).secondsLeft(), 1e-9);
        assertEquals("", cells.get(1).note());
        // Where the recipe is no longer than that it does not pause.
        FakeRun.text(part.resolve(".command.sh"), command.formatted(9), NOW - 90);
        CellState whole = run.reader().read(NOW).cells().get(0);
        assertEquals(4 * 16 / speed, whole.secondsLeft(), 1e-9);
        assertEquals("", whole.note());
    }

    /** With -resume what is done has its task's folder from an earlier day, or none any more. */
    @Test
    void whatWasPublishedIsDone() {
        FakeRun run = new FakeRun(folder, "a", "b");
        run.ended("PRETRAIN (a)", NOW - 9000, 0, "");
        for (String cell : List.of("a", "b")) {
            FakeRun.curve(run.results.resolve("pretrain").resolve(cell), 6, NOW - 100);
            FakeRun.metrics(run.results.resolve("pretrain").resolve(cell), cell, Outcome.OK, "", NOW - 100);
        }
        assertEquals("2 cells: 2 done", run.reader().read(NOW).counts());
    }

    /** Where tasks run on a disk of their node, or were stopped, the states have the curve. */
    @Test
    void theCurveBesideTheStatesServesToo() {
        FakeRun run = new FakeRun(folder, "a", "a-b");
        run.begun("PRETRAIN (a)", NOW - 50);
        run.ended("PRETRAIN (a-b)", NOW - 50, 75, "stopped");
        FakeRun.curve(run.checkpoints.resolve("a-0123456789abcdef"), 2, NOW - 30);
        FakeRun.curve(run.checkpoints.resolve("a-fedcba9876543210"), 1, NOW - 300);
        FakeRun.curve(run.checkpoints.resolve("a-b-0123456789abcdef"), 5, NOW - 30);
        List<CellState> cells = run.reader().read(NOW).cells();
        assertEquals(2, cells.get(0).step());
        assertEquals(30, cells.get(0).quiet());
        assertEquals("a-b", cells.get(1).cell());
        assertEquals(5, cells.get(1).step());
    }

    /** Publishing copies file by file: the metrics may be there before the curve, and that before its last lines. */
    @Test
    void whatIsBeingPublishedIsReadAgain() {
        FakeRun run = new FakeRun(folder, "a");
        Path published = run.results.resolve("pretrain/a");
        SweepReader reader = run.reader();
        FakeRun.metrics(published, "a", Outcome.OK, "", NOW - 100);
        assertEquals(0, only(reader).step());
        assertTrue(Double.isNaN(only(reader).knn()));
        FakeRun.curve(published, 3, NOW - 100);
        assertEquals(3, only(reader).step());
        assertEquals(.375, only(reader).knn());
        // In the same moment, as far as a coarse clock can tell.
        FakeRun.curve(published, 6, NOW - 100);
        assertEquals(6, only(reader).step());
        assertEquals(Status.DONE, only(reader).status());
    }

    /** The folders are those of earlier runs too, whose cells have the same names. */
    @Test
    void whatIsOfAnotherRecipeIsNotShown() {
        String other = "ef".repeat(32);
        FakeRun run = new FakeRun(folder, "published", "trained", "queued", "begun");
        FakeRun.curve(run.results.resolve("pretrain/published"), other, 6, NOW - 100);
        FakeRun.metrics(run.results.resolve("pretrain/published"), other, "published", Outcome.OK, "", NOW - 100);
        // Another run's attempt does not hide this one's, though it is newer.
        FakeRun.curve(run.begun("PRETRAIN (trained)", NOW - 60).resolve("trained"), 3, NOW - 9);
        FakeRun.curve(run.begun("PRETRAIN (trained)", NOW - 50).resolve("trained"), other, 5, NOW - 7);
        run.attempt("PRETRAIN (queued)", NOW - 60);
        FakeRun.curve(run.checkpoints.resolve("queued-0123456789abcdef"), other, 4, NOW - 5);
        run.begun("PRETRAIN (begun)", NOW - 60);
        FakeRun.curve(run.checkpoints.resolve("begun-0123456789abcdef"), other, 4, NOW - 5);
        FakeRun.curve(run.checkpoints.resolve("begun-fedcba9876543210"), 2, NOW - 500);
        assertEquals(
                List.of("trained running 3", "begun running 2", "published waiting 0", "queued waiting 0"),
                run.reader().read(NOW).cells().stream()
                        .map(s -> s.cell() + " " + s.status().word() + " " + s.step())
                        .toList());
    }

    /** The next run may have the same folder of results, other images and other recipes. */
    @Test
    void lengthsFollowTheirFiles() throws IOException {
        FakeRun run = new FakeRun(folder, "a");
        run.attempt("PRETRAIN (a)", NOW - 60);
        SweepReader reader = run.reader();
        assertEquals(6, only(reader).steps());
        Path recipe = run.results.resolve("grid/cells/a.yml");
        Files.writeString(recipe, Files.readString(recipe).replaceFirst("(?m)^epochs: .*$", "epochs: 10"));
        assertEquals(30, only(reader).steps());
        Path split = run.results.resolve("split/split.json");
        Files.writeString(split, Files.readString(split).replaceFirst("\"train\" *: *49", "\"train\": 100"));
        assertEquals(60, only(reader).steps());
    }

    @Test
    void otherStagesAreCounted() {
        FakeRun run = new FakeRun(folder, "a");
        run.ended("SPLIT", NOW - 90, 0, "");
        run.ended("PROBE (a)", NOW - 40, 137, "");
        run.begun("PROBE (a)", NOW - 30);
        run.attempt("COCO_EXPORT (a)", NOW - 20);
        run.ended("FINETUNE (a.1pct)", NOW - 20, 0, "");
        run.ended("FINETUNE (a.10pct)", NOW - 20, 70, "");
        SweepState sweep = run.reader().read(NOW);
        assertEquals(
                "coco-export 1 waiting; finetune 1 failed, 1 done; probe 1 running; split 1 done", sweep.stageLine());
    }

    /** Cut at any byte, as if it was looked at while it was written: no failure, and never more than was written. */
    @Test
    void halfWrittenFilesAreLookedAtAsTheyAre() throws IOException {
        FakeRun run = new FakeRun(folder, "a");
        Path task = run.begun("PRETRAIN (a)", NOW - 50);
        FakeRun.curve(task.resolve("a"), 4, NOW - 7);
        assertEquals(4, only(run.reader()).step());
        cut(run, task.resolve("a/curve.csv"), task.resolve("a/monitor.csv"));
        FakeRun.curve(task.resolve("a"), 4, NOW - 7);
        FakeRun.metrics(run.results.resolve("pretrain/a"), "a", Outcome.OK, "", NOW + 7);
        assertEquals(Status.DONE, only(run.reader()).status());
        cut(
                run,
                task.resolve(".command.run"),
                run.results.resolve("pretrain/a/metrics.json"),
                run.results.resolve("split/split.json"),
                run.results.resolve("grid/cells/a.yml"));
        Files.write(task.resolve(".exitcode"), new byte[0]);
        assertEquals(1, run.reader().read(NOW).cells().size());
    }

    private static void cut(FakeRun run, Path... files) throws IOException {
        for (Path file : files) {
            byte[] whole = Files.readAllBytes(file);
            for (int length = 0; length < whole.length; length += 7) {
                Files.write(file, Arrays.copyOf(whole, length));
                CellState state = only(run.reader());
                assertTrue(state.step() <= 4, file + " cut to " + length);
            }
        }
    }

    @Test
    void withoutCellsThereIsNothingToLookAt() {
        SweepReader reader = new SweepReader(folder, folder.resolve("work"), folder.resolve("checkpoints"));
        StageFailure e = assertThrows(StageFailure.class, () -> reader.read(NOW));
        assertEquals(ExitCode.NO_INPUT, e.exitCode());
    }
}
