package viewfit.core.images;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;

class ImageFilesTest {
    private static final String LONG = "deep/".repeat(40) + "é.jpg";

    private static final String H5PY =
            "H4sIAAAAAAACA+v0cHHj5ZLiYgABDg4GFgYBBmTwHwp2SKDyYfIJUJoRSndA6RVMMHFGsBxUO4Mg1Hx0dSFBrq4g1f/RAMye"
                    + "B6wQmoNhFIxE4OHqGACiI6B8WHo6wYSqLs/ACEoboqRLBzLtxZV+PZgh/AxW4tKvBQequ0fByE6/GrDykhUj/cYb6HkFuLoj"
                    + "+IZIfFh6NiDS3mA/fxdGBiZ4qT5BCNWcHVD+DRHU8lWBGVUdenofaYCRgRUSFowwPiQnMzJCBNig6mA0MzDEQTICcC2QkGUF"
                    + "0iA+ExMTI0QUYg4zYwMnqgkwMGFQhgcsXcHSiwY7fvWwcq9BcLQsQGlf3fj//yaEZERmj4bMKBgFo2AUjIJRMNquJL9d2Tak"
                    + "2pW4+tvo/RRC/e0EsdH+9mh/G7O//UMEvb9tiNbfNqSov037/NwzpPuJAaLE9RNXiI+mYfqmq0lDKl0BAHtnbFe4GAAA";
    private static final String H5PY_GZIP =
            "H4sIAAAAAAACA+v0cHHj5ZLiYgABDg4GFgYBBmTwHwqMhVD5MPkEKM0IpTug9AommDgjWE4CKi4INR9dXUiQqytI9X80ALPn"
                    + "ASuE5mAYBSMReLg6BoDoCCgflkpPMKGqyzMwREmPHhTaiyv9ejBD+BmsxKVfC47R9DuafjHTbwcrqrpEPa8AV3fqpd9gP38X"
                    + "UAqGpTsFZtTyGj0djwJc5QAbJMwYYXxIicDICBH4AhWH0czAGGaExjMjUs5nBdIgPhMzE1iYm0EBzGeEm8sBLnFSUtNyEktS"
                    + "gfUxrNyA2MfMxNTACRFyQIpGUAzSNTzQ05UG+2gaIQeA6g1QKKLXGwI41G8QRC0/HNDkD6DJN6DJX0CTP4Am/wBNHjmFgcAH"
                    + "dPvR5BmE0OxHkxeAygvD7EeTVxBC8w8jVmeMglEwCkbBKBgFIwpUxP2uf/z//+z/J9UZ5npZ/6uI2/3z/7H//82B/Om91jdA"
                    + "8p//9/4Hyc8uA/P//3/2XxrEnx9v/R+o/uP//2f/m59QZ5iZCFFPlHmeyhITGBiCVAyWAgDW01byMxIAAA==";

    @TempDir
    Path dir;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void fails(ExitCode code, String path, String message) {
        StageFailure e =
                assertThrows(StageFailure.class, () -> ImageFiles.of(dir).read(path));
        assertEquals(code, e.exitCode());
        assertTrue(String.valueOf(e.getMessage()).contains(message), e::getMessage);
        assertEquals(1, String.valueOf(e.getMessage()).lines().count());
    }

    @Test
    void readsFilesAndMembersByTheirPaths() throws IOException {
        Files.createDirectories(dir.resolve("a"));
        Files.write(dir.resolve("a/1.jpg"), bytes("file"));
        byte[] tar = new Tars()
                .file("./b/1.jpg", "one")
                .file("pre/fix", "2.jpg", bytes("two"))
                .gnuLong(LONG, bytes("three"))
                .pax("pax/" + LONG, bytes("four"))
                .file("", "empty.jpg", new byte[0])
                .member("", "folder/", '5', new byte[0])
                .whole();
        Files.write(dir.resolve("a/x.tar"), tar);
        ImageFiles files = ImageFiles.of(dir);
        assertArrayEquals(bytes("file"), files.read("a/1.jpg"));
        assertEquals(List.of("b/1.jpg", LONG, "empty.jpg", "pax/" + LONG, "pre/fix/2.jpg"), files.members("a/x.tar"));
        assertArrayEquals(bytes("one"), files.read("a/x.tar/b/1.jpg"));
        assertArrayEquals(bytes("two"), files.read("a/x.tar/pre/fix/2.jpg"));
        assertArrayEquals(bytes("three"), files.read("a/x.tar/" + LONG));
        assertArrayEquals(bytes("four"), files.read("a/x.tar/pax/" + LONG));
        assertArrayEquals(new byte[0], files.read("a/x.tar/empty.jpg"));
        assertTrue(files.has("a/x.tar/b/1.jpg") && files.has("a/1.jpg"));
        assertFalse(files.has("a/x.tar/b/2.jpg") || files.has("a/2.jpg"));
        fails(ExitCode.NO_INPUT, "a/x.tar/b/2.jpg", "a/x.tar/b/2.jpg: no such member");
        fails(ExitCode.NO_INPUT, "a/y.tar/b/2.jpg", "a/y.tar: no such file");
        fails(ExitCode.NO_INPUT, "a/2.jpg", "a/2.jpg: no such file: must be an image file");
    }

