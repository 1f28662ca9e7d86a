package viewfit.report.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The paper's tables are all there; which rows find theirs is in {@link PaperTablesTest}. */
class PaperNumbersTest {
    @ParameterizedTest
    @ValueSource(strings = {"table4", "table8", "table9", ""})
    void detectorsHaveNothingToPutBesideAProbe(String table) {
        assertTrue(PaperNumbers.of(table).isEmpty());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9})
    void everyTableIsThereAndFoldedUnderTheRows(int n) {
        assertTrue(PaperNumbers.csv("table" + n).rows().size() >= 4);
        assertTrue(PaperSection.beside("table" + n).startsWith("<details><summary>Table " + n + " of the paper: "));
    }

    /** A detector's precision is no probe's accuracy: each table says itself what it measures. */
    @ParameterizedTest
    @CsvSource({
        "table1, Linear probe on ImageNet",
        "table2, Linear probe on ImageNet",
        "table3, Linear probe on ImageNet",
        "table4, trained and scored on COCO",
        "table5, Linear probe on ImageNet",
        "table6, Fine-tuning on 1 % or 10 % of the labels",
        "table7, Fine-tuning on 1 % or 10 % of the labels",
        "table8, trained and scored on COCO",
        "table9, trained and scored on COCO"
    })
    void everyTableSaysWhatItMeasures(String table, String words) {
        String beside = PaperSection.beside(table);
        assertTrue(beside.contains(words), beside);
        assertEquals(words.startsWith("Linear"), beside.contains("Linear probe on"));
        String folded = PaperSection.html();
        // Its own part begins with its name in parentheses and ends where that of the next one begins.
        String own = folded.substring(folded.indexOf("(table " + table.substring("table".length()) + ")"));
        int next = own.indexOf("(table ", 1);
        assertTrue((next < 0 ? own : own.substring(0, next)).contains(words), own);
        assertFalse(
                folded.substring(0, folded.indexOf("<h3>")).contains("probe"),
                "over all tables stands what is true of all");
    }
}
