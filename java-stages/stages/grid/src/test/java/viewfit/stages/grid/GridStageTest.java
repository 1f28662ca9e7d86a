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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.cli.ContractCheck;
import viewfit.cli.StageMain;
import viewfit.core.data.Shapes;
import viewfit.core.grid.CellRow;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.Recipes;

/** The stage as a user runs it: files, exit codes and the one line on stderr. */
class GridStageTest {
    private static final Path PARAMS = Path.of(System.getProperty("viewfit.root"), "params");

    @TempDir
    Path dir;

    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        List<String> all = new ArrayList<>(List.of("--out", dir.resolve("out").toString()));
        all.addAll(List.of(args));
        StringWriter ignored = new StringWriter();
        return StageMain.execute(
                new GridStage(), new PrintWriter(ignored), new PrintWriter(err), all.toArray(new String[0]));
    }

    private int grid(Path file) {
        return run(
                "--grid",
                file.toString(),
                "--recipes",
                PARAMS.resolve("recipes").toString());
    }

    private List<String> cells() throws IOException {
        try (Stream<Path> list = Files.list(dir.resolve("out/cells"))) {
            return list.map(path -> String.valueOf(path.getFileName())).sorted().toList();
        }
    }

    @Test
    void keepsItsContract() {
        assertEquals(List.of(), ContractCheck.differences(new GridStage()));
    }

    @Test
    void writesOneCompleteRecipePerCell() throws IOException {
        assertEquals(0, grid(PARAMS.resolve("grids/demo.yml")), err::toString);
        List<CellRow> rows = CellRow.TABLE.read(dir.resolve("out/cells.csv")).rows();
        assertEquals(rows.stream().map(row -> row.cell() + ".yml").sorted().toList(), cells());
        for (CellRow row : rows) {
            PretrainRecipe recipe =
                    Recipes.read(dir.resolve("out/cells").resolve(row.cell() + ".yml"), PretrainRecipe.class);
            assertEquals(row.sha256(), Recipes.sha256(recipe));
            assertEquals(row.seed(), recipe.seed());
        }
    }

    /** Before a data set is read: what is wrong is said as later, what is right leaves no trace. */
    @Test
    void aCheckWritesNothingAndNeedsNoShapes() throws IOException {
        Path grid = dir.resolve("grid.yml");
        Files.writeString(
                grid,
                """
                schema: grid/2
                recipes: [demo-ours.yml]
                linked: []
                seeds: [0]
                set: {}
                where: []
                shows: []
                axes:
                  views.groups.2.size: [auto, 64]
                """);
        String[] check = {"--check-only", "--grid", grid.toString(), "--recipes", PARAMS + "/recipes"};
        assertEquals(0, run(check), err::toString);
        assertFalse(Files.exists(dir.resolve("out")));
        assertEquals(78, grid(grid), "without --check-only and --shapes");
        assertEquals(0, grid(PARAMS.resolve("grids/demo.yml")), err::toString);
        List<String> before = cells();
        Files.writeString(grid, Files.readString(grid).replace("64", "-64"));
        err.getBuffer().setLength(0);
        assertEquals(78, run(check));
        assertEquals(1, err.toString().lines().count(), err::toString);
        assertEquals(before, cells());
        assertTrue(Files.exists(dir.resolve("out/cells.csv")));
    }

    /** The report would refuse it when all has been trained. */
    @Test
    void aNameOfTheReportIsRefusedByTheCheck() throws IOException {
        Path grid = dir.resolve("grid.yml");
        String shows = "shows: [{id: selection, kind: table, rows: [recipe], paper: '', where: {}}]";
        Files.writeString(
                grid, Files.readString(PARAMS.resolve("grids/demo.yml")).replace("shows: []", shows));
        assertEquals(78, run("--check-only", "--grid", grid.toString(), "--recipes", PARAMS + "/recipes"));
        assertEquals(1, err.toString().lines().count(), err::toString);
        assertTrue(
                err.toString()
                        .contains(grid + ": shows[0].id: found 'selection', whose file 'selection' every report has"),
                err::toString);
    }

    @Test
    void aSecondRunLeavesNoCellOfTheFirst() throws IOException {
        assertEquals(0, grid(PARAMS.resolve("grids/demo.yml")));
        assertEquals(0, grid(PARAMS.resolve("grids/test.yml")));
        assertEquals(CellRow.TABLE.read(dir.resolve("out/cells.csv")).rows().size(), cells().size());
    }

    @Test
    void wrongInputIsReportedAndLeavesNothing() throws IOException {
        Path grid = dir.resolve("g.yml");
        Files.writeString(grid, "schema: grid/2\nrecipes: [demo-ours.yml]\naxis: {}\nseeds: [0]\nset: {}\n");
        assertEquals(78, grid(grid));
        assertTrue(err.toString().contains("g.yml: axis: unknown key: did you mean 'axes'?"), err::toString);
        assertEquals(66, grid(dir.resolve("nowhere.yml")));
        assertEquals(
                66,
                run(
                        "--grid",
                        grid.toString(),
                        "--recipes",
                        dir.resolve("nowhere").toString()));
        assertEquals(64, run("--grid", grid.toString(), "--recip", "x"));
        assertFalse(Files.exists(dir.resolve("out")));
    }

    /** The auto recipe on its own grid, over these picture sizes. */
    private int auto(Shapes shapes) {
        shapes.write(dir.resolve("shapes.csv"), Map.of());
        return run(
                "--grid",
                PARAMS.resolve("grids/imagenette128-auto.yml").toString(),
                "--recipes",
                PARAMS.resolve("recipes").toString(),
                "--shapes",
                dir.resolve("shapes.csv").toString());
    }

    private PretrainRecipe cell(String name) {
        return Recipes.read(dir.resolve("out/cells").resolve(name + ".yml"), PretrainRecipe.class);
    }

    @Test
    void sizesAreTakenFromThePicturesOfTheDataSet() throws IOException {
        Shapes square = new Shapes(List.of(new Shapes.Row(128, 128, 9469)));
        assertEquals(0, auto(square), err::toString);
        assertEquals(List.of("auto_size-auto_s0.yml", "auto_size36_s0.yml"), cells());
        // 64 / 224 of the 122.0 pixels that table A.4 of the specification has for squares at scale 0.3.
        assertEquals(35, cell("auto_size-auto_s0").views().groups().get(2).size());
        assertEquals(36, cell("auto_size36_s0").views().groups().get(2).size());
        assertTrue(err.toString().contains("grid: auto_size-auto_s0: views.groups.2.size: auto is 35, from 34.8"));
        Path file = dir.resolve("out/cells/auto_size-auto_s0.yml");
        String before = Files.readString(file);
        String source = "shapes " + square.sha256().substring(0, 12);
        assertTrue(before.lines().toList().get(1).contains(source), before);

        // The same rows from another code: the same bytes. Other pictures: another number.
        assertEquals(0, auto(new Shapes(square.rows())));
        assertEquals(before, Files.readString(file));
        assertEquals(0, auto(new Shapes(List.of(new Shapes.Row(500, 375, 1)))));
        assertEquals(36, cell("auto_size-auto_s0").views().groups().get(2).size());
        assertEquals(0, auto(new Shapes(List.of(new Shapes.Row(900, 300, 1)))));
        assertTrue(cell("auto_size-auto_s0").views().groups().get(2).size() > 40);
    }

    @Test
    void openSizesWithoutPicturesAreRefused() throws IOException {
        assertEquals(78, grid(PARAMS.resolve("grids/imagenette128-auto.yml")));
        assertTrue(
                err.toString().contains("views.groups[2].size: found auto: must be a number, or give --shapes"),
                err::toString);
        assertEquals(65, auto(new Shapes(List.of())));
        assertTrue(err.toString().contains("shapes.csv: found no picture size: must have at least 1"), err::toString);
        assertFalse(Files.exists(dir.resolve("out")));
    }

    @Test
    void eachSetOfViewsIsNamedOnce() throws IOException {
        Path grid = dir.resolve("g.yml");
        Files.writeString(
                grid,
                """
                schema: grid/2
                recipes: [test-baseline.yml, test-ours.yml]
                axes: {optimizer.lr: [0.1, 0.2]}
                linked: []
                seeds: [0, 1]
                set: {}
                where: []
                shows: []
                """);
        assertEquals(0, grid(grid), err::toString);
        assertEquals(8, cells().size());
        try (Stream<Path> list = Files.list(dir.resolve("out/views"))) {
            List<Path> views = list.sorted().toList();
            assertEquals(
                    List.of("baseline_lr0.1_s0.yml", "ours_lr0.1_s0.yml"),
                    views.stream()
                            .map(path -> String.valueOf(path.getFileName()))
                            .toList());
            for (Path file : views) {
                assertEquals(
                        Files.readString(dir.resolve("out/cells").resolve(file.getFileName())), Files.readString(file));
            }
        }
    }

    @Test
    void aStubRunHasACellForTheStagesAfterIt() throws IOException {
        assertEquals(0, run("--stub"), err::toString);
        assertEquals(List.of("stub_s0.yml"), cells());
    }
}
