package viewfit.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.files.Hashes;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.Outcome;
import viewfit.core.select.HalvingRow;

/** A sweep that is thinned out on the way, from photographs to the report. */
class HalvingIT {
    private static final String[] RUN = {
        "-profile",
        "test",
        "--grid",
        "halved.yml",
        "--halve_at",
        "1",
        "--finetune_1pct",
        "false",
        "--finetune_10pct",
        "false",
        "--test",
        "false",
        "--outdir",
        "results",
        "-ansi-log",
        "false"
    };

    private static final String CHECKPOINT = "checkpoint.safetensors";

    @TempDir
    Path folder;

    private void grid(int epochs) throws IOException {
        Files.writeString(
                folder.resolve("halved.yml"),
                "schema: grid/2\nrecipes: [test-baseline.yml, test-ours.yml]\naxes: {}\nlinked: []\nseeds: [0]\nset: {epochs: "
                        + epochs + "}\nwhere: []\nshows: []\n");
    }

    @Test
    void theBetterHalfGoesOnToTheBitsOfARunInOneGo() throws IOException {
        grid(2);
        Workflow workflow = new Workflow(folder);
        Workflow.Result run = workflow.run(RUN);
        assertEquals(0, run.exit(), run::output);

        Path results = folder.resolve("results");
        List<HalvingRow> rows =
                HalvingRow.TABLE.read(results.resolve("halving/rung-1.csv")).rows();
        assertEquals(List.of(true, false), rows.stream().map(HalvingRow::goesOn).toList());
        assertTrue(rows.get(0).mean() >= rows.get(1).mean(), rows::toString);
        String winner = rows.get(0).cells();
        String other = rows.get(1).cells();
        Metrics stopped =
                Metrics.read(results.resolve("pretrain").resolve(other).resolve("metrics.json"));
        assertEquals(Outcome.PAUSED, stopped.outcome());
        assertFalse(Files.exists(results.resolve("pretrain").resolve(other).resolve("state")));
        assertTrue(Files.exists(results.resolve("probe").resolve(winner).resolve("metrics.json")));
        assertFalse(Files.exists(results.resolve("probe").resolve(other)));
        String page = Files.readString(results.resolve("report.html"));
        assertTrue(page.contains("Successive halving") && page.contains("stopped early"), "the report tells of it");

        // By hand, in one go, and in parts without a folder for states.
        Path whole = results.resolve("pretrain").resolve(winner).resolve(CHECKPOINT);
        pretrain(workflow, winner, "alone");
        assertEquals(Hashes.sha256(whole), Hashes.sha256(folder.resolve("alone").resolve(CHECKPOINT)));
        pretrain(workflow, winner, "part", "--until-epoch=1");
        assertTrue(Files.isDirectory(folder.resolve("part/state")));
        pretrain(workflow, winner, "rest", "--from-state=" + folder.resolve("part/state"));
        assertEquals(Hashes.sha256(whole), Hashes.sha256(folder.resolve("rest").resolve(CHECKPOINT)));
        assertFalse(Files.exists(folder.resolve("rest/.states")));

        // Done parts count as done cells do.
        String[] resumed = Arrays.copyOf(RUN, RUN.length + 1);
        resumed[RUN.length] = "-resume";
        Workflow.Result second = workflow.run(resumed);
        assertEquals(0, second.exit(), second::output);
        assertEquals(Set.of("CACHED"), Set.copyOf(workflow.tasks("results").values()));
        assertEquals(
                rows,
                HalvingRow.TABLE.read(results.resolve("halving/rung-1.csv")).rows());
    }

