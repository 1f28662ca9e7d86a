package viewfit.core.grid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.metrics.Provenance;
import viewfit.core.recipe.GridRecipe;
import viewfit.core.recipe.Recipes;

/** What a grid says it shows, held to its cells. */
class ShowsTest {
    private static final Path RECIPES = Path.of(System.getProperty("viewfit.root"), "params", "recipes");
    private static final Provenance PROVENANCE = new Provenance("1", "abc", "", "", "", "", 0);

    private static Shows shows(String entries) {
        String yaml =
                """
                schema: grid/2
                recipes: [test-baseline.yml, test-ours.yml]
                axes: {method.alpha: [0.142857, 0.3]}
                linked: [{name: length, values: [{epochs: 1}, {epochs: 2}]}]
                seeds: [0]
                set: {}
                where: [{when: {recipe: test-baseline.yml}, without: [length]}]
                shows:
                """
                        + entries;
        GridRecipe grid = GridFile.parse(yaml, "g.yml");
        assertEquals(grid, GridFile.parse(Recipes.toYaml(grid), "written"));
        Sweep sweep = new GridExpander(grid, "g.yml", null).expand(List.of(RECIPES));
        return Shows.of(grid, "g.yml", sweep, false, PROVENANCE);
    }

    /** Of a sweep over sizes, two of which are one: {@code auto} comes to 24, and to 43 at another scale. */
    private static Shows.Show open(boolean invented, String entry) {
        String yaml =
                """
                schema: grid/2
                recipes: [test-ours.yml]
                axes: {views.groups.2.scale.high: [0.14, 0.3]}
                linked: [{name: side, values: [{views.groups.2.size: auto}, {views.groups.2.size: 20}, {views.groups.2.size: 24}]}]
                seeds: [0]
                set: {}
                where: []
                shows:
                """
                        + "  - " + entry;
        GridRecipe grid = GridFile.parse(yaml, "g.yml");
        LocalSizes sizes = (recipe, group) -> new LocalSizes.Estimate(
                recipe.views().groups().get(group).scale().high() > 0.2 ? 43 : 24, "of a test");
        Sweep sweep = new GridExpander(grid, "g.yml", sizes).expand(List.of(RECIPES));
        assertEquals(1, sweep.twins().size());
        return Shows.of(grid, "g.yml", sweep, invented, PROVENANCE).shows().get(0);
    }

    /** What stands for two combinations is found under the values of both, and of a size under auto too. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{side: 24} | ours_high0.14_side-auto_s0 ours_high0.3_side24_s0",
                "{side: [24], views.groups.2.scale.high: 0.14} | ours_high0.14_side-auto_s0",
                "{side: auto} | ours_high0.14_side-auto_s0 ours_high0.3_side-auto_s0",
                "{views.groups.2.size: 24} | ours_high0.14_side-auto_s0 ours_high0.3_side24_s0",
                "{views.groups.2.size: [auto, 20]} | ours_high0.14_side-auto_s0 ours_high0.14_side20_s0 ours_high0.3_side-auto_s0 ours_high0.3_side20_s0",
            })
    void oneCellStandsForTwo(String where, String cells) {
        String entry = "{id: a, kind: table, rows: [side], paper: '', where: " + where + "}";
        assertEquals(List.of(cells.split(" ")), open(false, entry).cells());
    }

    /** As the report reads x: the number that auto comes to, the name of the cell that is left; none where there are several. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "views.groups.2.size | auto | {views.groups.2.scale.high: 0.14} | '24'",
                "views.groups.2.size | auto | {} | ''",
                "views.groups.2.size | 20 | {} | '20'",
                "side | auto | {} | 'auto'",
                "side | 24 | {views.groups.2.scale.high: 0.14} | 'auto'",
                "side | 24 | {} | '24'",
            })
    void theUsualValueMayBeOpen(String x, String usual, String where, String expected) {
        String entry = "{id: a, kind: figure, x: " + x + ", lines: [], default: " + usual + ", paper: '', where: "
                + where + "}";
        assertEquals(expected, open(false, entry).default_());
    }

    /** Before the pictures are known a size of auto may become any. */
    @Test
    void inventedSizesAreHeldAgainstNothing() {
        String figure =
                "{id: a, kind: figure, x: views.groups.2.size, lines: [], default: 37, paper: '', where: {views.groups.2.size: [37, 20]}}";
        assertEquals(4, open(true, figure).cells().size());
        StageFailure e = assertThrows(StageFailure.class, () -> open(false, figure));
        assertTrue(
                String.valueOf(e.getMessage())
                        .contains("shows[0].default: found 37: must be a value of x, 20, or null"),
                e::getMessage);
        String scale = "{id: a, kind: table, rows: [side], paper: '', where: {views.groups.2.scale.high: 0.2}}";
        assertThrows(StageFailure.class, () -> open(true, scale));
    }

