package viewfit.stages.grid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import viewfit.cli.StageMain;
import viewfit.core.data.Shapes;
import viewfit.core.grid.Cell;
import viewfit.core.grid.GridExpander;
import viewfit.core.grid.GridFile;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.Outcome;
import viewfit.core.metrics.Provenance;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.Recipes;

/** What a sweep costs, reckoned by hand from the layers of MobileNetV2 (its products are counted in the zoo's tests). */
class PlanTest {
    private static final Path PARAMS = Path.of(System.getProperty("viewfit.root"), "params");
    private static final PlanOptions.Images IMAGENET = new PlanOptions.Images(1_231_167, 1000);
    /** Products of MobileNetV2 and of DINO's head with 4096 codes. */
    private static final long AT_224 = 299_494_272;

    private static final long AT_128 = 97_794_048;
    private static final long HEAD = 1280L * 2048 + 2048L * 2048 + 2048L * 256 + 256L * 4096;

    @TempDir
    private Path dir;

    private Path grid = Path.of("");
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void aGrid() throws IOException {
        grid = dir.resolve("grid.yml");
        Files.writeString(
                grid,
                """
                schema: grid/2
                recipes: [dino-mobilenetv2-ours.yml]
                axes: {method.alpha: [0.3, 0.4]}
                linked: []
                seeds: [0]
                set: {}
                where: []
                shows: []
                """);
    }

    private int run(String... options) {
        List<String> all = new ArrayList<>(List.of(
                "--out",
                dir.resolve("out").toString(),
                "--grid",
                grid.toString(),
                "--recipes",
                PARAMS.resolve("recipes").toString()));
        all.addAll(List.of(options));
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return StageMain.execute(
                new GridStage(), new PrintWriter(out), new PrintWriter(err), all.toArray(new String[0]));
    }

    private List<Cell> cells() {
        return new GridExpander(GridFile.read(grid), grid.toString(), null)
                .expand(List.of(PARAMS.resolve("recipes")))
                .cells();
    }

    /** 1202 whole batches of 1024 in an epoch, 200 epochs; three passes of eight views and one of two. */
    @Test
    void numbersAreThoseCountedByHand() {
        Plan plan = Plan.of(cells(), IMAGENET, Speed.given(1e12));
        double image = 2.0 * (3 * (2 * (AT_224 + HEAD) + 6 * (AT_128 + HEAD)) + 2 * (AT_224 + HEAD));
        long seen = 200L * 1202 * 1024;
        assertEquals(2, plan.lines().size());
        for (Plan.Line line : plan.lines()) {
            assertEquals(seen, line.images());
            assertEquals(image, line.flopsPerImage());
            assertEquals(seen * image, line.flops());
            assertEquals(seen * image / 1e12 / 3600, line.hours(), 1e-9 * line.hours());
            assertEquals("2x224 6x128", line.views());
        }
        assertEquals(2 * seen, plan.images());
        assertEquals(2 * seen * image, plan.flops());
    }

    @Test
    void aPlanIsPrintedAndWritesNothing() {
        assertEquals(0, run("--plan", "--image-count", "1231167", "--flops-per-second", "1e13"), err::toString);
        List<String> lines = out.toString().lines().toList();
        assertEquals("2 cells of " + grid + ", 1231167 images to train on", lines.get(0));
        assertEquals(
                "cell  recipe  axes  epochs  images seen  views  FLOPs per image  FLOPs  hours",
                lines.get(1).replaceAll(" {2,}", "  "));
        assertEquals(
                "ours_alpha0.3_s0  dino-mobilenetv2-ours.yml  method.alpha=0.3  200  246169600  2x224 6x128  8.749e+09  2.154e+18  59.82",
                lines.get(2).replaceAll(" {2,}", "  "));
        assertTrue(lines.get(4).matches("total +492339200 +4\\.307e\\+18 +120"), lines.get(4));
        assertFalse(Files.exists(dir.resolve("out")));
        assertEquals("", err.toString());
    }

    @Test
    void imagesAreCountedByName() throws IOException {
        for (String folder : List.of("photos/a", "photos/b")) {
            Files.createDirectories(dir.resolve(folder));
            for (int i = 0; i < 1100; i++) {
                Files.createFile(dir.resolve(folder).resolve(i + ".jpg"));
            }
        }
        String photos = dir.resolve("photos").toString();
        assertEquals(0, run("--plan", "--images", photos, "--heldout-per-class", "76"), err::toString);
        assertTrue(out.toString().contains(", 2048 images to train on"), out::toString);
        assertTrue(out.toString().contains("  409600  "), out::toString);
        assertTrue(out.toString().contains("No speed is known"), out::toString);
        assertEquals(0, run("--plan", "--images", photos), err::toString);
        assertTrue(out.toString().contains(", 2100 images to train on"), out::toString);
    }

