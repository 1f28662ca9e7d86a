package viewfit.core.grid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.recipe.GridRecipe;
import viewfit.core.recipe.OnDivergence;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.Recipes;

class GridExpanderTest {
    private static final Path RECIPES = Path.of(System.getProperty("viewfit.root"), "params", "recipes");
    private static final String BOTH = "[test-baseline.yml, test-ours.yml]";

    private static List<Cell> expand(String recipes, String axes, String seeds, String set) {
        String yaml = "schema: grid/2\nrecipes: " + recipes + "\naxes: " + axes + "\nlinked: []\nseeds: " + seeds
                + "\nset: " + set + "\nwhere: []\nshows: []";
        GridRecipe grid = GridFile.parse(yaml, "g.yml");
        return new GridExpander(grid, "g.yml", null).expand(List.of(RECIPES)).cells();
    }

    private static List<String> names(List<Cell> cells) {
        return cells.stream().map(cell -> cell.row().cell()).toList();
    }

    @Test
    void namesSayWhatDiffersAndNothingElse() {
        assertEquals(
                List.of("baseline_s0", "baseline_s1", "ours_s0", "ours_s1"), names(expand(BOTH, "{}", "[0, 1]", "{}")));
        assertEquals(
                List.of("ours_lr0.03_s1", "ours_lr1e-7_s1", "ours_lr1_s1"),
                names(expand("[test-ours.yml]", "{optimizer.lr: [0.03, 1.0e-7, 1.0]}", "[1]", "{}")));
        assertEquals(
                List.of("ours_alpha0.4_1-size24_2-size24_s0"),
                names(expand(
                                "[test-ours.yml]",
                                "{method.alpha: [0.4], views.groups.1.size: [24], views.groups.2.size: [24]}",
                                "[0]",
                                "{views.groups.0.size: 24}"))
                        .stream()
                        .map(name -> name.replace("groups-", ""))
                        .toList());
        assertEquals(
                List.of("ours_on-divergence-fail_s0"),
                names(expand("[test-ours.yml]", "{on-divergence: [fail]}", "[0]", "{}")));
    }

    @Test
    void cellsAreCompleteRecipesWithTheirValues() {
        List<Cell> cells = expand(BOTH, "{optimizer.lr: [0.1, 0.2]}", "[3, 4]", "{on-divergence: record}");
        assertEquals(8, cells.size());
        for (Cell cell : cells) {
            PretrainRecipe read = Recipes.parse(cell.yaml(), cell.row().cell(), PretrainRecipe.class);
            assertEquals(cell.recipe(), read);
            assertEquals(cell.row().seed(), read.seed());
            assertEquals("optimizer.lr=" + read.optimizer().lr(), cell.row().axes());
            assertEquals(OnDivergence.RECORD, read.onDivergence());
            assertEquals(Recipes.sha256(read), cell.row().sha256());
            assertEquals(cell.row().cell(), cell.row().group() + "_s" + read.seed());
        }
        assertEquals(8, new HashSet<>(names(cells)).size());
        assertEquals(8, cells.stream().map(c -> c.row().sha256()).distinct().count());
    }

    @Test
    void anotherCellLeavesTheOthersAsTheyAre() {
        Map<String, String> before = bytes(expand("[test-ours.yml]", "{optimizer.lr: [0.1]}", "[0]", "{}"));
        for (List<Cell> more : List.of(
                expand("[test-ours.yml]", "{optimizer.lr: [0.05, 0.1]}", "[0]", "{}"),
                expand("[test-ours.yml]", "{optimizer.lr: [0.1]}", "[1, 0]", "{}"),
                expand(BOTH, "{optimizer.lr: [0.1]}", "[0]", "{}"))) {
            Map<String, String> after = bytes(more);
            assertEquals(2, after.size());
            before.forEach((name, yaml) -> assertEquals(yaml, after.get(name), name));
        }
    }

    private static Map<String, String> bytes(List<Cell> cells) {
        return cells.stream().collect(Collectors.toMap(cell -> cell.row().cell(), Cell::yaml));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[test-ours.yml] | {optimizer.lrr: [0.1]} | [0] | {} | test-ours.yml: optimizer.lrr: unknown key: did you mean 'lr'?",
                "[test-ours.yml] | {views.groups.7.size: [24]} | [0] | {} | views.groups.7: unknown key: allowed are 0, 1, 2",
                "[test-ours.yml] | {method.alpha: [1.4]} | [0] | {} | test-ours.yml at method.alpha=1.4: method.alpha: found 1.4",
                "[test-ours.yml] | {method.alpha: [high]} | [0] | {} | method.alpha: found the text 'high': must be >= 0 and <= 1, or the word unweighted",
                "[test-ours.yml] | {method.alpha: []} | [0] | {} | axes.method.alpha: found no value",
                "[test-ours.yml] | {method.alpha: [1, 1.0]} | [0] | {} | axes.method.alpha: found 1",
                "[test-ours.yml] | {backbone.name: [a_b, a b]} | [0] | {} | axes.backbone.name: found 'a_b' and 'a b', in cell names both '-a-b'",
                "[test-ours.yml] | {backbone.name: [resnet51]} | [0] | {} | backbone.name: found 'resnet51'",
                "[test-ours.yml] | {} | [0, 0] | {} | seeds: found 0 twice",
                "[test-ours.yml] | {} | [] | {} | seeds: found 0 elements: must have at least 1",
                "[test-ours.yml] | {seed: [1]} | [0] | {} | axes.seed: found seed: must not be set here, use seeds",
                "[test-ours.yml] | {method.alpha: [0.1]} | [0] | {method.alpha: 0.2} | set.method.alpha: found an axis",
                "[test-ours.yml, test-ours.yml] | {} | [0] | {} | recipes: found test-ours.yml twice",
                "[test-ours.yml, demo-ours.yml] | {} | [0] | {} | found cell ours_s0 twice, from test-ours.yml and demo-ours.yml",
                "[test-probe.yml] | {} | [0] | {} | unknown key",
                "[test-ours.yml] | {} | [0.5] | {} | seeds[0]: found 0.5: must be a whole number",
            })
    void refusesBeforeAnythingIsTrained(String recipes, String axes, String seeds, String set, String message) {
        StageFailure e = assertThrows(StageFailure.class, () -> expand(recipes, axes, seeds, set));
        assertEquals(ExitCode.BAD_RECIPE, e.exitCode());
        assertTrue(String.valueOf(e.getMessage()).contains(message), e::getMessage);
    }

    @Test
    void aRecipeThatIsNowhereIsNoInput() {
        StageFailure e = assertThrows(StageFailure.class, () -> expand("[nowhere.yml]", "{}", "[0]", "{}"));
        assertEquals(ExitCode.NO_INPUT, e.exitCode());
    }
}
