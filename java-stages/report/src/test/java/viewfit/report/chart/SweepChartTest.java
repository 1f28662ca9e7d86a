package viewfit.report.chart;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.jfree.chart.plot.XYPlot;
import org.jfree.data.xy.IntervalXYDataset;
import org.junit.jupiter.api.Test;
import viewfit.report.chart.BarFigure.Run;

class SweepChartTest {
    private static SweepFigure.Point point(String x, double at, boolean standard, double scale, double... values) {
        List<Run> runs = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            runs.add(new Run("c" + x + "-" + i, i, values[i]));
        }
        return new SweepFigure.Point(x, at, runs, standard, scale);
    }

    private static SweepFigure figure(List<String> names, SweepFigure.Line... lines) {
        return new SweepFigure("f", "Figure", "alpha", "top-1", names, "scale", List.of(lines));
    }

    private static SweepFigure two() {
        return figure(
                List.of(),
                new SweepFigure.Line(
                        "a",
                        List.of(
                                point("0.1", 0.1, true, 1.44, 0.5, 0.7),
                                point("0.4", 0.4, false, 1.21, 0.8, 0.9),
                                point("0.6", 0.6, false, Double.NaN, 0.55))),
                new SweepFigure.Line("b", List.of(point("0.4", 0.4, false, 1, 0.3))));
    }

    private static List<List<Double>> points(XYPlot plot, int layer) {
        List<List<Double>> points = new ArrayList<>();
        for (int s = 0; s < plot.getDataset(layer).getSeriesCount(); s++) {
            for (int i = 0; i < plot.getDataset(layer).getItemCount(s); i++) {
                points.add(List.of(
                        plot.getDataset(layer).getXValue(s, i),
                        Math.round(1e9 * plot.getDataset(layer).getYValue(s, i)) / 1e9));
            }
        }
        return points;
    }

    @Test
    void linesAreMeansAndBarsAreDeviationsOfTwoOrMore() {
        XYPlot plot = SweepChart.draw(two()).getXYPlot();
        assertEquals(
                List.of(List.of(0.1, 0.6), List.of(0.4, 0.85), List.of(0.6, 0.55), List.of(0.4, 0.3)),
                points(plot, SweepChart.LINES));
        IntervalXYDataset bars = (IntervalXYDataset) plot.getDataset(SweepChart.BARS);
        assertEquals(2, bars.getItemCount(0), "one seed has no bar");
        double sd = 0.2 / Math.sqrt(2);
        assertEquals(0.6 - sd, bars.getStartYValue(0, 0), 1e-15);
        assertEquals(0.6 + sd, bars.getEndYValue(0, 0), 1e-15);
        assertEquals(0, bars.getItemCount(1));
        assertTrue(plot.getRangeAxis().getRange().contains(0.6 - sd));
        assertTrue(plot.getRangeAxis().getRange().contains(0.85 + 0.1 / Math.sqrt(2)));
    }

    @Test
    void ringsAreAroundTheDefaultAndTheBest() {
        XYPlot plot = SweepChart.draw(two()).getXYPlot();
        assertEquals(List.of(List.of(0.1, 0.6)), points(plot, SweepChart.DEFAULTS));
        assertEquals(List.of(List.of(0.4, 0.85)), points(plot, SweepChart.BESTS), "a line of one point has no best");
        List<String> legend = new ArrayList<>();
        for (int i = 0; i < plot.getFixedLegendItems().getItemCount(); i++) {
            legend.add(plot.getFixedLegendItems().get(i).getLabel());
        }
        assertEquals(List.of("a", "b", "default", "best mean"), legend);
    }

    @Test
    void everyLineWithMeasuredScalesHasAnAxisAbove() {
        XYPlot plot = SweepChart.draw(two()).getXYPlot();
        assertEquals(3, plot.getDomainAxisCount());
        assertEquals("scale, a", plot.getDomainAxis(1).getLabel());
        assertEquals(plot.getDomainAxis(0).getRange(), plot.getDomainAxis(1).getRange());
        String svg = new String(two().svg(515, 340), java.nio.charset.StandardCharsets.UTF_8);
        assertTrue(svg.contains(">1.44<") && svg.contains(">1.21<") && svg.contains(">1.00<"), "ticks above");
        SweepFigure alone = figure(List.of(), new SweepFigure.Line("", List.of(point("1", 1, false, Double.NaN, 0.5))));
        assertEquals(1, SweepChart.draw(alone).getXYPlot().getDomainAxisCount());
    }

    @Test
    void labelsThatWouldMeetAreLeftOut() {
        List<SweepFigure.Point> near = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            near.add(point(i + "", i, false, 1 + i / 100.0, 0.5));
        }
        String svg = new String(
                figure(List.of(), new SweepFigure.Line("", near)).svg(515, 340),
                java.nio.charset.StandardCharsets.UTF_8);
        long labels = svg.lines()
                .filter(line -> line.matches(".*>1\\.\\d\\d</text>.*"))
                .count();
        assertTrue(labels > 5 && labels < 30, labels + " labels");
    }

    /** Ticks of half a tenth of a percent are not told as the same tenth twice. */
    @Test
    void closeTicksHaveDifferentNumbers() {
        SweepFigure close = figure(
                List.of(),
                new SweepFigure.Line(
                        "",
                        List.of(point("1", 1, false, Double.NaN, 0.6010), point("2", 2, false, Double.NaN, 0.6022))));
        String svg = new String(close.svg(515, 340), java.nio.charset.StandardCharsets.UTF_8);
        List<String> ticks = svg.lines()
                .filter(line -> line.matches(".*>[\\d.]+ %</text>.*"))
                .map(line -> line.replaceAll(".*>([\\d.]+ %)</text>.*", "$1"))
                .toList();
        assertTrue(ticks.size() > 2, svg);
        assertEquals(ticks.stream().distinct().toList(), ticks);
    }

    @Test
    void namesStandWhereTheirPointsAre() {
        SweepFigure named = figure(
                List.of("dino", "swav"),
                new SweepFigure.Line(
                        "",
                        List.of(point("dino", 0, true, Double.NaN, 0.5), point("swav", 1, false, Double.NaN, 0.6))));
        String svg = new String(named.svg(515, 340), java.nio.charset.StandardCharsets.UTF_8);
        assertTrue(svg.contains(">dino<") && svg.contains(">swav<"));
        assertArrayEquals(named.png(515, 340), named.png(515, 340));
    }

    @Test
    void nothingToDrawIsDrawn() {
        assertTrue(figure(List.of()).png(300, 200).length > 500);
    }
}
