package viewfit.stages.views;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import viewfit.cli.CellStage;
import viewfit.cli.OutputFormat;
import viewfit.cli.OutputFormats;
import viewfit.cli.StageMain;
import viewfit.core.Code;
import viewfit.core.contract.Contracts;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.DamagePolicy;
import viewfit.core.data.Manifest;
import viewfit.core.data.Shapes;
import viewfit.core.files.AtomicFiles;
import viewfit.core.files.Hashes;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.Outcome;
import viewfit.core.metrics.Provenance;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.Recipes;
import viewfit.core.recipe.ViewRecipe;
import viewfit.core.table.CsvTable;
import viewfit.report.chart.Fonts;
import viewfit.report.chart.PixelScaleFigure;
import viewfit.views.ContactSheet;
import viewfit.views.ImageStore;
import viewfit.views.Images;
import viewfit.views.PixelScale;
import viewfit.views.PixelScales;
import viewfit.views.SampledView;
import viewfit.views.ScaleBin;
import viewfit.views.StandIns;

/** Measures the pixel scales of a recipe's views on a data set, and draws them and the views. */
@Command(name = "views")
public final class ViewsStage extends CellStage {
    /** A hundred bytes a pair on the heap. */
    private static final int MOST_PAIRS = 2_000_000;

    private static final int MOST_IMAGES = 64;
    private static final int SHEET_IMAGES = 4;
    private static final CsvTable<ScaleBin> BINS = CsvTable.of(ScaleBin.class, ScaleBin.SCHEMA);
    private static final CsvTable<SampledView> VIEWS = CsvTable.of(SampledView.class, "views/1");

    @Option(names = "--recipe", required = true, paramLabel = "FILE", description = "Complete recipe of a cell.")
    private Path recipe = Path.of("");

    @Option(
            names = "--shapes",
            required = true,
            paramLabel = "FILE",
            description = "How often each picture size occurs, from split.")
    private Path shapes = Path.of("");

    @Option(names = "--manifest", required = true, paramLabel = "FILE", description = "Images to show.")
    private Path manifest = Path.of("");

    @Option(
            names = "--images",
            required = true,
            paramLabel = "DIR",
            description = "What split was given: a folder, a list, a tar or an HDF5 file; or a pack of it.")
    private Path images = Path.of("");

    @Option(
            names = "--pairs",
            paramLabel = "N",
            description = "Pairs of a global and a local box to draw, 100 to 2000000 (default: 200000).")
    private int pairs = PixelScale.PAIRS;

    @Option(
            names = "--sheet-images",
            paramLabel = "N",
            description =
                    "Images on the contact sheet, 1 to 64, fewer for large views (default: 4, or as many as fit).")
    private @Nullable Integer sheetImages;

    @Option(
            names = "--on-damaged",
            paramLabel = "WHAT",
            description = "fail, or skip: another image stands in for a damaged or missing one, the same as in training"
                    + " (default: fail).")
    private DamagePolicy.OnDamaged onDamaged = DamagePolicy.OnDamaged.FAIL;

    @Option(
            names = "--damaged-quota",
            paramLabel = "SHARE",
            description =
                    "With skip, largest share of the manifest's images that may turn out to be damaged (default: 0.01).")
    private double damagedQuota = DamagePolicy.DEFAULT_QUOTA;

    @Option(names = "--threads", paramLabel = "N", description = "Worker threads; 0 means all cores (default: 0).")
    private int threads;

    public ViewsStage() {
        super(
                Contracts.VIEWS,
                "bin/stage views --recipe grid/views/ours_s0.yml --shapes split/shapes.csv --manifest split/train.csv"
                        + " --images photos --out views");
    }

    public static void main(String[] args) {
        StageMain.run(new ViewsStage(), args);
    }

    @Override
    protected OutputFormats formats() {
        return super.formats()
                .with(PixelScaleRow.SCHEMA, OutputFormat.table(PixelScaleRow.TABLE))
                .with(ScaleBin.SCHEMA, OutputFormat.table(BINS));
    }

    @Override
    protected void checkOptions() {
        within("--pairs", pairs, PixelScale.MIN_PAIRS, MOST_PAIRS);
        within("--sheet-images", sheetImages == null ? SHEET_IMAGES : sheetImages, 1, MOST_IMAGES);
        within("--threads", threads, 0, Integer.MAX_VALUE);
        damaged();
    }

    private DamagePolicy damaged() {
        return new DamagePolicy(onDamaged, damagedQuota);
    }

