package viewfit.stages.grid;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import viewfit.cli.OutputFormat;
import viewfit.cli.OutputFormats;
import viewfit.cli.Stage;
import viewfit.cli.StageMain;
import viewfit.core.contract.Contracts;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.Shapes;
import viewfit.core.files.AtomicFiles;
import viewfit.core.grid.AutoSizes;
import viewfit.core.grid.Cell;
import viewfit.core.grid.CellRow;
import viewfit.core.grid.GridExpander;
import viewfit.core.grid.GridFile;
import viewfit.core.grid.LocalSizes;
import viewfit.core.grid.Shows;
import viewfit.core.grid.Sweep;
import viewfit.core.metrics.Provenance;
import viewfit.core.recipe.GridRecipe;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.Recipes;

/** Expands a sweep into one complete recipe per cell, each read strictly before anything is trained; or reckons what it costs. */
public final class GridStage extends Stage {
    private static final String CELLS = "cells";
    private static final String VIEWS = "views";
    private static final String STUB_RECIPE = "test-baseline.yml";

    /** What most photographs of ImageNet look like, for plans of an open size on a data set that nobody has looked at. */
    private static final Shapes USUAL = new Shapes(List.of(new Shapes.Row(500, 375, 1)));

    @Option(names = "--grid", required = true, paramLabel = "FILE", description = "The sweep.")
    private Path grid = Path.of("");

    @Option(
            names = "--recipes",
            required = true,
            arity = "1..*",
            paramLabel = "DIR",
            description = "Folders the recipe names are looked up in, first match first.")
    private List<Path> recipes = new ArrayList<>();

    @Option(
            names = "--shapes",
            paramLabel = "FILE",
            description = "Picture sizes of the data set, from split: what `size: auto` of local views is computed from"
                    + " (default: every size must be a number).")
    private @Nullable Path shapes;

    @Option(
            names = "--check-only",
            description = "Read grid and recipes with all checks and write nothing; a size of auto may be any.")
    private boolean checkOnly;

    @Mixin
    private PlanOptions plan = new PlanOptions();

    @Mixin
    private HalvingOptions halving = new HalvingOptions();

    public GridStage() {
        super(Contracts.GRID, "bin/stage grid --grid params/grids/demo.yml --recipes params/recipes --out grid");
    }

    public static void main(String[] args) {
        StageMain.run(new GridStage(), args);
    }

    @Override
    protected OutputFormats formats() {
        OutputFormats formats = super.formats().with(CellRow.SCHEMA, OutputFormat.table(CellRow.TABLE));
        formats = formats.with(
                Shows.SCHEMA, OutputFormat.of(Shows::read, file -> Shows.none().write(file)));
        return formats.with(CELLS, OutputFormat.of(GridStage::verifyCells, GridStage::stubCells));
    }

    @Override
    protected boolean writes() {
        return !checkOnly && !plan.asked();
    }

    @Override
    protected void checkOptions() {
        if (checkOnly && plan.asked()) {
            throw new StageFailure(ExitCode.USAGE, "--check-only: found beside --plan: must be one or the other");
        }
        plan.check();
        halving.check();
        if (plan.budget() != null && halving.asked()) {
            throw new StageFailure(ExitCode.USAGE, "--budget: found beside --halve-at: must be one or the other");
        }
    }

    @Override
    protected void run() throws IOException {
        if (writes()) {
            removeEarlierCells(out().resolve(CELLS));
            removeEarlierCells(out().resolve(VIEWS));
        }
        for (Path folder : recipes) {
            if (!Files.isDirectory(folder)) {
                throw new StageFailure(ExitCode.NO_INPUT, folder + ": no folder: must be a folder of recipes");
            }
        }
        GridRecipe recipe = GridFile.read(grid);
        Sweep sweep = new GridExpander(recipe, grid.toString(), sizes()).expand(recipes);
        List<Cell> cells = sweep.cells();
        halving.check(cells);
        Provenance provenance = new Provenance(viewfit.core.Code.version(), Recipes.sha256(recipe), "", "", "", "", 0);
        boolean invented = shapes == null;
        Shows shows = Shows.of(recipe, grid.toString(), sweep, invented, provenance);
        if (plan.asked()) {
            tellPlan(sweep);
        }
        if (!writes()) {
            return;
        }
        sweep.twins().forEach(twin -> say(twin.line()));
        for (Cell cell : cells) {
            write(CELLS, cell);
            cell.notes().forEach(note -> say(cell.row().cell() + ": " + note));
        }
        for (Cell cell : oneOfEachViews(cells)) {
            write(VIEWS, cell);
        }
        CellRow.TABLE.write(
                out().resolve("cells.csv"),
                Map.of("provenance", provenance.toJson()),
                cells.stream().map(Cell::row).toList());
        shows.write(out().resolve("shows.json"));
    }

    private void tellPlan(Sweep sweep) {
        List<Cell> cells = sweep.cells();
        PlanOptions.Images images = plan.images();
        Speed speed = plan.speed(images.classes());
        Plan reckoned = Plan.of(cells, images, speed);
        PlanText.of(reckoned, grid.toString(), images.train(), speed).forEach(this::answer);
        halving.told(reckoned).forEach(this::answer);
        Double budget = plan.budget();
        if (budget != null) {
            Budget.told(reckoned, budget, speed.unit()).forEach(this::answer);
        }
        sweep.twins().forEach(twin -> answer(twin.line()));
        if (shapes == null && cells.stream().anyMatch(cell -> !cell.notes().isEmpty())) {
            answer("size: auto is reckoned for pictures of 500 x 375: --shapes gives those of the data set.");
        }
    }

    private @Nullable LocalSizes sizes() {
        if (shapes != null) {
            return new DataSetSizes(Shapes.read(shapes), shapes.toString());
        }
        if (plan.asked()) {
            return new DataSetSizes(USUAL, "pictures of 500 x 375");
        }
        return checkOnly ? AutoSizes.ANY_SIZE : null;
    }

    private void write(String folder, Cell cell) {
        AtomicFiles.writeString(out().resolve(folder).resolve(cell.row().cell() + ".yml"), cell.yaml());
    }

    /** The first cell with each set of views: what views look like is the same for the others, whatever they train. */
    private static List<Cell> oneOfEachViews(List<Cell> cells) {
        Map<List<Object>, Cell> first = new LinkedHashMap<>();
        for (Cell cell : cells) {
            // Patches matter too: they say which sizes a transformer may have.
            first.putIfAbsent(
                    List.of(cell.recipe().views(), cell.recipe().backbone().patch()), cell);
        }
        return List.copyOf(first.values());
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
