package viewfit.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import viewfit.core.contract.Contracts;
import viewfit.core.contract.StageContract;

/** The commands of bin/: what they say and how they end, profile by profile and stage by stage. */
class LauncherIT {
    private static final Pattern PROFILE = Pattern.compile("(?m)^    (\\w+)\\s*\\{");

    @TempDir
    Path folder;

    static Stream<StageContract> contracts() {
        return Contracts.all().stream();
    }

    static Stream<String> profiles() {
        String config = Repository.text("nextflow.config");
        Matcher profile = PROFILE.matcher(config.substring(config.indexOf("\nprofiles {")));
        return profile.results().map(match -> match.group(1));
    }

    @ParameterizedTest
    @MethodSource("profiles")
    void profileResolves(String profile) {
        var result = new Workflow(folder)
                .viewfit(
                        Map.of("NXF_OFFLINE", "true", "NXF_PLUGINS_DEFAULT", "false"),
                        "config",
                        "-profile",
                        profile,
                        Repository.ROOT.toString());
        assertEquals(0, result.exit(), result.output());
        assertTrue(result.output().contains("withLabel:trains"), result.output());
        assertFalse(result.output().contains("WARN"), result.output());
        String gpus = profile.equals("gpu") ? "1" : "0";
        assertTrue(result.output().contains("VIEWFIT_GPUS = '" + gpus + "'"), result.output());
    }

    @Test
    void allProfilesAreThere() {
        assertEquals(
                Set.of(
                        "standard",
                        "demo",
                        "test",
                        "gpu",
                        "slurm",
                        "awsbatch",
                        "googlebatch",
                        "k8s",
                        "docker",
                        "podman",
                        "singularity",
                        "apptainer"),
                new TreeSet<>(profiles().toList()));
    }

    @ParameterizedTest
    @MethodSource("contracts")
    void moduleGivesOnlyOptionsTheStageHas(StageContract contract) {
        var help = new Workflow(folder).stage(contract.name(), "--help");
        assertEquals(0, help.exit(), help.output());
        Set<String> known = StageModule.flags(help.output());
        StageModule module = StageModule.parse(Repository.text("modules/" + contract.name() + ".nf"));
        Set<String> unknown = StageModule.flags(module.script() + module.stub());
        unknown.removeAll(known);
        assertEquals(Set.of(), unknown, "options of the module that `stage " + contract.name() + "` does not have");
        assertTrue(help.output().contains("bin/stage " + contract.name()), "the help has no example");
    }

