package viewfit.stages.grid;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;
import viewfit.cli.OutputFormat;
import viewfit.cli.OutputFormats;
import viewfit.cli.Stage;
import viewfit.cli.StageMain;
import viewfit.core.contract.Contracts;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.AtomicFiles;
import viewfit.core.grid.Cell;
import viewfit.core.grid.CellRow;
import viewfit.core.grid.GridExpander;
import viewfit.core.metrics.Provenance;
import viewfit.core.recipe.GridRecipe;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.Recipes;

/** Expands a sweep into one complete recipe per cell, each read strictly before anything is trained. */
public final class GridStage extends Stage {
    private static final String STUB_RECIPE = "test-baseline.yml";

    @Option(names = "--grid", required = true, paramLabel = "FILE", description = "The sweep.")
    private Path grid = Path.of("");

    @Option(
            names = "--recipes",
            required = true,
            arity = "1..*",
            paramLabel = "DIR",
            description = "Folders the recipe names are looked up in, first match first.")
    private List<Path> recipes = new ArrayList<>();

    public GridStage() {
        super(Contracts.GRID, "bin/stage grid --grid params/grids/demo.yml --recipes params/recipes --out grid");
    }

    public static void main(String[] args) {
        StageMain.run(new GridStage(), args);
    }

    @Override
    protected OutputFormats formats() {
        OutputFormats formats = super.formats().with(CellRow.SCHEMA, OutputFormat.table(CellRow.TABLE));
        return formats.with("cells", OutputFormat.of(GridStage::verifyCells, GridStage::stubCells));
    }

    @Override
    protected void run() throws IOException {
        removeEarlierCells(out().resolve("cells"));
        for (Path folder : recipes) {
            if (!Files.isDirectory(folder)) {
                throw new StageFailure(ExitCode.NO_INPUT, folder + ": no folder: must be a folder of recipes");
            }
        }
        GridRecipe sweep = Recipes.read(grid, GridRecipe.class);
        List<Cell> cells = new GridExpander(sweep, grid.toString()).expand(recipes);
        for (Cell cell : cells) {
            AtomicFiles.writeString(out().resolve("cells").resolve(cell.row().cell() + ".yml"), cell.yaml());
        }
        String provenance =
                new Provenance(viewfit.core.Code.version(), Recipes.sha256(sweep), "", "", "", "", 0).toJson();
        CellRow.TABLE.write(
                out().resolve("cells.csv"),
                Map.of("provenance", provenance),
                cells.stream().map(Cell::row).toList());
    }

    /** A second run into the same folder, failed or not, must not leave cells that the sweep no longer has. */
    private static void removeEarlierCells(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (var files = Files.list(folder)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".yml")).toList()) {
                if (Files.readString(file).startsWith(Cell.FIRST_WORDS)) {
                    Files.delete(file);
                }
            }
        }
    }

    private static void verifyCells(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".yml")).toList()) {
                Recipes.read(file, PretrainRecipe.class);
            }
        }
    }

    private static void stubCells(Path folder) throws IOException {
        try (InputStream in = GridStage.class.getResourceAsStream("/" + STUB_RECIPE)) {
            if (in == null) {
                throw new IllegalStateException(STUB_RECIPE + " is missing from the grid jar");
            }
            String yaml = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            AtomicFiles.writeString(folder.resolve("stub_s0.yml"), yaml);
        }
    }
}
