package viewfit.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Failed and interrupted tasks: what the pipeline does about them, and what a training command sees of it. */
class AttemptsIT {
    @TempDir
    Path folder;

    /** What a failed task of a cell becomes, code by code: the first attempt, and the one after many. */
    @ParameterizedTest
    @CsvSource({
        "3, retry, ignore",
        "75, retry, ignore",
        "104, retry, ignore",
        "134, retry, ignore",
        "137, retry, ignore",
        "175, retry, ignore",
        "130, retry, retry",
        "138, retry, retry",
        "140, retry, retry",
        "143, retry, retry",
        "50001, retry, retry",
        "2147483647, retry, retry",
        "1, ignore, ignore",
        "70, ignore, ignore",
        "64, finish, finish",
        "65, finish, finish",
        "66, finish, finish",
        "69, finish, finish",
        "74, finish, finish",
        "76, finish, finish",
        "78, finish, finish",
        "127, finish, finish",
    })
    void aFailedTaskIsTriedAgainOrIsAGapOrEndsTheRun(int code, String first, String third) {
        String task = "[process: 'PRETRAIN', exitStatus: " + code + ", workDir: null]";
        assertEquals(
                List.of("[%s, %s]".formatted(first, third)),
                groovy("(1..3).collect { Failures.strategy(" + task + ", 'c') }[0, 2]"));
    }

    /** Interruptions are counted by themselves, and have their end too. */
    @Test
    void interruptionsUseUpNoOtherAttempt() {
        String attempt = "{ code -> Failures.strategy([process: 'P', exitStatus: code, workDir: null], 'c') }";
        assertEquals(
                List.of("[retry, retry, ignore, ignore]"),
                groovy("[" + attempt
                        + "].collect { a -> (1..50).each { a(143) }; [a(137), a(137), a(137), a(143)] }[0]"));
    }

    @Test
    void aGapHasWhatTheTaskSaidLast() throws IOException {
        Files.writeString(folder.resolve(".command.err"), "first\npretrain: a \"bug\", it seems\n\n");
        assertEquals(
                List.of(
                        "# schema: failed/1",
                        "# provenance: {}",
                        "stage,cell,part,exit,reason",
                        "coco-export,b,,70,\"pretrain: a \"\"bug\"\", it seems\"",
                        "finetune,a,1pct,1,\"exit code 1\""),
                groovy(
                        "[Failures.strategy([process: 'FINETUNE', exitStatus: 1, workDir: null], 'a', '1pct'),"
                                + " Failures.strategy([process: 'COCO_EXPORT', exitStatus: 70, workDir: Path.of(args[0])], 'b'),"
                                + " Failures.table()][2]",
                        folder));
    }

    /** Memory grows after attempts that may have run out of it, up to three times; time after one that was too short. */
    @Test
    void memoryAndTimeGrowWhereTheyRanOut() {
        String task =
                "[attempt: %d, exitStatus: %d, previousTrace: [memory: %dL << 30], ext: [memory: '4 GB', time: '2h']]";
        assertEquals(
                List.of("[4 GB, 8 GB, 12 GB, 12 GB, 8 GB, 2h, 4h]"),
                groovy("[" + "Failures.memory(" + task.formatted(1, 0, 0) + "), Failures.memory("
                        + task.formatted(2, 137, 4)
                        + "), Failures.memory(" + task.formatted(3, 3, 8) + "), Failures.memory("
                        + task.formatted(4, 137, 12)
                        + "), Failures.memory(" + task.formatted(9, 143, 8) + "), Failures.time("
                        + task.formatted(2, 137, 4)
                        + "), Failures.time(" + task.formatted(2, 140, 4) + ")]"));
    }

