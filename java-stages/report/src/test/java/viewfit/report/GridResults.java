package viewfit.report;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import viewfit.core.files.AtomicFiles;
import viewfit.core.grid.Cell;
import viewfit.core.grid.CellRow;
import viewfit.core.grid.GridExpander;
import viewfit.core.grid.GridFile;
import viewfit.core.grid.Shows;
import viewfit.core.grid.Sweep;
import viewfit.core.metrics.Provenance;
import viewfit.core.recipe.GridRecipe;
import viewfit.report.results.ResultReader;
import viewfit.report.results.Results;

/** Real grids over real recipes, expanded as stage grid does and read as stage report does; no cell has a result. */
public final class GridResults {
    private static final Path PARAMS = Path.of(System.getProperty("viewfit.root"), "params");

    private GridResults() {}

    /** A grid that comes along, such as {@code papers/table2-small.yml}. */
    public static Results file(String name, Path folder) {
        return of(GridFile.read(PARAMS.resolve("grids").resolve(name)), folder);
    }

    /**
     * One table over recipes that come along.
     *
     * @param recipes names without ending, separated by commas
     * @param axes lines of YAML, such as {@code method.alpha: [0.3, 0.4]}; may be empty
     * @param rows keys, separated by commas
     */
    public static Results table(String recipes, String axes, String rows, String paper, Path folder) {
        String text = "schema: grid/2\nrecipes: [" + recipes.replaceAll("(?=,|$)", ".yml") + "]\naxes: {" + axes
                + "}\nlinked: []\nseeds: [0]\nset: {}\nwhere: []\nshows:\n  - {id: t, kind: table, rows: [" + rows
                + "], paper: '" + paper + "', where: {}}\n";
        return of(GridFile.parse(text, "test"), folder);
    }

    /** Any grid. */
    public static Results of(GridRecipe grid, Path folder) {
        Sweep sweep = new GridExpander(grid, "test", null).expand(List.of(PARAMS.resolve("recipes")));
        List<Cell> cells = sweep.cells();
        CellRow.TABLE.write(
                folder.resolve("cells.csv"),
                Map.of(),
                cells.stream().map(Cell::row).toList());
        cells.forEach(cell ->
                AtomicFiles.writeString(folder.resolve("cells/" + cell.row().cell() + ".yml"), cell.yaml()));
        Shows.of(grid, "test", sweep, false, new Provenance("", "", "", "", "", "", 0))
                .write(folder.resolve("shows.json"));
        return ResultReader.read(null, List.of(folder));
    }
}
