package viewfit.core.grid;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import viewfit.core.recipe.PretrainRecipe;

/** Axes that set several keys together, and what holds for some cells only. */
class GridConditionsTest {
    private static final Path RECIPES = Path.of(System.getProperty("viewfit.root"), "params", "recipes");
    private static final String LOW = "views.groups.0.scale.low";
    private static final String SCALES =
            "[{name: scale, values: [{views.groups.0.scale.low: 0.14, views.groups.1.scale.low: 0.14},"
                    + " {views.groups.0.scale.low: 0.2, views.groups.1.scale.low: 0.2}]}]";

    /** A grid of two recipes; keys that are not given are empty. */
    private static Sweep expand(String axes, String linked, String where) {
        return expand("[test-baseline.yml, test-ours.yml]", axes, linked, "{}", where);
    }

    private static Sweep expand(String recipes, String axes, String linked, String set, String where) {
        return expand(recipes, axes, linked, "[0]", set, where);
    }

    private static Sweep expand(String recipes, String axes, String linked, String seeds, String set, String where) {
        String yaml = "schema: grid/2\nrecipes: " + recipes + "\naxes: " + axes + "\nlinked: " + linked + "\nseeds: "
                + seeds + "\nset: " + set + "\nwhere: " + where + "\nshows: []";
        return new GridExpander(GridFile.parse(yaml, "g.yml"), "g.yml", null).expand(List.of(RECIPES));
    }

    private static List<String> names(Sweep sweep) {
        return sweep.cells().stream().map(cell -> cell.row().cell()).toList();
    }

    private static List<String> values(Sweep sweep, String key) {
        return sweep.cells().stream()
                .map(cell -> String.valueOf(cell.values().text(key)))
                .toList();
    }

    @Test
    void aLinkedAxisSetsItsKeysTogether() {
        Sweep sweep = expand("[test-ours.yml]", "{method.alpha: [0.1, 0.4]}", SCALES, "{}", "[]");
        assertEquals(
                List.of(
                        "ours_alpha0.1_scale0.14_s0",
                        "ours_alpha0.1_scale0.2_s0",
                        "ours_alpha0.4_scale0.14_s0",
                        "ours_alpha0.4_scale0.2_s0"),
                names(sweep));
        assertEquals(List.of("0.14", "0.2", "0.14", "0.2"), values(sweep, LOW));
        assertEquals(List.of("0.14", "0.2", "0.14", "0.2"), values(sweep, "views.groups.1.scale.low"));
        assertEquals("method.alpha=0.1;scale=0.14", sweep.cells().get(0).row().axes());
    }

    @Test
    void itsNameHasEachDifferentValue() {
        String sizes =
                "[{name: size-scale, values: [{views.groups.2.size: 24, views.groups.2.scale.high: 0.14, views.groups.0.scale.low: 0.14}]}]";
        assertEquals(List.of("ours_size-scale24-0.14_s0"), names(expand("[test-ours.yml]", "{}", sizes, "{}", "[]")));
        String words = "[{name: weight, values: [{method.alpha: unweighted}, {method.alpha: 0.3}]}]";
        assertEquals(
                List.of("ours_weight-unweighted_s0", "ours_weight0.3_s0"),
                names(expand("[test-ours.yml]", "{}", words, "{}", "[]")));
    }

    @Test
    void cellsAreLeftOut() {
        assertEquals(
                List.of("baseline_alpha0.1_s0", "ours_alpha0.1_s0", "ours_alpha0.4_s0"),
                names(expand(
                        "{method.alpha: [0.1, 0.4]}",
                        "[]",
                        "[{when: {recipe: test-baseline.yml, method.alpha: [0.4, 0.9]}, skip: true}]")));
        assertEquals(
                List.of("baseline_scale0.2_s0", "ours_scale0.2_s0"),
                names(expand("{}", SCALES, "[{when: {scale: 0.14}, skip: true}]")));
    }

    /** The baseline keeps its own alpha and is there once. */
    @Test
    void axesAreTakenAway() {
        Sweep sweep = expand(
                "{method.alpha: [0.1, 0.3]}", "[]", "[{when: {recipe: test-baseline.yml}, without: [method.alpha]}]");
        assertEquals(List.of("baseline_s0", "ours_alpha0.1_s0", "ours_alpha0.3_s0"), names(sweep));
        Cell alone =
                expand("[test-baseline.yml]", "{}", "[]", "{}", "[]").cells().get(0);
        assertEquals(alone.yaml(), sweep.cells().get(0).yaml());
        assertEquals(
                List.of("baseline_alpha0.1_s0", "ours_alpha0.1_scale0.14_s0", "ours_alpha0.1_scale0.2_s0"),
                names(expand(
                        "{method.alpha: [0.1]}", SCALES, "[{when: {recipe: test-baseline.yml}, without: [scale]}]")));
    }

