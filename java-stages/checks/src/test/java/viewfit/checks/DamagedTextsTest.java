package viewfit.checks;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import viewfit.core.data.Classes;
import viewfit.core.data.Manifest;
import viewfit.core.data.Quarantine;
import viewfit.core.data.Shapes;
import viewfit.core.grid.GridExpander;
import viewfit.core.grid.GridFile;
import viewfit.core.grid.Shows;
import viewfit.core.grid.Sweep;
import viewfit.core.images.ImageFiles;
import viewfit.core.metrics.Divergence;
import viewfit.core.metrics.Json;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.MonitorRow;
import viewfit.core.metrics.Outcome;
import viewfit.core.metrics.Provenance;
import viewfit.core.recipe.FinetuneRecipe;
import viewfit.core.recipe.GridRecipe;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.ProbeRecipe;
import viewfit.core.recipe.Recipes;
import viewfit.core.select.Selection;
import viewfit.core.table.CsvTable;

/** Damaged tables, recipes and JSON files. A flip inside a word or a number gives another word or number, and passes. */
class DamagedTextsTest {
    private static final String RECIPES = "params/recipes/";

    @TempDir
    private Path folder;

    private static Path given(String path) {
        return Repository.ROOT.resolve(path);
    }

    @Test
    void manifests() {
        Fuzz.of(folder, given("test-data/snapshot/split/labels-1pct.csv"))
                .marks("\n")
                .run(file -> {
                    ImageFiles images = ImageFiles.of(Repository.ROOT);
                    return Manifest.read(file).rows().stream()
                            .filter(row -> images.has(row.path()))
                            .count();
                });
    }

    @Test
    void classes() {
        Fuzz.of(folder, given("test-data/snapshot/split/classes.csv"))
                .marks("\n")
                .run(Classes::read);
    }

    @Test
    void shapes() {
        Fuzz.of(folder, given("test-data/snapshot/split/shapes.csv"))
                .marks("\n")
                .run(Shapes::read);
    }

    @Test
    void quarantines() {
        Path whole = folder.resolve("quarantine.csv");
        new Quarantine(List.of(
                        new Quarantine.Row("a/1.jpg", "corrupt", "a JPEG, \"cut\"", 12, "0".repeat(64)),
                        new Quarantine.Row("a/2.jpg", "missing", "nothing", 0, "")))
                .write(whole, Map.of("provenance", "{}"));
        Fuzz.of(folder, whole).marks("\n").run(Quarantine::read);
    }

    @Test
    void curves() {
        CsvTable<MonitorRow> table = CsvTable.of(MonitorRow.class, MonitorRow.SCHEMA);
        Path whole = folder.resolve("monitor.csv");
        MonitorRow row = new MonitorRow(1, 72, 0.25, 0.5, 0.02, 0.1, 120, Double.NaN);
        table.write(whole, Map.of("provenance", "{}"), List.of(row, row, row));
        Fuzz.of(folder, whole).marks("\n").run(file -> table.read(file).rows().size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"test-ours.yml", "test-moco.yml", "test-swav.yml"})
    void recipes(String name) {
        Fuzz.of(folder, given(RECIPES + name))
                .marks("\n")
                .list()
                .every(2)
                .run(file -> Recipes.read(file, PretrainRecipe.class));
    }

    @Test
    void recipesOfEvaluation() {
        Fuzz.of(folder, given(RECIPES + "test-probe.yml"))
                .marks("\n")
                .list()
                .every(2)
                .run(file -> Recipes.read(file, ProbeRecipe.class));
        Fuzz.of(folder, given(RECIPES + "test-finetune-1pct.yml"))
                .marks("\n")
                .list()
                .every(2)
                .run(file -> Recipes.read(file, FinetuneRecipe.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {"test.yml", "papers/figure2-right.yml"})
    void grids(String name) {
        Fuzz.of(folder, given("params/grids/" + name))
                .marks("\n")
                .list()
                .every(6)
                .run(file -> {
                    GridRecipe grid = GridFile.read(file);
                    Sweep sweep = new GridExpander(grid, file.toString(), null).expand(List.of(given(RECIPES)));
                    Shows.of(grid, file.toString(), sweep, false, Provenance.ofCode("", 0));
                    return sweep.cells().size();
                });
    }

    @Test
    void metrics() {
        Path whole = folder.resolve("metrics.json");
        new Metrics(
                        Metrics.SCHEMA,
                        "probe",
                        "cell-s0",
                        Outcome.OK,
                        "all \"well\"",
                        Map.of("heldout.top1", 0.5, "loss", 1.25e-7),
                        Map.of("images", 12L),
                        Provenance.ofCode("", 0))
                .write(whole);
        Fuzz.of(folder, whole).marks("\n").list().run(Metrics::read);
    }

    @Test
    void divergences() {
        Path whole = folder.resolve("diverged.json");
        Json.write(
                whole,
                new Divergence(
                        Divergence.SCHEMA,
                        "c",
                        1,
                        41,
                        List.of("a.jpg", "b.jpg"),
                        List.of(3, 4),
                        Map.of("loss", "NaN"),
                        List.of(Map.of("loss", "1"))));
        Fuzz.of(folder, whole).marks("\n").list().run(file -> Json.read(file, Divergence.class));
    }

    @Test
    void selections() {
        Path whole = folder.resolve("selection.json");
        new Selection(
                        Selection.SCHEMA,
                        "heldout.linear.top1",
                        "highest mean",
                        List.of(new Selection.Choice(
                                "dino",
                                "mobilenet_v2",
                                "ours",
                                "baseline",
                                List.of(new Selection.Candidate(
                                        1, "ours", "ours.yml", List.of("ours_s0"), 2, Map.of("mean", 0.5))))),
                        List.of(new Selection.Tested("ours_s0", "ours", "chosen", 0.5, "0".repeat(64))),
                        List.of(new Selection.Gap("baseline_s0", "baseline", "no score")),
                        Map.of("groups", 2L),
                        Provenance.ofCode("", 0))
                .write(whole);
        Fuzz.of(folder, whole).marks("\n").list().run(Selection::read);
    }
}
