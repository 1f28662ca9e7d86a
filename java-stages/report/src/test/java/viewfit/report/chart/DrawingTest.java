package viewfit.report.chart;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import javax.imageio.ImageIO;
import org.jfree.chart.ChartRenderingInfo;
import org.jfree.chart.annotations.XYTextAnnotation;
import org.jfree.chart.plot.Marker;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.ui.Layer;
import org.jfree.chart.ui.RectangleAnchor;
import org.jfree.data.xy.IntervalXYDataset;
import org.junit.jupiter.api.Test;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.report.chart.BarFigure.Bar;
import viewfit.report.chart.BarFigure.Run;

class DrawingTest {

    private static BarFigure bars() {
        return new BarFigure(
                "bars",
                "Bars",
                "top-1",
                List.of("a", "b"),
                List.of("x", "y"),
                List.of(
                        new Bar(
                                0,
                                0,
                                List.of(new Run("c0", 0, 0.5), new Run("c1", 1, 0.7)),
                                List.of(new Run("c0", 0, 0.3)),
                                ""),
                        new Bar(0, 1, List.of(new Run("c2", 0, 0.4)), List.of(), "1 of 2 seeds"),
                        new Bar(1, 1, List.of(), List.of(), "1 diverged")),
                0.1);
    }

    private static LineFigure lines(double... y) {
        List<LineFigure.Point> points = new java.util.ArrayList<>();
        for (int i = 0; i < y.length; i++) {
            points.add(new LineFigure.Point(i, y[i]));
        }
        return new LineFigure(
                "lines",
                "Lines",
                "step",
                "loss",
                LineFigure.YScale.DATA,
                List.of("x"),
                List.of("seed 0"),
                List.of(new LineFigure.Line("c", 0, 0, points, true)),
                List.of(new LineFigure.Reference("ln K", 9)));
    }

    @Test
    void barsWhiskersAndFloorsAreTheMeans() {
        XYPlot plot = BarChart.draw(bars()).getXYPlot();
        assertEquals(0.6, plot.getDataset(BarChart.BARS).getYValue(0, 0), 1e-15);
        assertEquals(0.4, plot.getDataset(BarChart.BARS).getYValue(1, 0), 1e-15);
        assertEquals(1, plot.getDataset(BarChart.BARS).getItemCount(1), "the gap has no bar");
        IntervalXYDataset whiskers = (IntervalXYDataset) plot.getDataset(BarChart.WHISKERS);
        double sd = 0.2 / Math.sqrt(2);
        assertEquals(1, whiskers.getSeriesCount(), "one run has no whisker");
        assertEquals(0.6 - sd, whiskers.getStartYValue(0, 0), 1e-15);
        assertEquals(0.6 + sd, whiskers.getEndYValue(0, 0), 1e-15);
        assertEquals(0.3, plot.getDataset(BarChart.FLOORS).getYValue(0, 0), 1e-15);
        assertEquals(2, plot.getDataset(BarChart.DOTS).getItemCount(0));
        assertTrue(plot.getRangeAxis().getRange().getUpperBound() > 0.6 + sd, "whisker inside");
        assertEquals(0, plot.getRangeAxis().getRange().getLowerBound(), "bars stand on zero");
        assertEquals(4, plot.getAnnotations().size(), "two means and two notes");
    }

