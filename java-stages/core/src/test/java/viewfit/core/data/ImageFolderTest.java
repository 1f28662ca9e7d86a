package viewfit.core.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.Hashes;
import viewfit.goldens.Goldens;

class ImageFolderTest {
    private static final byte[] JPEG = {(byte) 0xff, (byte) 0xd8, (byte) 0xff, (byte) 0xff, (byte) 0xd9};
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
        StageFailure e = assertThrows(StageFailure.class, () -> ImageFolder.scan(dir));
        assertEquals(code, e.exitCode());
        assertTrue(String.valueOf(e.getMessage()).contains(message), e::getMessage);
        assertEquals(1, String.valueOf(e.getMessage()).lines().count());
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    /** An end inside a thumbnail is none; bytes after the end do not matter. */
    @Test
    void aJpegThatWasCutOffIsNamed() throws IOException {
        put("a/0.jpg", bytes(0xff, 0xd8, 0xff, 0xda, 0, 2, 1, 2, 3, 0xff, 0xd9, 7, 7, 7));
        put("a/1.jpg", bytes(0xff, 0xd8, 0xff, 0xe1, 0, 6, 1, 0xff, 0xd9, 2, 0xff, 0xda, 0, 2, 1, 0xff, 0xd9, 0));
        assertEquals(2, ImageFolder.scan(dir).train().size());
        put("a/2.jpg", bytes(0xff, 0xd8, 0xff, 0xe1, 0, 6, 1, 0xff, 0xd9, 2, 0xff, 0xda, 0, 2, 1, 2, 3));
        fails(ExitCode.BAD_DATA, "a/2.jpg: found a JPEG that ends too early: must be a whole image file");
        put("a/2.jpg", bytes(0xff, 0xd8, 0xff, 0xda, 0, 2, 1, 2, 3, 0xff));
        fails(ExitCode.BAD_DATA, "a/2.jpg: found a JPEG that ends too early: must be a whole image file");
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
        ImageFolder folder = ImageFolder.scan(dir);
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
        ImageFolder folder = ImageFolder.scan(dir);
        assertEquals(List.of("cat/1.jpg", "dog/1.jpg"), paths(folder.train()));
        assertEquals(List.of(), folder.val());
    }

    @Test
    void readsFlatFoldersAsUnlabelled() throws IOException {
        put("2.jpg", JPEG);
        put("10.jpg", JPEG);
        ImageFolder folder = ImageFolder.scan(dir);
        assertEquals(List.of("10.jpg", "2.jpg"), paths(folder.train()));
        assertEquals(0, folder.classes().count());
        assertTrue(folder.train().stream().allMatch(row -> row.label() == -1));
    }

    @Test
    void theTreeChecksumSeesContentAndNames() throws IOException {
        put("a/1.jpg", JPEG);
        String before = ImageFolder.scan(dir).sha256();
        assertEquals(before, ImageFolder.scan(dir).sha256());
        Files.move(dir.resolve("a/1.jpg"), dir.resolve("a/2.jpg"));
        assertTrue(!before.equals(ImageFolder.scan(dir).sha256()));
    }

    @Test
    void saysWhatIsWrongInOneLine() throws IOException {
        fails(ExitCode.BAD_DATA, "found neither class folders nor images");
        put("train/a/1.jpg", JPEG);
        Files.createDirectories(dir.resolve("train/empty"));
        fails(ExitCode.BAD_DATA, "train/empty: found an empty class folder: must hold at least one image");
        put("train/empty/x.jpg", new byte[0]);
        fails(ExitCode.BAD_DATA, "train/empty/x.jpg: found an empty file: must be a JPEG, PNG, GIF or BMP image");
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
        StageFailure e = assertThrows(StageFailure.class, () -> ImageFolder.scan(dir.resolve("nowhere")));
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
        ImageFolder folder = ImageFolder.scan(Goldens.testData("imagenette-mini"));
        assertEquals(10, folder.classes().count());
        assertEquals(300, folder.train().size());
        assertEquals(100, folder.val().size());
    }
}
