package viewfit.report.page;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import viewfit.core.grid.GridFile;
import viewfit.core.recipe.GridRecipe;
import viewfit.report.GridResults;
import viewfit.report.SweepTable;
import viewfit.report.results.Results;
import viewfit.report.results.Show;

/** The paper's tables as the grids that come along make them: which row is compared with which, and the paper's numbers beside. */
class PaperTablesTest {
    @TempDir
    Path folder;

    /** {@code row < baseline: paper's percent @ epochs}; a dot where there is nothing. */
    private static List<String> lines(Results results, String measure) {
        Show show = results.shows().get(0);
        SweepTable table = SweepTable.of(results, show);
        PaperNumbers paper = PaperNumbers.of(show.paper());
        List<String> lines = new ArrayList<>();
        for (SweepTable.Row row : table.rows()) {
            SweepTable.Row baseline = table.baselineOf(row);
            double value = paper.value(table, row, measure);
            lines.add(row.label() + " < " + (baseline == null ? "." : baseline.label()) + ": "
                    + (Double.isNaN(value) ? "." : String.format(Locale.ROOT, "%.1f", 100 * value)) + " @ "
                    + paper.epochs(table, row));
        }
        return lines;
    }

    private List<String> grid(String name, String measure) {
        return lines(GridResults.file("papers/" + name + ".yml", folder), measure);
    }

    private List<String> table(String recipes, String axes, String rows, String paper) {
        return lines(GridResults.table(recipes, axes, rows, paper, folder), "linear.top1");
    }

    /** By their views and not by a name. */
    @Test
    void stockRowsOfRecipesOfAnotherNameAreBaselines() {
        GridRecipe grid = GridFile.parse(
                """
                schema: grid/2
                recipes: [imagenette128-moco.yml, imagenette128-swav.yml]
                axes: {}
                linked:
                  - name: variant
                    values:
                      - {method.alpha: unweighted, views.groups.0.scale.low: 0.14, views.groups.1.scale.low: 0.14, views.groups.2.scale.high: 0.14, views.groups.2.size: 27}
                      - {method.alpha: 0.4, views.groups.0.scale.low: 0.3, views.groups.1.scale.low: 0.3, views.groups.2.scale.high: 0.3, views.groups.2.size: 36}
                seeds: [0]
                set: {epochs: 8}
                where: []
                shows: [{id: t, kind: table, rows: [recipe, views.groups.2.size], paper: table2, where: {}}]
                """,
                "test");
        assertEquals(
                List.of(
                        "imagenette128-moco, LC 27 < .: 60.6 @ 200",
                        "imagenette128-moco, LC 36 < imagenette128-moco, LC 27: 61.6 @ 200",
                        "imagenette128-swav, LC 27 < .: 65.2 @ 200",
                        "imagenette128-swav, LC 36 < imagenette128-swav, LC 27: 67.3 @ 200"),
                lines(GridResults.of(grid, folder), "linear.top1"));
    }

    @Test
    void smallGridsFindTheRowsOfThePaper() {
        assertEquals(
                List.of(
                        "imagenette128-moco-baseline < .: 60.6 @ 200",
                        "imagenette128-moco < imagenette128-moco-baseline: 61.6 @ 200",
                        "imagenette128-swav-baseline < .: 65.2 @ 200",
                        "imagenette128-swav < imagenette128-swav-baseline: 67.3 @ 200",
                        "imagenette128-baseline < .: 66.2 @ 200",
                        "imagenette128-ours < imagenette128-baseline: 68.3 @ 200"),
                grid("table2-small", "linear.top1"));
        assertEquals(
                List.of(
                        "imagenette128-moco-baseline < .: 60.6 @ 200",
                        "imagenette128-swav-baseline < .: 65.2 @ 200",
                        "imagenette128-baseline < .: 66.2 @ 200"),
                grid("table1-small", "linear.top1"));
    }

    @Test
    void thePapersOwnGridsFindTheirRows() {
        assertEquals(
                List.of(
                        "supervised-mobilenetv2 < .: 71.9 @ 0",
                        "moco-mobilenetv2-two-view < moco-mobilenetv2-baseline: 53.8 @ 200",
                        "moco-mobilenetv2-baseline < .: 60.6 @ 200",
                        "swav-mobilenetv2-baseline < .: 65.2 @ 200",
                        "dino-mobilenetv2-baseline < .: 66.2 @ 200"),
                grid("table1", "linear.top1"));
        assertEquals(
                List.of(
                        "supervised-mobilenetv2 < .: 90.3 @ 0",
                        "moco-mobilenetv2-baseline < .: 83.3 @ 200",
                        "moco-mobilenetv2-ours < moco-mobilenetv2-baseline: 84.2 @ 200",
                        "swav-mobilenetv2-baseline < .: 85.6 @ 200",
                        "swav-mobilenetv2-ours < swav-mobilenetv2-baseline: 87.2 @ 200",
                        "dino-mobilenetv2-baseline < .: 86.4 @ 200",
                        "dino-mobilenetv2-ours < dino-mobilenetv2-baseline: 87.8 @ 200"),
                grid("table2", "linear.top5"));
    }

