package viewfit.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.DamagePolicy;
import viewfit.core.data.ImageFolder;
import viewfit.core.data.ImageSize;
import viewfit.core.images.ImageFiles;

/** Damaged shards. Headers of tar have checksums, contents of both kinds have none: there damage meets the image decoder. */
class DamagedContainersTest {
    private static final int BLOCK = 512;

    @TempDir
    private Path folder;

    @BeforeAll
    static void quiet() {
        // The library reports each of its steps.
        System.setProperty("org.slf4j.simpleLogger.log.io.jhdf", "off");
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void add(TarArchiveOutputStream tar, String name, byte[] content) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    private Path tar(int longNames) throws IOException {
        Path file = folder.resolve("train.tar");
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(Files.newOutputStream(file))) {
            tar.setLongFileMode(longNames);
            add(tar, "a/1.jpg", text("one"));
            add(tar, "a/1.cls", text("0"));
            add(tar, "b/" + "2".repeat(120) + ".jpg", text("two".repeat(300)));
            add(tar, "b/" + "2".repeat(120) + ".json", text("{\"label\": 1}"));
        }
        return file;
    }

    /** All that a container holds. */
    private static Object members(Path file) {
        ImageFiles files = ImageFiles.of(Objects.requireNonNull(file.getParent()));
        String name = String.valueOf(file.getFileName());
        files.members(name).forEach(member -> files.read(name + "/" + member));
        return "read";
    }

    @ParameterizedTest
    @ValueSource(ints = {TarArchiveOutputStream.LONGFILE_GNU, TarArchiveOutputStream.LONGFILE_POSIX})
    void tars(int longNames) throws IOException {
        Fuzz.of(folder, tar(longNames)).blocks(BLOCK).run(DamagedContainersTest::members);
    }

    /** With labels, as the split reads them; its check of pictures takes all. */
    @Test
    void shardsOfTheSplit() throws IOException {
        Fuzz.of(folder, tar(TarArchiveOutputStream.LONGFILE_POSIX))
                .blocks(BLOCK)
                .run(DamagedContainersTest::scan);
    }

    /** The text of a pax header has no checksum: a name may come to have a character that no path has. */
    @Test
    void aNameThatNoPathHas() throws IOException {
        byte[] bytes = Files.readAllBytes(tar(TarArchiveOutputStream.LONGFILE_POSIX));
        int name = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("path=b/222");
        bytes[name + 8] = 0;
        Path file = Files.write(folder.resolve("train.tar"), bytes);
        StageFailure e = assertThrows(StageFailure.class, () -> scan(file));
        assertEquals(ExitCode.BAD_DATA, e.exitCode(), e.getMessage());
        assertTrue(String.valueOf(e.getMessage()).startsWith(file + ": found "), e.getMessage());
    }

    private static Object scan(Path images) {
        return ImageFolder.scan(images, (bytes, where) -> new ImageSize(1, 1), DamagePolicy.FAIL, 1)
                .train()
                .size();
    }

    /** The rest of a path that was cut. */
    @Test
    void aFolderIsNoImage() throws IOException {
        Files.createDirectories(folder.resolve("a"));
        Path list = Files.writeString(folder.resolve("list.csv"), "a,0\n");
        StageFailure e = assertThrows(StageFailure.class, () -> scan(list));
        assertEquals(ExitCode.NO_INPUT, e.exitCode(), e.getMessage());
        assertEquals(folder.resolve("a") + ": found a folder: must be an image file", e.getMessage());
    }

    private Path hdf() {
        Path file = folder.resolve("train.h5");
        try (WritableHdfFile out = HdfFile.write(file)) {
            for (int g = 0; g < 2; g++) {
                WritableGroup group = out.putGroup("n" + g);
                for (int i = 0; i < 3; i++) {
                    group.putDataset("n" + g + "_" + i + ".JPEG", text("image " + g + " " + i));
                }
            }
        }
        return file;
    }

    @Test
    void hdfFiles() {
        // A flip in a header lets the library make room for up to 2 GiB.
        Fuzz.of(folder, hdf()).blocks(64).most(Integer.MAX_VALUE).run(DamagedContainersTest::members);
    }

    /** Wherever a header has a length, this one is more than the heap has. */
    @Test
    void noLengthOfAnHdfFileEndsTheProcess() throws IOException {
        byte[] whole = Files.readAllBytes(hdf());
        Path file = folder.resolve("x.h5");
        int huge = 0;
        for (int at = 0; at + Integer.BYTES <= whole.length; at += 2) {
            byte[] bytes = whole.clone();
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(at, Integer.MAX_VALUE);
            Files.write(file, bytes);
            try {
                members(file);
            } catch (StageFailure e) {
                assertEquals(ExitCode.BAD_DATA, e.exitCode(), e.getMessage());
                huge += String.valueOf(e.getMessage()).contains("asks for more memory than there is") ? 1 : 0;
            }
            Files.delete(file);
        }
        assertTrue(huge > 0, "no such length was found");
    }

    /** A list beside its images; those that it does not name any more are named as missing. */
    @ParameterizedTest
    @ValueSource(strings = {"list.csv", "list.tsv", "list.txt"})
    void lists(String name) throws IOException {
        String between = name.endsWith("csv") ? "," : name.endsWith("tsv") ? "\t" : " ";
        StringBuilder lines = new StringBuilder();
        for (String image : new String[] {"a/1.jpg", "a/zwei ä.jpg", "b/3.jpg"}) {
            lines.append(image).append(between).append(image, 0, 1).append('\n');
        }
        Fuzz.of(folder, name, text(lines.toString())).marks("\n").every(2).run(list -> {
            for (String image : new String[] {"a/1.jpg", "a/zwei ä.jpg", "b/3.jpg"}) {
                Path path = list.resolveSibling(image);
                Files.createDirectories(Objects.requireNonNull(path.getParent()));
                Files.write(path, text(image));
            }
            return scan(list);
        });
    }
}
