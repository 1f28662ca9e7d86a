package viewfit.report.chart;

import java.awt.Color;
import java.awt.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.LegendItemCollection;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/** Draws a {@link MapFigure}: seven colours by four shapes tell 28 classes apart; of more, none is named. */
final class MapChart {
    private static final double RADIUS = 3;
    private static final int MOST_NAMED = 28;
    private static final int ALPHA = 190;

    private MapChart() {}

    static List<JFreeChart> draw(MapFigure figure) {
        List<JFreeChart> charts = new ArrayList<>();
        for (MapFigure.Panel panel : figure.panels()) {
            charts.add(panel(figure, panel, charts.isEmpty()));
        }
        return charts;
    }

    private static JFreeChart panel(MapFigure figure, MapFigure.Panel panel, boolean first) {
        XYSeriesCollection data = new XYSeriesCollection();
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(false, true);
        for (int c = 0; c < figure.classes().size(); c++) {
            XYSeries series = new XYSeries(c + " " + figure.classes().get(c), false, true);
            for (MapFigure.Point p : panel.points()) {
                if (p.label() == c) {
                    series.add(p.x(), p.y());
                }
            }
            data.addSeries(series);
            renderer.setSeriesShape(c, shape(c));
            renderer.setSeriesPaint(c, colour(c));
        }
        XYPlot plot = new XYPlot(data, axis(panel.xLabel()), axis(panel.yLabel()), renderer);
        PaperTheme.style(plot);
        plot.setRangeGridlinesVisible(false);
        plot.setOutlineVisible(true);
        plot.setOutlinePaint(new Color(0xD0D7DE));
        LegendItemCollection legend = new LegendItemCollection();
        int named = figure.classes().size();
        if (named <= MOST_NAMED) {
            for (int c = 0; c < named; c++) {
                // Both panels have it, so that their planes are of one size.
                legend.add(PaperTheme.shapeItem(figure.classes().get(c), shape(c), colour(c)));
            }
        }
        plot.setFixedLegendItems(legend);
        return PaperTheme.chart((first ? figure.title() + ": " : "") + panel.title(), plot);
    }

    private static NumberAxis axis(String label) {
        NumberAxis axis = new NumberAxis(label);
        axis.setAutoRangeIncludesZero(false);
        axis.setTickLabelsVisible(false);
        axis.setTickMarksVisible(false);
        axis.setLowerMargin(0.04);
        axis.setUpperMargin(0.04);
        return axis;
    }

    private static Color colour(int c) {
        Color base = PaperTheme.colour(c);
        return new Color(base.getRed(), base.getGreen(), base.getBlue(), ALPHA);
    }

    private static Shape shape(int c) {
        return PaperTheme.marker(c / PaperTheme.COLOURS, RADIUS);
    }
}