    /** Finished cells of an earlier run; those of another recipe, device or version are left alone. */
    @Test
    void finishedCellsSayHowFastTheMachineIs() throws IOException {
        PretrainRecipe small = Recipes.read(PARAMS.resolve("recipes/test-ours.yml"), PretrainRecipe.class);
        finished("one", small, Recipes.sha256(small), 50, "cpu, 2 threads");
        finished("two", small, Recipes.sha256(small), 70, "cpu, 2 threads");
        finished("other", small, "0", 1e6, "cpu, 2 threads");
        finished("elsewhere", small, Recipes.sha256(small), 1e6, "cuda:0");
        finished("earlier", small, Recipes.sha256(small), 1e6, "cpu, 2 threads");
        Path earlier = dir.resolve("grid/cells/earlier.yml");
        Files.writeString(earlier, Files.readString(earlier).replace("micro-batches: 1\n", ""));
        Speed speed = Speed.measured(dir, 10);
        double image = 2.0 * viewfit.zoo.StepCost.perImage(small, 10);
        assertEquals("core-hours", speed.unit());
        // 60 images a second: an hour is 216,000 of them, on two cores.
        assertEquals(2, speed.hours(small, 216_000 * image), 1e-9);
        assertTrue(speed.about()
                .startsWith("speed of 2 finished cells on cpu, 2 threads, FLOPs a second: mobilenet_v2 fp32 "));
        assertEquals(0, run("--plan", "--image-count", "2048", "--done", dir.toString()), err::toString);
        assertTrue(out.toString().contains("core-hours"), out::toString);
    }

    /** The speed of one backbone says nothing about another one. */
    @Test
    void whatNobodyMeasuredHasNoHours() throws IOException {
        PretrainRecipe small = Recipes.read(PARAMS.resolve("recipes/test-ours.yml"), PretrainRecipe.class);
        finished("one", small, Recipes.sha256(small), 50, "cpu, 2 threads");
        Files.writeString(
                grid,
                Files.readString(grid)
                        .replace("dino-mobilenetv2-ours.yml", "test-ours.yml")
                        .replace("method.alpha: [0.3, 0.4]", "backbone.name: [mobilenet_v2, resnet18]"));
        assertEquals(0, run("--plan", "--image-count", "2048", "--done", dir.toString()), err::toString);
        List<String> lines = out.toString().lines().toList();
        assertTrue(lines.get(2).startsWith("ours_name-mobilenet-v2_s0 "), out::toString);
        assertTrue(lines.get(2).matches(".* [0-9.]+"), out::toString);
        assertTrue(lines.get(3).endsWith("  -"), out::toString);
        assertTrue(lines.get(4).startsWith("total ") && lines.get(4).endsWith("  -"), out::toString);
        assertEquals(
                "No finished cell of resnet18 fp32: no hours for these, and no total.", lines.get(lines.size() - 1));
        assertEquals(0, run("--plan", "--image-count", "2048", "--flops-per-second", "1e12"), err::toString);
        assertFalse(out.toString().contains("  -\n"), out::toString);
        assertFalse(out.toString().contains("No finished cell"), out::toString);
    }

    /** A combination that is another cell is named, as in the run. */
    @Test
    void twinsAreTold() throws IOException {
        Files.writeString(
                grid,
                Files.readString(grid)
                        .replace("method.alpha: [0.3, 0.4]", "views.groups.2.size: [auto, 122]")
                        .replace(
                                "shows: []",
                                """
                                shows:
                                  - {id: a, kind: figure, x: views.groups.2.size, lines: [], default: auto, paper: '', where: {views.groups.2.size: 122}}
                                """));
        Path shapes = dir.resolve("shapes.csv");
        new Shapes(List.of(new Shapes.Row(500, 500, 1))).write(shapes, Map.of());
        assertEquals(0, run("--plan", "--image-count", "2048", "--shapes", shapes.toString()), err::toString);
        assertTrue(
                out.toString()
                        .contains(
                                "ours_size122_s0: the same complete recipe as ours_size-auto_s0, which stands for both\n"),
                out::toString);
        assertTrue(out.toString().startsWith("1 cell of "), out::toString);
        // Of pictures nobody has seen, the size may be any: 77 may be what auto comes to.
        Files.writeString(
                grid, Files.readString(grid).replace("[auto, 122]", "[auto]").replace("122", "77"));
        assertEquals(0, run("--check-only"), err::toString);
        assertEquals(0, run("--plan", "--image-count", "2048"), err::toString);
        assertEquals(78, run("--plan", "--image-count", "2048", "--shapes", shapes.toString()), err::toString);
    }