    /** In the demo a network may be worse than an untrained one by the height of a letter, and both as good as chance. */
    @Test
    void noLineGoesThroughTheNumberAboveABar() {
        // Letters of 12 pixels are some 15 high, and the shortest of these figures has an axis of some 250.
        double high = 15 / 250.0;
        for (double chance : new double[] {0.401, 0.42, 0.45, Double.NaN}) {
            for (double floor = 0.38; floor < 0.5; floor += 0.001) {
                Bar bar = new Bar(
                        0,
                        0,
                        List.of(new Run("c0", 0, 0.4), new Run("c1", 1, 0.4)),
                        List.of(new Run("c0", 0, floor)),
                        "");
                XYPlot plot = BarChart.draw(
                                new BarFigure("b", "B", "y", List.of("a"), List.of("x"), List.of(bar), chance))
                        .getXYPlot();
                double foot = ((XYTextAnnotation) plot.getAnnotations().get(0)).getY();
                double axis = plot.getRangeAxis().getRange().getUpperBound();
                assertTrue(foot > 0.4, "above bar and whisker");
                assertTrue(foot + high * axis < axis, "inside");
                for (double line : new double[] {floor, chance}) {
                    assertFalse(
                            line > foot - 0.01 * axis && line < foot + high * axis,
                            floor + " or " + chance + " through the number at " + foot);
                }
            }
        }
    }

    /** The eighth bar has the colour of the first: numbers tell them apart. */
    @Test
    void moreVariantsThanColoursHaveNumbers() {
        List<String> variants =
                java.util.stream.IntStream.range(0, 8).mapToObj(v -> "r" + v).toList();
        List<Bar> bars = new java.util.ArrayList<>();
        for (int v = 0; v < 8; v++) {
            bars.add(new Bar(0, v, List.of(new Run("c" + v, 0, 0.5)), List.of(), v == 7 ? "1 of 2 seeds" : ""));
        }
        BarFigure many = new BarFigure("m", "M", "y", List.of("g"), variants, bars, 0.1);
        XYPlot plot = BarChart.draw(many).getXYPlot();
        assertEquals(8 + 8 + 1, plot.getAnnotations().size(), "means, numbers and a note");
        assertEquals("8 r7", plot.getFixedLegendItems().get(7).getLabel());
        BarFigure few = new BarFigure("m", "M", "y", List.of("g"), variants.subList(0, 7), bars.subList(0, 7), 0.1);
        assertEquals(
                "r6",
                BarChart.draw(few).getXYPlot().getFixedLegendItems().get(6).getLabel());
    }

    @Test
    void linesKeepGapsMarkTheEndAndIncludeReferences() {
        XYPlot plot = LineChart.draw(lines(1, 2, Double.POSITIVE_INFINITY, 4, Double.NaN))
                .getXYPlot();
        assertTrue(Double.isNaN(plot.getDataset(0).getYValue(0, 2)), "infinite is a gap, not a spike");
        assertEquals(3, plot.getDataset(1).getXValue(0, 0), "cross on the last finite point");
        assertTrue(plot.getRangeAxis().getRange().contains(9), "reference inside");
        assertTrue(plot.getRangeAxis().getRange().contains(1));
    }

    /** The eighth line has the colour of the first: marks and numbers tell them apart, in the plot and in the legend. */
    @Test
    void moreLinesThanColoursHaveMarksAndNumbers() {
        List<LineFigure.Point> points = java.util.stream.IntStream.range(0, 100)
                .mapToObj(i -> new LineFigure.Point(i, i < 50 ? i : Double.NaN))
                .toList();
        List<String> variants =
                java.util.stream.IntStream.range(0, 30).mapToObj(v -> "r" + v).toList();
        List<LineFigure.Line> lines = java.util.stream.IntStream.range(0, 30)
                .mapToObj(v -> new LineFigure.Line("c" + v, v, 0, points, false))
                .toList();
        XYPlot plot = LineChart.draw(many(variants, lines)).getXYPlot();
        assertEquals(30, plot.getAnnotations().size(), "a number at each line");
        java.util.Set<Double> places = new java.util.HashSet<>();
        for (Object number : plot.getAnnotations().subList(0, 10)) {
            places.add(((XYTextAnnotation) number).getX());
        }
        assertEquals(10, places.size(), "lines that run together have their numbers side by side");
        XYLineAndShapeRenderer marks = (XYLineAndShapeRenderer) plot.getRenderer(2);
        java.util.Set<List<Object>> looks = new java.util.HashSet<>();
        for (int v = 0; v < 30; v++) {
            assertEquals(6, plot.getDataset(2).getItemCount(v));
            looks.add(List.of(
                    marks.getSeriesPaint(v),
                    marks.getSeriesShape(v).getClass(),
                    marks.getSeriesShape(v).getBounds2D(),
                    marks.getSeriesFillPaint(v)));
            assertEquals(v + 1 + " r" + v, plot.getFixedLegendItems().get(v).getLabel());
            assertEquals(
                    marks.getSeriesShape(v).getBounds2D(),
                    plot.getFixedLegendItems().get(v).getShape().getBounds2D());
        }
        assertEquals(30, looks.size());
        XYPlot few = LineChart.draw(many(variants.subList(0, 7), lines.subList(0, 7)))
                .getXYPlot();
        assertEquals("r6", few.getFixedLegendItems().get(6).getLabel());
        assertEquals(2, few.getDatasetCount());
    }

