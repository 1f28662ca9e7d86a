package viewfit.core.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.DamagePolicy.OnDamaged;
import viewfit.core.files.Hashes;
import viewfit.goldens.Goldens;

class ImageFolderTest {
    private static final byte[] JPEG = {(byte) 0xff, (byte) 0xd8, (byte) 0xff, (byte) 0xff, (byte) 0xd9};
    private static final byte[] CUT = {(byte) 0xff, (byte) 0xd8, (byte) 0xff, (byte) 0xff};
    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10};

    @TempDir
    Path dir;

    private void put(String path, byte[] bytes) throws IOException {
        Path file = dir.resolve(path);
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
    }

    private static List<String> paths(List<ManifestRow> rows) {
        return rows.stream().map(ManifestRow::path).toList();
    }

    private void fails(ExitCode code, String message) {
        StageFailure e = assertThrows(StageFailure.class, () -> scan(dir));
        assertEquals(code, e.exitCode());
        assertTrue(String.valueOf(e.getMessage()).contains(message), e::getMessage);
        assertEquals(1, String.valueOf(e.getMessage()).lines().count());
    }

    /** An image is what begins like one; its first byte after the magic tells damage. */
    static ImageSize check(byte[] bytes, String where) {
        if (ImageFormat.of(bytes) == null) {
            throw ImageFormat.refuse(bytes, where);
        }
        if (bytes.length == CUT.length) {
            throw new DamagedImage(Damage.TRUNCATED, where, "a JPEG that ends too early", "a whole image file", null);
        }
        return new ImageSize(bytes.length, 1);
    }

    static ImageFolder scan(Path root) {
        return ImageFolder.scan(root, ImageFolderTest::check, DamagePolicy.FAIL, 2);
    }

    private ImageFolder skipping(double quota) {
        return ImageFolder.scan(dir, ImageFolderTest::check, new DamagePolicy(OnDamaged.SKIP, quota), 2);
    }

    @Test
    void damagedImagesAreLeftOutAndListedInPathOrder() throws IOException {
        put("train/b/2.jpg", CUT);
        put("train/b/1.jpg", JPEG);
        put("train/a/1.jpg", PNG);
        put("train/a/0.jpg", new byte[0]);
        Files.createSymbolicLink(dir.resolve("train/a/9.jpg"), dir.resolve("gone"));
        put("val/a/1.jpg", "text".getBytes(StandardCharsets.UTF_8));
        ImageFolder folder = skipping(0.67);
        assertEquals(List.of("train/a/1.jpg", "train/b/1.jpg"), paths(folder.train()));
        assertEquals(List.of(), folder.val());
        assertEquals(
                List.of(
                        "train/a/0.jpg empty 0",
                        "train/a/9.jpg missing 0",
                        "train/b/2.jpg truncated 4",
                        "val/a/1.jpg no-image 4"),
                folder.damaged().rows().stream()
                        .map(r -> r.path() + " " + r.reason() + " " + r.bytes())
                        .toList());
        assertEquals(Hashes.sha256(CUT), folder.damaged().rows().get(2).sha256());
        assertEquals("", folder.damaged().rows().get(1).sha256());
        assertEquals(List.of(new ImageSize(8, 1), new ImageSize(5, 1)), folder.sizes());
    }

    @Test
    void tooManyDamagedImagesAreOneLineWithCountsAndTheFirst() throws IOException {
        for (int i = 0; i < 100; i++) {
            put(String.format(Locale.ROOT, "a/%02d.jpg", i), i < 29 ? CUT : JPEG);
        }
        assertEquals(71, skipping(0.29).train().size());
        StageFailure e = assertThrows(StageFailure.class, () -> skipping(0.28));
        assertEquals(ExitCode.BAD_DATA, e.exitCode());
        assertEquals(
                "damaged images: found 29 of 100, the first: " + dir.resolve("a/00.jpg")
                        + ": found a JPEG that ends too early: must be a whole image file: must be at most 28"
                        + " (--damaged-quota 0.28)",
                e.getMessage());
    }

    @Test
    void aClassOfDamagedImagesIsAnError() throws IOException {
        put("a/1.jpg", JPEG);
        put("b/1.jpg", CUT);
        StageFailure e = assertThrows(StageFailure.class, () -> skipping(1));
        assertEquals(
                dir + ", class b: found only damaged images: must hold at least one image that can be used",
                e.getMessage());
        Files.move(dir.resolve("b/1.jpg"), dir.resolve("1.jpg"));
        Files.delete(dir.resolve("a/1.jpg"));
        Files.delete(dir.resolve("a"));
        Files.delete(dir.resolve("b"));
        assertTrue(String.valueOf(
                        assertThrows(StageFailure.class, () -> skipping(1)).getMessage())
                .contains("found only damaged images"));
    }

    /** Three blocks and a bit of one class, the second image and one of the third block damaged. */
    private void fourBlocks() throws IOException {
        for (int i = 0; i < 3 * Intake.BLOCK + 9; i++) {
            put(
                    String.format(Locale.ROOT, "a/%05d.jpg", i),
                    i == 1 || i == 2 * Intake.BLOCK || i == 2 * Intake.BLOCK + 1 ? CUT : JPEG);
        }
    }

    @Test
    void damageEndsTheReadingSoon() throws IOException {
        fourBlocks();
        AtomicInteger looks = new AtomicInteger();
        ImageCheck counting = (bytes, where) -> {
            looks.incrementAndGet();
            return check(bytes, where);
        };
        StageFailure e = assertThrows(StageFailure.class, () -> ImageFolder.scan(dir, counting, DamagePolicy.FAIL, 2));
        assertTrue(String.valueOf(e.getMessage()).startsWith(dir.resolve("a/00001.jpg") + ": found"), e::getMessage);
        assertEquals(Intake.BLOCK, looks.getAndSet(0));
        // Two of 3081 are allowed; the third is in the third block.
        DamagePolicy two = new DamagePolicy(OnDamaged.SKIP, 2.5 / 3081);
        e = assertThrows(StageFailure.class, () -> ImageFolder.scan(dir, counting, two, 2));
        assertTrue(String.valueOf(e.getMessage()).startsWith("damaged images: found 3 of 3081, the first: "));
        assertEquals(3 * Intake.BLOCK, looks.get());
    }

    @Test
    void theNumberOfThreadsIsKeptAndPlaysNoPart() throws IOException {
        fourBlocks();
        DamagePolicy skip = new DamagePolicy(OnDamaged.SKIP, 0.01);
        ImageFolder one = ImageFolder.scan(dir, ImageFolderTest::check, skip, 1);
        Set<String> threads = ConcurrentHashMap.newKeySet();
        ImageFolder three = ImageFolder.scan(
                dir,
                (bytes, where) -> {
                    threads.add(Thread.currentThread().getName()
                            + Thread.currentThread().getId());
                    return check(bytes, where);
                },
                skip,
                3);
        assertTrue(threads.size() <= 3, threads::toString);
        assertEquals(one, three);
        assertEquals(3 * Intake.BLOCK + 6, one.sizes().size());
    }

    @Test
    void aShareIsBetweenNoneAndAll() {
        for (double quota : new double[] {-0.1, 1.1, Double.NaN}) {
            StageFailure e = assertThrows(StageFailure.class, () -> new DamagePolicy(OnDamaged.SKIP, quota));
            assertEquals(ExitCode.USAGE, e.exitCode());
        }
    }

    @Test
    void readsTrainAndValInByteOrder() throws IOException {
        put("train/b/1.jpg", JPEG);
        put("train/a/é.jpg", JPEG);
        put("train/a/Z.JPEG", PNG);
        put("train/a/z.jpg", JPEG);
        put("train/a/.hidden", new byte[0]);
        put("train/B/deep/2.jpg", JPEG);
        put("val/b/1.jpg", JPEG);
        put("README.md", new byte[0]);
        ImageFolder folder = scan(dir);
        assertEquals(List.of("B", "a", "b"), folder.classes().names());
        assertEquals(
                List.of("train/B/deep/2.jpg", "train/a/Z.JPEG", "train/a/z.jpg", "train/a/é.jpg", "train/b/1.jpg"),
                paths(folder.train()));
        assertEquals(
                List.of(0, 1, 1, 1, 2),
                folder.train().stream().map(ManifestRow::label).toList());
        assertEquals(List.of(new ManifestRow("val/b/1.jpg", 2, 5, Hashes.sha256(JPEG))), folder.val());
    }

    @Test
    void readsClassFoldersWithoutTrain() throws IOException {
        put("cat/1.jpg", JPEG);
        put("dog/1.jpg", JPEG);
        put("classes.tsv", new byte[0]);
        ImageFolder folder = scan(dir);
        assertEquals(List.of("cat/1.jpg", "dog/1.jpg"), paths(folder.train()));
        assertEquals(List.of(), folder.val());
    }

    @Test
    void readsFlatFoldersAsUnlabelled() throws IOException {
        put("2.jpg", JPEG);
        put("10.jpg", JPEG);
        ImageFolder folder = scan(dir);
        assertEquals(List.of("10.jpg", "2.jpg"), paths(folder.train()));
        assertEquals(0, folder.classes().count());
        assertTrue(folder.train().stream().allMatch(row -> row.label() == -1));
    }

    @Test
    void theTreeChecksumSeesContentAndNames() throws IOException {
        put("a/1.jpg", JPEG);
        String before = scan(dir).sha256();
        assertEquals(before, scan(dir).sha256());
        Files.move(dir.resolve("a/1.jpg"), dir.resolve("a/2.jpg"));
        assertTrue(!before.equals(scan(dir).sha256()));
    }

    @Test
    void saysWhatIsWrongInOneLine() throws IOException {
        fails(ExitCode.BAD_DATA, "found neither class folders nor images");
        put("train/a/1.jpg", JPEG);
        Files.createDirectories(dir.resolve("train/empty"));
        fails(ExitCode.BAD_DATA, "train/empty: found an empty class folder: must hold at least one image");
        put("train/empty/x.jpg", new byte[0]);
        fails(ExitCode.BAD_DATA, "train/empty/x.jpg: found an empty file: must be a JPEG, PNG, GIF, BMP or WebP image");
        put("train/empty/x.jpg", "version https://git-lfs.github.com/spec/v1\n".getBytes(StandardCharsets.UTF_8));
        fails(ExitCode.BAD_DATA, "Git LFS pointer");
        put("train/empty/x.jpg", "<html>".getBytes(StandardCharsets.UTF_8));
        fails(ExitCode.BAD_DATA, "first bytes 3c68746d");
        put("train/empty/x.jpg", JPEG);
        put("val/other/1.jpg", JPEG);
        fails(ExitCode.BAD_DATA, "found a class that train does not have");
    }

    @Test
    void aMissingFolderIsNoInput() {
        StageFailure e = assertThrows(StageFailure.class, () -> scan(dir.resolve("nowhere")));
        assertEquals(ExitCode.NO_INPUT, e.exitCode());
    }

    @Test
    void aLinkThatLeadsNowhereIsNamed() throws IOException {
        put("a/1.jpg", JPEG);
        Files.createSymbolicLink(dir.resolve("a/2.jpg"), dir.resolve("gone"));
        fails(ExitCode.NO_INPUT, "a/2.jpg: no such file");
    }

    @Test
    void readsThePhotographsOfTheTests() {
        ImageFolder folder = scan(Goldens.testData("imagenette-mini"));
        assertEquals(10, folder.classes().count());
        assertEquals(300, folder.train().size());
        assertEquals(100, folder.val().size());
    }
}