    @Test
    void transformersHaveStockViewsOfTheirOwn() {
        assertEquals(
                List.of(
                        "dino-vit-tiny-baseline < .: 66.7 @ 200",
                        "dino-vit-tiny-ours < dino-vit-tiny-baseline: 69.5 @ 200",
                        "dino-vit-small-baseline < .: 75.4 @ 200",
                        "dino-vit-small-ours < dino-vit-small-baseline: 76.1 @ 200"),
                grid("table3-vit", "linear.top1"));
    }

    @ParameterizedTest
    @CsvSource({
        "table3, linear.top1, 71.9 66.2 68.3 69.8 62.2 65.7 73.3 67.7 69.7 76.1 73.4 73.4",
        "table3-small, linear.top1, 66.2 62.2 68.3 65.7",
        "table4, linear.top1, . . . . . . . . .",
        "table4-small, linear.top1, . . . .",
        "table5, linear.top1, 71.9 68.3 68.8 69.8 65.7 66.8 73.3 69.7 70.8",
        "table5-small, linear.top1, 68.3 68.8",
        "table6, 1pct, 47.9 50.6 52.6 44.5 49.8 51.6 52.4 55.2 56.8",
        "table6, 10pct.top5, 84.2 85.8 85.8 82.8 85.5 86.0 86.9 88.4 88.5",
        "table6-small, 1pct, 47.9 50.6 52.6",
        "table6-small, 1pct.top5, 75.1 77.6 78.6",
        "table7, 10pct, 63.0 63.7",
        "table7-small, 1pct, 49.8 51.6"
    })
    void everyTable(String name, String measure, String percents) {
        assertEquals(
                List.of(percents.split(" ")),
                grid(name, measure).stream()
                        .map(line -> line.replaceAll("^.*: (\\S+) @.*$", "$1"))
                        .toList());
    }

    /** One recipe over alpha and size: one row has all values of the paper's, the others are other views. */
    @Test
    void aSweepByOneRecipeHasOneNumberAndNotOneOnEachRow() {
        assertEquals(
                List.of(
                        "\u03B1 0.2, LC 128 < .: . @ 0",
                        "\u03B1 0.2, LC 160 < \u03B1 0.2, LC 128: . @ 0",
                        "\u03B1 0.4, LC 128 < \u03B1 0.2, LC 128: 68.3 @ 200",
                        "\u03B1 0.4, LC 160 < \u03B1 0.2, LC 128: . @ 0",
                        "\u03B1 0.45, LC 128 < \u03B1 0.2, LC 128: . @ 0",
                        "\u03B1 0.45, LC 160 < \u03B1 0.2, LC 128: . @ 0"),
                table(
                        "dino-mobilenetv2-ours",
                        "method.alpha: [0.2, 0.4, 0.45], views.groups.2.size: [128, 160]",
                        "method.alpha, views.groups.2.size",
                        "table2"));
        assertEquals(
                List.of("\u03B1 0.3 < .: . @ 0", "\u03B1 0.4 < \u03B1 0.3: . @ 0"),
                table("dino-mobilenetv2-ours", "method.alpha: [0.3, 0.4]", "method.alpha", "table2"),
                "two rows are the paper's one");
    }

    /** All rows are of a recipe called baseline: the one with the stock views is it, without one the first. */
    @Test
    void aSweepOfTheBaselineItselfHasDifferences() {
        assertEquals(
                List.of(
                        "\u03B1 0.05 < \u03B1 0.142857: . @ 0",
                        "\u03B1 0.142857 < .: 66.2 @ 200",
                        "\u03B1 0.4 < \u03B1 0.142857: . @ 0"),
                table("dino-mobilenetv2-baseline", "method.alpha: [0.05, 0.142857, 0.4]", "method.alpha", "table2"));
        assertEquals(
                List.of("lr 0.1 < .: . @ 0", "lr 0.48 < lr 0.1: . @ 0"),
                table("dino-mobilenetv2-baseline", "optimizer.lr: [0.1, 0.48]", "optimizer.lr", "table2"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // Longer than the paper's table has it: not its number.
                "table2 | 400           | .",
                "table2 | 200, 400      | 68.3 .",
                "table2 | 8             | 68.3",
                "table2 | 8, 16         | . .",
                "table5 | 8, 16         | 68.3 68.8",
                "table5 | 50, 100, 200  | . . 68.3",
                "table5 | 8, 200        | . 68.3",
                "table5 | 8, 16, 32     | . . .",
                "table5 | 8             | ."
            })
    void lengthsAreThePapersOrStandForThemByOrder(String paper, String epochs, String percents) {
        assertEquals(
                List.of(percents.split(" ")),
                table("imagenette128-ours", "epochs: [" + epochs + "]", "epochs", paper).stream()
                        .map(line -> line.replaceAll("^.*: (\\S+) @.*$", "$1"))
                        .toList());
    }
}
