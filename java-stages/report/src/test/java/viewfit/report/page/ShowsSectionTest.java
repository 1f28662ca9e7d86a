package viewfit.report.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.contract.StageFailure;
import viewfit.report.FakeGrid;
import viewfit.report.FakeSweep;
import viewfit.report.results.ResultReader;
import viewfit.report.results.ResultTable;
import viewfit.report.results.Results;
import viewfit.report.values.MeanSd;
import viewfit.report.values.Text;

/** What a sweep shows, as it stands on the page and in the files beside it. */
class ShowsSectionTest {
    private static final String TABLE =
            "{\"id\":\"table2\",\"kind\":\"table\",\"x\":\"\",\"lines\":[],\"default\":null,\"paper\":\"table2\","
                    + "\"rows\":[\"recipe\"],\"cells\":[\"dino-baseline-s0\",\"dino-baseline-s1\",\"dino-ours-s0\","
                    + "\"dino-ours-s1\",\"dino-hot-s0\",\"dino-hot-s1\"]}";

    @TempDir
    Path folder;

    private String html(Results results) {
        return ShowsSection.html(results, new Outputs(folder.resolve("out")));
    }

    private Results sweep(String show) throws IOException {
        FakeSweep sweep = new FakeSweep(folder);
        Path cells = sweep.write();
        Files.createDirectories(sweep.inputs().resolve("grid"));
        Files.writeString(
                sweep.inputs().resolve("grid/shows.json"),
                "{\"schema\":\"shows/1\",\"provenance\":{},\"shows\":[" + show + "]}");
        return ResultReader.read(cells, List.of(sweep.inputs()));
    }

    @Test
    void aFigureHasItsFilesItsNumbersAndItsWords() throws IOException {
        FakeGrid grid = new FakeGrid(folder).write();
        String html = html(ResultReader.read(null, List.of(grid.inputs())));
        for (String file : List.of(
                "figures/local-size-linear.png",
                "figures/local-size-linear.svg",
                "figures/local-size-knn.png",
                "figures/local-size-knn.svg",
                "tables/local-size-linear.csv",
                "tables/local-size-knn.csv",
                "tables/crops.csv")) {
            assertTrue(Files.isRegularFile(folder.resolve("out").resolve(file)), file);
            assertTrue(html.contains("href=\"" + file + "\""), file);
        }
        assertTrue(html.contains("Mean over seeds (n = 2 to 3); bars: one standard deviation either side."));
        assertTrue(html.contains("Dashed ring: the default, 96."));
        assertTrue(html.contains("Solid ring: best mean, Sl 0.14: 103; Sl 0.3: 128."));
        assertTrue(html.contains("Not shown: " + FakeGrid.cell(128, "0.3", 2) + " (no result)."));
        assertTrue(html.contains("Plot only: the paper published no numbers of this figure."));
        MeanSd mean = MeanSd.of(List.of(
                FakeGrid.linear(64, "0.14", 0), FakeGrid.linear(64, "0.14", 1), FakeGrid.linear(64, "0.14", 2)));
        assertTrue(html.contains("<th scope=\"row\">Sl 0.14</th><td>64</td><td>"
                + Text.decimals(FakeGrid.ratio(64, "0.14"), 2) + "</td><td>" + Text.percent(mean) + "</td><td>3</td>"));
        assertFalse(html.contains("over more than seeds"));
    }

    /** One cell has no k-NN: it is missing in that figure alone. The paper's table is below a figure, not in it. */
    @Test
    void gapsAreThoseOfEachFigure() throws IOException {
        FakeGrid grid = new FakeGrid(folder).write();
        String cell = FakeGrid.cell(64, "0.14", 0);
        Path metrics = grid.inputs().resolve("probe/" + cell + "/metrics.json");
        Files.writeString(metrics, Files.readString(metrics).replace("heldout.knn.top1", "heldout.other"));
        Path shows = grid.inputs().resolve("grid/shows.json");
        Files.writeString(shows, Files.readString(shows).replaceFirst("\"paper\":\"\"", "\"paper\":\"table3\""));
        String html = html(ResultReader.read(null, List.of(grid.inputs())));
        String missing = FakeGrid.cell(128, "0.3", 2) + " (no result).";
        assertTrue(html.contains("Not shown, linear probe: " + missing), html);
        assertTrue(html.contains("Not shown, k-NN: " + cell + " (not scored), " + missing), html);
        assertTrue(
                html.contains("Plot only: the paper published no numbers of this figure. Its table 3 is below as"
                        + " published, and not in the figure."),
                html);
        assertTrue(html.contains("<summary>Table 3 of the paper: "), html);
    }

