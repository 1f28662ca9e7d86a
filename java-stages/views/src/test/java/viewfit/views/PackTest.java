package viewfit.views;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.DamagePolicy;
import viewfit.core.data.ManifestRow;
import viewfit.core.data.Shapes;
import viewfit.core.files.Hashes;
import viewfit.core.recipe.EvalViewRecipe;
import viewfit.core.recipe.ViewRecipe;
import viewfit.views.PackInfo.Store;

@Timeout(120)
class PackTest {
    private static final int IMAGES = 11;
    private static final int SHARD = 20_000;
    private static final ViewRecipe VIEWS = TestViews.ours(24, 12, 0.3);

    @TempDir
    static Path root;

    @TempDir
    Path dir;

    private static final List<ManifestRow> ROWS = new ArrayList<>();

    @BeforeAll
    static void pictures() throws IOException {
        Path tar = root.resolve("x.tar");
        Path hdf = root.resolve("x.h5");
        try (TarArchiveOutputStream out = new TarArchiveOutputStream(Files.newOutputStream(tar));
                WritableHdfFile groups = HdfFile.write(hdf)) {
            for (int i = 0; i < IMAGES; i++) {
                byte[] png = png(TestViews.noise(30 + 3 * i, 60 - 2 * i, i));
                String name = "p" + i + ".png";
                Files.write(root.resolve(name), png);
                TarArchiveEntry entry = new TarArchiveEntry(name);
                entry.setSize(png.length);
                out.putArchiveEntry(entry);
                out.write(png);
                out.closeArchiveEntry();
                groups.putGroup("g" + i).putDataset(name, png);
                ROWS.add(new ManifestRow(name, i % 3, png.length, Hashes.sha256(png)));
            }
        }
    }

    private static byte[] png(Pixels noise) throws IOException {
        BufferedImage image = new BufferedImage(noise.width(), noise.height(), BufferedImage.TYPE_3BYTE_BGR);
        int[] samples = new int[noise.byteCount()];
        for (int k = 0; k < samples.length; k++) {
            samples[k] = noise.data()[k] & 255;
        }
        image.getRaster().setPixels(0, 0, noise.width(), noise.height(), samples);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(image, "png", out);
        return out.toByteArray();
    }

    private static PackInfo write(Path folder, Store store, int side, int threads) {
        return PackWriter.write(
                folder,
                root,
                ROWS,
                List.of(new PackInfo.Source("train.csv", ROWS.size(), "0".repeat(64))),
                new PackWriter.Options(store, side, SHARD, threads));
    }

    private static List<byte[]> batches(Path images, List<ManifestRow> rows, int batchSize, int threads) {
        List<byte[]> steps = new ArrayList<>();
        ImageStore store = new ImageStore(images, rows, 0);
        try (MultiCropLoader loader =
                new MultiCropLoader(store, VIEWS, new LoaderOptions(batchSize, 5, threads), 0, 6)) {
            while (loader.hasNext()) {
                MultiCropBatch batch = loader.next();
                steps.add(bytes(batch.data(0)));
                steps.add(bytes(batch.data(1)));
            }
        }
        try (EvalLoader loader =
                new EvalLoader(store, new EvalViewRecipe(20, 16), new LoaderOptions(batchSize, 5, threads))) {
            while (loader.hasNext()) {
                steps.add(bytes(loader.next().data()));
            }
        }
        return steps;
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private static List<ManifestRow> renamed(String front, boolean groups) {
        List<ManifestRow> rows = new ArrayList<>();
        for (int i = 0; i < ROWS.size(); i++) {
            ManifestRow row = ROWS.get(i);
            String path = front + (groups ? "g" + i + "/" : "") + row.path();
            rows.add(new ManifestRow(path, row.label(), row.bytes(), row.sha256()));
        }
        return rows;
    }

    /** Views are the same bits wherever the image comes from, by any number of threads, in batches of any size. */
    @Test
    void viewsAreTheSameFromEverySource() {
        write(dir.resolve("original"), Store.ORIGINAL, 0, 2);
        write(dir.resolve("pixels"), Store.PIXELS, 0, 2);
        for (int batchSize : new int[] {2, 3, 5}) {
            List<byte[]> expected = batches(root, ROWS, batchSize, 1);
            assertTrue(expected.size() > 12);
            for (int threads : new int[] {1, 2, 7}) {
                assertSame(expected, batches(dir.resolve("original"), ROWS, batchSize, threads));
                assertSame(expected, batches(dir.resolve("pixels"), ROWS, batchSize, threads));
                assertSame(expected, batches(root, renamed("x.tar/", false), batchSize, threads));
                assertSame(expected, batches(root.resolve("x.h5"), renamed("x.h5/", true), batchSize, threads));
            }
        }
    }

    private static void assertSame(List<byte[]> expected, List<byte[]> actual) {
        assertEquals(expected.size(), actual.size());
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(expected.get(i), actual.get(i), "block " + i);
        }
    }

