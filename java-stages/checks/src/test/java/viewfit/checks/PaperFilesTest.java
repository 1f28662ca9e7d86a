package viewfit.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import viewfit.core.grid.Cell;
import viewfit.core.grid.GridExpander;
import viewfit.core.grid.GridFile;
import viewfit.core.grid.Shows;
import viewfit.core.grid.Sweep;
import viewfit.core.metrics.Provenance;
import viewfit.core.recipe.DinoRecipe;
import viewfit.core.recipe.GridRecipe;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.Recipes;
import viewfit.core.recipe.ViewGroup;

/** The figures and tables of the paper as parameter files: every cell reads strictly, and they sweep what the paper swept. */
class PaperFilesTest {
    private static final Path RECIPES = Repository.ROOT.resolve("params/recipes");

    static Stream<Path> files() {
        return Repository.files("params/papers", ".yml").stream();
    }

    private static JsonNode parameters(String name) {
        Path file = Repository.ROOT.resolve("params/papers/" + name + ".yml");
        return Recipes.tree(Recipes.text(file), file.toString());
    }

    private static GridRecipe grid(String name) {
        return GridFile.read(
                Repository.ROOT.resolve(parameters(name).path("grid").asText()));
    }

    private static Sweep sweep(String name) {
        return new GridExpander(grid(name), name, null).expand(List.of(RECIPES));
    }

    private static List<Cell> cells(String name) {
        return sweep(name).cells();
    }

    private static String stem(Path file) {
        return file.getFileName().toString().replace(".yml", "");
    }

    @Test
    void everyFigureAndTableHasBoth() {
        TreeSet<String> expected = new TreeSet<>(
                List.of("figure1-left", "figure1-right", "figure2-right", "figure3-left", "figure3-right"));
        for (int table = 1; table <= 9; table++) {
            expected.add("table" + table);
        }
        for (String name : List.copyOf(expected)) {
            expected.add(name + "-small");
        }
        expected.add("table3-vit");
        assertEquals(expected, files().map(PaperFilesTest::stem).collect(Collectors.toCollection(TreeSet::new)));
        TreeSet<String> grids = Repository.files("params/grids/papers", ".yml").stream()
                .map(PaperFilesTest::stem)
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(expected, grids);
    }

    @ParameterizedTest
    @MethodSource("files")
    void opensWithWhatItIsAndItsCommand(Path file) {
        String text = Recipes.text(file);
        String name = stem(file);
        String kind = name.startsWith("figure") ? "# Figure " : "# Table ";
        assertTrue(text.startsWith(kind + name.replaceAll("[a-z]+(\\d).*", "$1")), text);
        String images = name.endsWith("-small") ? "imagenette128" : "/data/imagenet";
        String lists = name.matches("table[67]") ? " --labels_1pct 1percent.txt --labels_10pct 10percent.txt" : "";
        assertTrue(
                text.contains("\n# bin/viewfit run main.nf -params-file params/papers/" + name + ".yml --input "
                        + images + lists + "\n"),
                text);
        assertEquals(
                "params/grids/papers/" + name + ".yml",
                parameters(name).path("grid").asText());
        assertTrue(text.matches("(?s).*\\b" + cells(name).size() + " cells?\\b.*"), text);
    }

    /**
     * The test split opens for one selection in a folder of results, so each has its own; and for figures it stays closed: they
     * show held-out scores. Tables say what theirs are on.
     */
    @ParameterizedTest
    @MethodSource("files")
    void keepsItsResultsAndTheTestSplitToItself(Path file) {
        String name = stem(file);
        assertEquals("results/papers/" + name, parameters(name).path("outdir").asText());
        boolean figure = name.startsWith("figure");
        assertEquals(figure, parameters(name).has("test"));
        assertTrue(!figure || !parameters(name).path("test").booleanValue(), name);
        String text = Recipes.text(file);
        boolean large = !figure && !name.endsWith("-small");
        assertEquals(!figure, text.contains("# Scores are on held-out images of train"), text);
        assertEquals(large, text.contains("\n# pre-training sees 4 % fewer images than the paper's.\n"), text);
    }