    @Test
    void eachNamesItsCells(@TempDir Path dir) throws IOException {
        Shows shows = shows(
                """
                  - {id: right, kind: figure, x: method.alpha, lines: [recipe, epochs], default: 0.142857, paper: '', where: {recipe: test-ours.yml}}
                  - {id: plain, kind: figure, x: epochs, lines: [], default: null, paper: '', where: {}}
                  - {id: table2, kind: table, rows: [recipe, length], paper: table2, where: {method.alpha: [0.3, 0.7]}}
                """);
        assertEquals(
                List.of(
                        "ours_alpha0.142857_length1_s0",
                        "ours_alpha0.142857_length2_s0",
                        "ours_alpha0.3_length1_s0",
                        "ours_alpha0.3_length2_s0"),
                shows.shows().get(0).cells());
        assertEquals(6, shows.shows().get(1).cells().size());
        assertEquals(
                List.of("baseline_alpha0.3_s0", "ours_alpha0.3_length1_s0", "ours_alpha0.3_length2_s0"),
                shows.shows().get(2).cells());
        Path file = dir.resolve("shows.json");
        shows.write(file);
        assertEquals(shows, Shows.read(file));
        String text = Files.readString(file);
        assertTrue(text.contains("\"schema\": \"shows/1\""), text);
        assertTrue(text.contains("\"default\": \"0.142857\""), text);
        assertTrue(text.contains("\"default\": \"\""), text);
        assertTrue(text.contains("\"x\": \"method.alpha\""), text);
        assertTrue(text.contains("\"kind\": \"table\""), text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{id: a, kind: chart} | shows[0].kind: found the text 'chart': must be one of figure, table",
                "{id: a, kind: figure, x: epochs, lines: [], paper: '', where: {}} | shows[0].default: missing",
                "{id: a, kind: figure, x: epochs, lines: [], default: {b: 1}, paper: '', where: {}} | shows[0].default: found a mapping or list: must be a value of x, or null",
                "{id: A, kind: table, rows: [recipe], paper: '', where: {}} | shows[0].id: found 'A': must be small letters, digits and dashes",
                "{id: means, kind: table, rows: [recipe], paper: '', where: {}} | shows[0].id: found 'means', whose file 'means' every report has: must make none of accuracy, cost, ",
                "{id: selection, kind: table, rows: [recipe], paper: '', where: {}} | shows[0].id: found 'selection', whose",
                "{id: views-a, kind: table, rows: [recipe], paper: '', where: {}} | shows[0].id: found 'views-a', whose",
                "{id: retrieval, kind: figure, x: epochs, lines: [], default: null, paper: '', where: {}} | shows[0].id: found 'retrieval', whose file 'retrieval-linear' every",
                "{id: a, kind: table, rows: [recipe], paper: table10, where: {}} | shows[0].paper: found 'table10': must be table1 to table9",
                "{id: a, kind: table, rows: [], paper: '', where: {}} | shows[0].rows: found 0 elements: must have at least 1",
                "{id: a, kind: table, rows: [recipes], paper: '', where: {}} | shows[0].rows: found recipes: unknown key: must be recipe, the name of a linked axis",
                "{id: a, kind: figure, x: method.alpah, lines: [], default: null, paper: '', where: {}} | shows[0].x: found method.alpah: unknown key",
                "{id: a, kind: figure, x: length, lines: [], default: null, paper: '', where: {}} | shows[0].x: found length, which cell baseline_alpha0.142857_s0 has not: must be a key of all its cells",
                "{id: a, kind: figure, x: epochs, lines: [lenght], default: null, paper: '', where: {}} | shows[0].lines: found lenght: unknown key",
                "{id: a, kind: figure, x: method.alpha, lines: [], default: 0.143, paper: '', where: {}} | shows[0].default: found 0.143: must be a value of x, 0.142857, 0.3, or null",
                "{id: a, kind: table, rows: [recipe], paper: '', where: {epochs: 7}} | shows[0].where: found {epochs=7}, which no cell has",
                "{id: a, kind: table, rows: [recipe], paper: '', where: {epoch: 1}} | shows[0].where.epoch: found epoch: unknown key",
            })
    void whatIsWrongIsSaidWithItsPlace(String entry, String message) {
        StageFailure e = assertThrows(StageFailure.class, () -> shows("  - " + entry));
        assertEquals(ExitCode.BAD_RECIPE, e.exitCode());
        assertTrue(String.valueOf(e.getMessage()).contains("g.yml: " + message), e::getMessage);
    }

    @Test
    void namesAreTheirOwn() {
        String entry = "  - {id: a, kind: table, rows: [recipe], paper: '', where: {}}\n";
        StageFailure e = assertThrows(StageFailure.class, () -> shows(entry + entry));
        assertTrue(String.valueOf(e.getMessage()).contains("shows: found a twice"), e::getMessage);
    }

    /** A figure makes files for each way to score; its own name alone is none of them. */
    @Test
    void soAreThoseOfTheirFiles() {
        String figure = "  - {id: %s, kind: figure, x: epochs, lines: [], default: null, paper: '', where: {}}\n";
        assertEquals(1, shows(figure.formatted("cost")).shows().size());
        String table = "  - {id: a-knn, kind: table, rows: [recipe], paper: '', where: {}}\n";
        StageFailure e = assertThrows(StageFailure.class, () -> shows(table + figure.formatted("a")));
        assertTrue(String.valueOf(e.getMessage()).contains("shows: found a-knn twice"), e::getMessage);
    }
}
