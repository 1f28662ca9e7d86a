package viewfit.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.report.chart.SweepFigure;
import viewfit.report.results.ResultReader;
import viewfit.report.results.Results;
import viewfit.report.results.Show;

/** The figures of a sweep against the invented scores themselves. */
class SweepsTest {
    @TempDir
    Path folder;

    private Results results;
    private Show show;

    @BeforeEach
    void read() {
        results = ResultReader.read(null, List.of(new FakeGrid(folder).write().inputs()));
        show = results.shows().get(0);
    }

    private SweepFigure linear() {
        return Sweeps.figures(results, show).get(0);
    }

    @Test
    void oneFigureForEachWayToScore() {
        List<SweepFigure> figures = Sweeps.figures(results, show);
        assertEquals(
                List.of("local-size-linear", "local-size-knn"),
                figures.stream().map(SweepFigure::id).toList());
        assertEquals("side of the local views, pixels (LC)", figures.get(0).xLabel());
        assertEquals(List.of(), figures.get(0).names(), "sizes are numbers");
    }

    @Test
    void pointsAreTheMeansOverTheSeedsThatHaveAScore() {
        List<SweepFigure.Line> lines = linear().lines();
        assertEquals(
                List.of("Sl 0.14", "Sl 0.3"),
                lines.stream().map(SweepFigure.Line::label).toList());
        for (int l = 0; l < lines.size(); l++) {
            String scale = FakeGrid.SCALES.get(l);
            for (int i = 0; i < FakeGrid.SIZES.size(); i++) {
                int size = FakeGrid.SIZES.get(i);
                SweepFigure.Point point = lines.get(l).points().get(i);
                int n = size == 128 && scale.equals("0.3") ? 2 : 3;
                double sum = 0;
                for (int seed = 0; seed < n; seed++) {
                    sum += FakeGrid.linear(size, scale, seed);
                }
                double squares = 0;
                for (int seed = 0; seed < n; seed++) {
                    squares += Math.pow(FakeGrid.linear(size, scale, seed) - sum / n, 2);
                }
                assertEquals(size, point.at());
                assertEquals(n, point.runs().size());
                assertEquals(sum / n, point.mean().mean(), 1e-15);
                assertEquals(Math.sqrt(squares / (n - 1)), point.mean().sd(), 1e-15);
            }
        }
    }

    @Test
    void theDefaultAndTheBestOfEachLineAreMarked() {
        for (SweepFigure.Line line : linear().lines()) {
            for (SweepFigure.Point point : line.points()) {
                assertEquals(point.x().equals("96"), point.isDefault());
            }
        }
        assertEquals(
                "103",
                linear().lines()
                        .get(0)
                        .points()
                        .get(linear().lines().get(0).best())
                        .x());
        // The seed that is missing is the highest one, and 128 is the best all the same.
        assertEquals(
                "128",
                linear().lines()
                        .get(1)
                        .points()
                        .get(linear().lines().get(1).best())
                        .x());
    }

    /** Stage views measures the first cell of each set of views; the other seeds have the same. */
    @Test
    void theSecondAxisHasWhatStageViewsMeasured() {
        for (int l = 0; l < FakeGrid.SCALES.size(); l++) {
            for (SweepFigure.Point point : linear().lines().get(l).points()) {
                assertEquals(FakeGrid.ratio((int) point.at(), FakeGrid.SCALES.get(l)), point.scale(), 1e-12);
            }
        }
    }

    @Test
    void everyNumberIsInTheTable() {
        List<List<String>> rows = linear().rows();
        assertEquals(FakeGrid.SIZES.size() * 2 * 3 - 1, rows.size());
        List<String> row = rows.get(rows.size() - 1);
        assertEquals(linear().header().size(), row.size());
        assertEquals("Sl 0.3", row.get(0));
        assertEquals("128", row.get(1));
        assertEquals(FakeGrid.cell(128, "0.3", 1), row.get(2));
        assertEquals(FakeGrid.linear(128, "0.3", 1), Double.parseDouble(row.get(4)));
        assertEquals(List.of("2", "no", "yes"), List.of(row.get(5), row.get(8), row.get(9)));
        assertEquals(FakeGrid.ratio(128, "0.3"), Double.parseDouble(row.get(10)));
    }

    @Test
    void otherKeysHaveNamesInsteadOfNumbers() {
        Show byCrops =
                new Show("crops", false, "views.groups.0.kind", List.of(), "global", List.of(), "", show.cells());
        SweepFigure figure = Sweeps.figures(results, byCrops).get(0);
        assertEquals(List.of("global"), figure.names());
        assertTrue(figure.lines().get(0).points().get(0).isDefault());
        assertTrue(Double.isNaN(figure.lines().get(0).points().get(0).scale()));
        assertTrue(Sweeps.mixed(results, byCrops), "one point of many recipes");
        assertFalse(Sweeps.mixed(results, show));
    }

    @Test
    void cellsWithoutTheKeyAreNamedAndNotDrawn() {
        Show lost = new Show("lost", false, "method.queue-length", List.of(), "", List.of(), "", show.cells());
        assertEquals(List.of(), Sweeps.figures(results, lost));
        assertEquals(show.cells(), Sweeps.withoutPlace(results, lost));
    }

    @Test
    void valuesAreTheSameToFiveDigits() {
        assertTrue(Sweeps.same("0.142857", "0.14285714285714285"));
        assertTrue(Sweeps.same("1", "1.0"));
        assertFalse(Sweeps.same("0.1428", "0.142857"));
        assertTrue(Sweeps.same("dino", "dino"));
        assertFalse(Sweeps.same("dino", "swav"));
        assertFalse(Sweeps.same("0", ""));
    }
}
