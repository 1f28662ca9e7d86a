package viewfit.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

        Workflow.Result alone = workflow.stage(
                "pretrain",
                "--recipe=" + results.resolve("grid/cells/" + winner + ".yml"),
                "--manifest=" + results.resolve("split/train.csv"),
                "--monitor=" + results.resolve("split/heldout.csv"),
                "--images=" + Repository.ROOT.resolve("test-data/imagenette-mini"),
                "--cell=" + winner,
                "--threads=1",
                "--out=" + folder.resolve("alone"));
        assertEquals(0, alone.exit(), alone::output);
        assertEquals(
                Hashes.sha256(folder.resolve("alone/checkpoint.safetensors")),
                Hashes.sha256(results.resolve("pretrain").resolve(winner).resolve("checkpoint.safetensors")));

        // Done parts count as done cells do.
        String[] resumed = Arrays.copyOf(RUN, RUN.length + 1);
        resumed[RUN.length] = "-resume";
        Workflow.Result second = workflow.run(resumed);
        assertEquals(0, second.exit(), second::output);
        assertEquals(Set.of("CACHED"), Set.copyOf(workflow.tasks("results").values()));
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
