package viewfit.stages.views;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.cli.ContractCheck;
import viewfit.cli.StageMain;
import viewfit.core.data.Manifest;
import viewfit.core.data.ManifestRow;
import viewfit.core.data.Shapes;
import viewfit.core.files.Hashes;
import viewfit.core.metrics.Metrics;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.Recipes;
import viewfit.core.recipe.ViewGroup;
import viewfit.core.recipe.ViewRecipe;
import viewfit.core.table.CsvTable;
import viewfit.views.PackInfo;
import viewfit.views.PackWriter;
import viewfit.views.PixelScale;
import viewfit.views.ScaleBin;

/** The stage as a user runs it: files, exit codes and what it says. */
class ViewsStageTest {
    private static final Path ROOT = Path.of(System.getProperty("viewfit.root"));
    private static final Path IMAGES = ROOT.resolve("test-data/imagenette-mini");
    private static final Path RECIPES = ROOT.resolve("params/recipes");
    private static final int HEADER_LINES = 3;

    @TempDir
    Path dir;

    private StringWriter err = new StringWriter();

    @BeforeEach
    void inputs() throws IOException {
        try (Stream<Path> files = Files.walk(IMAGES.resolve("train"))) {
            List<ManifestRow> rows = files.filter(Files::isRegularFile)
                    .sorted()
                    .limit(2)
                    .map(file -> new ManifestRow(IMAGES.relativize(file).toString(), 0, 1, "0".repeat(64)))
                    .toList();
            new Manifest(rows, Map.of()).write(dir.resolve("train.csv"));
        }
        new Shapes(List.of(new Shapes.Row(375, 500, 1), new Shapes.Row(500, 375, 3)))
                .write(dir.resolve("shapes.csv"), Map.of());
    }

    private int run(String recipe, String... more) {
        err = new StringWriter();
        List<String> all = new ArrayList<>(List.of(
                "--recipe",
                recipe,
                "--shapes",
                dir.resolve("shapes.csv").toString(),
                "--manifest",
                dir.resolve("train.csv").toString(),
                "--images",
                IMAGES.toString(),
                "--pairs",
                "2000",
                "--sheet-images",
                "1",
                "--out",
                dir.resolve("out").toString()));
        for (int i = 0; i < more.length; i += 2) {
            int known = all.indexOf(more[i]);
            if (known >= 0) {
                all.set(known + 1, more[i + 1]);
            } else {
                all.addAll(List.of(more[i], more[i + 1]));
            }
        }
        StringWriter ignored = new StringWriter();
        return StageMain.execute(
                new ViewsStage(), new PrintWriter(ignored), new PrintWriter(err), all.toArray(new String[0]));
    }

    private static String recipe(String name) {
        return RECIPES.resolve(name).toString();
    }

    private List<PixelScaleRow> table() {
        return PixelScaleRow.TABLE.read(dir.resolve("out/pixel-scale.csv")).rows();
    }

    @Test
    void keepsItsContract() {
        assertEquals(List.of(), ContractCheck.differences(new ViewsStage()));
    }

    @Test
    void measuresDrawsAndSaysWhatItFound() throws IOException {
        assertEquals(0, run(recipe("dino-mobilenetv2-baseline.yml"), "--cell", "c_s0"), err::toString);
        List<PixelScaleRow> rows = table();
        assertEquals(
                List.of("mean of ratios", "mean linear ratio", "median ratio", "ratio of mean areas"),
                rows.stream().map(PixelScaleRow::estimator).toList());
        // 4:3 photographs at scale 0.14: table A.4 of the specification.
        PixelScaleRow best = rows.get(3);
        assertEquals(101.4, best.bestLocalSide(), 4 * best.bestLocalSideError());
        assertEquals(Math.round(best.bestLocalSide()), best.roundedLocalSide());
        Metrics metrics = Metrics.read(dir.resolve("out/metrics.json"));
        assertEquals("c_s0", metrics.cell());
        assertEquals(best.ratio(), metrics.values().get("ratio.ratio-of-mean-areas"));
        assertEquals(4, metrics.counts().get("images"));
        String sentence = "this data set: LC* = " + best.roundedLocalSide()
                + " (ratio of mean areas; 96 in the recipe gives PSg/PSl ";
        assertTrue(err.toString().contains("views: " + sentence), err::toString);
        assertTrue(metrics.message().startsWith(sentence), metrics.message());
        assertFalse(err.toString().contains("ViT"));
        assertEquals(
                8 + HEADER_LINES,
                Files.readAllLines(dir.resolve("out/views.csv")).size());
    }

