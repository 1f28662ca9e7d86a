package viewfit.report.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import viewfit.report.SweepTable;
import viewfit.report.results.Cell;
import viewfit.report.results.CellResult;
import viewfit.report.results.Show;

/** Rows of one's own find those of the paper: numbers as printed there, in percent. */
class PaperNumbersTest {
    private static CellResult cell(String recipe, String method, String backbone, String epochs, String alpha) {
        return new CellResult(
                new Cell(recipe + "_s0", recipe, recipe, 0, Map.of(), ""),
                null,
                null,
                Map.of(),
                null,
                null,
                null,
                null,
                null,
                null,
                Map.of("method.name", method, "backbone.name", backbone, "epochs", epochs, "method.alpha", alpha),
                null,
                Map.of(),
                null,
                null);
    }

    private static SweepTable table(CellResult... cells) {
        return new SweepTable(
                new Show("t", true, "", List.of(), "", List.of("recipe"), "", List.of()),
                List.of(),
                List.of(cells).stream()
                        .map(cell -> new SweepTable.Row(cell.cell().id(), List.of(cell), -1))
                        .toList());
    }

    @ParameterizedTest
    @CsvSource({
        "table1, dino-mobilenetv2-baseline, dino, mobilenet_v2, 66.2",
        "table1, moco-mobilenetv2-two-view, moco, mobilenet_v2, 53.8",
        "table1, moco-mobilenetv2-baseline, moco, mobilenet_v2, 60.6",
        "table1, supervised-mobilenetv2, supervised, mobilenet_v2, 71.9",
        "table2, swav-mobilenetv2-ours, swav, mobilenet_v2, 67.3",
        "table2, moco-mobilenetv2-baseline, moco, mobilenet_v2, 60.6",
        "table2, dino-mobilenetv2-ours, dino, mobilenet_v2, 68.3",
        "table2, dino-resnet18-ours, dino, resnet18, ",
        "table3, dino-resnet18-baseline, dino, resnet18, 62.2",
        "table3, dino-vit-tiny-ours, dino, vit_tiny, 69.5",
        "table3, dino-vit-small-baseline, dino, vit_small, 75.4",
        "table3, supervised-resnet50, supervised, resnet50, 76.1",
        "table3, swav-mobilenetv2-ours, swav, mobilenet_v2, ",
        "table4, dino-mobilenetv2-ours, dino, mobilenet_v2, ",
        "table5, dino-resnet34-ours, dino, resnet34, 69.7",
        "table5, supervised-resnet34, supervised, resnet34, 73.3"
    })
    void linearProbe(String table, String recipe, String method, String backbone, String percent) {
        SweepTable own = table(cell(recipe, method, backbone, "200", "0.2"));
        double value = PaperNumbers.of(table).value(own, own.rows().get(0), "linear.top1");
        assertEquals(percent == null ? Double.NaN : Double.parseDouble(percent) / 100, value, 1e-12);
    }

    @Test
    void fifthOfTopFiveAndFewLabels() {
        SweepTable own = table(cell("dino-resnet18-ours", "dino", "resnet18", "200", "0.4"));
        SweepTable.Row row = own.rows().get(0);
        assertEquals(0.866, PaperNumbers.of("table3").value(own, row, "linear.top5"), 1e-12);
        assertEquals(0.498, PaperNumbers.of("table6").value(own, row, "1pct"), 1e-12);
        assertEquals(0.630, PaperNumbers.of("table6").value(own, row, "10pct"), 1e-12);
        assertEquals(0.498, PaperNumbers.of("table7").value(own, row, "1pct"), 1e-12);
        assertEquals(Double.NaN, PaperNumbers.of("table3").value(own, row, "knn.top1"));
    }

    /** By the epochs if the paper has these, else by which of one's own is the longer. */
    @Test
    void ofTwoLengthsTheOneOfTheSameEpochsOrRank() {
        SweepTable paper = table(cell("dino-mobilenetv2-ours-400ep", "dino", "mobilenet_v2", "400", "0.4"));
        PaperNumbers numbers = PaperNumbers.of("table5");
        assertEquals(0.688, numbers.value(paper, paper.rows().get(0), "linear.top1"), 1e-12);
        SweepTable small = table(
                cell("long-ours", "dino", "mobilenet_v2", "16", "0.4"),
                cell("short-ours", "dino", "mobilenet_v2", "8", "0.4"),
                cell("longest-ours", "dino", "mobilenet_v2", "32", "0.4"));
        assertEquals(0.688, numbers.value(small, small.rows().get(0), "linear.top1"), 1e-12);
        assertEquals(0.683, numbers.value(small, small.rows().get(1), "linear.top1"), 1e-12);
        assertEquals(Double.NaN, numbers.value(small, small.rows().get(2), "linear.top1"));
    }

    @Test
    void aRecipeOfAnotherNameIsOursByItsAlpha() {
        SweepTable own = table(
                cell("imagenette128-swav", "swav", "mobilenet_v2", "8", "0.4"),
                cell("mine", "swav", "mobilenet_v2", "8", "0.142857"));
        PaperNumbers numbers = PaperNumbers.of("table2");
        assertEquals(0.673, numbers.value(own, own.rows().get(0), "linear.top1"), 1e-12);
        assertEquals(Double.NaN, numbers.value(own, own.rows().get(1), "linear.top1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"table4", "table8", "table9", ""})
    void detectorsHaveNothingToPutBesideAProbe(String table) {
        assertTrue(PaperNumbers.of(table).isEmpty());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9})
    void everyTableIsThereAndFoldedUnderTheRows(int n) {
        assertTrue(PaperNumbers.csv("table" + n).rows().size() >= 4);
        assertTrue(PaperSection.beside("table" + n).startsWith("<details><summary>Table " + n + " of the paper: "));
        assertEquals(
                Path.of("paper/table" + n + ".csv"),
                PaperNumbers.csv("table" + n).file());
    }
}