    /** A legend of many lines makes the picture higher, and takes nothing from what is drawn above it. */
    @Test
    void aLongLegendTakesNothingFromThePlot() {
        LineFigure few = lines(1, 2);
        assertEquals(0, few.drawing().taller(515));
        List<String> names = java.util.stream.IntStream.range(0, 20)
                .mapToObj(v -> "a recipe of a long name, \u03B1 0.4, LC " + v)
                .toList();
        List<LineFigure.Line> lines = java.util.stream.IntStream.range(0, 20)
                .mapToObj(v -> new LineFigure.Line("c" + v, v, 0, List.of(new LineFigure.Point(1, v)), false))
                .toList();
        LineFigure many = many(names, lines);
        int more = many.drawing().taller(515);
        assertTrue(more > 200, more + " for ten lines or more");
        assertTrue(many.drawing().taller(1064) < more, "wider, fewer lines");
        double least = 0.7 * plotHeight(few, 330);
        assertTrue(plotHeight(many, 330) < least, "without more room the legend took it");
        assertTrue(plotHeight(many, 330 + more) > least);
    }

    private static double plotHeight(LineFigure figure, int height) {
        ChartRenderingInfo info = new ChartRenderingInfo();
        BufferedImage image = new BufferedImage(515, height, BufferedImage.TYPE_INT_RGB);
        LineChart.draw(figure).draw(image.createGraphics(), new Rectangle2D.Double(0, 0, 515, height), info);
        return info.getPlotInfo().getDataArea().getHeight();
    }

    private static LineFigure many(List<String> variants, List<LineFigure.Line> lines) {
        return new LineFigure(
                "m", "M", "step", "loss", LineFigure.YScale.DATA, variants, List.of("seed 0"), lines, List.of());
    }

    /** Of three variants the second has no line; two lines of chance are as good as one. */
    @Test
    void theLegendHasWhatIsDrawnAndLabelsKeepApart() {
        List<LineFigure.Point> points = List.of(new LineFigure.Point(0, 1), new LineFigure.Point(1, 5));
        LineFigure figure = new LineFigure(
                "some",
                "Some",
                "step",
                "loss",
                LineFigure.YScale.DATA,
                List.of("a", "b", "c"),
                List.of("seed 0"),
                List.of(
                        new LineFigure.Line("a0", 0, 0, points, false),
                        new LineFigure.Line("a1", 0, 0, points, false),
                        new LineFigure.Line("c0", 2, 0, points, false)),
                List.of(
                        new LineFigure.Reference("upper", 4.01),
                        new LineFigure.Reference("lower", 4),
                        new LineFigure.Reference("alone", 2)));
        XYPlot plot = LineChart.draw(figure).getXYPlot();
        List<String> names = new java.util.ArrayList<>();
        for (int i = 0; i < plot.getFixedLegendItems().getItemCount(); i++) {
            names.add(plot.getFixedLegendItems().get(i).getLabel());
        }
        assertEquals(List.of("a", "c"), names);
        assertEquals(PaperTheme.colour(2), plot.getFixedLegendItems().get(1).getLinePaint(), "colours are the page's");
        java.util.Map<String, RectangleAnchor> anchors = new java.util.TreeMap<>();
        for (Object marker : plot.getRangeMarkers(Layer.BACKGROUND)) {
            anchors.put(((Marker) marker).getLabel(), ((Marker) marker).getLabelAnchor());
        }
        assertEquals(
                java.util.Map.of(
                        "alone", RectangleAnchor.TOP_RIGHT,
                        "lower", RectangleAnchor.BOTTOM_RIGHT,
                        "upper", RectangleAnchor.TOP_RIGHT),
                anchors);
    }