    private void pretrain(Workflow workflow, String cell, String out, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "pretrain",
                "--recipe=" + folder.resolve("results/grid/cells/" + cell + ".yml"),
                "--manifest=" + folder.resolve("results/split/train.csv"),
                "--monitor=" + folder.resolve("results/split/heldout.csv"),
                "--images=" + Repository.ROOT.resolve("test-data/imagenette-mini"),
                "--cell=" + cell,
                "--threads=1",
                "--out=" + folder.resolve(out)));
        arguments.addAll(List.of(more));
        Workflow.Result run = workflow.stage(arguments.toArray(String[]::new));
        assertEquals(0, run.exit(), run::output);
    }

    /**
     * A dry run has all rungs, and all cells go through them, but for one that fails for good at the second: the others do not
     * wait for it, and the table of gaps says where it was. What an earlier run had decided is gone.
     */
    @Test
    void aDryRunShowsEveryRungAndACellThatIsLostAtOne() throws IOException {
        grid(3);
        Files.writeString(
                folder.resolve("lost.config"),
                """
                process { withName: 'PRETRAIN_PART' { beforeScript = {
                    task.process.contains('RUNG_2') && task.tag == 'ours_s0' ? 'echo it broke >&2; exit 1' : ''
                } } }
                """);
        Path stale = folder.resolve("results/halving/rung-3.csv");
        Files.createDirectories(stale.getParent());
        Files.writeString(stale, "of an earlier run");
        List<String> dry = new ArrayList<>(List.of(RUN));
        dry.set(dry.indexOf("--halve_at") + 1, "1,2");
        dry.addAll(List.of("-stub-run", "-c", "lost.config"));
        Workflow workflow = new Workflow(folder);
        Workflow.Result run = workflow.run(dry.toArray(String[]::new));
        assertEquals(1, run.exit(), run::output);
        Set<String> tasks = workflow.tasks("results").keySet();
        String rung = "HALVING:RUNG_%d:%s";
        for (int n : new int[] {1, 2}) {
            String part = rung.formatted(n, "PRETRAIN_PART");
            assertTrue(tasks.containsAll(Set.of(part + " (baseline_s0)", part + " (ours_s0)")), tasks::toString);
            assertTrue(tasks.contains(rung.formatted(n, "HALVE")), tasks::toString);
        }
        assertTrue(tasks.contains("PRETRAIN (baseline_s0)") && tasks.contains("REPORT"), tasks::toString);
        assertFalse(tasks.contains("PRETRAIN (ours_s0)"), tasks::toString);
        String failed = Files.readString(folder.resolve("results/failed.csv"));
        assertTrue(failed.contains("\npretrain,ours_s0,to epoch 2,1,"), failed);
        assertTrue(run.output().contains("Some tasks failed for good: "), run::output);
        try (Stream<Path> decisions = Files.list(stale.getParent())) {
            assertEquals(
                    List.of("rung-1.csv", "rung-2.csv"),
                    decisions
                            .map(file -> file.getFileName().toString())
                            .sorted()
                            .toList());
        }
    }

    /** Photographs without classes: this is known when they have been looked at, and before any of them is trained on. */
    @Test
    void withoutHeldOutImagesNothingIsTrained() throws IOException {
        grid(2);
        Path photos = Files.createDirectories(folder.resolve("photos"));
        try (Stream<Path> files = Files.walk(Repository.ROOT.resolve("test-data/imagenette-mini/train"))) {
            for (Path file : files.filter(Files::isRegularFile).limit(4).toList()) {
                Files.copy(file, photos.resolve(file.getFileName()));
            }
        }
        List<String> unlabelled = new ArrayList<>(List.of(RUN));
        unlabelled.addAll(List.of("--input", photos.toString()));
        Workflow workflow = new Workflow(folder);
        Workflow.Result run = workflow.run(unlabelled.toArray(String[]::new));
        assertEquals(65, run.exit(), run::output);
        assertTrue(
                run.output()
                        .contains(
                                "--halve_at: found no held-out images: needs labelled images and --heldout_per_class"),
                run::output);
        assertTrue(
                workflow.tasks("results").keySet().stream().noneMatch(task -> task.contains("PRETRAIN")), run::output);
    }

    /** Each would otherwise be found out when the first rung is done. */
    @Test
    void whatCannotBeHalvedIsOneLineBeforeAnythingRuns() throws IOException {
        grid(1);
        Workflow.Result run = new Workflow(folder).run(RUN);
        assertEquals(78, run.exit(), run::output);
        assertEquals(
                List.of(
                        "ERROR ~ grid: baseline_s0: epochs: found 1: must be more than 1, which --halve_at stops cells after"),
                run.lines().stream().filter(line -> line.startsWith("ERROR")).toList());
        assertFalse(Files.exists(folder.resolve("results/split")));
    }
}
