package viewfit.stages.probe;

import java.util.List;
import viewfit.core.data.Classes;
import viewfit.eval.FeatureMap;
import viewfit.eval.FeaturePoint;
import viewfit.report.chart.MapFigure;
import viewfit.report.values.Text;

/** The feature map as a picture. */
final class MapPicture {
    private static final int WIDTH = 1064;
    private static final int HEIGHT = 560;

    private MapPicture() {}

    static byte[] png(FeatureMap map, Classes classes) {
        List<MapFigure.Point> axes = map.points().stream()
                .map(p -> new MapFigure.Point(p.label(), p.pcaX(), p.pcaY()))
                .toList();
        List<MapFigure.Point> plane = map.points().stream()
                .filter(p -> Double.isFinite(p.tsneX()))
                .map(p -> new MapFigure.Point(p.label(), p.tsneX(), p.tsneY()))
                .toList();
        MapFigure figure = new MapFigure(
                "feature-map",
                "Held-out features",
                classes.names(),
                List.of(
                        new MapFigure.Panel(
                                "principal components, " + images(map.points()),
                                "first, " + Text.percent(map.shares().get(0)) + " % of the variance",
                                "second, " + Text.percent(map.shares().get(1)) + " %",
                                axes),
                        new MapFigure.Panel(
                                "t-SNE, " + map.placed() + " images", "near: alike; far: nothing said", "", plane)));
        return figure.png(WIDTH, HEIGHT);
    }

    private static String images(List<FeaturePoint> points) {
        return points.size() + " images";
    }
}
