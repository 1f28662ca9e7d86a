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

    /** A dry run has all rungs, and all cells go through them. */
    @Test
    void aDryRunShowsEveryRung() throws IOException {
        grid(3);
        Workflow workflow = new Workflow(folder);
        String[] dry = Arrays.copyOf(RUN, RUN.length + 1);
        dry[RUN.length] = "-stub-run";
        dry[Arrays.asList(dry).indexOf("--halve_at") + 1] = "1,2";
        Workflow.Result run = workflow.run(dry);
        assertEquals(0, run.exit(), run::output);
        Set<String> tasks = workflow.tasks("results").keySet();
        for (String task : List.of("RUNG_1:PRETRAIN_PART", "RUNG_2:PRETRAIN_PART", "PRETRAIN")) {
            assertTrue(tasks.containsAll(Set.of(task + " (baseline_s0)", task + " (ours_s0)")), tasks::toString);
        }
        assertTrue(tasks.containsAll(Set.of("RUNG_1:HALVE", "RUNG_2:HALVE")), tasks::toString);
    }

    /** Each would otherwise be found out when the first rung is done. */
    @Test
    void whatCannotBeHalvedIsOneLineBeforeAnythingRuns() throws IOException {
        grid(1);
        Workflow.Result run = new Workflow(folder).run(RUN);
        assertEquals(78, run.exit(), run::output);
        assertEquals(
                List.of(
                        "ERROR ~ grid: baseline_s0: epochs: found 1: must be more than 1, which --halve-at stops cells after"),
                run.lines().stream().filter(line -> line.startsWith("ERROR")).toList());
        assertFalse(Files.exists(folder.resolve("results/split")));
    }
}
