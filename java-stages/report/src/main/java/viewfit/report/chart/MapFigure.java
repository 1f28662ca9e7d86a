package viewfit.report.chart;

import java.util.ArrayList;
import java.util.List;

/**
 * Points in planes, a panel for each, coloured by class; axes have no unit and therefore no numbers.
 *
 * @param classes names by class
 * @param panels one or two
 */
public record MapFigure(String id, String title, List<String> classes, List<Panel> panels) implements Figure {
    /** A plane with its points. */
    public record Panel(String title, String xLabel, String yLabel, List<Point> points) {
        public Panel {
            points = List.copyOf(points);
        }
    }

    /** One image: where it lies, and its class. */
    public record Point(int label, double x, double y) {}

    public MapFigure {
        classes = List.copyOf(classes);
        panels = List.copyOf(panels);
    }

    @Override
    public Drawing drawing() {
        return Pictures.of(MapChart.draw(this));
    }

    @Override
    public List<String> header() {
        return List.of("panel", "class", "x", "y");
    }

    @Override
    public List<List<String>> rows() {
        List<List<String>> rows = new ArrayList<>();
        for (Panel panel : panels) {
            for (Point p : panel.points()) {
                rows.add(
                        List.of(panel.title(), classes.get(p.label()), Double.toString(p.x()), Double.toString(p.y())));
            }
        }
        return rows;
    }
}