    /** Training with labels has no alpha: only cells that are left need the keys of the axes. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{method.alpha: [0.2, 0.4]} | [{when: {recipe: test-supervised.yml}, without: [method.alpha]}] | supervised_s0 ours_alpha0.2_s0 ours_alpha0.4_s0",
                "{method.alpha: [0.2, 0.4]} | [{when: {recipe: test-supervised.yml}, skip: true}] | ours_alpha0.2_s0 ours_alpha0.4_s0",
                "{method.alpha: [0.2, 0.4]} | [{when: {recipe: test-supervised.yml, method.alpha: 0.2}, skip: true}] |",
                "{method.alpha: [0.2, 0.4]} | [] |",
            })
    void recipesThatLackAKeyMayBeLeftOut(String axes, String where, @Nullable String expected) {
        String recipes = "[test-supervised.yml, test-ours.yml]";
        if (expected != null) {
            assertEquals(List.of(expected.split(" ")), names(expand(recipes, axes, "[]", "{}", where)));
            return;
        }
        StageFailure e = assertThrows(StageFailure.class, () -> expand(recipes, axes, "[]", "{}", where));
        assertTrue(
                String.valueOf(e.getMessage()).startsWith("g.yml: test-supervised.yml: method.alpha: unknown key: "),
                e::getMessage);
    }

    /** Fewer seeds for what matters less. */
    @Test
    void seedsAreLeftOut() {
        assertEquals(
                List.of(
                        "ours_alpha0.1_s0",
                        "ours_alpha0.1_s3",
                        "ours_alpha0.4_s0",
                        "ours_alpha0.4_s2",
                        "ours_alpha0.4_s3"),
                names(expand(
                        "[test-ours.yml]",
                        "{method.alpha: [0.1, 0.4]}",
                        "[]",
                        "[0, 2, 3]",
                        "{}",
                        "[{when: {method.alpha: [0.1, 0.7], seed: 2}, skip: true}]")));
        assertEquals(
                List.of("baseline_s0", "ours_s0", "ours_s1"),
                names(expand(
                        "[test-baseline.yml, test-ours.yml]",
                        "{}",
                        "[]",
                        "[0, 1]",
                        "{}",
                        "[{when: {recipe: test-baseline.yml, seed: [1]}, skip: true}]")));
    }

    /** An entry may set the key of an axis where it was taken away. */
    @Test
    void aFreedKeyMayBeSet() {
        Sweep sweep = expand(
                "{method.alpha: [0.1, 0.3]}",
                "[]",
                "[{when: {recipe: test-baseline.yml}, without: [method.alpha]}, {when: {recipe: test-baseline.yml}, set: {method.alpha: 0.2}}]");
        assertEquals(List.of("baseline_s0", "ours_alpha0.1_s0", "ours_alpha0.3_s0"), names(sweep));
        assertEquals(List.of("0.2", "0.1", "0.3"), values(sweep, "method.alpha"));
    }

    /** Without repetition two of them would be 0.14-0.3; another value at the end renames none. */
    @Test
    void labelsThatClashAreSpeltOut() {
        String[] values = {
            "{views.groups.0.scale.low: 0.14, views.groups.1.scale.low: 0.14, views.groups.2.scale.high: 0.3}",
            "{views.groups.0.scale.low: 0.14, views.groups.1.scale.low: 0.3, views.groups.2.scale.high: 0.3}",
            "{views.groups.0.scale.low: 0.3, views.groups.1.scale.low: 0.3, views.groups.2.scale.high: 0.3}"
        };
        String linked = "[{name: scale, values: [" + String.join(", ", values) + "]}]";
        assertEquals(
                List.of("ours_scale0.14-0.3_s0", "ours_scale0.14-0.3-0.3_s0", "ours_scale0.3_s0"),
                names(expand("[test-ours.yml]", "{}", linked, "{}", "[]")));
        assertEquals(
                List.of("ours_scale0.14-0.3_s0", "ours_scale0.3_s0"),
                names(expand("[test-ours.yml]", "{}", linked, "{}", "[{when: {scale: 0.14-0.3-0.3}, skip: true}]")));
    }

    /** Over what the grid sets for all; conditions do not see each other. */
    @Test
    void keysAreSetForSomeCells() {
        Sweep sweep = expand(
                "[test-baseline.yml, test-ours.yml]",
                "{}",
                "[]",
                "{batch-size: 8}",
                "[{when: {recipe: test-ours.yml}, set: {batch-size: 4, epochs: 2}}, {when: {batch-size: 8}, set: {optimizer.lr: 0.5}}]");
        assertEquals(List.of("baseline_s0", "ours_s0"), names(sweep));
        assertEquals(List.of("8", "4"), values(sweep, "batch-size"));
        assertEquals(List.of("0.5", "0.5"), values(sweep, "optimizer.lr"));
        assertEquals(2, sweep.cells().get(1).recipe().epochs());
    }

