package viewfit.stages.pack;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import viewfit.cli.OutputFormat;
import viewfit.cli.OutputFormats;
import viewfit.cli.Stage;
import viewfit.cli.StageMain;
import viewfit.core.contract.Contracts;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.Manifest;
import viewfit.core.data.ManifestRow;
import viewfit.core.data.ManifestRows;
import viewfit.core.files.AtomicFiles;
import viewfit.core.files.Hashes;
import viewfit.views.Pack;
import viewfit.views.PackCheck;
import viewfit.views.PackInfo;
import viewfit.views.PackWriter;

/** Packs the images of manifests into a few large files that the trainers map, or checks such a pack. */
public final class PackStage extends Stage {
    private static final long MIB = 1 << 20;
    private static final int MOST_SHARD_MIB = 1023;
    private static final double MB = 1e6;

    @Option(names = "--images", paramLabel = "DIR", description = "Root of the manifest paths.")
    private @Nullable Path images;

    @Option(
            names = "--manifest",
            paramLabel = "FILE",
            description = "Images to pack; may be given more than once, an image that occurs again is packed once.")
    private List<Path> manifests = new ArrayList<>();

    @Option(
            names = "--store",
            paramLabel = "KIND",
            description =
                    "original: the image files byte for byte; pixels: decoded, which training then never does again;"
                            + " both give the same views (default: original).")
    private PackInfo.Store store = PackInfo.Store.ORIGINAL;

    @Option(
            names = "--short-side",
            paramLabel = "N",
            description =
                    "With pixels: shrink larger pictures to this short side (antialiased bicubic). Changes the pixels, and"
                            + " with them the views (default: none).")
    private @Nullable Integer shortSide;

    @Option(
            names = "--shard-mib",
            paramLabel = "N",
            description = "MiB after which a shard is closed, 1 to 1023 (default: 256).")
    private int shardMib = 256;

    @Option(names = "--threads", paramLabel = "N", description = "Worker threads; 0 means all cores (default: 0).")
    private int threads;

    @Option(
            names = "--check",
            paramLabel = "DIR",
            description = "Compare every checksum of the pack in this folder, and write nothing.")
    private @Nullable Path checked;

    public PackStage() {
        super(
                Contracts.PACK,
                """
                bin/stage pack --images photos --manifest train.csv --manifest heldout.csv --store pixels --out pack
                bin/stage pack --check pack""");
    }

    public static void main(String[] args) {
        StageMain.run(new PackStage(), args);
    }

    @Override
    protected OutputFormats formats() {
        return super.formats()
                .with(
                        PackInfo.SCHEMA,
                        OutputFormat.of(path -> Pack.open(folder(path)), path -> Pack.stub(folder(path))))
                .with(Pack.INDEX_SCHEMA, OutputFormat.of(path -> Pack.open(folder(path)), path -> {}))
                .with(Pack.NAMES_SCHEMA, OutputFormat.of(path -> Pack.open(folder(path)), path -> {}));
    }

    private static Path folder(Path file) {
        Path parent = file.getParent();
        return parent == null ? Path.of("") : parent;
    }

    @Override
    protected boolean writes() {
        return checked == null;
    }

    @Override
    protected void checkOptions() {
        options();
        if (checked == null && (images == null || manifests.isEmpty())) {
            String missing = images == null ? "--images" : "--manifest";
            throw usage(missing, "nothing", "must be given, or --check");
        }
    }

    @Override
    protected void run() throws IOException {
        if (checked != null) {
            check(checked);
            return;
        }
        if (images == null) {
            throw new IllegalStateException("--images is missing although the options were accepted");
        }
        PackInfo info = PackWriter.write(out(), images, rows(), sources, options());
        double bytes = info.shards().stream().mapToLong(PackInfo.Shard::bytes).sum();
        say(String.format(
                Locale.ROOT,
                "%d images in %d shards, %.1f MB",
                info.images(),
                info.shards().size(),
                bytes / MB));
    }

    private final List<PackInfo.Source> sources = new ArrayList<>();

    private List<ManifestRow> rows() {
        ManifestRows.Builder rows = new ManifestRows.Builder();
        for (Path file : manifests) {
            Manifest manifest = Manifest.read(file);
            sources.add(new PackInfo.Source(AtomicFiles.name(file), manifest.size(), Hashes.sha256(file)));
            manifest.rows().forEach(rows::add);
        }
        return rows.build();
    }

    private PackWriter.Options options() {
        if (shortSide != null && shortSide < 1) {
            throw usage("--short-side", shortSide.toString(), "must be at least 1 pixel");
        }
        if (shortSide != null && store != PackInfo.Store.PIXELS) {
            throw usage("--short-side", shortSide.toString(), "needs --store pixels");
        }
        if (shardMib < 1 || shardMib > MOST_SHARD_MIB) {
            throw usage("--shard-mib", Integer.toString(shardMib), "must be 1 to " + MOST_SHARD_MIB);
        }
        if (threads < 0) {
            throw usage("--threads", Integer.toString(threads), "must be 0 (all cores) or more");
        }
        int workers = threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
        return new PackWriter.Options(store, shortSide == null ? 0 : shortSide, shardMib * MIB, workers);
    }

    private void check(Path folder) {
        PackCheck check = PackCheck.of(folder);
        if (!check.whole()) {
            throw new StageFailure(ExitCode.BAD_DATA, String.join("\n", check.lines()));
        }
        check.lines().forEach(this::say);
    }

    private static StageFailure usage(String option, String found, String allowed) {
        return new StageFailure(ExitCode.USAGE, option + ": found " + found + ": " + allowed);
    }
}
