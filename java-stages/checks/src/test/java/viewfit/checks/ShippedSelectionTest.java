package viewfit.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import viewfit.core.grid.AutoSizes;
import viewfit.core.grid.Cell;
import viewfit.core.grid.GridExpander;
import viewfit.core.grid.GridFile;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.Outcome;
import viewfit.core.metrics.Provenance;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.Recipes;
import viewfit.core.select.Selection;
import viewfit.core.select.Selector;
import viewfit.core.select.Training;

/** What the grids that come along choose among, and what they open the test split for: what the files of the paper say of themselves. */
class ShippedSelectionTest {
    private static final Path GRIDS = Repository.ROOT.resolve("params/grids");

    static Stream<String> grids() {
        return RecipeFilesTest.grids().map(file -> GRIDS.relativize(file).toString());
    }

    static Stream<String> tables() {
        return grids().filter(grid -> grid.startsWith("papers/table"));
    }

    private static List<Cell> cells(String grid) {
        return new GridExpander(GridFile.read(GRIDS.resolve(grid)), grid, AutoSizes.ANY_SIZE)
                .expand(List.of(Repository.ROOT.resolve("params/recipes")))
                .cells();
    }

    /** What select would make of a sweep in which each next group scores better: later ones are not baselines. */
    private static Selection selection(List<Cell> cells) {
        Map<String, Cell> byName =
                cells.stream().collect(Collectors.toMap(cell -> cell.row().cell(), cell -> cell));
        Selector selector = new Selector(
                cells.stream().map(Cell::row).toList(),
                row -> Training.of(byName.get(row.cell()).recipe()));
        for (int i = 0; i < cells.size(); i++) {
            String cell = cells.get(i).row().cell();
            selector.add(
                    Path.of(cell),
                    new Metrics(
                            Metrics.SCHEMA,
                            "probe",
                            cell,
                            Outcome.OK,
                            "",
                            Map.of("heldout.linear.top1", (i + 1.0) / (cells.size() + 1)),
                            Map.of("heldout.images", 50L),
                            Provenance.ofCode("", 0)));
        }
        return selector.select(null);
    }

    private static String kind(PretrainRecipe recipe) {
        return recipe.method().name() + " " + recipe.backbone().name();
    }

    /** Of each method and backbone without labels, and tested is what was chosen and its baseline, of the same. */
    @ParameterizedTest
    @MethodSource("grids")
    void choosesWithinAMethodAndABackbone(String grid) {
        List<Cell> cells = cells(grid);
        Map<String, String> kinds = cells.stream()
                .collect(Collectors.toMap(
                        cell -> cell.row().group(), cell -> kind(cell.recipe()), (first, other) -> first));
        Selection selection = selection(cells);
        Set<String> named = new TreeSet<>();
        for (Selection.Choice choice : selection.choices()) {
            Set<String> groups = new TreeSet<>(Set.of(choice.chosen()));
            if (!choice.baseline().isEmpty()) {
                groups.add(choice.baseline());
            }
            named.addAll(groups);
            choice.candidates().forEach(candidate -> groups.add(candidate.group()));
            assertEquals(Set.of(choice.kind()), groups.stream().map(kinds::get).collect(Collectors.toSet()));
        }
        assertEquals(
                kinds.values().stream()
                        .filter(kind -> !kind.startsWith("supervised "))
                        .collect(Collectors.toSet()),
                kinds(selection));
        assertEquals(
                named, selection.tested().stream().map(Selection.Tested::group).collect(Collectors.toSet()));
    }

    private static Set<String> kinds(Selection selection) {
        return selection.choices().stream().map(Selection.Choice::kind).collect(Collectors.toSet());
    }

    @ParameterizedTest
    @MethodSource("tables")
    void theHeadOfATableSaysWhatIsTested(String grid) {
        Selection selection = selection(cells(grid));
        long without = selection.choices().stream()
                .filter(choice -> choice.baseline().isEmpty())
                .count();
        Set<String> kinds = kinds(selection);
        assertTrue(without == 0 || without == kinds.size(), "a baseline here and there");
        long methods = selection.choices().stream()
                .map(Selection.Choice::method)
                .distinct()
                .count();
        String each = kinds.size() == 1 ? "" : methods > 1 ? "of each method " : "of each backbone ";
        String tested = without == 0
                ? "the chosen recipe and its baseline alone are tested"
                : "the chosen recipe alone is tested: it has no baseline";
        String head = Recipes.text(Repository.ROOT.resolve("params").resolve(grid));
        assertTrue(head.contains((grid.endsWith("-small.yml") ? "; on val " : ", where ") + each + tested), head);
    }

    /** Groups that the test split would be opened for, if later ones of the grid score better. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "table1 | moco-mobilenetv2-baseline chosen, swav-mobilenetv2-baseline chosen, baseline chosen",
                "table2 | moco-mobilenetv2-ours chosen, moco-mobilenetv2-baseline baseline, swav-mobilenetv2-ours chosen, swav-mobilenetv2-baseline baseline, ours chosen, baseline baseline",
                "table2-small | imagenette128-moco chosen, imagenette128-moco-baseline baseline, imagenette128-swav chosen, imagenette128-swav-baseline baseline, ours chosen, baseline baseline",
                "table3-small | ours_name-mobilenet-v2 chosen, baseline_name-mobilenet-v2 baseline, ours_name-resnet18 chosen, baseline_name-resnet18 baseline",
                "table3-vit | dino-vit-tiny-ours chosen, dino-vit-tiny-baseline baseline, dino-vit-small-ours chosen, dino-vit-small-baseline baseline",
                "table6-small | ours_epochs16 chosen, baseline_epochs8 baseline",
                "table7 | dino-resnet18-ours-400ep chosen",
            })
    void opensTheTestSplitForFew(String name, String expected) {
        assertEquals(
                List.of(expected.split(", ")),
                selection(cells("papers/" + name + ".yml")).tested().stream()
                        .map(tested -> tested.group() + " " + tested.role())
                        .distinct()
                        .toList());
    }
}
