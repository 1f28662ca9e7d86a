package viewfit.stages.split;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import viewfit.cli.OutputFormat;
import viewfit.cli.OutputFormats;
import viewfit.cli.Stage;
import viewfit.cli.StageMain;
import viewfit.core.contract.Contracts;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.DamagePolicy;
import viewfit.core.data.ImageFolder;
import viewfit.core.data.ImageSize;
import viewfit.core.data.Manifest;
import viewfit.core.data.ManifestRow;
import viewfit.core.data.Quarantine;
import viewfit.core.data.Shapes;
import viewfit.core.data.SplitReport;
import viewfit.core.data.Splitter;
import viewfit.core.files.Hashes;
import viewfit.core.metrics.Json;
import viewfit.core.metrics.Provenance;
import viewfit.views.ImageAudit;

/** Divides an image folder into manifests: train, held-out validation, test, and the 1 % and 10 % label subsets. */
public final class SplitStage extends Stage {
    private static final double ONE_PERCENT = 0.01;
    private static final double TEN_PERCENT = 0.1;

    @Option(
            names = "--images",
            required = true,
            paramLabel = "DIR",
            description = "The images: a folder, a list (.txt, .csv, .tsv), a .tar or an .h5.")
    private Path images = Path.of("");

    @Option(
            names = "--heldout-per-class",
            paramLabel = "N",
            description = "Images per class to hold out for validation; at most half of a class (default: 50).")
    private int heldoutPerClass = 50;

    @Option(names = "--seed", paramLabel = "SEED", description = "Root of the draw (default: 0).")
    private long seed;

    @Option(names = "--labels-1pct", paramLabel = "FILE", description = "Given list instead of a drawn 1 %% subset.")
    private @Nullable Path labels1pct;

    @Option(names = "--labels-10pct", paramLabel = "FILE", description = "Given list instead of a drawn 10 %% subset.")
    private @Nullable Path labels10pct;

    @Option(
            names = "--on-damaged",
            paramLabel = "WHAT",
            description = "fail, or skip: leave damaged images out of all lists (default: fail).")
    private DamagePolicy.OnDamaged onDamaged = DamagePolicy.OnDamaged.FAIL;

    @Option(
            names = "--damaged-quota",
            paramLabel = "SHARE",
            description = "With skip, largest share of all images that may be damaged (default: 0.01).")
    private double damagedQuota = DamagePolicy.DEFAULT_QUOTA;

    @Option(
            names = "--check",
            paramLabel = "HOW",
            description = "decode every image, or look at header and end only: faster, and finds only files that were"
                    + " cut off (default: decode).")
    private ImageAudit.Depth check = ImageAudit.Depth.DECODE;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Images that are read and decoded side by side; 0 means one per core (default: 0).")
    private int threads;

    private final List<String> notes = new ArrayList<>();

    public SplitStage() {
        super(Contracts.SPLIT, "bin/stage split --images test-data/imagenette-mini --heldout-per-class 10 --out split");
    }

    public static void main(String[] args) {
        StageMain.run(new SplitStage(), args);
    }

    @Override
    protected OutputFormats formats() {
        return super.formats()
                .with(
                        SplitReport.SCHEMA,
                        OutputFormat.of(
                                path -> Json.read(path, SplitReport.class),
                                path -> Json.write(path, SplitSummary.empty())));
    }

    @Override
    protected void run() throws IOException {
        if (heldoutPerClass < 0) {
            throw new StageFailure(ExitCode.USAGE, "--heldout-per-class: found " + heldoutPerClass + ": must be >= 0");
        }
        if (threads < 0) {
            throw new StageFailure(
                    ExitCode.USAGE, "--threads: found " + threads + ": must be 0 (one per core) or more");
        }
        ImageFolder folder = scan();
        Splitter splitter = new Splitter(seed, heldoutPerClass);
        Splitter.Parts parts = splitter.divide(folder.train());
        Map<String, List<ManifestRow>> files = new LinkedHashMap<>();
        files.put("train", parts.train());
        files.put("heldout", parts.heldout());
        files.put("test", folder.val());
        LabelSubset one = LabelSubset.of("labels-1pct", labels1pct, ONE_PERCENT, splitter, parts, folder.classes());
        LabelSubset ten = LabelSubset.of("labels-10pct", labels10pct, TEN_PERCENT, splitter, parts, folder.classes());
        List.of(one, ten).forEach(subset -> {
            files.put(subset.source().file(), subset.rows());
            notes.addAll(subset.notes());
        });
        if (!folder.labelled()) {
            notes.add(
                    "No class folders: nothing is held out and the label subsets are empty, since nothing can be scored.");
        }

        Map<String, String> header =
                Map.of("provenance", Provenance.ofSeed(seed).toJson());
        Map<String, String> hashes = new LinkedHashMap<>();
        files.forEach((name, rows) -> {
            Path file = out().resolve(name + ".csv");
            Manifest manifest = name.equals("test") ? Manifest.ofTest(rows, header) : new Manifest(rows, header);
            manifest.write(file);
            hashes.put(name + ".csv", Hashes.sha256(file));
        });
        Path quarantine = out().resolve(Quarantine.FILE);
        folder.damaged().write(quarantine, header);
        hashes.put(Quarantine.FILE, Hashes.sha256(quarantine));
        Path shapes = out().resolve("shapes.csv");
        shapes(folder, parts.train()).write(shapes, header);
        hashes.put("shapes.csv", Hashes.sha256(shapes));
        Path classes = out().resolve("classes.csv");
        folder.classes().write(classes, header);
        hashes.put("classes.csv", Hashes.sha256(classes));

        SplitSummary summary =
                new SplitSummary(folder, splitter, heldoutPerClass, files, List.of(one.source(), ten.source()), hashes);
        SplitReport report = summary.report(notes, seed);
        Json.write(out().resolve("split.json"), report);
        report.notes().forEach(this::say);
    }

    private ImageFolder scan() {
        DamagePolicy policy = new DamagePolicy(onDamaged, damagedQuota);
        try (ImageAudit audit = new ImageAudit(check)) {
            int side = threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
            ImageFolder folder = ImageFolder.scan(images, audit, policy, side);
            int damaged = folder.damaged().rows().size();
            if (damaged > 0) {
                notes.add(String.format(
                        Locale.ROOT,
                        "%d of %d images are damaged and left out; %s says why.",
                        damaged,
                        damaged + folder.train().size() + folder.val().size(),
                        Quarantine.FILE));
            }
            return folder;
        }
    }

    /** Sizes of the images to train on, which are some of the folder's, in its order. */
    private static Shapes shapes(ImageFolder folder, List<ManifestRow> train) {
        Shapes.Counter counter = new Shapes.Counter();
        int next = 0;
        for (int i = 0; i < folder.train().size() && next < train.size(); i++) {
            if (folder.train().get(i).path().equals(train.get(next).path())) {
                ImageSize size = folder.sizes().get(i);
                counter.add(size.width(), size.height());
                next++;
            }
        }
        return counter.shapes();
    }
}