    @Test
    void unknownStageIsOneLine() {
        var result = new Workflow(folder).stage("pretrian");
        assertEquals(64, result.exit());
        String names = contracts().map(StageContract::name).sorted().collect(Collectors.joining(" "));
        assertEquals(List.of("stage: 'pretrian': no such stage: one of " + names), result.lines());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--recip x                  | --recip: no such parameter: did you mean --recipes?",
                "--heldout-per-class 5      | did you mean --heldout_per_class?",
                "--split_seed many          | --split_seed: many: a whole number",
                "--heldout_per_class -1     | --heldout_per_class: -1: 0 or more",
                "--damaged_quota abc        | --damaged_quota: abc: a number",
                "--damaged_quota 1.5        | --damaged_quota: 1.5: 1 or less",
                "--damaged_quota -0.1       | --damaged_quota: -0.1: 0 or more",
                "--export_network both      | --export_network: both: one of student, teacher",
                "--grid nowhere.yml         | --grid: nowhere.yml: no such file",
                "--probe_recipe false       | --probe_recipe: false: no such file",
                "--input nowhere            | --input: nowhere: no such file or folder",
                "--pack tar                 | --pack: tar: one of original, pixels",
                "--select_by heldout.liner.top1 | --select_by: heldout.liner.top1: a held-out accuracy",
                "--tensorboard yes          | --tensorboard: yes: true or false",
                "--pack_short_side 256      | --pack_short_side: 256: needs --pack pixels",
            })
    void wrongParameterIsNamed(String arguments, String message) {
        List<String> all = new ArrayList<>(List.of("-profile", "test"));
        all.addAll(List.of(arguments.split(" ")));
        var result = new Workflow(folder).run(all.toArray(String[]::new));
        assertEquals(64, result.exit(), result.output());
        assertTrue(result.output().contains(message), result.output());
        assertFalse(Files.exists(folder.resolve("results/split")), "a task ran");
    }

    /** Before the images are read, which takes hours where there are many. */
    @Test
    void aGridThatIsNotRightIsToldBeforeTheSplit() throws IOException {
        Path grid = folder.resolve("grid.yml");
        String axes = "axes: {loss.temperature: [0.1]}";
        Files.writeString(grid, Repository.text("params/grids/test.yml").replaceAll("(?m)^axes:.*(\\n .*)*", axes));
        var result = new Workflow(folder).run("-profile", "test", "--grid", grid.toString());
        assertEquals(78, result.exit(), result.output());
        assertTrue(result.output().contains("grid: " + grid + ": "), result.output());
        assertTrue(result.output().contains("loss: unknown key"), result.output());
        assertFalse(Files.exists(folder.resolve("results/split")), "a task ran");
    }

    /** Of the images that are there, or of a number of them without any. */
    @Test
    void aPlanIsPrintedAndNothingRuns() throws IOException {
        var result = new Workflow(folder).run("-profile", "test", "--plan");
        assertEquals(0, result.exit(), result.output());
        assertTrue(result.output().contains("2 cells of "), result.output());
        assertTrue(result.output().lines().anyMatch(line -> line.startsWith("ours_s0 ")), result.output());
        assertTrue(result.output().contains("name its session: -resume <id"), result.output());
        assertFalse(Files.exists(folder.resolve("results")), "a plan leaves no results");
        // What a run before it wrote stays.
        Path trace =
                Files.createDirectories(folder.resolve("results/pipeline_info")).resolve("trace.tsv");
        Files.writeString(trace, "task_id\tname\n1\tSPLIT\n");
        var counted = new Workflow(folder)
                .run("--plan", "--plan_images", "1231167", "--plan_flops_per_second", "1e13", "--plan_budget", "9");
        assertEquals(0, counted.exit(), counted.output());
        assertTrue(counted.output().contains(", 1231167 images to train on"), counted.output());
        assertTrue(counted.output().contains("Hours of a machine that does 1.00e+13 FLOPs a second"), counted.output());
        assertTrue(counted.output().contains("Within a budget of 9.00 hours"), counted.output());
        var refused = new Workflow(folder).run("--plan", "--plan_images", "1000");
        assertEquals(78, refused.exit(), refused.output());
        assertTrue(refused.output().contains("batch-size: found 1024: must be at most 1000"), refused.output());
        // Options are called as they were typed, not as the stage behind them has them.
        var share = new Workflow(folder)
                .run("--plan", "--plan_images", "9999", "--plan_done", "nowhere", "--halve_keep", "0.5");
        assertEquals(64, share.exit(), share.output());
        assertTrue(share.output().contains("--halve_keep: found without epochs: needs --halve_at"), share.output());
        var nowhere = new Workflow(folder).run("--plan", "--plan_images", "9999", "--plan_done", "nowhere");
        assertEquals(66, nowhere.exit(), nowhere.output());
        assertEquals(0, new Workflow(folder).run("--help").exit());
        assertEquals("task_id\tname\n1\tSPLIT\n", Files.readString(trace));
        try (Stream<Path> files = Files.list(trace.getParent())) {
            assertEquals(List.of(trace), files.toList());
        }
        assertFalse(Files.exists(folder.resolve("results/split")), "a task ran");
    }

    @Test
    void whatOnlyAPlanReadsNeedsOne() throws IOException {
        String expression =
                "['plan_images', 'plan_flops_per_second', 'plan_budget', 'plan_done'].collect { Launch.problem(Path.of(args[0]), [(it): 1000]) }.join('\\n')";
        assertEquals(
                List.of(
                        "--plan_images: 1000: needs --plan",
                        "--plan_flops_per_second: 1000: needs --plan",
                        "--plan_budget: 1000: needs --plan",
                        "--plan_done: 1000: needs --plan"),
                launch(expression, Repository.ROOT));
    }

    @Test
    void anApostropheInTheFolderOfImagesIsRefused() throws IOException {
        Path images = Files.createDirectory(folder.resolve("it's"));
        assertEquals(
                List.of("--input: " + images
                        + ": a path without an apostrophe, which the commands of the tasks could not quote"),
                launch("Launch.problem(Path.of(args[0]), [input: args[1]])", Repository.ROOT, images));
    }

    /** The session of a `-resume` goes with it, by name or number; the pipeline keeps its path. */
    @Test
    void theCommandIsAsTypedButForResume() {
        String expression =
                "['/x/main.nf -resume mad_curie --input a', 'main.nf -resume', '-resume /x y/main.nf -profile demo',"
                        + " 'main.nf -resume 1f2e3d4c-0000-1111-2222-333344445555 -profile demo']"
                        + ".collect { Launch.command('nextflow run ' + it) }.join('\\n')";
        assertEquals(
                List.of(
                        "'bin/viewfit run /x/main.nf --input a'",
                        "'bin/viewfit run main.nf'",
                        "'bin/viewfit run /x y/main.nf -profile demo'",
                        "'bin/viewfit run main.nf -profile demo'"),
                launch(expression));
    }

    /** What `-resume` sees of the images is what the split reads, links and all. */
    @Test
    void aChangedImageBehindALinkIsSeen() throws IOException {
        Path image = Files.createDirectories(folder.resolve("real/class")).resolve("a.jpg");
        Files.writeString(image, "a");
        Path linked = Files.createSymbolicLink(folder.resolve("linked"), folder.resolve("real"));
        List<String> before = launch("Launch.listing(Path.of(args[0]))", linked);
        Files.writeString(image, "another");
        List<String> after = launch("Launch.listing(Path.of(args[0]))", linked);
        assertEquals(1, after.size(), after.toString());
        assertNotEquals(before, after);
    }

    /** What lies beside a list, such as the results of an earlier run, is not part of it. */
    @Test
    void aListIsWhatItNames() throws IOException {
        Files.createDirectories(folder.resolve("photos"));
        for (String name : List.of("a b.jpg", "b.jpg", "c.jpg", "d.jpg", "shard.tar", "other.jpg")) {
            Files.writeString(folder.resolve("photos").resolve(name), name);
        }
        Path list = folder.resolve("train.txt");
        Files.writeString(list, "photos/a b.jpg 0\n./photos/b.jpg 1\nphotos/shard.tar/1.jpg 1\n");
        Files.writeString(folder.resolve("val.txt"), "photos/c.jpg 1\n");
        Path csv = folder.resolve("list.csv");
        Files.writeString(csv, "path,label\n\"photos/d.jpg\",2\n");
        String expression = "Launch.listing(Path.of(args[0]))";
        List<String> before = launch(expression, list);
        Files.writeString(folder.resolve("photos/other.jpg"), "changed");
        Files.createDirectories(folder.resolve("results"));
        Files.writeString(folder.resolve("results/curve.csv"), "a result");
        assertEquals(before, launch(expression, list));
        for (String name : List.of("a b.jpg", "b.jpg", "shard.tar", "c.jpg")) {
            Files.writeString(folder.resolve("photos").resolve(name), "changed " + name);
            List<String> after = launch(expression, list);
            assertNotEquals(before, after, name);
            before = after;
        }
        before = launch(expression, csv);
        Files.writeString(folder.resolve("photos/d.jpg"), "changed");
        assertNotEquals(before, launch(expression, csv));
    }

    @Test
    void withoutInputTheTwoWaysAreNamed() {
        var result = new Workflow(folder).run();
        assertEquals(64, result.exit(), result.output());
        assertTrue(result.output().contains("--input: not given"), result.output());
    }

    @Test
    void helpNamesEveryParameter() {
        var result = new Workflow(folder).run("--help");
        assertEquals(0, result.exit(), result.output());
        for (String name : List.of("--input", "--grid", "--split_seed", "--gpus")) {
            assertTrue(result.output().contains(name + " "), result.output());
        }
    }

    /** Beside a run, so without a build. */
    @Test
    void watchLooksAtTheResultsOfARun() {
        var nothing = new Workflow(folder).viewfit(Map.of(), "watch", "--once");
        assertEquals(66, nothing.exit(), nothing.output());
        assertEquals(1, nothing.lines().size(), nothing.output());
        assertTrue(nothing.output().contains("watch: results/grid/cells.csv: does not exist"), nothing.output());
        var help = new Workflow(folder).viewfit(Map.of(), "watch", "--help");
        assertEquals(0, help.exit(), help.output());
        assertTrue(help.output().contains("--html"), help.output());
    }

    /** A terminal of 20 lines: six of them are about the cells, and the cursor stands below. A look for a file has no such signs. */
    @Test
    void watchFillsATerminalAndNoMore() throws IOException {
        Path script = Path.of("/usr/bin/script");
        assumeTrue(Files.isExecutable(script), "a terminal for the test is that of script");
        Path jar = Files.createDirectories(folder.resolve("java-stages/dist/tools"))
                .resolve("watch.jar");
        Files.writeString(jar, "");
        Path launcher = copiedLauncher();
        Map<String, String> terminal =
                Map.of("JAVA_HOME", folder.resolve("jdk").toString(), "TERM", "xterm", "LINES", "20");
        for (var expected : Map.of(
                        "--every 5", "--redraw --rows 13 --every 5",
                        "--rows 4", "--redraw --rows 4",
                        "--once --every 5", "--once --every 5")
                .entrySet()) {
            var result = new Workflow(folder)
                    .command(script, terminal, "-qec", launcher + " watch " + expected.getKey(), "/dev/null");
            assertEquals(0, result.exit(), result.output());
            assertTrue(result.output().contains("watch.jar " + expected.getValue() + "\r"), result.output());
        }
    }

    /** Building removes what a run under way would start next. */
    @Test
    void watchDoesNotBuildWhereStagesAre() throws IOException {
        Path stage = Files.createDirectories(folder.resolve("java-stages/dist/stages"))
                .resolve("pretrain.jar");
        Files.writeString(stage, "");
        var result = new Workflow(folder)
                .command(
                        copiedLauncher(),
                        Map.of("JAVA_HOME", folder.resolve("jdk").toString(), "VIEWFIT_BUILT", "", "MVN", "false"),
                        "watch",
                        "--once");
        assertEquals(69, result.exit(), result.output());
        assertEquals(
                List.of("viewfit: " + folder
                        + "/java-stages/dist/tools/watch.jar: not there: it is built with the stages, by"
                        + " bin/viewfit build, when no run is under way"),
                result.lines());
        assertTrue(Files.exists(stage));
    }

    /** The launcher over a folder of the test, and a Java 17 that only says how it was called. */
    private Path copiedLauncher() throws IOException {
        Path java = Files.createDirectories(folder.resolve("jdk/bin")).resolve("java");
        Files.writeString(
                java, "#!/bin/sh\n[ \"$1\" != -version ] || { echo 'version \"17.0.1\"' >&2; exit; }\necho \"$@\"\n");
        assertTrue(java.toFile().setExecutable(true));
        Path launcher = Files.createDirectories(folder.resolve("bin")).resolve("viewfit");
        Files.copy(Repository.ROOT.resolve("bin/viewfit"), launcher, StandardCopyOption.COPY_ATTRIBUTES);
        return launcher;
    }

    @Test
    void withoutJavaOneLineSaysSo() {
        var result = new Workflow(folder).viewfit(Map.of("JAVA_HOME", folder.toString()), "run", "main.nf");
        assertEquals(69, result.exit());
        assertEquals(
                List.of("viewfit: " + folder + "/bin/java: not found: install a JDK 17 or newer, or set JAVA_HOME"),
                result.lines());
    }

    @Test
    void anOldJavaIsNamed() throws IOException {
        Path java = Files.createDirectories(folder.resolve("bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\necho 'openjdk version \"1.8.0_402\"' >&2\n");
        assertTrue(java.toFile().setExecutable(true));
        var result = new Workflow(folder).viewfit(Map.of("JAVA_HOME", folder.toString()), "build");
        assertEquals(69, result.exit());
        assertEquals(List.of("viewfit: " + java + ": version 1: a JDK 17 or newer is needed"), result.lines());
    }

    /** Two commands on two GPUs each have their own; a third waits; none is touched where a scheduler chose. */
    @Test
    void gpusAreLentOneByOne() throws IOException {
        Path script = folder.resolve("lend.sh");
        Files.writeString(
                script,
                """
                export VIEWFIT_GPUS=2 VIEWFIT_GPU_LOCKS=$PWD/locks
                unset CUDA_VISIBLE_DEVICES SLURM_JOB_GPUS
                for n in 1 2 3; do "$1" sh -c 'echo gpu $CUDA_VISIBLE_DEVICES; sleep 0.7' & sleep 0.2; done
                wait
                CUDA_VISIBLE_DEVICES=7 "$1" sh -c 'echo chosen $CUDA_VISIBLE_DEVICES'
                VIEWFIT_GPUS=0 "$1" sh -c 'echo none ${CUDA_VISIBLE_DEVICES:-set}'
                """);
        var result = new Workflow(folder)
                .command(Path.of("/bin/bash"), Map.of(), script.toString(), Repository.ROOT + "/bin/with-gpu");
        assertEquals(List.of("gpu 0", "gpu 1", "gpu 0", "chosen 7", "none set"), result.lines());
    }

    private List<String> launch(String expression, Path... arguments) {
        return new Workflow(folder).groovy(expression, arguments);
    }
}