    @ParameterizedTest
    @ValueSource(ints = {TarArchiveOutputStream.LONGFILE_GNU, TarArchiveOutputStream.LONGFILE_POSIX})
    void readsWhatALibraryWrites(int longFiles) throws IOException {
        Tars.byLibrary(dir.resolve("x.tar"), longFiles, "1.jpg", LONG, "ä.jpg");
        ImageFiles files = ImageFiles.of(dir.resolve("x.tar"));
        assertEquals(3, files.members("x.tar").size());
        for (String name : files.members("x.tar")) {
            assertArrayEquals(bytes(name), files.read("x.tar/" + name));
        }
    }

    @Test
    void aFolderNamedLikeAContainerIsAFolder() throws IOException {
        Files.createDirectories(dir.resolve("odd.tar"));
        Files.write(dir.resolve("odd.tar/1.jpg"), bytes("file"));
        assertArrayEquals(bytes("file"), ImageFiles.of(dir).read("odd.tar/1.jpg"));
        assertEquals(
                66,
                assertThrows(StageFailure.class, () -> ImageFiles.of(dir.resolve("no.tar")))
                        .exitCode()
                        .code());
    }

    /** Cut anywhere, the archive is refused: also between two members, where a shorter archive would seem to end. */
    @Test
    void aTarThatWasCutOffIsRefused() throws IOException {
        byte[] tar =
                new Tars().file("1.jpg", "one").file("2.jpg", "x".repeat(600)).whole();
        Path file = dir.resolve("x.tar");
        int members = 2 * 512 + 512 + 2 * 512;
        for (int length = 1; length < members + 512; length += 101) {
            Files.write(file, Arrays.copyOf(tar, length));
            fails(ExitCode.BAD_DATA, "x.tar/1.jpg", "x.tar: found ");
        }
        for (int length : new int[] {1024, members, members + 511}) {
            Files.write(file, Arrays.copyOf(tar, length));
            fails(ExitCode.BAD_DATA, "x.tar/1.jpg", "must be a whole, uncompressed tar archive");
        }
        Files.write(file, Arrays.copyOf(tar, members + 512));
        assertArrayEquals(bytes("one"), ImageFiles.of(dir).read("x.tar/1.jpg"));
    }

    @Test
    void whatATarMustNotHoldIsNamed() throws IOException {
        Path file = dir.resolve("x.tar");
        Files.write(file, "no archive at all".repeat(100).getBytes(StandardCharsets.UTF_8));
        fails(ExitCode.BAD_DATA, "x.tar/1.jpg", "x.tar: found no tar archive, or one that ends too early");
        Files.write(file, new Tars().file("1.jpg", "a").file("1.jpg", "b").whole());
        fails(ExitCode.BAD_DATA, "x.tar/1.jpg", "x.tar: found two members named 1.jpg: names must be unique");
        Files.write(file, new Tars().member("", "1.jpg", '2', new byte[0]).whole());
        fails(ExitCode.BAD_DATA, "x.tar/1.jpg", "x.tar: found member 1.jpg, which is a link");
        byte[] first = new Tars().file("1.jpg", "a").whole();
        byte[] two = Arrays.copyOf(first, 2 * first.length);
        System.arraycopy(first, 0, two, first.length, first.length);
        Files.write(file, two);
        fails(ExitCode.BAD_DATA, "x.tar/1.jpg", "x.tar: found data after the end mark, at byte 2048");
        Files.write(file, new byte[0]);
        fails(ExitCode.BAD_DATA, "x.tar/1.jpg", "x.tar: found no end mark");
    }

    private static void hdf(Path file, int groups, int images) {
        try (WritableHdfFile out = HdfFile.write(file)) {
            for (int g = 0; g < groups; g++) {
                WritableGroup group = out.putGroup("n" + g);
                for (int i = 0; i < images; i++) {
                    group.putDataset("n" + g + "_" + i + ".JPEG", bytes("image " + g + " " + i + "!".repeat(i)));
                }
            }
        }
    }

