package viewfit.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.Outcome;
import viewfit.core.select.Selection;
import viewfit.core.select.TestMetrics;
import viewfit.formats.EventFile;
import viewfit.formats.ExportBundle;
import viewfit.formats.Safetensors;
import viewfit.formats.TensorFile;

/**
 * The whole pipeline on real photographs, profile {@code test}: what ran, which files it left, what the stable ones say;
 * then that nothing runs twice, and that a new cell runs alone. One folder for all tests, in their order.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PipelineIT {
    private static final List<String> CELLS = List.of("baseline_s0", "ours_s0");
    private static final Path SNAPSHOT = Repository.ROOT.resolve("test-data/snapshot");

    private static Path folder = Path.of("");

    /** Below target, not a temporary one: what a failed run left is there to look at. */
    @BeforeAll
    static void emptyFolder() throws IOException {
        folder = Repository.ROOT.resolve("java-stages/checks/target/pipeline");
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        Files.createDirectories(folder);
    }

    @Test
    @Order(1)
    void runsEveryTaskOnce() throws IOException {
        var result = new Workflow(folder).run("-profile", "test");
        assertEquals(0, result.exit(), result.output());
        assertEquals(withTests("results", CELLS, "COMPLETED"), new Workflow(folder).tasks("results"));
        Path page = folder.resolve("results/report.html");
        assertTrue(result.output().contains("The report: " + page), result.output());
        assertTrue(Files.isRegularFile(page), "no report");
        String html = Files.readString(page);
        // How it was started: by bin/viewfit, which names the pipeline by its path.
        assertTrue(
                Pattern.compile("<code>bin/viewfit run [^<]*/main\\.nf -profile test")
                        .matcher(html)
                        .find(),
                html);
    }

    @Test
    @Order(2)
    void filesAreThoseOfTheSnapshot() throws IOException {
        Set<String> files = publishedFiles();
        // Which cells were tested hangs on scores, and these on the processor.
        for (String cell : tested("results")) {
            assertTrue(files.remove("test/" + cell + "/test-metrics.json"), "no test scores of " + cell);
            assertTrue(files.remove("test/" + cell + "/predictions-test.csv"), "no predictions of " + cell);
        }
        String names = String.join("\n", files) + "\n";
        Snapshot.compare(SNAPSHOT.resolve("files.txt"), names);
    }

    @Test
    @Order(3)
    void stableFilesAreThoseOfTheSnapshot() throws IOException {
        for (String file : publishedFiles()) {
            if (file.startsWith("split/") || file.startsWith("grid/")) {
                Snapshot.compare(
                        SNAPSHOT.resolve(file),
                        Files.readString(folder.resolve("results").resolve(file)));
            }
        }
    }

    @Test
    @Order(3)
    void everyColumnIsDocumented() throws IOException {
        String page = Repository.text("docs/output.md");
        Set<String> missing = new TreeSet<>();
        for (String file : publishedFiles()) {
            if (!file.endsWith(".csv") || file.startsWith("tables/")) {
                continue;
            }
            String columns = Files.readAllLines(folder.resolve("results").resolve(file)).stream()
                    .filter(line -> !line.startsWith("#"))
                    .findFirst()
                    .orElseThrow();
            String about = passages(page, file);
            for (String column : columns.split(",")) {
                if (!about.contains("`" + column + "`")) {
                    missing.add(file + ": " + column);
                }
            }
        }
        assertEquals(Set.of(), missing, "columns that docs/output.md does not name");
    }

    /**
     * What the page says about one file: in the section of its folder, the rows of tables and the paragraphs that name
     * it, and the table below a paragraph that is nothing but its name.
     */
    private static String passages(String page, String file) {
        String name = "`" + file.substring(file.lastIndexOf('/') + 1) + "`";
        StringBuilder text = new StringBuilder();
        String heading = "";
        // Up to the slash of its folder; a file beside the folders has a section of its own.
        String place = file.substring(0, file.indexOf('/') < 0 ? file.length() : file.indexOf('/') + 1);
        for (String passage : section(page, place).split("\n\n")) {
            boolean table = passage.strip().startsWith("|");
            if (table && !heading.equals(name + ":")) {
                passage.lines().filter(line -> line.contains(name)).forEach(text::append);
            } else if (table || passage.contains(name)) {
                text.append(passage);
            }
            heading = passage.strip();
        }
        return text.toString();
    }

    /** The report comes after the test; nothing else that comes before it has the manifest. */
    @Test
    @Order(3)
    void theTestSplitIsSeenByTheTestAlone() throws IOException {
        assertEquals(Set.of("SPLIT", "TEST", "REPORT"), new ClosedTestSplit(folder).processesThatHaveIt());
    }

    @ParameterizedTest
    @MethodSource("viewfit.checks.ClosedTestSplit#attempts")
    @Order(3)
    void everyOtherStageRefusesTheTestSplit(ClosedTestSplit.Attempt attempt) {
        var result = new ClosedTestSplit(folder).run(attempt);
        assertEquals(65, result.exit(), result.output());
        assertTrue(result.output().contains("test.csv: found the test split"), result.output());
    }

    @Test
    @Order(3)
    void everyStageThatReadsManifestsIsAsked() {
        assertEquals(
                Set.of("finetune", "pack", "pretrain", "probe", "test", "views"),
                ClosedTestSplit.attempts().stream()
                        .map(attempt -> attempt.stage().name())
                        .collect(Collectors.toSet()));
    }

    @Test
    @Order(4)
    void nothingRunsTwice() {
        var result = new Workflow(folder).run("-profile", "test", "-resume");
        assertEquals(0, result.exit(), result.output());
        assertEquals(withTests("results", CELLS, "CACHED"), new Workflow(folder).tasks("results"));
    }

    @Test
    @Order(5)
    void aNewCellRunsAlone() throws IOException {
        Path grid = folder.resolve("more.yml");
        String text = Files.readString(Repository.ROOT.resolve("params/grids/test.yml"));
        Files.writeString(grid, text.replace("seeds: [0]", "seeds: [0, 1]").replace("test-baseline.yml, ", ""));
        var result = new Workflow(folder).run("-profile", "test", "--grid", grid.toString(), "-resume");
        assertEquals(0, result.exit(), result.output());
        Map<String, String> expected = ExpectedTasks.of(List.of("ours_s0"), "CACHED");
        expected.putAll(ExpectedTasks.of(List.of("ours_s1"), "COMPLETED"));
        // Another seed has the same views.
        expected.remove("VIEWS (ours_s1)");
        expected.put("SPLIT", "CACHED");
        // The split was opened for another selection here: it stays closed to this one, and what is not tested is told
        // of.
        assertEquals(expected, new Workflow(folder).tasks("results"));
        String failed = Files.readString(folder.resolve("results/failed.csv"));
        for (String cell : List.of("ours_s0", "ours_s1")) {
            assertTrue(failed.contains("test," + cell + ",,65,\"test-opened.json: the test split was opened"), failed);
        }
        assertTrue(Files.readString(folder.resolve("results/report.html")).contains("the test split was not opened"));
    }

    /** One cell diverges on purpose: it has its metrics and nothing is computed from it; the other one is whole. */
    @Test
    @Order(6)
    void aDivergedCellDoesNotSinkTheOthers() throws IOException {
        Path grid = folder.resolve("diverging.yml");
        Files.writeString(
                grid,
                """
                schema: grid/2
                recipes: [test-ours.yml]
                axes: {optimizer.lr: [1.0e-3, 1.0e+30]}
                linked: []
                seeds: [0]
                set: {on-divergence: record}
                where: []
                shows: []
                """);
        var result = new Workflow(folder)
                .run(
                        "-profile",
                        "test",
                        "--grid",
                        grid.toString(),
                        "--outdir",
                        "diverging",
                        "--tensorboard",
                        "-resume");
        assertEquals(0, result.exit(), result.output());
        Map<String, String> expected = ExpectedTasks.of(List.of("ours_lr0.001_s0"), "COMPLETED");
        expected.put("SPLIT", "CACHED");
        expected.put("PRETRAIN (ours_lr1e30_s0)", "COMPLETED");
        expected.put("TEST (ours_lr0.001_s0)", "COMPLETED");
        assertEquals(expected, new Workflow(folder).tasks("diverging"));
        Path cell = folder.resolve("diverging/pretrain/ours_lr1e30_s0");
        assertEquals(
                Outcome.DIVERGED, Metrics.read(cell.resolve("metrics.json")).outcome());
        assertTrue(Files.notExists(cell.resolve("checkpoint.safetensors")), "a diverged cell has a checkpoint");
        assertTrue(
                Files.readString(folder.resolve("diverging/report.html"))
                        .contains("Not in the means: diverged: ours_lr1e30_s0"),
                "the report does not show the cell as diverged");
    }

    /** Of the run above, beside the tasks of those before it. */
    @Test
    @Order(7)
    void watchAndTensorBoardSeeTheRun() throws IOException {
        var watch = new Workflow(folder).viewfit(Map.of(), "watch", "--once", "--outdir", "diverging");
        assertEquals(0, watch.exit(), watch.output());
        String cells = "(?s).*  2 cells: 1 diverged, 1 done\\n.*ours_lr0.001_s0 +done +(\\d+)/\\1 +(\\d+)/\\2 .*";
        assertTrue(watch.output().matches(cells), watch.output());
        EventFile.verify(folder.resolve("diverging/pretrain/ours_lr0.001_s0/tensorboard"));
    }

    /**
     * Each method, on each kind of backbone, from one grid with one probe and one fine-tuning recipe; 10 % of the labels
     * add nothing to it.
     */
    @Test
    @Order(7)
    void everyMethodRunsThroughTheWholePipeline() throws IOException {
        Map<String, List<String>> networks = Map.of(
                "moco_s0", List.of("student", "teacher"),
                "supervised_s0", List.of("student"),
                "swav_s0", List.of("probe", "student"),
                "vit_s0", List.of("student", "teacher"));
        Path grid = Repository.ROOT.resolve("params/grids/test-methods.yml");
        var result = new Workflow(folder)
                .run(
                        "-profile",
                        "test",
                        "--grid",
                        grid.toString(),
                        "--finetune_10pct",
                        "false",
                        "--outdir",
                        "methods",
                        "-resume");
        assertEquals(0, result.exit(), result.output());
        Map<String, String> expected = ExpectedTasks.of(List.copyOf(networks.keySet()), "COMPLETED");
        expected.keySet().removeIf(task -> task.endsWith(".10pct)"));
        tested("methods").forEach(cell -> expected.put("TEST (" + cell + ")", "COMPLETED"));
        // It has the views of swav.
        expected.remove("VIEWS (moco_s0)");
        expected.put("SPLIT", "CACHED");
        assertEquals(expected, new Workflow(folder).tasks("methods"));
        Path methods = folder.resolve("methods");
        String page = Files.readString(methods.resolve("report.html"));
        for (String cell : networks.keySet()) {
            TensorFile checkpoint = Safetensors.read(methods.resolve("pretrain/" + cell + "/checkpoint.safetensors"));
            Set<String> found = new TreeSet<>();
            checkpoint.tensors().keySet().stream()
                    .filter(name -> !name.matches("(optimizer|method)\\..*"))
                    .forEach(name -> found.add(name.substring(0, name.indexOf('.'))));
            assertEquals(networks.get(cell), List.copyOf(found), cell);
            Metrics probe = Metrics.read(methods.resolve("probe/" + cell + "/metrics.json"));
            assertEquals(Outcome.OK, probe.outcome(), probe.message());
            assertTrue(
                    probe.values().keySet().containsAll(List.of("heldout.linear.top1", "untrained.linear.top1")), cell);
            Metrics tuned = Metrics.read(methods.resolve("finetune/" + cell + ".1pct/metrics.json"));
            assertEquals(Outcome.OK, tuned.outcome(), tuned.message());
            boolean dino = cell.equals("vit_s0");
            assertEquals(!dino, tuned.message().contains("has no dino head: classifier on the backbone"), cell);
            Path export = methods.resolve("coco-export/" + cell + "/export");
            ExportBundle.verify(export);
            assertEquals(!dino, Files.exists(export.resolve("detectron2/backbone.pkl")), cell);
            assertTrue(page.contains(
                    cell + "</th><td>" + checkpoint.meta("method") + "</td><td>" + checkpoint.meta("arch") + "</td>"));
        }
        assertTrue(page.contains("Not measured: moco, supervised."), "the page does not say what nobody measured");
    }

    /** Of the cells of all methods and of the diverged one. */
    @Test
    @Order(8)
    void everyValueIsDocumented() throws IOException {
        String page = Repository.text("docs/output.md");
        Set<String> missing = new TreeSet<>();
        for (String results : List.of("results", "methods", "diverging")) {
            try (Stream<Path> files = Files.walk(folder.resolve(results))) {
                for (Path file :
                        files.filter(f -> f.endsWith("metrics.json")).sorted().toList()) {
                    Metrics metrics = Metrics.read(file);
                    String about = section(page, metrics.stage() + "/");
                    Set<String> names = new TreeSet<>(metrics.values().keySet());
                    names.addAll(metrics.counts().keySet());
                    names.removeIf(name -> about.contains("`" + name + "`"));
                    names.forEach(name -> missing.add(metrics.stage() + ": " + name));
                }
            }
        }
        String about = section(page, "test/");
        for (String cell : tested("methods")) {
            TestMetrics metrics = TestMetrics.read(folder.resolve("methods/test/" + cell + "/test-metrics.json"));
            Stream.concat(metrics.values().keySet().stream(), metrics.counts().keySet().stream())
                    .map(name -> name.replaceFirst("\\.standard-error$", "").replaceFirst("-k\\d+\\.", "."))
                    .filter(name -> !about.contains("`" + name + "`"))
                    .forEach(name -> missing.add("test: " + name));
        }
        assertEquals(Set.of(), missing, "values of metrics.json that docs/output.md does not name");
    }

    private static String section(String page, String place) {
        int start = page.indexOf("\n## " + place);
        assertTrue(start >= 0, "docs/output.md has no section for " + place);
        int end = page.indexOf("\n## ", start + 1);
        return page.substring(start, end < 0 ? page.length() : end);
    }

    /** The graph without the work; last, because a dry run becomes the session that would be resumed. */
    @Test
    @Order(9)
    void dryRunHasTheSameTasks() {
        var result = new Workflow(folder).run("-profile", "test", "-stub-run", "--outdir", "dry");
        assertEquals(0, result.exit(), result.output());
        Map<String, String> expected = ExpectedTasks.of(CELLS, "COMPLETED");
        CELLS.forEach(cell -> expected.put("TEST (" + cell + ")", "COMPLETED"));
        assertEquals(expected, new Workflow(folder).tasks("dry"));
    }

    /** With those of the cells that the selection of a run names. */
    private static Map<String, String> withTests(String outdir, List<String> cells, String status) {
        Map<String, String> expected = ExpectedTasks.of(cells, status);
        tested(outdir).forEach(cell -> expected.put("TEST (" + cell + ")", status));
        return expected;
    }

    private static List<String> tested(String outdir) {
        Selection selection = Selection.read(folder.resolve(outdir).resolve("select/selection.json"));
        assertFalse(selection.tested().isEmpty(), "nothing was chosen");
        return selection.tested().stream().map(Selection.Tested::cell).toList();
    }

    /** Files below results, sorted, without Nextflow's own. */
    private static Set<String> publishedFiles() throws IOException {
        Path results = folder.resolve("results");
        TreeSet<String> names = new TreeSet<>();
        try (Stream<Path> files = Files.walk(results)) {
            files.filter(Files::isRegularFile)
                    .map(file -> results.relativize(file).toString())
                    .filter(name -> !name.startsWith("pipeline_info/"))
                    .forEach(names::add);
        }
        return names;
    }
}
