package viewfit.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import viewfit.core.data.ManifestRow;
import viewfit.core.recipe.ViewRecipe;
import viewfit.views.ImageStore;
import viewfit.views.LoaderOptions;
import viewfit.views.MultiCropLoader;
import viewfit.views.PackInfo;
import viewfit.views.PackWriter;

/** Eight views per image from files, from a pack of the files and from a pack of their pixels; processor time of one worker. */
final class PackBench {
    private static final int BATCH = 16;
    private static final long WARM_UP = 10_000_000_000L;
    private static final long SHARD = 256L << 20;

    private final List<ManifestRow> rows;
    private final Photographs photographs;
    private final int rounds;
    private final ViewRecipe recipe = Photographs.views(96, 0.14);

    PackBench(Photographs photographs, int rounds) {
        this.photographs = photographs;
        this.rows = photographs.rows();
        this.rounds = rounds;
    }

    void run() throws IOException {
        Path folder = Files.createTempDirectory("packs");
        try {
            Path original = pack(folder.resolve("original"), PackInfo.Store.ORIGINAL);
            Path pixels = pack(folder.resolve("pixels"), PackInfo.Store.PIXELS);
            long start = System.nanoTime();
            while (System.nanoTime() - start < WARM_UP) {
                pass(photographs.root());
                pass(original);
                pass(pixels);
            }
            Rounds files = new Rounds();
            Rounds packed = new Rounds();
            Rounds decoded = new Rounds();
            for (int i = 0; i < rounds; i++) {
                files.add(pass(photographs.root()));
                packed.add(pass(original));
                decoded.add(pass(pixels));
            }
            System.out.printf(
                    Locale.ROOT,
                    "%d photographs, 2 x 224 + 6 x 96, processor time per image, median of %d rounds, files cached%n",
                    rows.size(),
                    rounds);
            System.out.println("| from | ms | MB on disk | files take |");
            System.out.println("| --- | --- | --- | --- |");
            line("files", files, size(photographs.root(), rows), files);
            line("pack of files", packed, size(original), files);
            line("pack of pixels", decoded, size(pixels), files);
        } finally {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static void line(String name, Rounds here, double megabytes, Rounds files) {
        System.out.printf(
                Locale.ROOT, "| %s | %.2f | %.1f | %s |%n", name, here.median(), megabytes, here.ratio(files));
    }

    private Path pack(Path folder, PackInfo.Store store) throws IOException {
        Files.createDirectories(folder);
        PackWriter.write(folder, photographs.root(), rows, List.of(), new PackWriter.Options(store, 0, SHARD, 2));
        return folder;
    }

    private static double size(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile)
                            .mapToLong(file -> file.toFile().length())
                            .sum()
                    / 1e6;
        }
    }

    private static double size(Path root, List<ManifestRow> rows) {
        return rows.stream()
                        .mapToLong(row -> root.resolve(row.path()).toFile().length())
                        .sum()
                / 1e6;
    }

    private double pass(Path images) {
        ImageStore store = new ImageStore(images, rows, 0);
        long steps = MultiCropLoader.stepsPerEpoch(store.size(), BATCH);
        double start = Cpu.millis();
        try (MultiCropLoader loader = new MultiCropLoader(store, recipe, new LoaderOptions(BATCH, 1, 1), 0, steps)) {
            while (loader.hasNext()) {
                loader.next();
            }
        }
        return (Cpu.millis() - start) / (steps * BATCH);
    }
}