    @Test
    void sizesOfTransformersAreWholePatchesOrLeftOut() {
        String sizes = "{views.groups.2.size: [16, 24]}";
        StageFailure e = assertThrows(StageFailure.class, () -> expand("[test-vit.yml]", sizes, "[]", "{}", "[]"));
        assertEquals(
                "g.yml: test-vit.yml at views.groups.2.size=24: views.groups[2].size: found 24: must be a multiple of 16, the patch"
                        + " of vit_tiny, or be left out in where",
                e.getMessage());
        assertEquals(
                List.of("vit_size16_s0", "ours_size16_s0", "ours_size24_s0"),
                names(expand(
                        "[test-vit.yml, test-ours.yml]",
                        sizes,
                        "[]",
                        "{}",
                        "[{when: {backbone.name: vit_tiny, views.groups.2.size: 24}, skip: true}]")));
    }

    /** Both would train the same bits: the first stands for both, with all its seeds. */
    @Test
    void equalRecipesAreOneCell() {
        LocalSizes always24 = (recipe, group) -> new LocalSizes.Estimate(24.1, "of a test");
        String yaml =
                "schema: grid/2\nrecipes: [test-ours.yml]\naxes: {views.groups.2.size: [auto, 20, 24]}\nlinked: []\nseeds: [0, 1]"
                        + "\nset: {}\nwhere: []\nshows: []";
        Sweep sweep = new GridExpander(GridFile.parse(yaml, "g.yml"), "g.yml", always24).expand(List.of(RECIPES));
        assertEquals(
                List.of("ours_size-auto_s0", "ours_size-auto_s1", "ours_size20_s0", "ours_size20_s1"), names(sweep));
        assertEquals(
                List.of(
                        "ours_size24_s0: the same complete recipe as ours_size-auto_s0, which stands for both",
                        "ours_size24_s1: the same complete recipe as ours_size-auto_s1, which stands for both"),
                sweep.twins().stream().map(Twin::line).toList());
        assertEquals(4, sweep.cells().stream().map(Cell::recipe).distinct().count());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | [{name: Scale, values: [{epochs: 2}]}] | [] | linked[0].name: found 'Scale': must be small letters, digits and dashes, a letter first",
                "{} | [{name: epochs, values: [{epochs: 2}]}] | [] | linked[0].name: found epochs, a key of recipes: must be another name",
                "{} | [{name: recipe, values: [{epochs: 2}]}] | [] | linked[0].name: found recipe: must not be recipe, seed, or what cells call another axis",
                "{method.alpha: [1]} | [{name: alpha, values: [{epochs: 2}]}] | [] | linked[0].name: found alpha: must not be recipe",
                "{} | [{name: a, values: [{epochs: 2}]}, {name: a, values: [{batch-size: 2}]}] | [] | linked[1].name: found a: must not be recipe",
                "{epochs: [2]} | [{name: a, values: [{epochs: 2}]}] | [] | linked[0].epochs: found an axis of the same name: must be one or the other",
                "{} | [{name: a, values: [{epochs: 2}]}, {name: b, values: [{epochs: 2}]}] | [] | linked[1].epochs: found a key that linked[0].epochs sets: must be one or the other",
                "{} | [{name: a, values: [{epochs: 2}, {batch-size: 2}]}] | [] | linked[0].values[1]: found batch-size: must set the keys of the first value, epochs",
                "{} | [{name: a, values: [{}]}] | [] | linked[0].values[0]: found no key: must set at least one",
                "{} | [{name: a, values: []}] | [] | linked[0].values: found 0 elements: must have at least 1",
                "{} | [{name: a, values: [{epochs: 2}, {epochs: 2}]}] | [] | linked[0].values: found {epochs=2} twice: values must differ",
                "{} | [{name: a, values: [{seed: 2}]}] | [] | linked[0].seed: found seed: must not be set here, use seeds",
                "{} | [{name: a, values: [{epoch: 2}]}] | [] | test-baseline.yml: epoch: unknown key: did you mean 'epochs'?",
                "{} | [] | [{when: {epochs: 1}}] | where[0]: found a mapping: must be a mapping with one of the keys skip, without, set",
                "{} | [] | [{when: {epochs: 1}, skip: true, set: {epochs: 2}}] | where[0]: found a mapping: must be a mapping with one of the keys",
                "{} | [] | [{when: {epochs: 1}, skip: false}] | where[0].skip: found false: must be true",
                "{} | [] | [{when: {}, skip: true}] | where[0].when: found no key: must name at least one",
                "{} | [] | [{when: {epochs: []}, skip: true}] | where[0].when.epochs: found no value: must have at least one",
                "{} | [] | [{when: {epochs: {a: 1}}, skip: true}] | where[0].when.epochs: found a mapping: must be a value or a list of values",
                "{} | [] | [{when: {epochs: 1}, skip: true, if: 1}] | where[0].if: unknown key",
                "{} | [] | [{when: {recipe: test-bseline.yml}, skip: true}] | where[0].when: found {recipe=test-bseline.yml}, which no cell has: must hold for at least one",
                "{} | [] | [{when: {method.alpah: 1}, skip: true}] | where[0].when.method.alpah: unknown key: must be recipe, the name of a linked axis, or a dotted key of a recipe",
                "{} | [] | [{when: {epochs: 1}, skip: true}] | where: found no cell that is left",
                "{} | [] | [{when: {epochs: 1}, without: [method.alpha]}] | where[0].without: found method.alpha: the grid has no axis",
                "{epochs: [1, 2]} | [] | [{when: {epochs: 1}, without: [epochs]}] | where[0].when.epochs: found an axis that is taken away: must be another key",
                "{epochs: [1, 2]} | [] | [{when: {epochs: 1}, set: {epochs: 3}}] | where[0].set.epochs: found a key of the axis of epochs, which a cell has: must be one that no axis sets there",
                "{optimizer.lr: [1, 2]} | [] | [{when: {optimizer.lr: 1}, set: {optimizer: {a: 3}}}] | where[0].set.optimizer: found a key that overlaps with the axis of optimizer.lr, which a cell has",
                "{optimizer.lr: [1]} | [{name: a, values: [{optimizer: {a: 1}}]}] | [] | linked[0].optimizer: found a key that overlaps with axes.optimizer.lr: must be one or the other",
                "{} | [{name: a, values: [{optimizer: {a: 1}, optimizer.lr: 1}]}] | [] | linked[0].optimizer.lr: found a key that overlaps with linked[0].optimizer: must be",
                "{} | [] | [{when: {epochs: 1}, set: {optimizer.lr: 3}}, {when: {epochs: 1}, set: {optimizer: {a: 4}}}] | where[1].set.optimizer: found a key that overlaps with optimizer.lr, set in the same cell",
                "{} | [] | [{when: {seed: 1}, skip: true}] | where[0].when: found {seed=1}, which no cell has: must hold for at least one",
                "{} | [] | [{when: {seed: 0}, set: {epochs: 2}}] | where[0].when.seed: found seed beside set: must be beside skip",
                "{} | [] | [{when: {epochs: 1}, set: {seed: 3}}] | where[0].set.seed: found seed: must not be set here",
                "{} | [] | [{when: {epochs: 1}, set: {epochs: 3}}, {when: {epochs: 1}, set: {epochs: 4}}] | where[1].set.epochs: found a key that an earlier entry sets",
                "{} | [] | [{when: {epochs: 1}, set: {epoch: 3}}] | test-baseline.yml: epoch: unknown key",
            })
    void whatIsWrongIsSaidInOneLine(String axes, String linked, String where, String message) {
        StageFailure e = assertThrows(StageFailure.class, () -> expand(axes, linked, where));
        assertEquals(ExitCode.BAD_RECIPE, e.exitCode());
        assertTrue(String.valueOf(e.getMessage()).contains("g.yml: " + message), e::getMessage);
        assertEquals(1, String.valueOf(e.getMessage()).lines().count(), e::getMessage);
    }

    @Test
    void anEarlierGridIsToldWhatToAdd() {
        String old = "schema: grid/1\nrecipes: [test-ours.yml]\naxes: {}\nseeds: [0]\nset: {}";
        StageFailure e = assertThrows(StageFailure.class, () -> GridFile.parse(old, "g.yml"));
        assertEquals(ExitCode.BAD_RECIPE, e.exitCode());
        assertEquals(
                "g.yml: schema: found grid/1: must be grid/2, which has the keys linked: [], where: [], shows: [] too: add them",
                e.getMessage());
    }

    /** Each cell is a recipe that can be read back, whatever made it. */
    @Test
    void cellsReadBack() {
        for (Cell cell : expand("{method.alpha: [0.1]}", SCALES, "[{when: {scale: 0.14}, set: {epochs: 2}}]")
                .cells()) {
            assertEquals(
                    cell.recipe(),
                    viewfit.core.recipe.Recipes.parse(cell.yaml(), cell.row().cell(), PretrainRecipe.class));
        }
    }
}