    @Test
    void graphicsCardsCountAsOne() throws IOException {
        PretrainRecipe small = Recipes.read(PARAMS.resolve("recipes/test-ours.yml"), PretrainRecipe.class);
        finished("one", small, Recipes.sha256(small), 50, "cuda:0");
        Speed speed = Speed.measured(dir, 10);
        assertEquals("GPU-hours", speed.unit());
        assertEquals(1, speed.hours(small, 180_000 * 2.0 * viewfit.zoo.StepCost.perImage(small, 10)), 1e-9);
    }

    @Test
    void withoutAnyFinishedCellThereAreNoHours() {
        assertEquals(0, run("--plan", "--image-count", "2048", "--done", dir.toString()), err::toString);
        assertTrue(out.toString().contains("No finished cell in "), out::toString);
        assertTrue(out.toString().lines().toList().get(2).endsWith("  -"), out::toString);
    }

    private void finished(String cell, PretrainRecipe recipe, String sha256, double rate, String device)
            throws IOException {
        Files.createDirectories(dir.resolve("pretrain").resolve(cell));
        Files.createDirectories(dir.resolve("grid/cells"));
        Files.writeString(dir.resolve("grid/cells/" + cell + ".yml"), Recipes.toYaml(recipe));
        new Metrics(
                        Metrics.SCHEMA,
                        "pretrain",
                        cell,
                        Outcome.OK,
                        "",
                        Map.of("images-per-second", rate),
                        Map.of(),
                        new Provenance("1", sha256, "", "", "", device, 0))
                .write(dir.resolve("pretrain").resolve(cell).resolve("metrics.json"));
    }

    /** The best size is reckoned for 4:3 pictures, 126.6 pixels in table A.4 of the specification, or for those given. */
    @Test
    void openSizesAreReckoned() throws IOException {
        Files.writeString(grid, Files.readString(grid).replace("set: {}", "set: {views.groups.2.size: auto}"));
        assertEquals(0, run("--plan", "--image-count", "2048"), err::toString);
        assertTrue(out.toString().contains("2x224 6x127") || out.toString().contains("2x224 6x126"), out::toString);
        assertTrue(out.toString().contains("size: auto is reckoned for pictures of 500 x 375"), out::toString);
        Path shapes = dir.resolve("shapes.csv");
        new Shapes(List.of(new Shapes.Row(500, 500, 1))).write(shapes, Map.of());
        assertEquals(0, run("--plan", "--image-count", "2048", "--shapes", shapes.toString()), err::toString);
        assertTrue(out.toString().contains("2x224 6x122"), out::toString);
        assertFalse(out.toString().contains("reckoned for"), out::toString);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--plan | 64 | --plan: found neither: needs one of --images and --image-count",
                "--plan --images x --image-count 3 | 64 | --plan: found both: needs one of",
                "--plan --image-count -3 | 64 | --image-count: found -3: must be 1 or more",
                "--plan --image-count 3 --heldout-per-class -1 | 64 | --heldout-per-class: found -1: must be 0 or more",
                "--plan --image-count 3 --flops-per-second -1 | 64 | --flops-per-second: found -1.0: must be above 0",
                "--plan --check-only --image-count 3 | 64 | --check-only: found beside --plan",
                "--image-count 3 | 64 | --image-count: found without --plan: needs --plan",
                "--images x | 64 | --images: found without --plan",
                "--done x | 64 | --done: found without --plan",
                "--flops-per-second 3 | 64 | --flops-per-second: found without --plan",
                "--plan --images nowhere | 66 | nowhere: does not exist: must be a data set",
                "--plan --image-count 1000 | 78 | ours_alpha0.3_s0: batch-size: found 1024: must be at most 1000, the training images",
            })
    void whatIsWrongIsOneLine(String options, int code, String message) {
        assertEquals(code, run(options.split(" ")), err::toString);
        assertTrue(err.toString().contains("grid: " + message), err::toString);
        assertEquals(1, err.toString().lines().count(), err::toString);
        assertEquals("", out.toString());
    }
}