    /** Images on the sheet: those asked for, if there is room for them. */
    private int sheetImages(ViewRecipe views) {
        int most = ContactSheet.mostImages(views);
        if (sheetImages == null) {
            return Math.min(SHEET_IMAGES, most);
        }
        if (sheetImages > most) {
            throw new StageFailure(
                    ExitCode.USAGE,
                    "--sheet-images: found " + sheetImages + ": must be at most " + most
                            + " with views as large as those of " + recipe);
        }
        return sheetImages;
    }

    @Override
    protected void run() {
        PretrainRecipe complete = Recipes.read(recipe, PretrainRecipe.class);
        int onSheet = sheetImages(complete.views());
        Images source = Images.open(images);
        Shapes sizes = source.sizes(Shapes.read(shapes));
        Manifest rows = Manifest.read(manifest);
        notEmpty(shapes, sizes.rows(), "picture size");
        notEmpty(manifest, rows.rows(), "image");
        StandIns standIns = new StandIns(new ImageStore(source, rows.rows(), 0), damaged(), complete.seed());
        Fonts.require();

        int workers = threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
        int patch = complete.backbone().patch();
        PixelScales scales = PixelScales.measure(complete.views(), sizes, pairs, PixelScale.SEED, workers);
        Provenance provenance = new Provenance(
                Code.version(), Recipes.sha256(complete), Hashes.sha256(manifest), "", "", "", complete.seed());
        Map<String, String> header = Map.of("provenance", provenance.toJson());
        List<PixelScaleRow> table = PixelScaleRow.of(scales.groups(), patch);
        PixelScaleRow.TABLE.write(out().resolve("pixel-scale.csv"), header, table);
        BINS.write(out().resolve("pixel-scale-bins.csv"), header, scales.bins());
        PixelScaleFigure figure = ScaleFigure.of(complete.views(), scales);
        int height = ScaleFigure.LINE_HEIGHT * figure.lines();
        AtomicFiles.writeBytes(out().resolve("pixel-scale.png"), figure.png(ScaleFigure.WIDTH, height));
        AtomicFiles.writeBytes(out().resolve("pixel-scale.svg"), figure.svg(ScaleFigure.WIDTH, height));
        VIEWS.write(
                out().resolve("views.csv"),
                header,
                ContactSheet.write(out().resolve("views.png"), standIns, complete.views(), complete.seed(), onSheet));
        if (standIns.damaged() > 0) {
            say(String.format(
                    Locale.ROOT,
                    "%d of the images that the sheet was to show are damaged, others stand in for them; the first: %s",
                    standIns.damaged(),
                    standIns.first()));
        }
        metrics(scales, sizes, table, patch, provenance).write(out().resolve("metrics.json"));
        Findings.lines(scales.groups(), patch).forEach(this::say);
    }

    private Metrics metrics(
            PixelScales scales, Shapes sizes, List<PixelScaleRow> table, int patch, Provenance provenance) {
        Map<String, Double> values = new TreeMap<>();
        Map<String, Long> counts = new TreeMap<>(Map.of(
                "pairs", (long) pairs,
                "images", sizes.images(),
                "picture-sizes", (long) sizes.rows().size(),
                "local-groups", (long) scales.groups().size()));
        // Of several groups of local views the first; the table has all.
        for (PixelScaleRow row : table) {
            if (row.group() == table.get(0).group()) {
                String name = row.estimator().replace(' ', '-');
                values.put("ratio." + name, row.ratio());
                values.put("best-local-side." + name, row.bestLocalSide());
                counts.put("rounded-local-side." + name, (long) row.roundedLocalSide());
            }
        }
        String message = String.join("; ", Findings.sentences(scales.groups(), patch));
        return new Metrics(Metrics.SCHEMA, contract().name(), cell(), Outcome.OK, message, values, counts, provenance);
    }

    private static void within(String option, int value, int low, int high) {
        if (value < low || value > high) {
            String allowed =
                    high == Integer.MAX_VALUE ? "must be " + low + " or more" : "must be " + low + " to " + high;
            throw new StageFailure(ExitCode.USAGE, option + ": found " + value + ": " + allowed);
        }
    }

    private static void notEmpty(Path file, List<?> rows, String what) {
        if (rows.isEmpty()) {
            throw new StageFailure(
                    ExitCode.BAD_DATA, String.format(Locale.ROOT, "%s: found no %s: must have at least 1", file, what));
        }
    }
}
