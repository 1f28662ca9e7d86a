package viewfit.core.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.contract.StageFailure;

/** Images counted by their names: files that are no images show that none is opened. */
class ImageCountTest {
    @TempDir
    private Path dir;

    private void files(String folder, int count) throws IOException {
        Files.createDirectories(dir.resolve(folder));
        for (int i = 0; i < count; i++) {
            Files.writeString(dir.resolve(folder).resolve(i + ".jpg"), "no image");
        }
    }

    @Test
    void classFoldersLessWhatIsHeldOut() throws IOException {
        files("train/a", 10);
        files("train/b", 3);
        files("val/a", 4);
        ImageCount count = ImageCount.of(dir);
        assertEquals(Map.of(0, 10, 1, 3), count.byLabel());
        assertEquals(2, count.classes());
        assertEquals(13, count.train(0));
        // 4 of 10, and of 3 no more than half.
        assertEquals(6 + 2, count.train(4));
    }

    @Test
    void withoutLabelsNothingIsHeldOut() throws IOException {
        files(".", 7);
        ImageCount count = ImageCount.of(dir);
        assertEquals(0, count.classes());
        assertEquals(7, count.train(50));
    }

    @Test
    void lists() throws IOException {
        files("x", 2);
        Path list = dir.resolve("train.csv");
        Files.write(list, List.of("path,label", "x/0.jpg,cat", "x/1.jpg,dog"));
        assertEquals(Map.of(0, 1, 1, 1), ImageCount.of(list).byLabel());
    }

    @Test
    void anEmptyFolderIsNoDataSet() {
        assertThrows(StageFailure.class, () -> ImageCount.of(dir));
    }
}