    @Test
    void aTableHasDifferencesWithSignsAndThePapersNumbersBeside() throws IOException {
        String html = html(sweep(TABLE));
        MeanSd ours = MeanSd.of(List.of(FakeSweep.linear(FakeSweep.OURS, 0), FakeSweep.linear(FakeSweep.OURS, 1)));
        assertTrue(
                html.contains("<th scope=\"row\">dino-ours</th><td>2 of 2</td><td>200</td><td>" + Text.percent(ours)
                        + "</td><td><span class=\"up\">\u25B2\u00A0+2.3</span></td><td>68.3</td>"
                        + "<td><span class=\"up\">\u25B2\u00A0+2.1</span></td>"),
                html);
        assertTrue(html.contains("<th scope=\"row\">dino-hot</th><td>0 of 2</td><td>\u2013</td><td>\u2013</td>"));
        assertTrue(html.contains("<summary>Table 2 of the paper: "));
        assertTrue(html.contains("Not shown: dino-hot-s0 (diverged), dino-hot-s1 (no result: pretrain failed: "));
        ResultTable csv = ResultTable.read(folder.resolve("out/tables/table2.csv"));
        int row = -1;
        for (int i = 0; i < csv.rows().size(); i++) {
            if (csv.text("row").get(i).equals("dino-ours")
                    && csv.text("measure").get(i).equals("linear.top1")) {
                row = i;
            }
        }
        assertEquals("dino-baseline", csv.text("against").get(row));
        assertEquals(ours.mean(), csv.numbers("mean")[row]);
        assertEquals(0.023, csv.numbers("difference")[row], 1e-12);
        assertEquals(2, csv.numbers("difference_n")[row]);
        assertEquals(0.683, csv.numbers("paper")[row], 1e-12);
        assertEquals(0.021, csv.numbers("paper_difference")[row], 1e-12);
        assertEquals("200", csv.text("paper_epochs").get(row));
        assertTrue(html.contains("<th scope=\"col\">paper, epochs</th>"), html);
        assertTrue(csv.text("measure").contains("1pct.top5"), "fine-tuning has a top-5");
    }

    @Test
    void aLossPointsDownAndNothingPointsNowhere() {
        assertEquals("<span class=\"down\">\u25BC\u00A0\u22121.5</span>", Html.gain(-0.015));
        assertEquals("\u00B10.0", Html.gain(0.0001));
        assertEquals(Text.NONE, Html.gain(Double.NaN));
    }

    /** Where nothing is called a baseline the first row is it. */
    @Test
    void theFirstRowStandsInForABaseline() throws IOException {
        String html = html(sweep(TABLE.replace("\"rows\":[\"recipe\"]", "\"rows\":[\"optimizer.lr\"]")
                .replace("\"paper\":\"table2\"", "\"paper\":\"\"")));
        assertTrue(html.contains("Some means are over more than seeds"), "two recipes have the same rate");
        html = html(sweep(TABLE.replace("\"rows\":[\"recipe\"]", "\"rows\":[\"method.alpha\"]")
                .replace("\"dino-baseline-s0\",\"dino-baseline-s1\",", "")
                .replace("table2", "table4")));
        assertTrue(html.contains("table is of detectors"), html);
        assertFalse(html.contains("class=\"up\""), "one row alone has no difference");
        FakeGrid grid = new FakeGrid(folder.resolve("grid")).write();
        String crops = html(ResultReader.read(null, List.of(grid.inputs())));
        assertTrue(crops.contains("here the first row of it"));
        assertTrue(crops.contains("The paper published no numbers of this."));
    }

    /** Of ten recipes the first lines name two, and their settings are rows. */
    @Test
    void manyRecipesAreNotListedInSentences() throws IOException {
        FakeGrid grid = new FakeGrid(folder).write();
        ReportWriter.write(ResultReader.read(null, List.of(grid.inputs())), "T", folder.resolve("out"));
        String page = Files.readString(folder.resolve("out/report.html"));
        assertTrue(page.contains("best and last of 10 recipes: ours, LC 103, Sl 0.14 reaches"));
        assertTrue(page.contains("; ours, LC 64, Sl 0.3 reaches"));
        assertTrue(page.contains("<th scope=\"row\">ours, LC 64, Sl 0.14</th><td>64</td><td>0.14</td>"));
    }

    @Test
    void aNameThatIsTakenIsRefused() throws IOException {
        Results results = sweep(TABLE.replace("\"id\":\"table2\"", "\"id\":\"means\""));
        Path out = folder.resolve("out");
        StageFailure failure = assertThrows(StageFailure.class, () -> ReportWriter.write(results, "T", out));
        assertTrue(failure.getMessage().contains("id \"means\""), failure.getMessage());
        assertFalse(Files.exists(out.resolve("report.html")));
    }
}
