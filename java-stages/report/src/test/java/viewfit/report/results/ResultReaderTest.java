package viewfit.report.results;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.Quarantine;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.Outcome;
import viewfit.core.metrics.Provenance;
import viewfit.report.FakeSweep;

class ResultReaderTest {
    @TempDir
    Path folder;

    private CellResult cell(Results results, String id) {
        return results.cells().stream()
                .filter(c -> c.cell().id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static Metrics metrics(String stage, String cell, String recipeSha256, Map<String, Double> values) {
        Provenance provenance = new Provenance("code", recipeSha256, "", "", "", "", 3);
        return new Metrics(Metrics.SCHEMA, stage, cell, Outcome.OK, "", values, Map.of(), provenance);
    }

    private Path text(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private StageFailure failure(@Nullable Path cells, Path... inputs) {
        StageFailure failure = assertThrows(StageFailure.class, () -> ResultReader.read(cells, List.of(inputs)));
        assertEquals(1, failure.getMessage().lines().count(), failure.getMessage());
        return failure;
    }

    @Test
    void everythingFindsItsCell() {
        FakeSweep sweep = new FakeSweep(folder);
        Results results = ResultReader.read(sweep.write(), List.of(sweep.inputs()));
        assertEquals(6, results.cells().size());
        CellResult ours = cell(results, "dino-ours-s1");
        assertEquals(CellResult.Status.OK, ours.status());
        assertEquals(1, ours.cell().seed());
        assertEquals(FakeSweep.OURS, ours.cell().variant());
        assertEquals(FakeSweep.linear(FakeSweep.OURS, 1), ours.probe().value("heldout.linear.top1"));
        assertEquals(List.of("1pct", "10pct"), results.fractions());
        assertEquals(720, ours.curve().rows());
        assertTrue(ours.viewsPng().endsWith("pretrain/dino-ours-s1/views.png"));
        assertEquals("0.4", ours.recipe().get("method.alpha"));
        assertNotNull(ours.export());
        assertEquals(CellResult.Status.DIVERGED, cell(results, "dino-hot-s0").status());
        assertEquals(CellResult.Status.MISSING, cell(results, "dino-hot-s1").status());
        assertEquals(8969, results.split().path("counts").path("train").asInt());
    }

    @Test
    void foldersMayHaveAnyName() throws IOException {
        text("cells.csv", "cell,recipe,seed,sha256\na-s3,a.yml,3,aaa\nb-s3,b.yml,3,bbb\n");
        metrics("pretrain", "a-s3", "aaa", Map.of()).write(folder.resolve("in/1/metrics.json"));
        metrics("pretrain", "b-s3", "bbb", Map.of()).write(folder.resolve("in/2/metrics.json"));
        metrics("finetune", "b-s3", "x", Map.of("heldout.top1", 0.5)).write(folder.resolve("in/9.10pct/metrics.json"));
        text("in/1/views.png", "beside the metrics of a");
        text("in/7/curve.csv", "# schema: curve/1\n# provenance: {\"recipe-sha256\":\"bbb\"}\nstep,loss\n0,7.0\n");
        text("in/8/curve.csv", "# schema: curve/1\n# provenance: {\"cell\":\"a-s3\"}\nstep,loss\n0,6.0\n");
        Results results = ResultReader.read(folder.resolve("cells.csv"), List.of(folder.resolve("in")));
        assertEquals(7.0, cell(results, "b-s3").curve().means("loss")[0], "by recipe checksum");
        assertEquals(6.0, cell(results, "a-s3").curve().means("loss")[0], "by its own provenance");
        assertTrue(cell(results, "a-s3").viewsPng().endsWith("in/1/views.png"), "by the metrics beside it");
        assertNull(cell(results, "b-s3").viewsPng());
        assertEquals(0.5, cell(results, "b-s3").finetune().get("10pct").value("heldout.top1"));
    }

    @Test
    void cellsWithoutATableAreThoseWithResults() {
        metrics("pretrain", "only", "aaa", Map.of()).write(folder.resolve("in/x/metrics.json"));
        Results results = ResultReader.read(null, List.of(folder.resolve("in")));
        assertEquals(List.of("only"), results.variants());
        assertEquals(List.of(3L), results.seeds());
        metrics("pretrain", "only", "bbb", Map.of()).write(folder.resolve("in/y/metrics.json"));
        assertTrue(failure(null, folder.resolve("in")).getMessage().contains("second pretrain result of cell only"));
    }

    @Test
    void aTableAmongTheInputsIsUsed() throws IOException {
        text(
                "in/grid/cells.csv",
                "# schema: cells/1\ncell,group,recipe,axes,seed,sha256\na-s3,a,x/a.yml,alpha=0.4,3,\nlost,a,a.yml,,4,\n");
        metrics("pretrain", "a-s3", "", Map.of()).write(folder.resolve("in/x/metrics.json"));
        Results results = ResultReader.read(null, List.of(folder.resolve("in")));
        assertEquals(List.of("a, alpha 0.4", "a"), results.variants());
        assertEquals(CellResult.Status.MISSING, cell(results, "lost").status());
    }

    /** The figures of the paper write below the folder of any other run. */
    @Test
    void anotherRunBelowTheFolderOfARunIsLeftOut() throws IOException {
        String head = "# schema: cells/1\ncell,group,recipe,axes,seed,sha256\n";
        Path results = folder.resolve("results");
        for (String run : new String[] {"results", "results/papers/figure"}) {
            String cell = run.equals("results") ? "mine" : "theirs";
            text(run + "/grid/cells.csv", head + cell + ",g,g.yml,,3,\n");
            metrics("pretrain", cell, "", Map.of()).write(folder.resolve(run + "/pretrain/" + cell + "/metrics.json"));
            metrics("probe", "both", "", Map.of()).write(folder.resolve(run + "/probe/both/metrics.json"));
        }
        Path cells = text("cells.csv", head + "mine,g,g.yml,,3,\ntheirs,g,g.yml,,3,\nboth,g,g.yml,,3,\n");
        Results mine = ResultReader.read(cells, List.of(results));
        assertEquals(CellResult.Status.OK, cell(mine, "mine").status());
        assertEquals(CellResult.Status.MISSING, cell(mine, "theirs").status());
        assertTrue(cell(mine, "both").probe().file().startsWith(results.resolve("probe")));

        // What is named is read wherever it lies, and all of a folder that is not of a run, such as that of all tasks.
        for (Path inputs : List.of(results.resolve("papers/figure"), results.resolve("papers"))) {
            Results theirs = ResultReader.read(cells, List.of(inputs));
            assertEquals(CellResult.Status.OK, cell(theirs, "theirs").status());
            assertEquals(CellResult.Status.MISSING, cell(theirs, "mine").status());
        }
        assertTrue(failure(cells, results, results.resolve("papers"))
                .getMessage()
                .contains("second probe result of cell both"));
    }

    @Test
    void seedAndNameAreNoSettings() {
        Map<String, String> a =
                RecipeKeys.flatten(folder, "name: a\nseed: 0\nlr: 0.1\nviews: [{size: 64}, {size: 28}]\n");
        Map<String, String> b =
                RecipeKeys.flatten(folder, "name: b\nseed: 1\nlr: 0.1\nviews: [{size: 64}, {size: 36}]\n");
        assertEquals(List.of("views[1].size"), RecipeKeys.differing(List.of(a, b)));
        assertEquals("36", b.get("views[1].size"));
    }

    @Test
    void aCutLastLineOfAMonitorIsNoRow() throws IOException {
        text("in/a/monitor.csv", "# schema: monitor/1\nepoch,knn_student\n0,0.5\n1,0.");
        ResultTable table = ResultTable.read(folder.resolve("in/a/monitor.csv"));
        assertEquals(1, table.rows().size());
        text("cells.csv", "cell,recipe,seed\na,a.yml,0");
        assertEquals(1, ResultTable.read(folder.resolve("cells.csv")).rows().size(), "a whole last row is kept");
    }

    /** A folder of results keeps what it has: a redrawn report shows the run whose table of cells it was given. */
    @Test
    void whatAnotherRunLeftIsNamedAndLeftOut() throws IOException {
        Path cells = text(
                "cells.csv",
                "cell,recipe,seed,sha256\nmine,a.yml,3,aaa\nold,a.yml,3,aaa\nnew,a.yml,3,aaa\nunsaid,a.yml,3,\n");
        network("pretrain", "mine", "aaa", "net").write(folder.resolve("in/pretrain/mine/metrics.json"));
        network("probe", "mine", "p", "net").write(folder.resolve("in/probe/mine/metrics.json"));
        network("pretrain", "gone", "aaa", "net").write(folder.resolve("in/pretrain/gone/metrics.json"));
        // Trained by another recipe under the same name, and what came of it.
        network("pretrain", "old", "bbb", "net").write(folder.resolve("in/pretrain/old/metrics.json"));
        text("in/pretrain/old/curve.csv", "# schema: curve/1\n# provenance: {}\nstep,loss\n0,7.0\n");
        network("probe", "old", "p", "net").write(folder.resolve("in/probe/old/metrics.json"));
        // Trained again; its score is not there yet.
        network("pretrain", "new", "aaa", "net2").write(folder.resolve("in/pretrain/new/metrics.json"));
        network("probe", "new", "p", "net").write(folder.resolve("in/probe/new/metrics.json"));
        String exported =
                "{\"schema\": \"export/2\", \"cell\": \"%s\", \"provenance\": {\"checkpoint-sha256\": \"net\"}}";
        text("in/export/new/export.json", exported.formatted("new"));
        text("in/export/mine/export.json", exported.formatted("mine"));
        for (String cell : List.of("gone", "mine")) {
            new Quarantine(List.of()).write(folder.resolve("in/pretrain/" + cell + "/quarantine.csv"), Map.of());
        }
        network("pretrain", "unsaid", "bbb", "").write(folder.resolve("in/pretrain/unsaid/metrics.json"));
        Results results = ResultReader.read(cells, List.of(folder.resolve("in")));
        assertEquals(CellResult.Status.OK, cell(results, "mine").status());
        assertNotNull(cell(results, "mine").probe());
        assertEquals(CellResult.Status.MISSING, cell(results, "old").status());
        assertNull(cell(results, "old").curve());
        assertNull(cell(results, "old").probe());
        assertEquals(CellResult.Status.OK, cell(results, "new").status());
        assertNull(cell(results, "new").probe());
        assertNull(cell(results, "new").export());
        assertNotNull(cell(results, "mine").export());
        assertEquals(
                List.of("pretrain/mine/quarantine.csv"),
                results.quarantines().keySet().stream().map(results::source).toList());
        assertEquals(CellResult.Status.OK, cell(results, "unsaid").status());
        assertEquals(
                List.of(
                        "export/new: of another network",
                        "pretrain/gone: the table of cells has no gone",
                        "pretrain/old: of another recipe",
                        "probe/new: of another network",
                        "probe/old: of another network"),
                results.strangers().entrySet().stream()
                        .map(left -> folder.resolve("in").relativize(left.getKey()) + ": " + left.getValue())
                        .toList());
    }

    /** Folders may hold results of many cells: one that is not ours takes no other with it. */
    @Test
    void oneStrangerInAFolderOfAll() throws IOException {
        Path cells = text("cells.csv", "cell,recipe,seed,sha256\nmine,a.yml,3,aaa\n");
        network("pretrain", "mine", "aaa", "net").write(folder.resolve("in/mine-pretrain.json"));
        network("probe", "mine", "p", "earlier").write(folder.resolve("in/mine-probe.json"));
        network("probe", "gone", "p", "net").write(folder.resolve("in/gone.json"));
        text("in/mine-curve.csv", "# schema: curve/1\n# provenance: {\"cell\":\"mine\"}\nstep,loss\n0,7.0\n");
        // Of the same cell, as it was before its recipe changed.
        String header = "# schema: monitor/2\n# provenance: {\"cell\":\"mine\",\"recipe-sha256\":\"bbb\"}\n";
        text("in/mine-monitor.csv", header + "epoch,knn_student\n1,0.5\n");
        String exported =
                "{\"schema\": \"export/2\", \"cell\": \"mine\", \"provenance\": {\"checkpoint-sha256\": \"%s\"}}";
        text("in/exports/earlier.json", exported.formatted("earlier"));
        text("in/exports/mine.json", exported.formatted("net"));
        Results results = ResultReader.read(cells, List.of(folder.resolve("in")));
        assertEquals(CellResult.Status.OK, cell(results, "mine").status());
        assertNull(cell(results, "mine").probe());
        assertNull(cell(results, "mine").monitor());
        assertNotNull(cell(results, "mine").export());
        assertNotNull(cell(results, "mine").curve());
        assertEquals(
                List.of(
                        "exports/earlier.json: of another network",
                        "gone.json: the table of cells has no gone",
                        "mine-probe.json: of another network"),
                results.strangers().entrySet().stream()
                        .map(left -> results.source(left.getKey()) + ": " + left.getValue())
                        .toList());
        Files.delete(folder.resolve("in/mine-pretrain.json"));
        Files.delete(folder.resolve("in/mine-probe.json"));
        Files.delete(folder.resolve("in/exports/earlier.json"));
        Results nothing = ResultReader.read(cells, List.of(folder.resolve("in")));
        assertEquals(
                "in", nothing.source(nothing.strangers().keySet().iterator().next()));
    }

    private static Metrics network(String stage, String cell, String recipe, String checkpoint) {
        Provenance provenance = new Provenance("code", recipe, "", checkpoint, "", "", 3);
        return new Metrics(Metrics.SCHEMA, stage, cell, Outcome.OK, "", Map.of(), Map.of(), provenance);
    }

    @Test
    void problemsNameTheirPlace() throws IOException {
        Path cells = text("cells.csv", "cell,recipe,seed\na,a.yml,0\n");
        assertEquals(
                ExitCode.NO_INPUT, failure(cells, folder.resolve("nowhere")).exitCode());
        text("in/x/metrics.json", "{\"schema\": \"metrics/1\",");
        assertTrue(failure(cells, folder.resolve("in")).getMessage().contains("in/x/metrics.json: "));
        Files.delete(folder.resolve("in/x/metrics.json"));
        metrics("probe", "a", "", Map.of()).write(folder.resolve("in/x/metrics.json"));
        metrics("probe", "a", "", Map.of()).write(folder.resolve("in/y/metrics.json"));
        assertTrue(failure(cells, folder.resolve("in")).getMessage().contains("second probe result of cell a"));
        Files.delete(folder.resolve("in/y/metrics.json"));
        text("cells.csv", "cell,recipe,seed\na,a.yml,0\na,a.yml,1\n");
        assertTrue(failure(cells, folder.resolve("in")).getMessage().contains("cell a twice"));
        text("cells.csv", "cell,recipe,seed\na,a.yml\n");
        assertTrue(failure(cells, folder.resolve("in")).getMessage().contains("data row 1: 2 values"));
        text("cells.csv", "cell,recipe,seed\na,a.yml,zero\n");
        assertTrue(failure(cells, folder.resolve("in")).getMessage().contains("column seed: \"zero\""));
        text("cells.csv", "cell,seed\na,0\n");
        assertTrue(failure(cells, folder.resolve("in")).getMessage().contains("no column recipe: found cell, seed"));
    }
}
