package viewfit.report.results;

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

/** {@code shows.json} of the grid, and what is said about one that is wrong. */
class ShowTest {
    private static final String GOOD =
            """
            {"schema":"shows/1","provenance":{},"shows":[
             {"id":"figure3-right","kind":"figure","x":"method.alpha","lines":["recipe"],"default":"0.142857","paper":"","rows":[],"cells":["a_s0"]},
             {"id":"table2","kind":"table","x":"","lines":[],"default":null,"paper":"table2","rows":["recipe"],"cells":["a_s0"]}]}
            """;

    @TempDir
    Path folder;

    private Results read(String shows) throws IOException {
        Files.writeString(folder.resolve("shows.json"), shows);
        Files.writeString(
                folder.resolve("cells.csv"),
                "# schema: cells/1\ncell,group,recipe,axes,seed,sha256\na_s0,a,sub/a.yml,size-scale=96;method.alpha=0.4,0,\n");
        Files.writeString(
                folder.resolve("a_s0.yml"),
                "schema: pretrain/1\nmethod: {alpha: 0.3}\nviews:\n  groups:\n    - {kind: local, size: 96}\n");
        return ResultReader.read(null, List.of(folder));
    }

    /** A grid checks the default against the files it expands; the page has names. */
    @Test
    void aDefaultRecipeIsCalledAsRecipesAre() throws IOException {
        Results results = read(GOOD.replace("\"method.alpha\"", "\"recipe\"").replace("0.142857", "sub/a.yml"));
        assertEquals("a", results.shows().get(0).standard());
        assertEquals(
                results.cells().get(0).setting("recipe"), results.shows().get(0).standard());
    }

    @Test
    void figuresAndTablesAreRead() throws IOException {
        List<Show> shows = read(GOOD).shows();
        assertEquals(
                new Show(
                        "figure3-right",
                        false,
                        "method.alpha",
                        List.of("recipe"),
                        "0.142857",
                        List.of(),
                        "",
                        List.of("a_s0")),
                shows.get(0));
        assertEquals(
                new Show("table2", true, "", List.of(), "", List.of("recipe"), "table2", List.of("a_s0")),
                shows.get(1));
    }

    @Test
    void aSweepWithoutThemHasNone() throws IOException {
        assertEquals(List.of(), read("{\"schema\":\"other/1\"}").shows());
    }

    /** The complete recipe counts, whatever the axes say; a named axis has no key of its own there. */
    @Test
    void valuesOfKeysComeFromTheRecipeThenFromTheAxes() throws IOException {
        CellResult cell = read(GOOD).cells().get(0);
        assertEquals("a", cell.setting("recipe"));
        assertEquals("0.3", cell.setting("method.alpha"));
        assertEquals("96", cell.setting("views.groups.0.size"));
        assertEquals("96", cell.setting("size-scale"));
        assertEquals("", cell.setting("views.groups.1.size"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"shows/1\"|\"shows/2\"|schema: found \"shows/2\": must be shows/1",
                "\"kind\":\"figure\"|\"kind\":\"plot\"|shows[0].kind: found \"plot\": must be figure or table",
                "\"id\":\"table2\"|\"id\":\"../t\"|shows[1].id: found \"../t\": must be a file name",
                "\"id\":\"table2\"|\"id\":\"figure3-right\"|shows[1].id: found \"figure3-right\": must not be there twice",
                "\"paper\":\"table2\"|\"paper\":\"table10\"|shows[1].paper: found \"table10\": must be table1 to table9, or empty",
                "\"x\":\"method.alpha\"|\"x\":\"\"|shows[0].x: found \"\": must name a key",
                "\"rows\":[\"recipe\"]|\"rows\":[]|shows[1].rows: found \"[]\": must name what tells the rows apart",
                "\"lines\":[\"recipe\"]|\"lines\":[7]|shows[0].lines[0]: found \"7\": must be text",
                "\"lines\":[\"recipe\"]|\"lines\":\"recipe\"|shows[0].lines: found \"\"recipe\"\": must be a list",
                "\"default\":\"0.142857\"|\"default\":{}|shows[0].default: found \"{}\": must be text, a number or null",
                "\"cells\":[\"a_s0\"]|\"cells\":[\"b_s0\"]|figure3-right: cell \"b_s0\": not in the table of cells"
            })
    void whatIsWrongIsOneLineWithItsPlace(String right, String wrong, String said) {
        assertTrue(GOOD.contains(right), right);
        StageFailure failure = assertThrows(StageFailure.class, () -> read(GOOD.replace(right, wrong)));
        assertEquals(ExitCode.BAD_DATA, failure.exitCode());
        assertTrue(failure.getMessage().startsWith(folder.resolve("shows.json") + ": " + said), failure.getMessage());
        assertEquals(1, failure.getMessage().lines().count());
    }
}