    @Test
    void readsTheArraysOfAnHdfFile() {
        hdf(dir.resolve("train.h5"), 3, 5);
        ImageFiles files = ImageFiles.of(dir);
        assertEquals(15, files.members("train.h5").size());
        assertEquals("n0/n0_0.JPEG", files.members("train.h5").get(0));
        assertArrayEquals(bytes("image 2 4!!!!"), files.read("train.h5/n2/n2_4.JPEG"));
        fails(ExitCode.NO_INPUT, "train.h5/n2/n2_5.JPEG", "no such member: must be in " + dir.resolve("train.h5"));
    }

    @Test
    void aBrokenHdfFileIsRefused() throws IOException {
        Path whole = dir.resolve("whole.h5");
        hdf(whole, 2, 3);
        byte[] bytes = Files.readAllBytes(whole);
        Path file = dir.resolve("x.h5");
        for (int length = 0; length < bytes.length; length += 37) {
            Files.write(file, Arrays.copyOf(bytes, length));
            fails(ExitCode.BAD_DATA, "x.h5/n0/n0_0.JPEG", "x.h5: found ");
        }
        try (WritableHdfFile out = HdfFile.write(file)) {
            out.putGroup("n0").putDataset("picture", new byte[2][3]);
        }
        fails(ExitCode.BAD_DATA, "x.h5/n0/picture", "x.h5: found n0/picture, which is no array of bytes");
    }

    /** The bytes of h5py 3.16 itself, whose arrays are unsigned: two groups of two arrays; and a compressed one. */
    @Test
    void readsWhatH5pyWrites() throws IOException {
        Files.write(dir.resolve("tiny.h5"), unzipped(H5PY));
        ImageFiles files = ImageFiles.of(dir);
        assertEquals(
                List.of("n01/n01_0.JPEG", "n01/n01_1.JPEG", "n02/n02_0.JPEG", "n02/n02_1.JPEG"),
                files.members("tiny.h5"));
        byte[] expected = {(byte) 0xff, (byte) 0xd8, (byte) 0xff, (byte) 0xff, (byte) 0xd9, 1};
        assertArrayEquals(expected, files.read("tiny.h5/n02/n02_1.JPEG"));
        Files.write(dir.resolve("chunk.h5"), unzipped(H5PY_GZIP));
        fails(ExitCode.BAD_DATA, "chunk.h5/n01/a.JPEG", "n01/a.JPEG in layout CHUNKED: must be in one piece");
    }

    private static byte[] unzipped(String base64) throws IOException {
        byte[] gzip = Base64.getDecoder().decode(base64);
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(gzip))) {
            return in.readAllBytes();
        }
    }

    /** A damaged container is refused in one line, or still gives the bytes where the damage does not matter. */
    @Test
    void flippedBitsInContainersNeverSurprise() throws IOException {
        byte[] tar = new Tars()
                .file("1.jpg", "one")
                .gnuLong(LONG, bytes("three"))
                .pax(LONG + 2, bytes("4"))
                .whole();
        int refused = 0;
        for (byte[] whole : List.of(tar, unzipped(H5PY))) {
            String name = whole == tar ? "x.tar" : "x.h5";
            for (int i = 0; i < whole.length; i += 5) {
                byte[] changed = whole.clone();
                changed[i] ^= (byte) (1 << (i % 8));
                Files.write(dir.resolve(name), changed);
                try {
                    ImageFiles files = ImageFiles.of(dir);
                    files.members(name).forEach(member -> files.read(name + "/" + member));
                } catch (StageFailure e) {
                    assertEquals(ExitCode.BAD_DATA, e.exitCode(), e::getMessage);
                    assertEquals(1, String.valueOf(e.getMessage()).lines().count(), e::getMessage);
                    refused++;
                }
            }
        }
        assertTrue(refused > 200, "only " + refused);
    }

    /** Readers on many threads, of containers nobody has opened before. */
    @Test
    void manyThreadsReadTheSame() throws IOException {
        for (int t = 0; t < 4; t++) {
            String[] names = IntStream.range(0, 50).mapToObj(i -> i + ".jpg").toArray(String[]::new);
            Tars.byLibrary(dir.resolve(t + ".tar"), TarArchiveOutputStream.LONGFILE_GNU, names);
        }
        ImageFiles files = ImageFiles.of(dir);
        IntStream.range(0, 2000).parallel().forEach(i -> {
            String name = (i / 4) % 50 + ".jpg";
            assertArrayEquals(bytes(name), files.read(i % 4 + ".tar/" + name));
        });
    }
}
