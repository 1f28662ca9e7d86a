package viewfit.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.report.results.ResultReader;

class KeyNamesTest {
    @TempDir
    Path folder;

    private List<String> variants(String axes) throws IOException {
        Path cells = Files.writeString(
                folder.resolve("cells.csv"), "cell,recipe,axes,seed\na,p/ours.yml," + axes + ",0\nb,p/ours.yml,,0\n");
        String groups = "{kind: global}, {kind: global}, {kind: local}, {kind: local}";
        Path in = Files.createDirectories(folder.resolve("in"));
        Files.writeString(in.resolve("a.yml"), "schema: pretrain/1\nviews: {groups: [" + groups + "]}\n");
        return KeyNames.named(ResultReader.read(cells, List.of(in))).variants();
    }

    @Test
    void recipesAreToldApartBySymbols() throws IOException {
        assertEquals(
                List.of("ours, \u03B1 0.4, LC 36, optimizer.lr 0.1", "ours"),
                variants("method.alpha=0.4;views.groups.2.size=36;optimizer.lr=0.1"));
    }

    /** Two groups of local views: 36 and 96 pixels of which? */
    @Test
    void aSymbolOfTwoKeysIsNone() throws IOException {
        assertEquals(
                List.of("ours, \u03B1 0.4, views.groups.2.size 36, views.groups.3.size 96", "ours"),
                variants("method.alpha=0.4;views.groups.2.size=36;views.groups.3.size=96"));
    }
}
