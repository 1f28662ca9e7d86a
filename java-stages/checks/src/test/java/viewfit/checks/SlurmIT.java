package viewfit.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.files.Hashes;
import viewfit.core.metrics.Json;
import viewfit.core.metrics.Metrics;

/**
 * A sweep on a real Slurm of one machine, with one GPU counted, so that its jobs queue for it: one training job is
 * cancelled in the middle, the process of another is killed, and the sweep ends with the same bits as a local one.
 */
@EnabledIfEnvironmentVariable(
        named = "VIEWFIT_SLURM",
        matches = "yes",
        disabledReason = "it starts daemons of slurm-wlm: VIEWFIT_SLURM=yes, as .ci/run sets where it can")
class SlurmIT {
    private static final Path CLUSTER = Repository.ROOT.resolve("java-stages/nextflow/slurm/cluster");

    @TempDir
    Path folder;

    private Map<String, String> slurm = Map.of();

    @BeforeEach
    void up() {
        var result = new Workflow(folder).command(CLUSTER, Map.of("CLUSTER_GPUS", "1"), "up", folder + "/slurm");
        assertEquals(0, result.exit(), result.output());
        slurm = Map.of("SLURM_CONF", folder + "/slurm/slurm.conf");
    }

    @AfterEach
    void down() {
        var result = new Workflow(folder).command(CLUSTER, Map.of(), "down", folder + "/slurm");
        assertEquals(0, result.exit(), result.output());
    }

    @Test
    void anInterruptedSweepEndsWithTheBitsOfALocalOne() throws IOException {
        Path grid = folder.resolve("grid.yml");
        Files.writeString(grid, Repository.text("params/grids/test.yml").replace("set: {}", "set: {epochs: 4}"));
        Path site = folder.resolve("site.config");
        Files.writeString(
                site,
                """
                process {
                    withLabel: 'trains' {
                        cpus = 1
                        ext.memory = 2.GB
                        ext.time = 1.h
                        clusterOptions = {
                            "--signal=B:USR2@120 --dependency=singleton --gres=gpu:1 --job-name=${task.process}_${task.tag}_${workflow.sessionId}"
                        }
                    }
                }
                executor { pollInterval = '500ms'; queueStatInterval = '1s'; exitReadTimeout = '10s' }
                """);
        List<String> sweep = List.of(
                "run",
                "main.nf",
                "--grid",
                grid.toString(),
                "--finetune_1pct",
                "false",
                "--finetune_10pct",
                "false",
                "--outdir");

        var local = new Workflow(Files.createDirectory(folder.resolve("here")))
                .viewfit(Map.of(), with(sweep, "results", "-profile", "test"));
        assertEquals(0, local.exit(), local.output());

        Path there = Files.createDirectory(folder.resolve("there"));
        var remote = CompletableFuture.supplyAsync(() -> new Workflow(there)
                .viewfit(slurm, with(sweep, "results", "-profile", "test,slurm", "-c", site.toString())));
        Job first = await(() -> training("", remote));
        assertEquals(
                "1",
                command("squeue", "-h", "-t", "R", "-o", "%i %j")
                                .lines()
                                .filter(line -> line.contains(" PRETRAIN_"))
                                .count()
                        + "",
                "one GPU, and more than one job that has it");
        command("scancel", first.id());
        Job second = await(() -> training(first.cell(), remote));
        kill(second.cell());
        var ended = remote.join();

        assertEquals(0, ended.exit(), ended.output());
        assertTrue(
                ended.output().matches("(?s).*error exit status \\((75|143)\\) -- Execution is retried.*"),
                ended.output());
        assertTrue(ended.output().contains("error exit status (137) -- Execution is retried"), ended.output());
        assertEquals(networks(folder.resolve("here")), networks(there));
        Path metrics = there.resolve("results/pretrain").resolve(first.cell()).resolve("metrics.json");
        long resumedAt = Json.read(metrics, Metrics.class).counts().getOrDefault("resumed-at-step", 0L);
        assertTrue(resumedAt > 0, "the cancelled job began anew");
    }

    /** A job that is some steps into its training. */
    private record Job(String id, String cell) {}

    private static String[] with(List<String> command, String... more) {
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    /** A job of another cell than this one whose curve has begun; null when there is none yet. */
    private @Nullable Job training(String notThis, CompletableFuture<Workflow.Result> run) {
        assertTrue(!run.isDone(), () -> run.join().output());
        for (String line : command("squeue", "-h", "-t", "R", "-o", "%i %j %Z").split("\n")) {
            String[] words = line.split(" ");
            if (words.length == 3 && words[1].startsWith("PRETRAIN_")) {
                String cell = words[1].replaceAll("^PRETRAIN_|_[^_]*$", "");
                Path curve = Path.of(words[2], cell, "curve.csv");
                if (!cell.equals(notThis) && Files.exists(curve) && lines(curve) > 5) {
                    return new Job(words[0], cell);
                }
            }
        }
        return null;
    }

    private static int lines(Path file) {
        try {
            return Files.readAllLines(file).size();
        } catch (IOException e) {
            return 0;
        }
    }

    /** The Java process of a cell, at once. */
    private static void kill(String cell) {
        List<ProcessHandle> stages = ProcessHandle.allProcesses()
                .filter(process -> {
                    String line = process.info().commandLine().orElse("");
                    return line.contains("stages/pretrain.jar") && line.contains("--cell " + cell + " ");
                })
                .toList();
        assertEquals(1, stages.size(), "processes of " + cell);
        stages.get(0).destroyForcibly();
    }

    private String command(String program, String... arguments) {
        return new Workflow(folder).command(Path.of(program), slurm, arguments).output();
    }

    private static Job await(Supplier<@Nullable Job> found) {
        long end = System.nanoTime() + 120_000_000_000L;
        while (System.nanoTime() < end) {
            Job job = found.get();
            if (job != null) {
                return job;
            }
            try {
                Thread.sleep(200);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        throw new AssertionError("no training job after two minutes");
    }

    private static Map<String, String> networks(Path folder) throws IOException {
        Map<String, String> hashes = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder.resolve("results/pretrain"))) {
            for (Path file :
                    files.filter(f -> f.endsWith("checkpoint.safetensors")).toList()) {
                hashes.put(file.getParent().getFileName().toString(), Hashes.sha256(file));
            }
        }
        assertEquals(2, hashes.size(), hashes.toString());
        return hashes;
    }
}