    @ParameterizedTest
    @EnumSource(Store.class)
    void threadsChangeNoByteAndAWholePackIsCalledSo(Store store) throws IOException {
        PackInfo info = write(dir.resolve("a"), store, 0, 1);
        assertEquals(IMAGES, info.images());
        assertTrue(info.shards().size() > 2, info.shards()::toString);
        assertEquals(info, write(dir.resolve("b"), store, 0, 7));
        List<Path> files = files(dir.resolve("a"));
        assertEquals(3 + info.shards().size(), files.size());
        for (Path file : files) {
            Path other = dir.resolve("b").resolve(dir.resolve("a").relativize(file));
            assertEquals(-1, Files.mismatch(file, other), file::toString);
        }
        PackCheck check = PackCheck.of(dir.resolve("a"));
        assertTrue(check.whole(), check.lines()::toString);
        assertEquals(info.shards().size(), check.lines().size());
        // Packing again replaces; fewer shards leave no old one.
        PackWriter.write(
                dir.resolve("a"), root, ROWS.subList(0, 2), List.of(), new PackWriter.Options(store, 0, SHARD, 1));
        assertEquals(2, Pack.open(dir.resolve("a")).info().images());
        assertTrue(files(dir.resolve("a")).size() < files.size());
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> walk = Files.walk(folder)) {
            return walk.filter(Files::isRegularFile)
                    .sorted(Comparator.comparing(Path::toString))
                    .toList();
        }
    }

    @Test
    void anImageLongerThanAShardHasItsOwn() {
        PackInfo info = PackWriter.write(dir, root, ROWS, List.of(), new PackWriter.Options(Store.PIXELS, 0, 1, 2));
        assertEquals(IMAGES, info.shards().size());
        assertSame(batches(root, ROWS, 4, 1), batches(dir, ROWS, 4, 2));
    }

    @Test
    void theShortSideIsShrunkAndSmallerPicturesStay() {
        write(dir, Store.PIXELS, 36, 2);
        ImageStore packed = new ImageStore(dir, ROWS, 1 << 20);
        ImageStore plain = new ImageStore(root, ROWS, 0);
        Pixels a = new Pixels();
        Pixels b = new Pixels();
        try (ImageDecoder decoder = new ImageDecoder()) {
            Pixels shrunk = packed.get(8, decoder, a);
            Pixels whole = plain.get(8, decoder, b);
            assertEquals(54, whole.width());
            assertEquals(44, whole.height());
            assertEquals(44, shrunk.width());
            assertEquals(36, shrunk.height());
            byte[] expected = TestViews.resized(whole, Crop.whole(54, 44), 44, 36, Filter.BICUBIC, false);
            assertArrayEquals(expected, GoldenImages.bytes(shrunk));
            assertEquals(0, GoldenImages.differences(plain.get(0, decoder, b), packed.get(0, decoder, a)));
        }
        assertEquals(0, packed.cachedBytes());
        assertThrows(IllegalArgumentException.class, () -> new PackWriter.Options(Store.ORIGINAL, 36, 1, 1));
    }

    /** Opens and reads everything. */
    private static void readAll(Path pack) {
        ImageStore store = new ImageStore(pack, ROWS, 0);
        Pixels scratch = new Pixels();
        try (ImageDecoder decoder = new ImageDecoder()) {
            for (int i = 0; i < store.size(); i++) {
                store.get(i, decoder, scratch);
            }
        }
    }

    private static StageFailure refused(Path pack, String what) {
        StageFailure e = assertThrows(StageFailure.class, () -> readAll(pack), what);
        assertEquals(1, String.valueOf(e.getMessage()).lines().count(), e::getMessage);
        return e;
    }

    /** A flipped bit anywhere in any file of a pack is found: when it is opened, or when the image is read. */
    @ParameterizedTest
    @EnumSource(Store.class)
    void everyFlippedBitIsFound(Store store) throws IOException {
        write(dir, store, 0, 2);
        readAll(dir);
        int refused = 0;
        for (Path file : files(dir)) {
            byte[] bytes = Files.readAllBytes(file);
            int step = file.endsWith("pack.json") ? 1 : file.toString().contains("shard") ? 997 : 3;
            for (int i = 0; i < bytes.length; i += step) {
                byte[] changed = bytes.clone();
                changed[i] ^= (byte) (1 << (i % 8));
                if (file.endsWith("pack.json")
                        && Character.isWhitespace(bytes[i])
                        && Character.isWhitespace(changed[i])) {
                    continue;
                }
                Files.write(file, changed);
                StageFailure e = refused(dir, file + ", byte " + i);
                assertEquals(ExitCode.BAD_DATA, e.exitCode(), e::getMessage);
                refused++;
            }
            Files.write(file, bytes);
        }
        assertTrue(refused > 500, "only " + refused);
        readAll(dir);
    }

    @Test
    void aDamagedShardIsNamedWithItsImages() throws IOException {
        write(dir, Store.PIXELS, 0, 2);
        Path shard = dir.resolve("shards/shard-00001.bin");
        byte[] bytes = Files.readAllBytes(shard);
        bytes[3] ^= 1;
        Files.write(shard, bytes);
        PackCheck check = PackCheck.of(dir);
        assertFalse(check.whole());
        List<String> damaged =
                check.lines().stream().filter(line -> line.contains("damaged")).toList();
        assertEquals(1, damaged.size(), check.lines()::toString);
        assertTrue(
                damaged.get(0).matches(".*shard-00001.bin: found 1 of [0-9] images damaged, the first p[0-9]+.png: .*"),
                damaged.get(0));
        StageFailure e = refused(dir, "a damaged record");
        assertEquals(ExitCode.BAD_DATA, e.exitCode());
        assertTrue(String.valueOf(e.getMessage()).matches(".*: p[0-9]+.png: found a record that does not fit.*"));
    }

    @Test
    void cutAndMissingFilesAreNamed() throws IOException {
        write(dir, Store.ORIGINAL, 0, 1);
        for (Path file : files(dir)) {
            byte[] bytes = Files.readAllBytes(file);
            for (int length : new int[] {0, 1, bytes.length / 2, bytes.length - 2}) {
                Files.write(file, Arrays.copyOf(bytes, length));
                StageFailure e = refused(dir, file + " cut to " + length);
                assertEquals(ExitCode.BAD_DATA, e.exitCode(), e::getMessage);
            }
            Files.delete(file);
            StageFailure e = refused(dir, file + " missing");
            if (file.endsWith("pack.json")) {
                assertEquals(dir + ": found a pack that was not finished: must be packed anew", e.getMessage());
            } else {
                assertEquals(ExitCode.NO_INPUT, e.exitCode());
                assertTrue(String.valueOf(e.getMessage()).startsWith(file + ": no such file"), e::getMessage);
            }
            Files.write(file, bytes);
        }
        readAll(dir);
    }

    @Test
    void otherImagesThanTheManifestsAreRefused() throws IOException {
        write(dir, Store.ORIGINAL, 0, 1);
        ManifestRow row = ROWS.get(3);
        ManifestRow other = new ManifestRow(row.path(), 0, row.bytes(), "f".repeat(64));
        StageFailure stale = assertThrows(StageFailure.class, () -> new ImageStore(dir, List.of(other), 0));
        assertEquals(ExitCode.BAD_DATA, stale.exitCode());
        assertEquals(dir + ": p3.png: found another file than the manifest's: must be packed anew", stale.getMessage());
        List<ManifestRow> more = List.of(row, new ManifestRow("new.png", 0, 1, row.sha256()));
        StageFailure missing = assertThrows(StageFailure.class, () -> new ImageStore(dir, more, 0));
        assertEquals(ExitCode.BAD_DATA, missing.exitCode());
        assertEquals(dir + ": new.png: found no such record: must be packed with this manifest", missing.getMessage());
    }

    /** What a pack or a container lacks is no damaged picture: nothing stands in for it. */
    @Test
    void noOtherStandsInForARecordOrAContainer() throws IOException {
        DamagePolicy skip = new DamagePolicy(DamagePolicy.OnDamaged.SKIP, 1);
        write(dir, Store.PIXELS, 0, 2);
        Path shard = dir.resolve("shards/shard-00000.bin");
        byte[] bytes = Files.readAllBytes(shard);
        bytes[0] ^= 1;
        Files.write(shard, bytes);
        StandIns standIns = new StandIns(new ImageStore(dir, ROWS, 0), skip, 1);
        try (Workbench bench = new Workbench()) {
            StageFailure e = assertThrows(StageFailure.class, () -> IntStream.range(0, IMAGES)
                    .forEach(i -> standIns.pick(i, 0, bench.decoder, bench.scratch)));
            assertTrue(String.valueOf(e.getMessage()).contains("does not fit its checksum"), e::getMessage);
        }
        StageFailure gone =
                assertThrows(StageFailure.class, () -> new ImageStore(root, renamed("gone.tar/", false), 0));
        assertEquals(ExitCode.NO_INPUT, gone.exitCode());
        assertEquals(
                root.resolve("gone.tar") + ": no such file: must be a tar or HDF5 file of images", gone.getMessage());
    }

    /** Opened once, a pack serves several manifests; the sizes are those of its pictures. */
    @Test
    void oneSourceServesManyManifestsAndKnowsItsSizes() {
        write(dir, Store.PIXELS, 30, 2);
        Images images = Images.open(dir);
        ImageStore first = new ImageStore(images, ROWS.subList(0, 4), 0);
        ImageStore rest = new ImageStore(images, ROWS.subList(4, IMAGES), 0);
        Shapes.Counter files = new Shapes.Counter();
        Shapes.Counter packed = new Shapes.Counter();
        Pixels scratch = new Pixels();
        try (ImageDecoder decoder = new ImageDecoder()) {
            for (int i = 0; i < IMAGES; i++) {
                files.add(30 + 3 * i, 60 - 2 * i);
                Pixels picture = i < 4 ? first.get(i, decoder, scratch) : rest.get(i - 4, decoder, scratch);
                packed.add(picture.width(), picture.height());
            }
        }
        assertEquals(packed.shapes(), images.sizes(files.shapes()));
        assertEquals(files.shapes(), Images.open(root).sizes(files.shapes()));
    }

    @Test
    void wrongManifestsAreOneLineAndLeaveNoPack() throws IOException {
        Path folder = dir.resolve("pack");
        PackWriter.Options options = new PackWriter.Options(Store.PIXELS, 0, SHARD, 3);
        ManifestRow row = ROWS.get(0);
        ManifestRow other = new ManifestRow(row.path(), 0, row.bytes(), "f".repeat(64));
        ManifestRow gone = new ManifestRow("q.png", 0, 1, row.sha256());
        write(folder, Store.PIXELS, 0, 1);
        List<List<ManifestRow>> wrong = List.of(List.of(), List.of(row, other), join(other), join(gone));
        List<String> messages = List.of(
                "found no images",
                "p0.png: found two checksums",
                "found another file than the manifest's",
                "q.png: no such");
        for (int i = 0; i < wrong.size(); i++) {
            List<ManifestRow> rows = wrong.get(i);
            StageFailure e =
                    assertThrows(StageFailure.class, () -> PackWriter.write(folder, root, rows, List.of(), options));
            assertTrue(String.valueOf(e.getMessage()).contains(messages.get(i)), e::getMessage);
        }
        assertFalse(Pack.at(folder));
        assertEquals(List.of(), files(folder));
        List<ManifestRow> twice = new ArrayList<>(ROWS);
        twice.addAll(ROWS);
        assertEquals(
                IMAGES,
                PackWriter.write(folder, root, twice, List.of(), options).images());
        readAll(folder);
    }

    private static List<ManifestRow> join(ManifestRow last) {
        List<ManifestRow> rows = new ArrayList<>(ROWS.subList(1, IMAGES));
        rows.add(last);
        return rows;
    }
}
