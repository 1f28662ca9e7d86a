package viewfit.report.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
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
        assertEquals(
                Path.of("paper/table" + n + ".csv"),
                PaperNumbers.csv("table" + n).file());
    }
}