    /** Expanded strictly, figures and tables included; each has its own. */
    @ParameterizedTest
    @MethodSource("files")
    void everyCellIsARecipe(Path file) {
        String name = stem(file);
        List<Cell> cells = cells(name);
        Shows shows = Shows.of(grid(name), name, sweep(name), false, Provenance.ofCode("", 0));
        assertEquals(1, shows.shows().size());
        Shows.Show show = shows.shows().get(0);
        assertEquals(name.replace("-small", ""), show.id());
        assertEquals(show.kind(), name.startsWith("figure") ? "figure" : "table");
        assertEquals(show.kind().equals("figure") ? "" : show.id().replace("-vit", ""), show.paper());
        assertEquals(cells.size(), show.cells().size());
    }

    @ParameterizedTest
    @MethodSource("files")
    void smallOnesAreSmall(Path file) {
        String name = stem(file);
        boolean small = name.endsWith("-small");
        GridRecipe grid = grid(name);
        assertEquals(small ? List.of(0L, 1L) : List.of(0L), grid.seeds());
        for (Cell cell : cells(name)) {
            PretrainRecipe recipe = cell.recipe();
            assertEquals(
                    small,
                    cell.row().recipe().startsWith("imagenette128-"),
                    cell.row().recipe());
            assertEquals(small ? 64 : 224, recipe.views().groups().get(0).size());
            assertTrue(
                    !small || recipe.epochs() == 8 || recipe.epochs() == 16,
                    cell.row().cell());
        }
        String probe = parameters(name).path("probe_recipe").asText();
        assertEquals(small, probe.equals("params/recipes/imagenette128-probe.yml"), probe);
        assertEquals(name.contains("vit"), probe.endsWith("-vit.yml"), probe);
        boolean tuned = name.startsWith("table6") || name.startsWith("table7");
        for (String share : List.of("1pct", "10pct")) {
            String recipe = parameters(name).path("finetune_" + share).asText();
            String expected = "params/recipes/" + (small ? "imagenette128-" : "") + "finetune-" + share + ".yml";
            assertEquals(tuned ? expected : "false", recipe);
        }
    }

    /** Values of section H of the specification, and how many cells they make. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "figure1-left | 9 | 0.05 0.08 0.14 0.2 0.25 0.3 0.4 0.5 0.6",
                "figure1-right | 7 | 0.08 0.14 0.2 0.25 0.3 0.4 0.5",
                "figure2-right | 13 | 64 80 96 103 112 128 144 160",
                "figure3-left | 24 | 2 4 6 8 10 12",
                "figure3-right | 10 | 0.05 0.1 0.142857 0.2 0.3 0.4 0.5 0.6 0.8 1",
                "figure1-left-small | 12 | 0.05 0.14 0.2 0.3 0.4 0.6",
                "figure1-right-small | 12 | 0.08 0.14 0.2 0.3 0.4 0.5",
                "figure2-right-small | 26 | 18 23 27 29 32 36 41 46",
                "figure3-left-small | 24 | 2 4 8",
                "figure3-right-small | 14 | 0.05 0.1 0.2 0.3 0.4 0.6 1",
                "table1 | 5 |",
                "table2 | 7 |",
                "table3 | 12 |",
                "table3-vit | 4 |",
                "table4 | 9 |",
                "table5 | 9 |",
                "table6 | 9 |",
                "table7 | 2 |",
                "table8 | 1 |",
                "table9 | 1 |",
                "table1-small | 6 |",
                "table2-small | 12 |",
                "table3-small | 8 |",
                "table4-small | 8 |",
                "table5-small | 4 |",
                "table6-small | 6 |",
                "table7-small | 4 |",
                "table8-small | 2 |",
                "table9-small | 2 |",
            })
    void sweepsWhatThePaperSwept(String name, int count, String values) {
        List<Cell> cells = cells(name);
        assertEquals(count, cells.size());
        if (values != null) {
            // The only thing on the horizontal axis is one number of the recipe, which the axes of the cells have in
            // their order.
            assertEquals(
                    List.of(values.split(" ")),
                    cells.stream()
                            .map(cell -> cell.point().values().iterator().next())
                            .distinct()
                            .toList());
        }
    }

    /** Sizes times 64 / 224, but for 128: that is 36, the size of the small recipes. */
    @Test
    void smallLocalViewsAreInProportion() {
        List<Integer> large = sizes("figure2-right");
        assertEquals(
                large.stream()
                        .map(size -> size == 128 ? 36 : Math.toIntExact(Math.round(size * 64 / 224.0)))
                        .toList(),
                sizes("figure2-right-small"));
        int recipe = Recipes.read(RECIPES.resolve("imagenette128-ours.yml"), PretrainRecipe.class)
                .views()
                .groups()
                .get(2)
                .size();
        assertEquals(36, recipe);
        assertEquals(List.of(27, 29, 36), sizes("figure3-left-small"));
    }

