package viewfit.core.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.images.Tars;

/** Tar shards, HDF5 files and lists as data sets. */
class LayoutsTest {
    private static final byte[] JPEG = {(byte) 0xff, (byte) 0xd8, (byte) 0xff, (byte) 0xff, (byte) 0xd9};

    @TempDir
    Path dir;

    private static List<String> rows(List<ManifestRow> rows) {
        return rows.stream().map(row -> row.path() + " " + row.label()).toList();
    }

    private void fails(ExitCode code, Path images, String message) {
        StageFailure e = assertThrows(StageFailure.class, () -> ImageFolderTest.scan(images));
        assertTrue(String.valueOf(e.getMessage()).contains(message), e::getMessage);
        assertEquals(code, e.exitCode());
        assertEquals(1, String.valueOf(e.getMessage()).lines().count());
    }

    private void tar(String name, Tars tar) throws IOException {
        Path file = dir.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, tar.whole());
    }

    private static Tars sample(Tars tar, String key, String cls) {
        return tar.file("", key + ".JPG", JPEG).file(key + ".cls", cls).file(key + ".txt", "a caption");
    }

    @Test
    void readsShardsWithNumbers() throws IOException {
        tar("train-000001.tar", sample(sample(new Tars(), "b/2", "1\n"), "b/10", "0"));
        tar("train-000000.tar", sample(new Tars(), "n01_1", "0"));
        tar("val-000000.tar", sample(new Tars(), "v", "1"));
        Files.writeString(dir.resolve("README.md"), "");
        ImageFolder folder = ImageFolderTest.scan(dir);
        assertEquals(List.of("0", "1"), folder.classes().names());
        assertEquals(
                List.of("train-000000.tar/n01_1.JPG 0", "train-000001.tar/b/10.JPG 0", "train-000001.tar/b/2.JPG 1"),
                rows(folder.train()));
        assertEquals(List.of("val-000000.tar/v.JPG 1"), rows(folder.val()));
        assertEquals(
                List.of("train-000001.tar/b/10.JPG 0", "train-000001.tar/b/2.JPG 1"),
                rows(ImageFolderTest.scan(dir.resolve("train-000001.tar")).train()));
    }

    @Test
    void readsShardsWithNamesInJsonAndFolders() throws IOException {
        tar(
                "train/0.tar",
                new Tars()
                        .file("", "1.png", JPEG)
                        .file("1.json", "{\"label\": \"dog\", \"id\": 7}")
                        .file("", "2.jpeg", JPEG)
                        .file("2.json", "{\"cls\": \"cat\"}")
                        .file("2.seg.png", "no image")
                        .file("._2.jpeg", "no image"));
        tar("val/0.tar", sample(new Tars(), "3", "cat"));
        ImageFolder folder = ImageFolderTest.scan(dir);
        assertEquals(List.of("cat", "dog"), folder.classes().names());
        assertEquals(List.of("train/0.tar/1.png 1", "train/0.tar/2.jpeg 0"), rows(folder.train()));
        assertEquals(List.of("val/0.tar/3.JPG 0"), rows(folder.val()));
    }

    @Test
    void shardsWithoutLabelsAreUnlabelled() throws IOException {
        tar("a.tar", new Tars().file("", "1.jpg", JPEG));
        tar("b.tar", new Tars().file("", "1.jpg", JPEG).file("1.json", "{\"width\": 3}"));
        ImageFolder folder = ImageFolderTest.scan(dir);
        assertEquals(List.of("a.tar/1.jpg -1", "b.tar/1.jpg -1"), rows(folder.train()));
        assertEquals(0, folder.classes().count());
    }

    @Test
    void foldersBesideShardsAreNotTakenForClasses() throws IOException {
        tar("train-000000.tar", sample(new Tars(), "1", "0"));
        Files.createDirectory(dir.resolve("val"));
        assertEquals(1, ImageFolderTest.scan(dir).train().size());
        Files.createDirectory(dir.resolve("logs"));
        fails(
                ExitCode.BAD_DATA,
                dir,
                dir + ": found the folder logs beside train-000000.tar: must be class folders or shards, not both: name"
                        + " one shard, or move the folders away");
        // Archives are often left beside the folders they were unpacked to.
        Files.delete(dir.resolve("val"));
        Files.createDirectories(dir.resolve("train/a"));
        Files.write(dir.resolve("train/a/1.jpg"), JPEG);
        assertEquals(List.of("train/a/1.jpg 0"), rows(ImageFolderTest.scan(dir).train()));
    }

    @Test
    void whatIsWrongWithShardsIsOneLine() throws IOException {
        tar("a.tar", new Tars().file("1.cls", "0"));
        fails(ExitCode.BAD_DATA, dir, "found no images");
        tar("a.tar", sample(new Tars(), "1", "0").file("", "2.jpg", JPEG));
        fails(ExitCode.BAD_DATA, dir, "a.tar/2.jpg: found no label: must be one for every image or for none");
        tar("a.tar", sample(new Tars(), "1", "0").file("", "1.png", JPEG));
        fails(ExitCode.BAD_DATA, dir, "found a second image of one sample");
        tar("a.tar", sample(new Tars(), "1", "2"));
        fails(ExitCode.BAD_DATA, dir, "found no training image of class 0, but of class 2");
        tar("a.tar", sample(new Tars(), "1", " "));
        fails(ExitCode.BAD_DATA, dir, "a.tar/1.cls: found no label");
        tar("a.tar", sample(new Tars(), "1", "-1"));
        fails(ExitCode.BAD_DATA, dir, "a.tar/1.JPG: found label -1");
        tar("a.tar", new Tars().file("", "1.jpg", JPEG).file("1.json", "{\"label\": [1]}"));
        fails(ExitCode.BAD_DATA, dir, "a.tar/1.json: found label [1]");
        tar("a.tar", new Tars().file("", "1.jpg", JPEG).file("1.json", "{"));
        fails(ExitCode.BAD_DATA, dir, "a.tar/1.json: found no JSON");
        tar("a.tar", new Tars().file("1.jpg", "<html>"));
        fails(ExitCode.BAD_DATA, dir, "a.tar/1.jpg: found no image (first bytes 3c68746d): must be a");
        tar("train-0.tar", sample(new Tars(), "1", "0"));
        fails(ExitCode.BAD_DATA, dir, "a.tar: found a tar beside those of train");
        Files.delete(dir.resolve("a.tar"));
        tar("val-0.tar", sample(new Tars(), "1", "1"));
        fails(ExitCode.BAD_DATA, dir, "val-0.tar/1.JPG: found class 1, which train does not have");
    }

    private static void hdf(Path file, String... paths) {
        try (WritableHdfFile out = HdfFile.write(file)) {
            for (String path : paths) {
                int slash = path.indexOf('/');
                if (slash < 0) {
                    out.putDataset(path, JPEG);
                } else {
                    var known = out.getChildren().get(path.substring(0, slash));
                    var group =
                            known instanceof io.jhdf.api.WritableGroup g ? g : out.putGroup(path.substring(0, slash));
                    group.putDataset(path.substring(slash + 1), JPEG);
                }
            }
        }
    }

    @Test
    void readsTheHdfFilesOfThePaper() {
        hdf(dir.resolve("train.h5"), "n02/b.JPEG", "n01/a.JPEG", "n02/a.JPEG");
        hdf(dir.resolve("val.h5"), "n02/v.JPEG");
        for (Path images : List.of(dir, dir.resolve("train.h5"))) {
            ImageFolder folder = ImageFolderTest.scan(images);
            assertEquals(List.of("n01", "n02"), folder.classes().names());
            assertEquals(
                    List.of("train.h5/n01/a.JPEG 0", "train.h5/n02/a.JPEG 1", "train.h5/n02/b.JPEG 1"),
                    rows(folder.train()));
            assertEquals(List.of("val.h5/n02/v.JPEG 1"), rows(folder.val()));
        }
        hdf(dir.resolve("flat.hdf5"), "b.JPEG", "a.JPEG");
        assertEquals(
                List.of("flat.hdf5/a.JPEG -1", "flat.hdf5/b.JPEG -1"),
                rows(ImageFolderTest.scan(dir.resolve("flat.hdf5")).train()));
    }

    @Test
    void classFoldersComeFirst() throws IOException {
        hdf(dir.resolve("train.h5"), "n01/a.JPEG");
        Files.createDirectories(dir.resolve("train/cat"));
        Files.write(dir.resolve("train/cat/1.jpg"), JPEG);
        assertEquals(
                List.of("train/cat/1.jpg 0"), rows(ImageFolderTest.scan(dir).train()));
    }

    private Path list(String name, String text) throws IOException {
        for (String image : List.of("a/1.jpg", "a/b c.jpg", "a/2,3.jpg", "4.jpg")) {
            Files.createDirectories(dir.resolve(image).getParent());
            Files.write(dir.resolve(image), JPEG);
        }
        return Files.writeString(dir.resolve(name), text, StandardCharsets.UTF_8);
    }

    @Test
    void readsListsOfEveryKind() throws IOException {
        ImageFolder folder = ImageFolderTest.scan(list("x.txt", "# mine\n\n./a/1.jpg 1\na/b c.jpg 0\r\n4.jpg 1"));
        assertEquals(List.of("4.jpg 1", "a/1.jpg 1", "a/b c.jpg 0"), rows(folder.train()));
        assertEquals(List.of("0", "1"), folder.classes().names());
        folder = ImageFolderTest.scan(list("x.csv", "path,label\na/1.jpg,dog\n\"a/2,3.jpg\",\"a, cat\"\n"));
        assertEquals(List.of("a/1.jpg 1", "a/2,3.jpg 0"), rows(folder.train()));
        assertEquals(List.of("a, cat", "dog"), folder.classes().names());
        folder = ImageFolderTest.scan(list("x.tsv", "a/b c.jpg\na/1.jpg\n"));
        assertEquals(List.of("a/1.jpg -1", "a/b c.jpg -1"), rows(folder.train()));
        list("val.txt", "4.jpg\tb\n");
        folder = ImageFolderTest.scan(list("train.txt", "a/b c.jpg\tb\na/1.jpg\ta cat\n"));
        assertEquals(List.of("a/1.jpg 0", "a/b c.jpg 1"), rows(folder.train()));
        assertEquals(List.of("4.jpg 1"), rows(folder.val()));
        assertEquals(List.of(), ImageFolderTest.scan(list("x.txt", "4.jpg 0\n")).val());
        tar("in.tar", new Tars().file("", "7.jpg", JPEG));
        assertEquals(
                List.of("in.tar/7.jpg 0"),
                rows(ImageFolderTest.scan(list("x.txt", "in.tar/7.jpg 0\n")).train()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "x.txt | 65 | a/1.jpg 0;a/1.jpg 0   | x.txt:2: found a/1.jpg again: must be listed once, as by",
                "x.txt | 65 | a/1.jpg 0;4.jpg       | x.txt:2: found no label: must be one for every image or for none",
                "x.txt | 65 | /a/1.jpg 0            | x.txt:1: found path '/a/1.jpg'",
                "x.txt | 65 | a/../../1.jpg 0       | x.txt:1: found path 'a/../../1.jpg'",
                "x.txt | 65 | # nothing             | x.txt: found no images",
                "x.txt | 66 | a/9.jpg 0             | a/9.jpg: no such file",
                "x.txt | 66 | none.tar/9.jpg 0      | none.tar: no such file",
                "x.csv | 65 | a/1.jpg,0,1           | x.csv:1: found 3 fields",
                "x.csv | 65 | a/1.jpg,              | x.csv:1: found an empty label",
                "x.csv | 65 | \"a/1.jpg             | x.csv: found broken quoting",
                "x.tsv | 66 | a/1.jpg 0             | a/1.jpg 0: no such file",
                "x.lst | 66 | a/1.jpg 0             | found a file: must be a folder of images, a list",
            })
    void whatIsWrongWithAListIsOneLine(String name, int code, String text, String message) throws IOException {
        Path file = list(name, text.replace(';', '\n') + "\n");
        StageFailure e = assertThrows(StageFailure.class, () -> ImageFolderTest.scan(file));
        assertTrue(String.valueOf(e.getMessage()).contains(message), e::getMessage);
        assertEquals(code, e.exitCode().code());
    }

    @Test
    void packedRowsAreTheRows() {
        List<ManifestRow> rows = new java.util.ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            String sha = i % 7 == 0 ? "given" : i % 11 == 0 ? "A".repeat(64) : String.format("%064x", 31L * i);
            rows.add(new ManifestRow("é/" + "x".repeat(i % 300) + i, i % 5 - 1, 3L << (i % 40), sha));
        }
        ManifestRows packed = ManifestRows.of(rows);
        assertEquals(rows, packed);
        assertEquals(List.of(), ManifestRows.of(List.of()));
        assertThrows(IndexOutOfBoundsException.class, () -> packed.get(10_000));
    }
}
