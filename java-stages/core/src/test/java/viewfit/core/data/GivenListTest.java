package viewfit.core.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;

/** Lists of label subsets: which forms are read, and what makes one a published one. */
class GivenListTest {
    @TempDir
    Path dir;

    private static Classes imagenet() {
        return new Classes(IntStream.range(0, 1000)
                .mapToObj(i -> String.format(Locale.ROOT, "n%08d", i))
                .toList());
    }

    @Test
    void bothFormsOfALineNameTheFile() throws Exception {
        Path file = dir.resolve("list.txt");
        Files.writeString(file, "n00000001_7.JPEG\n12,1,n00000001,n00000001_8.JPEG\n\nn00000001/a,b.JPEG\n");
        GivenList list = GivenList.read(file, 0.01, imagenet());
        assertEquals(List.of("n00000001_7.JPEG", "n00000001_8.JPEG", "n00000001/a,b.JPEG"), list.names());
        assertNull(list.known());
        assertEquals("own list", list.kind());
    }

    @Test
    void imageNetIsAThousandWordNetClasses() {
        assertTrue(GivenList.isImageNet(imagenet()));
        assertFalse(GivenList.isImageNet(new Classes(imagenet().names().subList(0, 999))));
        assertFalse(GivenList.isImageNet(
                new Classes(IntStream.range(0, 1000).mapToObj(Integer::toString).toList())));
    }

    private static final String NAMES = "n00000001_7.JPEG\nn00000001_8.JPEG\nn00000002_31.JPEG\n";
    private static final String INDEXED =
            "0,1,n00000001,n00000001_7.JPEG\n1,1,n00000001,n00000001_8.JPEG\n2,2,n00000002,n00000002_31.JPEG\n";

    /** A made-up list that takes the place of the published ones, which may not be handed on. */
    private static GivenList.Known published(String text) throws Exception {
        byte[] md5 = MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8));
        return new GivenList.Known("made up", HexFormat.of().formatHex(md5), 0.01);
    }

    private GivenList read(String text, double share, Classes classes, GivenList.Known... published) throws Exception {
        Path file = dir.resolve("list.txt");
        Files.writeString(file, text);
        return GivenList.read(file, share, classes, List.of(published));
    }

    /** As published, without the last line feed, with line ends of Windows, and with the indices that others ship. */
    @Test
    void aPublishedListIsKnownInEveryForm() throws Exception {
        GivenList.Known other = new GivenList.Known("another", "0".repeat(32), 0.1);
        for (String sum : List.of(NAMES, NAMES.strip())) {
            GivenList.Known known = published(sum);
            for (String text : List.of(NAMES, NAMES.strip(), NAMES.replace("\n", "\r\n"), INDEXED, INDEXED.strip())) {
                GivenList list = read(text, 0.01, imagenet(), other, known);
                assertEquals(known, list.known(), text);
                assertEquals("made up", list.kind());
                assertEquals(NAMES.lines().toList(), list.names());
            }
        }
        // A checksum may be of a file with indices too.
        assertEquals(
                "made up", read(INDEXED, 0.01, imagenet(), published(INDEXED)).kind());
    }

    @Test
    void aByteMoreOrLessMakesItAnOwnList() throws Exception {
        GivenList.Known known = published(NAMES);
        for (String text : List.of(
                NAMES.replace("_31", "_32"),
                INDEXED.replace("_31", "_32"),
                NAMES + "n00000002_32.JPEG\n",
                NAMES.substring(NAMES.indexOf('\n') + 1),
                "n00000001_8.JPEG\nn00000001_7.JPEG\nn00000002_31.JPEG\n")) {
            GivenList list = read(text, 0.01, imagenet(), known);
            assertNull(list.known(), text);
            assertEquals("own list", list.kind());
        }
        assertEquals("own list", read(NAMES, 0.01, imagenet()).kind());
        Classes others = new Classes(List.of("n00000001", "n00000002"));
        assertEquals("own list", read(NAMES, 0.01, others, known).kind(), "other classes than those of ImageNet");
    }

    @Test
    void thePublishedListOfAnotherShareIsRefused() throws Exception {
        GivenList.Known known = published(NAMES);
        for (String text : List.of(NAMES, INDEXED)) {
            StageFailure failure = assertThrows(StageFailure.class, () -> read(text, 0.1, imagenet(), known));
            assertEquals(ExitCode.BAD_DATA, failure.exitCode());
            assertEquals(
                    dir.resolve("list.txt") + ": found the list made up of ImageNet: must be that of 10 %",
                    failure.getMessage());
        }
        assertEquals(
                "own list",
                read(NAMES.replace("_31", "_32"), 0.1, imagenet(), known).kind());
    }

    /** The names of the published lists begin with the class. */
    @Test
    void classesMustBeThoseOfAPublishedList() {
        GivenList known = new GivenList(List.of(), "", GivenList.SIMCLR_1PCT);
        known.requireClasses(List.of(new ManifestRow("train/n00000001/n00000001_7.JPEG", 1, 0, "")), imagenet());
        List<ManifestRow> elsewhere = List.of(new ManifestRow("train/n00000002/n00000001_7.JPEG", 2, 0, ""));
        StageFailure failure = assertThrows(StageFailure.class, () -> known.requireClasses(elsewhere, imagenet()));
        assertEquals(ExitCode.BAD_DATA, failure.exitCode());
        new GivenList(List.of(), "", null).requireClasses(elsewhere, imagenet());
    }
}
