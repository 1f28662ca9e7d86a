package viewfit.core.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
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

    /** The names of the published lists begin with the class. */
    @Test
    void classesMustBeThoseOfAPublishedList() {
        GivenList known = new GivenList(List.of(), "", GivenList.Known.SIMCLR_1PCT);
        known.requireClasses(List.of(new ManifestRow("train/n00000001/n00000001_7.JPEG", 1, 0, "")), imagenet());
        List<ManifestRow> elsewhere = List.of(new ManifestRow("train/n00000002/n00000001_7.JPEG", 2, 0, ""));
        StageFailure failure = assertThrows(StageFailure.class, () -> known.requireClasses(elsewhere, imagenet()));
        assertEquals(ExitCode.BAD_DATA, failure.exitCode());
        new GivenList(List.of(), "", null).requireClasses(elsewhere, imagenet());
    }
}