    /** A training command is told to stop once, whoever is signalled and however often, and the next attempt has its folder. */
    @Test
    void aTrainingThatIsStoppedGoesOn() throws IOException {
        Path script = folder.resolve("attempts.sh");
        Files.writeString(
                script,
                """
                cat >job <<'JOB'
                #!/bin/bash
                trap '' PIPE
                out=$4 state=$6
                trap 'echo stop >>"$state/log"; sleep 1; echo saved >>"$state/log"; exit 75' USR1
                trap 'echo TERM >>"$state/log"' TERM
                n=$(grep -c start "$state/log" 2>/dev/null)
                echo start >>"$state/log"
                [ "${n:-0}" -ge "$ATTEMPTS" ] || for ((i = 0; i < 300; i++)); do sleep 0.1 8>&-; done
                mkdir "$out"; echo done >"$out/result"
                JOB
                chmod +x job
                echo a >recipe
                export VIEWFIT_CHECKPOINTS=$PWD/states VIEWFIT_RUN=r1 ATTEMPTS=2
                train() { "$with" code ./job --recipe recipe --out cell; }
                started() { until [ "$(cat states/*/log 2>/dev/null | grep -c start)" = "$1" ]; do sleep 0.1; done; sleep 0.3; }
                with=$1
                train & started 1; : >.stop; wait $!; echo "file $?"
                train & pid=$!; started 2; pkill -TERM -P $pid; pkill -TERM -P $pid; kill -TERM $(pgrep -P $pid with-check) 2>/dev/null; kill -USR2 $(pgrep -P $pid) 2>/dev/null; : >.stop; wait $pid; echo "signals $?"
                train; echo "third $?"; cat cell/result
                rm -rf cell; train 2>/dev/null; echo "finished $?"; cat cell/result
                cat states/*/log | tr '\n' ' '; echo
                rm -rf cell; echo b >recipe; ATTEMPTS=0; train; echo "other recipe $?"
                ls states | wc -l
                """);
        var result = new Workflow(folder)
                .command(Path.of("/bin/bash"), Map.of(), script.toString(), Repository.ROOT + "/bin/with-checkpoints");
        assertEquals(
                List.of(
                        "file 75",
                        "signals 75",
                        "third 0",
                        "done",
                        "finished 0",
                        "done",
                        "start stop saved start stop saved start",
                        "other recipe 0",
                        "2"),
                result.lines());
    }

    /**
     * The stage itself below the wrapper: it does not wait for the wrapper's lock, an attempt without enough heap says so, and states
     * go when the results are kept.
     */
    @Test
    void theTrainingStageGetsAlongWithItsWrapper() throws IOException {
        Workflow workflow = new Workflow(folder);
        String photos = Repository.ROOT + "/test-data/imagenette-mini";
        var split = workflow.stage("split", "--images", photos, "--heldout-per-class", "5", "--out", "split");
        assertEquals(0, split.exit(), split.output());
        Files.writeString(
                folder.resolve("recipe.yml"),
                Repository.text("params/recipes/test-ours.yml").replace("knn-every-epochs: 1", "knn-every-epochs: 0"));

        // The copy of the networks for the last file alone is larger.
        var poor = train(workflow, photos, Map.of("VIEWFIT_HEAP", "24m"));
        assertEquals(3, poor.exit(), poor.output());
        assertTrue(poor.output().contains("OutOfMemoryError"), poor.output());

        var trained = train(workflow, photos, Map.of());
        assertEquals(0, trained.exit(), trained.output());
        assertFalse(trained.output().contains("cannot be asked"), trained.output());
        assertEquals(List.of("attempts.lock"), states(path -> !path.contains("finished-r1")));
        assertEquals(
                1,
                states(path -> path.endsWith("finished-r1/checkpoint.safetensors"))
                        .size());
    }

    private Workflow.Result train(Workflow workflow, String photos, Map<String, String> more) {
        Map<String, String> environment = new TreeMap<>(more);
        environment.put("VIEWFIT_CHECKPOINTS", folder.resolve("states").toString());
        environment.put("VIEWFIT_RUN", "r1");
        return workflow.command(
                Repository.ROOT.resolve("bin/with-checkpoints"),
                environment,
                "code",
                Repository.ROOT + "/bin/stage",
                "pretrain",
                "--recipe",
                "recipe.yml",
                "--manifest",
                "split/heldout.csv",
                "--images",
                photos,
                "--out",
                "cell");
    }

    /** Names of files below the folder of states, by their paths. */
    private List<String> states(Predicate<String> which) throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("states"))) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> which.test(file.toString()))
                    .map(file -> String.valueOf(file.getFileName()))
                    .toList();
        }
    }

    private List<String> groovy(String expression, Path... arguments) {
        return new Workflow(folder).groovy(expression, arguments);
    }
}
