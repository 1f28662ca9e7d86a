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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.cli.ContractCheck;
import viewfit.cli.StageMain;
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

    @Test
    void aSecondRunLeavesNoCellOfTheFirst() throws IOException {
        assertEquals(0, grid(PARAMS.resolve("grids/demo.yml")));
        assertEquals(0, grid(PARAMS.resolve("grids/test.yml")));
        assertEquals(CellRow.TABLE.read(dir.resolve("out/cells.csv")).rows().size(), cells().size());
    }

    @Test
    void wrongInputIsReportedAndLeavesNothing() throws IOException {
        Path grid = dir.resolve("g.yml");
        Files.writeString(grid, "schema: grid/1\nrecipes: [demo-ours.yml]\naxis: {}\nseeds: [0]\nset: {}\n");
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

    @Test
    void aStubRunHasACellForTheStagesAfterIt() throws IOException {
        assertEquals(0, run("--stub"), err::toString);
        assertEquals(List.of("stub_s0.yml"), cells());
    }
}