    @Test
    void transformersAreToldTheirPatches() {
        assertEquals(0, run(recipe("dino-vit-tiny-ours.yml")), err::toString);
        assertTrue(err.toString().contains(", for ViT: 128 (multiple of patch 16)"), err::toString);
        assertEquals(128, table().get(3).roundedLocalSide());
        assertTrue(Math.abs(table().get(3).bestLocalSide() - 128) > 0.2, "a multiple of 16 by itself");
    }

    @Test
    void withoutLocalViewsThereIsNothingToCompare() {
        assertEquals(0, run(recipe("moco-mobilenetv2-two-view.yml")), err::toString);
        assertEquals(List.of(), table());
        assertTrue(err.toString().contains("no local views: there is nothing to compare"), err::toString);
    }

    @Test
    void threadsAndASecondRunChangeNoByte() throws IOException {
        assertEquals(0, run(recipe("test-ours.yml"), "--threads", "1"));
        List<Path> files;
        try (Stream<Path> list = Files.list(dir.resolve("out"))) {
            files = list.sorted().toList();
        }
        assertEquals(7, files.size());
        List<byte[]> before = new ArrayList<>();
        for (Path file : files) {
            before.add(Files.readAllBytes(file));
        }
        assertEquals(0, run(recipe("test-ours.yml"), "--threads", "3"));
        for (int i = 0; i < files.size(); i++) {
            assertArrayEquals(
                    before.get(i),
                    Files.readAllBytes(files.get(i)),
                    files.get(i).toString());
        }
    }

    @Test
    void wrongInputIsReportedInOneLine() throws IOException {
        String ours = recipe("test-ours.yml");
        refused(64, "--pairs: found 99: must be 100 to 2000000", ours, "--pairs", "99");
        refused(64, "--sheet-images: found 0: must be 1 to 64", ours, "--sheet-images", "0");
        refused(64, "--threads: found -1: must be 0 or more", ours, "--threads", "-1");
        refused(
                66,
                "nowhere: does not exist: must be a folder of images, a pack, a list, a tar or an HDF5 file",
                ours,
                "--images",
                "nowhere");
        refused(64, "--damaged-quota: found 1.5: must be in 0 .. 1", ours, "--damaged-quota", "1.5");
        refused(
                78,
                "views.groups[2].size: found auto: must be a number here: the grid stage, with --shapes",
                recipe("imagenette128-auto.yml"));
        new Shapes(List.of()).write(dir.resolve("none.csv"), Map.of());
        refused(
                65,
                "none.csv: found no picture size: must have at least 1",
                ours,
                "--shapes",
                dir.resolve("none.csv").toString());
        new Manifest(List.of(), Map.of()).write(dir.resolve("empty.csv"));
        refused(
                65,
                "empty.csv: found no image: must have at least 1",
                ours,
                "--manifest",
                dir.resolve("empty.csv").toString());
        assertFalse(Files.exists(dir.resolve("out")));
    }

