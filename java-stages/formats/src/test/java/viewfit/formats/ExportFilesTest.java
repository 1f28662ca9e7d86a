package viewfit.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportFilesTest {
    @TempDir
    Path folder;

    private void file(String name) throws IOException {
        Path path = folder.resolve(name);
        Files.createDirectories(path.getParent());
        Files.writeString(path, "a part");
    }

    /** A half-written file of the export, wherever it is, is written anew; what only looks like one is somebody's. */
    @Test
    void whatAKilledExportLeftAsideIsNotInTheWay() throws IOException {
        file("model.pth");
        file("model.pth.tmp");
        file("timm/config.json.tmp");
        file("manifest.json.tmp");
        assertEquals(List.of(), ExportFiles.inTheWay(folder, "resnet18"));
        file("notes.txt.tmp");
        file("detectron2/model.pth.tmp");
        assertEquals(List.of("detectron2/model.pth.tmp", "notes.txt.tmp"), ExportFiles.inTheWay(folder, "resnet18"));
    }

    /** But it is no part of an export that is whole. */
    @Test
    void whatWasLeftAsideIsForeign() throws IOException {
        file("model.pth.tmp");
        assertEquals(List.of("model.pth.tmp"), ExportFiles.foreign(folder, "resnet18"));
    }
}
