package viewfit.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.StageCode;
import viewfit.core.files.Hashes;

/** Nextflow itself is killed while a cell trains; {@code -resume} ends with the network that nobody disturbed. */
class KilledWorkflowIT {
    @TempDir
    Path folder;

    @Test
    void aWorkflowThatWasKilledIsResumed() throws Exception {
        Path grid = folder.resolve("grid.yml");
        Files.writeString(
                grid,
                """
                schema: grid/2
                recipes: [test-ours.yml]
                axes: {}
                linked: []
                seeds: [0]
                set: {epochs: 4}
                where: []
                shows: []
                """);
        String[] sweep = {
            "run",
            "main.nf",
            "-profile",
            "test",
            "--grid",
            grid.toString(),
            "--finetune_1pct",
            "false",
            "--finetune_10pct",
            "false",
            "--outdir",
            "results"
        };
        Workflow workflow = new Workflow(folder);
        var first = CompletableFuture.supplyAsync(() -> workflow.viewfit(Map.of(), sweep));
        while (steps() < 3) {
            assertTrue(!first.isDone(), () -> first.join().output());
            Thread.sleep(100);
        }
        ProcessHandle nextflow = ProcessHandle.current()
                .descendants()
                .filter(p -> p.info().commandLine().orElse("").contains("nextflow.cli.Launcher"))
                .findFirst()
                .orElseThrow();
        nextflow.destroyForcibly();
        assertNotEquals(0, first.join().exit());

        String[] again = Stream.concat(Stream.of(sweep), Stream.of("-resume")).toArray(String[]::new);
        var second = workflow.viewfit(Map.of(), again);
        assertEquals(0, second.exit(), second.output());
        assertEquals(2, trainings(), "the killed attempt and the one that went on");
        Path cell;
        try (Stream<Path> cells = Files.list(folder.resolve("results/pretrain"))) {
            List<Path> all = cells.filter(Files::isDirectory).toList();
            assertEquals(1, all.size(), all.toString());
            cell = all.get(0);
        }
        // The same by hand, in one go.
        var alone = workflow.stage(
                "pretrain",
                "--cell",
                String.valueOf(cell.getFileName()),
                "--recipe",
                recipe(cell).toString(),
                "--manifest",
                "results/split/train.csv",
                "--monitor",
                "results/split/heldout.csv",
                "--images",
                Repository.ROOT + "/test-data/imagenette-mini",
                "--threads",
                "1",
                "--out",
                "alone");
        assertEquals(0, alone.exit(), alone.output());
        assertEquals(
                Hashes.sha256(folder.resolve("alone/checkpoint.safetensors")),
                Hashes.sha256(cell.resolve("checkpoint.safetensors")));
    }

    /** Attempts to train: the workflow looks for a state by the fingerprint of the code that the stage asks of it. */
    private int trainings() throws IOException {
        String code = StageCode.of(Repository.ROOT.resolve("java-stages/dist/stages/pretrain.jar"));
        int trainings = 0;
        try (Stream<Path> files = Files.walk(folder.resolve("work"), 3)) {
            for (Path script :
                    files.filter(file -> file.endsWith(".command.sh")).toList()) {
                String text = Files.readString(script);
                if (text.contains("with-checkpoints")) {
                    assertTrue(text.contains("with-checkpoints " + code + " "), text);
                    trainings++;
                }
            }
        }
        return trainings;
    }

    private Path recipe(Path cell) throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("results"))) {
            return files.filter(f -> f.endsWith(cell.getFileName() + ".yml"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** Lines that the curve of the cell has, wherever Nextflow lets it train. */
    private long steps() throws IOException {
        Path work = folder.resolve("work");
        if (!Files.exists(work)) {
            return 0;
        }
        try (Stream<Path> files = Files.find(work, 5, (file, attributes) -> file.endsWith("curve.csv"))) {
            for (Path curve : files.toList()) {
                return Files.readAllLines(curve).stream()
                        .filter(l -> l.matches("\\d.*"))
                        .count();
            }
        } catch (java.io.UncheckedIOException e) {
            // A file that was there when it was listed.
        }
        return 0;
    }
}