    /** The same sheet and numbers from files, a list, a tar and a pack. */
    @Test
    void everySourceGivesTheSameViews() throws IOException {
        Manifest given = Manifest.read(dir.resolve("train.csv"));
        List<ManifestRow> rows = new ArrayList<>();
        List<ManifestRow> inTar = new ArrayList<>();
        Path root = Files.createDirectories(dir.resolve("root"));
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(Files.newOutputStream(root.resolve("x.tar")))) {
            for (ManifestRow row : given.rows()) {
                byte[] bytes = Files.readAllBytes(IMAGES.resolve(row.path()));
                Path file = root.resolve(row.path());
                Files.createDirectories(file.resolveSibling(""));
                Files.write(file, bytes);
                TarArchiveEntry entry = new TarArchiveEntry(row.path());
                entry.setSize(bytes.length);
                tar.putArchiveEntry(entry);
                tar.write(bytes);
                tar.closeArchiveEntry();
                rows.add(new ManifestRow(row.path(), 0, bytes.length, Hashes.sha256(bytes)));
                inTar.add(new ManifestRow("x.tar/" + row.path(), 0, bytes.length, Hashes.sha256(bytes)));
            }
        }
        Files.writeString(root.resolve("list.txt"), given.rows().get(0).path() + "\n");
        PackWriter.write(
                dir.resolve("pack"),
                root,
                rows,
                List.of(),
                new PackWriter.Options(PackInfo.Store.PIXELS, 0, 1 << 20, 1));
        byte[] expected = sheet(rows, root);
        assertArrayEquals(expected, sheet(rows, root.resolve("list.txt")));
        assertArrayEquals(expected, sheet(rows, dir.resolve("pack")));
        assertArrayEquals(expected, sheet(inTar, root.resolve("x.tar")));
    }

    private byte[] sheet(List<ManifestRow> rows, Path images) throws IOException {
        new Manifest(rows, Map.of()).write(dir.resolve("rows.csv"));
        String manifest = dir.resolve("rows.csv").toString();
        assertEquals(
                0, run(recipe("test-ours.yml"), "--manifest", manifest, "--images", images.toString()), err::toString);
        return Files.readAllBytes(dir.resolve("out/views.png"));
    }

    /** Of a pack of shrunk pictures the sizes are those that training sees. */
    @Test
    void aPackOfSmallerPicturesIsMeasuredAsSuch() {
        List<ManifestRow> rows = new ArrayList<>();
        for (ManifestRow row : Manifest.read(dir.resolve("train.csv")).rows()) {
            rows.add(new ManifestRow(row.path(), 0, 1, Hashes.sha256(IMAGES.resolve(row.path()))));
        }
        new Manifest(rows, Map.of()).write(dir.resolve("train.csv"));
        PackWriter.write(
                dir.resolve("pack"),
                IMAGES,
                rows,
                List.of(),
                new PackWriter.Options(PackInfo.Store.PIXELS, 50, 1 << 20, 1));
        assertEquals(0, run(recipe("test-ours.yml")), err::toString);
        double whole = medianScale();
        assertEquals(
                0, run(recipe("test-ours.yml"), "--images", dir.resolve("pack").toString()), err::toString);
        // 375 pixels became 50.
        assertEquals(2 * Math.log(375 / 50.0) / Math.log(2), medianScale() - whole, 0.3);
    }

    /** Middle of the distribution of log2 pixel scales of the global views. */
    private double medianScale() {
        double below = 0;
        for (ScaleBin bin : CsvTable.of(ScaleBin.class, ScaleBin.SCHEMA)
                .read(dir.resolve("out/pixel-scale-bins.csv"))
                .rows()) {
            if (bin.group() == 0 && bin.quantity().equals(ScaleBin.PIXEL_SCALE)) {
                below += bin.share();
                if (below >= 0.5) {
                    return bin.low();
                }
            }
        }
        throw new AssertionError("no bins of the global views");
    }

    /** The sheet of the stage is that of the training run, damaged images and all. */
    @Test
    void damagedImagesAreReplacedIfAskedForWithinTheQuota() throws IOException {
        Path root = Files.createDirectories(dir.resolve("root"));
        List<ManifestRow> rows = new ArrayList<>();
        Path whole = IMAGES.resolve(
                Manifest.read(dir.resolve("train.csv")).rows().get(0).path());
        Files.copy(whole, root.resolve("a.jpg"));
        Files.writeString(root.resolve("b.jpg"), "text");
        for (String name : List.of("a.jpg", "b.jpg")) {
            rows.add(new ManifestRow(name, 0, 1, "0".repeat(64)));
        }
        new Manifest(rows, Map.of()).write(dir.resolve("train.csv"));
        String[] from = {"--images", root.toString(), "--sheet-images", "2"};
        String ours = recipe("test-ours.yml");
        assertEquals(65, run(ours, from), err::toString);
        assertTrue(err.toString().contains("b.jpg: found "), err::toString);
        assertEquals(65, run(ours, from[0], from[1], from[2], from[3], "--on-damaged", "skip"), err::toString);
        assertTrue(err.toString().contains("damaged images: found 1 of 2, the first: "), err::toString);
        assertEquals(
                0,
                run(ours, from[0], from[1], from[2], from[3], "--on-damaged", "skip", "--damaged-quota", "0.5"),
                err::toString);
        assertTrue(err.toString().contains("1 of the images that the sheet was to show are damaged"), err::toString);
        assertFalse(Files.readString(dir.resolve("out/views.csv")).contains("b.jpg"));
    }

    /** Wrong options leave the outputs of an earlier run where they are, a failed run does not. */
    @Test
    void wrongUsageTouchesNothing() {
        String ours = recipe("test-ours.yml");
        assertEquals(0, run(ours), err::toString);
        refused(64, "--pairs: found 99", ours, "--pairs", "99");
        assertTrue(Files.exists(dir.resolve("out/views.png")));
        refused(66, "nowhere: does not exist", ours, "--images", "nowhere");
        assertFalse(Files.exists(dir.resolve("out/views.png")));
    }

    private void refused(int code, String message, String recipe, String... more) {
        assertEquals(code, run(recipe, more), err::toString);
        assertTrue(err.toString().contains(message), err::toString);
        assertEquals(1, err.toString().lines().count(), err::toString);
    }

    /** The paper's own statement is drawn where crops and global size are the paper's, and nowhere else. */
    @Test
    void thePaperIsQuotedOnItsOwnViewsOnly() {
        assertEquals(128, paperSide("dino-mobilenetv2-ours.yml"));
        assertEquals(103, paperSide("dino-mobilenetv2-baseline.yml"));
        assertEquals(Double.NaN, paperSide("dino-vit-tiny-baseline.yml"));
        assertEquals(Double.NaN, paperSide("imagenette128-ours.yml"));
    }

    private static double paperSide(String recipe) {
        ViewRecipe views =
                Recipes.read(RECIPES.resolve(recipe), PretrainRecipe.class).views();
        Shapes square = new Shapes(List.of(new Shapes.Row(100, 100, 1)));
        return ScaleFigure.paperSide(
                views, PixelScale.estimate(views, square, 100, 0, 1).get(0));
    }

    @Test
    void severalLocalGroupsAreNamed() {
        ViewRecipe ours = Recipes.read(RECIPES.resolve("dino-mobilenetv2-ours.yml"), PretrainRecipe.class)
                .views();
        List<ViewGroup> groups = new ArrayList<>(ours.groups());
        groups.add(ours.groups().get(2));
        ViewRecipe two = new ViewRecipe(ours.aspect(), ours.interpolation(), ours.normalize(), groups);
        Shapes square = new Shapes(List.of(new Shapes.Row(100, 100, 1)));
        List<String> sentences = Findings.sentences(PixelScale.estimate(two, square, 100, 0, 1), 16);
        assertTrue(sentences.get(0).startsWith("views.groups[2]: this data set: LC* = "), sentences::toString);
        assertTrue(sentences.get(1).startsWith("views.groups[3]: this data set: LC* = "), sentences::toString);
    }
}