    /** Sizes at each scale: what is far off is left out. */
    @ParameterizedTest
    @CsvSource({
        "figure2-right, 0.14, 64 80 96 103 112 128 144",
        "figure2-right, 0.3, 80 96 112 128 144 160",
        "figure2-right-small, 0.14, 18 23 27 29 32 36 41",
        "figure2-right-small, 0.3, 23 27 32 36 41 46",
        "figure3-left, 0.14, 96 103",
        "figure3-left, 0.3, 96 128",
        "figure3-left-small, 0.14, 27 29",
        "figure3-left-small, 0.3, 27 36",
    })
    void sizesGoWithScales(String name, double scale, String expected) {
        assertEquals(
                List.of(expected.split(" ")),
                cells(name).stream()
                        .filter(cell -> low(cell, 0) == scale && low(cell, 1) == scale)
                        .filter(cell -> local(cell).scale().high() == scale)
                        .map(cell -> Integer.toString(local(cell).size()))
                        .distinct()
                        .sorted(Comparator.comparingInt(Integer::parseInt))
                        .toList());
    }

    /** The rows of each table: recipe, backbone, epochs, and of the small ones the size of local views where one recipe has two. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "table1 | supervised-mobilenetv2 mobilenet_v2 300, moco-mobilenetv2-two-view mobilenet_v2 200, moco-mobilenetv2-baseline mobilenet_v2 200 96, swav-mobilenetv2-baseline mobilenet_v2 200 96, dino-mobilenetv2-baseline mobilenet_v2 200 96",
                "table2 | supervised-mobilenetv2 mobilenet_v2 300, moco-mobilenetv2-baseline mobilenet_v2 200 96, moco-mobilenetv2-ours mobilenet_v2 200 128, swav-mobilenetv2-baseline mobilenet_v2 200 96, swav-mobilenetv2-ours mobilenet_v2 200 128, dino-mobilenetv2-baseline mobilenet_v2 200 96, dino-mobilenetv2-ours mobilenet_v2 200 128",
                "table3 | supervised-mobilenetv2 mobilenet_v2 300, dino-mobilenetv2-baseline mobilenet_v2 200 96, dino-mobilenetv2-ours mobilenet_v2 200 128, supervised-resnet18 resnet18 90, dino-resnet18-baseline resnet18 200 96, dino-resnet18-ours resnet18 200 128, supervised-resnet34 resnet34 90, dino-resnet34-baseline resnet34 200 96, dino-resnet34-ours resnet34 200 128, supervised-resnet50 resnet50 90, dino-resnet50-baseline resnet50 200 96, dino-resnet50-ours resnet50 200 128",
                "table3-vit | dino-vit-tiny-baseline vit_tiny 200 96, dino-vit-tiny-ours vit_tiny 200 128, dino-vit-small-baseline vit_small 200 96, dino-vit-small-ours vit_small 200 128",
                "table4 | supervised-mobilenetv2 mobilenet_v2 300, dino-mobilenetv2-baseline mobilenet_v2 200 96, dino-mobilenetv2-ours mobilenet_v2 200 128, supervised-resnet18 resnet18 90, dino-resnet18-baseline resnet18 200 96, dino-resnet18-ours resnet18 200 128, supervised-resnet34 resnet34 90, dino-resnet34-baseline resnet34 200 96, dino-resnet34-ours resnet34 200 128",
                "table5 | supervised-mobilenetv2 mobilenet_v2 300, dino-mobilenetv2-ours mobilenet_v2 200 128, dino-mobilenetv2-ours-400ep mobilenet_v2 400 128, supervised-resnet18 resnet18 90, dino-resnet18-ours resnet18 200 128, dino-resnet18-ours-400ep resnet18 400 128, supervised-resnet34 resnet34 90, dino-resnet34-ours resnet34 200 128, dino-resnet34-ours-400ep resnet34 400 128",
                "table6 | dino-mobilenetv2-baseline mobilenet_v2 200 96, dino-mobilenetv2-ours mobilenet_v2 200 128, dino-mobilenetv2-ours-400ep mobilenet_v2 400 128, dino-resnet18-baseline resnet18 200 96, dino-resnet18-ours resnet18 200 128, dino-resnet18-ours-400ep resnet18 400 128, dino-resnet34-baseline resnet34 200 96, dino-resnet34-ours resnet34 200 128, dino-resnet34-ours-400ep resnet34 400 128",
                "table7 | dino-resnet18-ours resnet18 200 128, dino-resnet18-ours-400ep resnet18 400 128",
                "table8 | dino-mobilenetv2-ours-400ep mobilenet_v2 400 128",
                "table9 | dino-resnet18-ours-400ep resnet18 400 128",
                "table1-small | moco-baseline mobilenet_v2 8 27, swav-baseline mobilenet_v2 8 27, baseline mobilenet_v2 8 27",
                "table2-small | moco-baseline mobilenet_v2 8 27, moco mobilenet_v2 8 36, swav-baseline mobilenet_v2 8 27, swav mobilenet_v2 8 36, baseline mobilenet_v2 8 27, ours mobilenet_v2 8 36",
                "table3-small | baseline mobilenet_v2 8 27, baseline resnet18 8 27, ours mobilenet_v2 8 36, ours resnet18 8 36",
                "table4-small | baseline mobilenet_v2 8 27, baseline resnet18 8 27, ours mobilenet_v2 8 36, ours resnet18 8 36",
                "table5-small | ours mobilenet_v2 8 36, ours mobilenet_v2 16 36",
                "table6-small | baseline mobilenet_v2 8 27, ours mobilenet_v2 8 36, ours mobilenet_v2 16 36",
                "table7-small | ours resnet18 8 36, ours resnet18 16 36",
                "table8-small | ours mobilenet_v2 16 36",
                "table9-small | ours resnet18 16 36",
            })
    void tablesHaveTheirRows(String name, String expected) {
        assertEquals(
                Stream.of(expected.split(", ")).sorted().toList(),
                cells(name).stream()
                        .filter(cell -> cell.row().seed() == 0)
                        .map(PaperFilesTest::row)
                        .sorted()
                        .toList());
    }

    private static String row(Cell cell) {
        PretrainRecipe recipe = cell.recipe();
        List<ViewGroup> groups = recipe.views().groups();
        String stem = cell.row().recipe().replace(".yml", "").replace("imagenette128-", "");
        String size = groups.size() < 3 ? "" : " " + groups.get(2).size();
        return stem + " " + recipe.backbone().name() + " " + recipe.epochs() + size;
    }

    private static List<Integer> sizes(String name) {
        return cells(name).stream()
                .map(cell -> local(cell).size())
                .distinct()
                .sorted()
                .toList();
    }

    private static ViewGroup local(Cell cell) {
        return cell.recipe().views().groups().get(2);
    }

    /** What is held still in each figure: section H, column "fixed". */
    @Test
    void theRestIsAsInThePaper() {
        for (Cell cell : cells("figure1-left")) {
            fixed(cell, 0.142857, 96, 0.14, 6);
        }
        for (Cell cell : cells("figure1-right")) {
            assertEquals(0.3, low(cell, 0));
            fixed(cell, 0.142857, 96, local(cell).scale().high(), 6);
        }
        for (Cell cell : cells("figure2-right")) {
            assertEquals(low(cell, 0), local(cell).scale().high());
            fixed(cell, 0.142857, local(cell).size(), low(cell, 0), 6);
        }
        for (Cell cell : cells("figure3-left")) {
            assertEquals(low(cell, 0), local(cell).scale().high());
            assertTrue(List.of("96 0.14", "96 0.3", "103 0.14", "128 0.3")
                    .contains(local(cell).size() + " " + low(cell, 0)));
            assertTrue(((DinoRecipe) cell.recipe().method()).alpha().unweighted());
        }
        for (Cell cell : cells("figure3-right")) {
            assertEquals(0.3, low(cell, 0));
            fixed(cell, ((DinoRecipe) cell.recipe().method()).alpha().value(), 128, 0.3, 6);
        }
    }