    @Test
    void fractionsEndAtOne() {
        LineFigure all = new LineFigure(
                "all",
                "All",
                "epoch",
                "share",
                LineFigure.YScale.PERCENT,
                List.of("a"),
                List.of("seed 0"),
                List.of(new LineFigure.Line("a0", 0, 0, List.of(new LineFigure.Point(1, 1)), false)),
                List.of());
        XYPlot plot = LineChart.draw(all).getXYPlot();
        assertEquals(1.01, plot.getRangeAxis().getRange().getUpperBound(), 1e-12);
        assertTrue(plot.getRangeAxis().getRange().getLowerBound() < 1);
    }

    @Test
    void edgesAreDrawnWithoutFailing() {
        for (LineFigure figure : List.of(lines(), lines(Double.NaN), lines(5), lines(5, 5, 5))) {
            assertTrue(figure.png(300, 200).length > 1000);
        }
        BarFigure empty = new BarFigure(
                "e",
                "Empty",
                "y",
                List.of("a"),
                List.of("x"),
                List.of(new Bar(0, 0, List.of(), List.of(), "")),
                Double.NaN);
        assertTrue(empty.png(300, 200).length > 1000);
    }

    @Test
    void picturesAreTwiceTheSizeAndTheSameEachTime() throws IOException {
        byte[] png = bars().png(320, 200);
        assertArrayEquals(png, bars().png(320, 200));
        var image = ImageIO.read(new ByteArrayInputStream(png));
        assertEquals(640, image.getWidth());
        assertEquals(400, image.getHeight());
    }

    @Test
    void tablesHoldEveryDrawnNumber() {
        assertEquals(
                List.of(
                        List.of("a", "x", "trained", "c0", "0", "0.5"),
                        List.of("a", "x", "trained", "c1", "1", "0.7"),
                        List.of("a", "x", "untrained", "c0", "0", "0.3"),
                        List.of("a", "y", "trained", "c2", "0", "0.4"),
                        List.of("chance", "reference", "", "", "", "0.1")),
                bars().rows());
        assertEquals(List.of(), new BarFigure("e", "E", "y", List.of(), List.of(), List.of(), Double.NaN).rows());
        assertEquals(
                List.of("c", "x", "seed 0", "0.0", "1.5"), lines(1.5).rows().get(0));
        assertEquals(
                List.of("ln K", "reference", "", "", "9.0"), lines(1.5).rows().get(1));
    }

    @Test
    void missingFontsAreOneLineWithTheRemedy() {
        StageFailure failure = assertThrows(
                StageFailure.class,
                () -> Fonts.require(() -> {
                    throw new InternalError("java.lang.reflect.InvocationTargetException");
                }));
        assertEquals(ExitCode.NO_INPUT, failure.exitCode());
        assertTrue(failure.getMessage().contains("apt-get install fontconfig"), failure.getMessage());
        assertEquals(1, failure.getMessage().lines().count());
        Fonts.require();
    }

