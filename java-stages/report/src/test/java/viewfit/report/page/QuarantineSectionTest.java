package viewfit.report.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.data.Quarantine;
import viewfit.report.results.Results;
import viewfit.report.values.Text;

class QuarantineSectionTest {
    @TempDir
    Path root;

    private static Quarantine.Row row(int index, String reason) {
        return new Quarantine.Row("a/" + index + ".jpg", reason, "<html> & \"more\"", 12_345, "");
    }

    private String html(Map<Path, Quarantine> quarantines) {
        return QuarantineSection.html(
                new Results(root, List.of(), null, quarantines, List.of(), null, List.of(), List.of(), Map.of()));
    }

    @Test
    void nothingIsSaidWhereNothingIsDamaged() {
        assertEquals("", html(Map.of()));
        assertEquals("", html(Map.of(root.resolve("split/quarantine.csv"), new Quarantine(List.of()))));
    }

    @Test
    void countsByReasonAndTheFirstRowsAreShown() {
        List<Quarantine.Row> rows = new ArrayList<>();
        for (int i = 10; i < 23; i++) {
            rows.add(row(i, i < 20 ? "truncated" : "no-image"));
        }
        Map<Path, Quarantine> tables = new TreeMap<>();
        tables.put(root.resolve("split/quarantine.csv"), new Quarantine(rows));
        tables.put(root.resolve("pretrain/c/quarantine.csv"), new Quarantine(List.of(row(1, "missing"))));
        String html = html(tables);
        assertTrue(html.contains("id=\"quarantine\""), html);
        assertTrue(html.contains("<h3>split/quarantine.csv</h3>"), html);
        assertTrue(html.contains(Text.plural(13, "image") + ": 3 no-image, 10 truncated."), html);
        assertTrue(html.contains(Text.plural(1, "image") + ": 1 missing."), html);
        assertTrue(html.contains("a/19.jpg") && !html.contains("a/20.jpg"), html);
        assertTrue(html.contains("And 3 more in the table."), html);
        assertTrue(html.contains("&lt;html&gt; &amp; &quot;more&quot;"), html);
        assertFalse(html.contains("<html>"), html);
    }
}