    private static double low(Cell cell, int group) {
        return cell.recipe().views().groups().get(group).scale().low();
    }

    private static void fixed(Cell cell, double alpha, int size, double high, int count) {
        String name = cell.row().cell();
        assertEquals(alpha, ((DinoRecipe) cell.recipe().method()).alpha().value(), name);
        assertEquals(size, local(cell).size(), name);
        assertEquals(high, local(cell).scale().high(), name);
        assertEquals(count, local(cell).count(), name);
        assertEquals(low(cell, 0), low(cell, 1), name);
        assertEquals(200, cell.recipe().epochs(), name);
        assertEquals(1024, cell.recipe().batchSize(), name);
        assertEquals("mobilenet_v2", cell.recipe().backbone().name(), name);
    }

    /** The small baselines differ from ours in the four things that make the recipe, and in their name. */
    @ParameterizedTest
    @CsvSource({"ours, baseline", "moco, moco-baseline", "swav, swav-baseline"})
    void theSmallBaselineIsTheOtherHalfOfThePair(String one, String other) {
        Path ours = RECIPES.resolve("imagenette128-" + one + ".yml");
        Path baseline = RECIPES.resolve("imagenette128-" + other + ".yml");
        TreeSet<String> different = new TreeSet<>(Recipes.differences(
                        Recipes.tree(Recipes.text(ours), "ours"), Recipes.tree(Recipes.text(baseline), "baseline"))
                .keySet());
        assertEquals(new TreeSet<>(List.of("method.alpha", "name", "views.groups")), different);
        String stock = Recipes.text(ours)
                .replace("low: 0.3,", "low: 0.14,")
                .replace("high: 0.3}", "high: 0.14}")
                .replace("size: 36", "size: 27");
        assertEquals(
                Recipes.tree(stock, "stock").path("views"),
                Recipes.tree(Recipes.text(baseline), "baseline").path("views"));
    }

    /** The page has each file with its number of cells. */
    @Test
    void docsHaveAll() {
        String page = Repository.text("docs/recipes.md");
        files().map(PaperFilesTest::stem)
                .filter(name -> !name.endsWith("-small"))
                .forEach(name -> {
                    String row = page.lines()
                            .filter(line -> line.startsWith("|") && line.contains("`" + name + "`"))
                            .findFirst()
                            .orElse("");
                    String[] columns = row.split("\\|");
                    int at = List.of(columns[2].strip().split(", ")).indexOf("`" + name + "`");
                    assertEquals(
                            Integer.toString(cells(name).size()),
                            columns[3].strip().split(", ")[at],
                            name);
                    if (!name.endsWith("-vit")) {
                        assertEquals(
                                Integer.toString(cells(name + "-small").size()), columns[4].strip(), name + "-small");
                    }
                });
    }
}