    private static PixelScaleFigure scales(double paperSide, int locals) {
        List<PixelScaleFigure.Bin> bins =
                List.of(new PixelScaleFigure.Bin(-1, 0, 0.25), new PixelScaleFigure.Bin(0, 1, 0.75));
        List<PixelScaleFigure.Estimate> estimates = List.of(
                new PixelScaleFigure.Estimate("mean of ratios", 1.44, 120),
                new PixelScaleFigure.Estimate("ratio of mean areas", 1.21, 110));
        PixelScaleFigure.Local local =
                new PixelScaleFigure.Local("local views, 100 px", 100, bins, bins, bins, estimates, paperSide);
        return new PixelScaleFigure("s", "Scales", 224, bins, bins, java.util.Collections.nCopies(locals, local));
    }

    @Test
    void pixelScalesHaveFourPanelsForEachGroupAndTwoWithout() throws IOException {
        assertEquals(4, PixelScaleChart.draw(scales(128, 1)).size());
        assertEquals(8, PixelScaleChart.draw(scales(128, 2)).size());
        assertEquals(2, PixelScaleChart.draw(scales(128, 0)).size());
        var picture = ImageIO.read(new ByteArrayInputStream(scales(128, 1).png(800, 600)));
        assertEquals(1600, picture.getWidth());
        assertEquals(1200, picture.getHeight());
        assertArrayEquals(scales(128, 1).png(800, 600), scales(128, 1).png(800, 600));
        // The last panel is drawn too: something dark is in the lower right quarter.
        boolean ink = false;
        for (int y = 620; y < 1200; y++) {
            for (int x = 820; x < 1600; x++) {
                ink |= (picture.getRGB(x, y) & 0xFF) < 100;
            }
        }
        assertTrue(ink);
    }

    @Test
    void theCurveIsOneAtTheBestSideAndShowsThePaperWhereItSpeaks() {
        XYPlot plot = PixelScaleChart.draw(scales(128, 1)).get(1).getXYPlot();
        for (int series = 0; series < 2; series++) {
            double best = series == 0 ? 120 : 110;
            for (int i = 0; i < plot.getDataset(0).getItemCount(series); i++) {
                double side = plot.getDataset(0).getXValue(series, i);
                assertEquals(Math.pow(best / side, 2), plot.getDataset(0).getYValue(series, i), 1e-12);
            }
            assertEquals(best, plot.getDataset(1).getXValue(series, 0));
            assertTrue(plot.getDomainAxis().getRange().contains(best));
        }
        assertTrue(plot.getDomainAxis().getRange().contains(100), "the recipe's own side");
        assertTrue(plot.getRangeAxis().getRange().contains(1.44));
        assertEquals(3, plot.getDataset(1).getSeriesCount());
        assertEquals(128, plot.getDataset(1).getXValue(2, 0));
        XYPlot silent = PixelScaleChart.draw(scales(Double.NaN, 1)).get(1).getXYPlot();
        assertEquals(2, silent.getDataset(1).getSeriesCount());
    }

    @Test
    void ratiosAreMarkedOnALogarithmicAxisThatIsLabelledWithRatios() {
        XYPlot plot = PixelScaleChart.draw(scales(128, 1)).get(0).getXYPlot();
        List<Double> marks = new java.util.ArrayList<>();
        for (Object marker : plot.getDomainMarkers(Layer.FOREGROUND)) {
            marks.add(((org.jfree.chart.plot.ValueMarker) marker).getValue());
        }
        assertEquals(List.of(Math.log(1.44) / Math.log(2), Math.log(1.21) / Math.log(2)), marks);
        var format = ((org.jfree.chart.axis.NumberAxis) plot.getDomainAxis()).getNumberFormatOverride();
        assertEquals(
                List.of("1/4", "1/2", "1", "2", "8"),
                java.util.stream.Stream.of(-2, -1, 0, 1, 3).map(format::format).toList());
    }

    @Test
    void everyBinDrawnIsInTheTable() {
        assertEquals(10, scales(128, 1).rows().size());
        assertEquals(
                List.of("local views, 100 px", "log2 ratio", "-1.0", "0.0", "0.25"),
                scales(128, 1).rows().get(4));
    }
}
