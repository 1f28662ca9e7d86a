package viewfit.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.report.chart.BarFigure;
import viewfit.report.chart.LineFigure;
import viewfit.report.results.ResultReader;
import viewfit.report.results.Results;

class FiguresTest {
    @TempDir
    static Path folder;

    static Results results;

    @BeforeAll
    static void read() {
        FakeSweep sweep = new FakeSweep(folder);
        results = ResultReader.read(sweep.write(), List.of(sweep.inputs()));
    }

    private static LineFigure curve(String id) {
        return Curves.figures(results).stream()
                .filter(f -> f.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void accuracyBarsAreTheProbesNumbers() {
        BarFigure figure = Figures.accuracy(results);
        assertEquals(List.of(FakeSweep.BASELINE, FakeSweep.OURS, FakeSweep.HOT), figure.variants());
        assertEquals(6, figure.bars().size());
        BarFigure.Bar ours = figure.bars().get(1);
        assertEquals(0, ours.group());
        assertEquals(
                List.of(FakeSweep.linear(FakeSweep.OURS, 0), FakeSweep.linear(FakeSweep.OURS, 1)),
                ours.trained().stream().map(BarFigure.Run::value).toList());
        assertEquals(
                List.of(FakeSweep.untrained(0), FakeSweep.untrained(1)),
                ours.floor().stream().map(BarFigure.Run::value).toList());
        assertEquals("", ours.note());
        assertEquals(0.1, figure.chance(), 1e-15);
    }

    @Test
    void divergedAndMissingCellsStayVisible() {
        BarFigure.Bar hot = Figures.accuracy(results).bars().get(2);
        assertTrue(hot.trained().isEmpty());
        assertEquals("1 diverged, 1 without result", hot.note());
    }

    @Test
    void finetuneBarsAreSortedByFraction() {
        BarFigure figure = Figures.finetune(results);
        assertNotNull(figure);
        assertEquals(List.of("1\u00A0% of labels", "10\u00A0% of labels"), figure.groups());
        assertEquals(
                0.31 + FakeSweep.linear(FakeSweep.OURS, 1) - 0.6,
                figure.bars().get(1).trained().get(1).value(),
                1e-15);
    }

    @Test
    void lossLinesCarryColourDashAndEnd() {
        LineFigure loss = curve("loss");
        assertEquals(5, loss.lines().size(), "four good cells and the diverged one");
        LineFigure.Line hot = loss.lines().get(4);
        assertEquals(2, hot.variant());
        assertEquals(41, hot.points().size());
        assertTrue(hot.ended());
        assertFalse(loss.lines().get(3).ended());
        assertEquals(1, loss.lines().get(3).seed());
        assertEquals(Math.log(FakeSweep.OUT_DIM), loss.references().get(0).y(), 1e-12);
        assertEquals("ln K = 6.93", loss.references().get(0).label());
        assertEquals(1, loss.references().size(), "one line for all cells with the same K");
    }

    @Test
    void referencesAndFloors() {
        assertEquals(
                1 / Math.sqrt(1280), curve("feature-std").references().get(0).y(), 1e-15);
        LineFigure knn = curve("knn-by-epoch");
        assertEquals("untrained 25.6 %", knn.references().get(0).label());
        assertEquals(11, knn.lines().get(0).points().size());
        assertEquals(10, knn.lines().get(0).points().get(10).x());
    }
}
