package viewfit.core.grid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.recipe.GridRecipe;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.Recipes;
import viewfit.core.recipe.ViewGroup;

/** Sizes of local views that a grid takes from the data set. */
class AutoSizesTest {
    private static final Path RECIPES = Path.of(System.getProperty("viewfit.root"), "params", "recipes");

    /** Says what it was asked: a hundred times the upper end of the local scale, and a little. */
    private static final LocalSizes BY_SCALE = (recipe, group) -> new LocalSizes.Estimate(
            100 * recipe.views().groups().get(group).scale().high() + 0.2, "of a test");

    private static List<Cell> expand(String recipe, String axes, String set, @Nullable LocalSizes sizes) {
        String yaml = "schema: grid/2\nrecipes: [" + recipe + "]\naxes: " + axes + "\nlinked: []\nseeds: [0, 1]\nset: "
                + set + "\nwhere: []\nshows: []";
        GridRecipe grid = GridFile.parse(yaml, "g.yml");
        return new GridExpander(grid, "g.yml", sizes).expand(List.of(RECIPES)).cells();
    }

    private static int localSize(Cell cell) {
        return cell.recipe().views().groups().get(2).size();
    }

    @Test
    void everyCellGetsItsOwnNumber() {
        List<Cell> cells = expand(
                "test-ours.yml",
                "{views.groups.2.scale.high: [0.14, 0.3], views.groups.2.size: [auto, 24]}",
                "{}",
                BY_SCALE);
        assertEquals(
                List.of("ours_high0.14_size-auto_s0", "ours_high0.14_size-auto_s1", "ours_high0.14_size24_s0"),
                cells.subList(0, 3).stream().map(cell -> cell.row().cell()).toList());
        assertEquals(
                List.of(14, 14, 24, 24, 30, 30, 24, 24),
                cells.stream().map(AutoSizesTest::localSize).toList());
        Cell first = cells.get(0);
        assertEquals(
                "views.groups.2.scale.high=0.14;views.groups.2.size=auto",
                first.row().axes());
        assertEquals(Recipes.sha256(first.recipe()), first.row().sha256());
        assertEquals(first.recipe(), Recipes.parse(first.yaml(), "cell", PretrainRecipe.class));
        assertTrue(
                first.yaml()
                        .contains("\n# views.groups.2.size: auto is 14, from 14.2000: of a test.\nschema: pretrain/1"),
                first::yaml);
        assertFalse(cells.get(2).yaml().contains("auto is"));
    }

    @Test
    void transformersGetWholePatches() {
        LocalSizes near = (recipe, group) -> new LocalSizes.Estimate(119.9, "");
        Cell cell = expand("dino-vit-tiny-ours.yml", "{}", "{views.groups.2.size: auto}", near)
                .get(0);
        assertEquals(112, localSize(cell));
        Cell wider = expand(
                        "dino-vit-tiny-ours.yml",
                        "{}",
                        "{views.groups.2.size: auto}",
                        (recipe, group) -> new LocalSizes.Estimate(120, ""))
                .get(0);
        assertEquals(128, localSize(wider));
    }

    @ParameterizedTest
    @CsvSource({
        "126.4, 1, 126",
        "126.5, 1, 127",
        "2, 1, 8",
        "5000, 1, 1024",
        "7.9, 16, 16",
        "0, 16, 16",
        "1100, 16, 1024"
    })
    void sizesStayWithinWhatARecipeMayHave(double side, int step, int expected) {
        assertEquals(expected, ViewGroup.nearestSize(side, step));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | {views.groups.2.size: auto} | g.yml: test-ours.yml: views.groups[2].size: found auto: must be a number, or give --shapes",
                "{views.groups.2.size: [auto, 24]} | {} | g.yml: test-ours.yml at views.groups.2.size=auto: views.groups[2].size: found auto: must be a number, or give --shapes",
                "{} | {views.groups.0.size: auto} | g.yml: test-ours.yml: views.groups[0].size: found auto: must be a number, only local groups may have auto",
                "{} | {views.groups.2.size: Auto} | views.groups[2].size: found the text 'Auto': must be a whole number",
                "{} | {views.groups.2.size: auto, views.groups.2.count: auto} | views.groups[2].count: found the text 'auto': must be a whole number",
            })
    void whatIsWrongIsSaidInOneLine(String axes, String set, String expected) {
        StageFailure e = assertThrows(StageFailure.class, () -> expand("test-ours.yml", axes, set, null));
        assertEquals(ExitCode.BAD_RECIPE, e.exitCode());
        String message = String.valueOf(e.getMessage());
        assertTrue(message.contains(expected), message);
        assertEquals(1, message.lines().count(), message);
    }

    /** Open sizes of a recipe that the axes replace need no estimate. */
    @Test
    void numbersOnTheAxesReplaceOpenSizes() {
        Cell cell = expand("test-ours.yml", "{views.groups.2.size: [20]}", "{}", null)
                .get(0);
        assertEquals(20, localSize(cell));
    }
}
