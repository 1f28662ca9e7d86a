package viewfit.stages.select;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
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
import viewfit.cli.ContractCheck;
import viewfit.cli.StageMain;
import viewfit.core.contract.ExitCode;
import viewfit.core.grid.CellRow;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.Outcome;
import viewfit.core.metrics.Provenance;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.Recipes;
import viewfit.core.select.RankRow;
import viewfit.core.select.Selection;
import viewfit.core.select.TestMetrics;

/** The stage as a user runs it. */
class SelectStageTest {
    private static final Path RECIPES = Path.of(System.getProperty("viewfit.root"), "params/recipes");

    @TempDir
    Path dir;

    private final StringWriter err = new StringWriter();

    @BeforeEach
    void sweep() throws IOException {
        List<CellRow> cells = new ArrayList<>();
        for (String group : List.of("baseline", "ours")) {
            Path recipe = RECIPES.resolve("test-" + group + ".yml");
            String sha256 = Recipes.sha256(Recipes.read(recipe, PretrainRecipe.class));
            cells.add(new CellRow(group + "_s0", group, recipe.getFileName().toString(), "", 0, sha256));
            Path copy = dir.resolve("grid/cells/" + group + "_s0.yml");
            Files.createDirectories(copy.getParent());
            Files.copy(recipe, copy);
        }
        CellRow.TABLE.write(dir.resolve("grid/cells.csv"), Map.of(), cells);
        probe("baseline_s0", .25);
        probe("ours_s0", .5);
    }

    private void probe(String cell, double top1) throws IOException {
        Path folder = Files.createDirectories(dir.resolve("probe").resolve(cell));
        new Metrics(
                        Metrics.SCHEMA,
                        "probe",
                        cell,
                        Outcome.OK,
                        "",
                        Map.of("heldout.linear.top1", top1),
                        Map.of("heldout.images", 8L),
                        new Provenance("", "probe", "train", "net", "", "", 0))
                .write(folder.resolve("metrics.json"));
    }

    private int run(String... more) {
        List<String> args = new ArrayList<>(List.of("--grid=" + dir.resolve("grid"), "--out=" + dir.resolve("out")));
        args.addAll(more.length > 0 ? List.of(more) : List.of("--probes=" + dir.resolve("probe")));
        StringWriter ignored = new StringWriter();
        return StageMain.execute(
                new SelectStage(), new PrintWriter(ignored), new PrintWriter(err), args.toArray(String[]::new));
    }

    @Test
    void keepsItsContract() {
        assertEquals(List.of(), ContractCheck.differences(new SelectStage()));
    }

    @Test
    void writesTheChoiceAndSaysIt() throws IOException {
        assertEquals(0, run(), err::toString);
        Selection selection = Selection.read(dir.resolve("out/selection.json"));
        Selection.Choice choice = selection.choices().get(0);
        assertEquals(
                "dino mobilenet_v2: ours against baseline",
                choice.kind() + ": " + choice.chosen() + " against " + choice.baseline());
        assertEquals(
                List.of("ours", "baseline"),
                RankRow.TABLE.read(dir.resolve("out/selection.csv")).rows().stream()
                        .map(RankRow::group)
                        .toList());
        assertTrue(err.toString().contains("0 of 2 cells without labels have no score"), err::toString);
        assertTrue(
                err.toString()
                        .contains(
                                "dino mobilenet_v2: ours: 50.0 % by heldout.linear.top1, mean of 1, best of 2 candidates"),
                err::toString);
        byte[] first = Files.readAllBytes(dir.resolve("out/selection.json"));
        assertEquals(0, run());
        assertArrayEquals(first, Files.readAllBytes(dir.resolve("out/selection.json")));
    }

    @Test
    void testScoresAreRefused() throws IOException {
        Files.createDirectories(dir.resolve("probe/x"));
        TestMetrics.empty().write(dir.resolve("probe/x/test-metrics.json"));
        assertEquals(ExitCode.BAD_DATA.code(), run());
        assertTrue(err.toString().contains("found scores of the test split"), err::toString);
        Files.move(dir.resolve("probe/x/test-metrics.json"), dir.resolve("probe/x/metrics.json"));
        assertEquals(ExitCode.BAD_DATA.code(), run());
        assertTrue(Files.notExists(dir.resolve("out/selection.json")));
    }

    @Test
    void aFileThatIsNoTextIsNamed() throws IOException {
        Path file = dir.resolve("probe/ours_s0/metrics.json");
        Files.write(file, new byte[] {'{', (byte) 0xff, '}'});
        assertEquals(ExitCode.NO_INPUT.code(), run());
        assertTrue(err.toString().contains(file + ": cannot be read: must be UTF-8 text"), err::toString);
    }

    @Test
    void aChangedRecipeIsRefused() throws IOException {
        Path file = dir.resolve("grid/cells/ours_s0.yml");
        Files.writeString(file, Files.readString(file).replaceFirst("(?m)^seed: 0", "seed: 5"));
        assertEquals(ExitCode.BAD_DATA.code(), run());
        assertTrue(err.toString().contains("as in cells.csv"), err::toString);
    }

    @Test
    void noScoresAreNoInput() {
        assertEquals(ExitCode.NO_INPUT.code(), run("--probes=" + dir.resolve("grid")));
        assertEquals(ExitCode.NO_INPUT.code(), run("--probes=" + dir.resolve("nothing")));
    }
}
